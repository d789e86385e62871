/* SPDX-License-Identifier: Apache-2.0
 * Parsed keys: counted, immutable, looked up by kid. */
#ifndef KEYSET_KEYSET_H
#define KEYSET_KEYSET_H

#include "base/buffer.h"
#include "base/json.h"
#include "keyset/jwk.h"

#include <cogmig/keyset.h>
#include <stdatomic.h>

enum {
    JWKS_MAX_BYTES = 256 * 1024,
    JWKS_MAX_KEYS = 1024
};

struct cogmig_keyset {
    atomic_size_t holders;
    size_t count;
    struct key keys[];
};

/* Errors: as cogmig_keyset_parse(). */
cogmig_status keyset_parse(struct span document, cogmig_keyset **ret_keyset, cogmig_error *err);

/* The same for other algorithms than RS256, SIGNATURE_*. */
cogmig_status keyset_parse_for(uint32_t algorithms, struct span document,
                               cogmig_keyset **ret_keyset, cogmig_error *err);

/* One key of P-256 in PEM. Errors: as cogmig_keyset_parse(). */
cogmig_status keyset_of_pem(struct span document, const char *kid, cogmig_keyset **ret_keyset,
                            cogmig_error *err);

/* As a document that can be read again; not of a set that was PEM. */
void keyset_write(const cogmig_keyset *keyset, struct buffer *document);

cogmig_keyset *keyset_hold(cogmig_keyset *keyset);
void keyset_release(cogmig_keyset **keyset); /* for SCOPED() too */

/* next, which nobody else has seen yet, takes the place of former, which may be NULL: keys that are
 * in both live on, those that are not in next have ended. */
void keyset_succeed(const cogmig_keyset *former, cogmig_keyset *next);

/* The key of this kid, a JSON_STRING; NULL when there is none. */
const struct key *keyset_find(const cogmig_keyset *keyset, struct json_value kid);

#endif
