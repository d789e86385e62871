/* SPDX-License-Identifier: Apache-2.0
 * A signed token taken apart, by other means than those that made it. */
#ifndef TESTING_DECODED_H
#define TESTING_DECODED_H

#include <jansson.h>

struct decoded {
    char *header_text;
    char *claims_text;
    char *signature_text; /* as it stands in the token */
    json_t *header;
    json_t *claims;
};

struct decoded decode(const char *jwt);
void decoded_release(struct decoded *decoded);

#endif
