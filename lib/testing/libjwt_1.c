/* SPDX-License-Identifier: Apache-2.0
 * libjwt 1.10 up to 2.x: a decoder that takes a key in PEM. */
#include "testing/libjwt.h"

#include <jwt.h>
#include <string.h>

bool libjwt_accepts(const char *token, const struct published_key *key)
{
    jwt_t *jwt = NULL;
    if (jwt_decode(&jwt, token, (const unsigned char *)key->pem, (int)strlen(key->pem)) != 0)
        return false;
    const char *kid = jwt_get_header(jwt, "kid");
    bool accepted = jwt_get_alg(jwt) == JWT_ALG_RS256 && kid != NULL && strcmp(kid, key->kid) == 0;
    jwt_free(jwt);
    return accepted;
}
