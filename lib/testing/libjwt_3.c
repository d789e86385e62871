/* SPDX-License-Identifier: Apache-2.0
 * libjwt 3.x: a checker that takes a key out of a JWKS document. */
#include "testing/libjwt.h"

#include "base/cleanup.h"

#include <jwt.h>
#include <string.h>

static void release_jwks(jwk_set_t **jwks)
{
    jwks_free(*jwks);
}

static void release_checker(jwt_checker_t **checker)
{
    jwt_checker_free(*checker);
}

static const jwk_item_t *key_by_kid(const jwk_set_t *jwks, const char *kid)
{
    const jwk_item_t *item;
    for (size_t i = 0; (item = jwks_item_get(jwks, i)) != NULL; i++) {
        const char *candidate = jwks_item_kid(item);
        if (candidate != NULL && strcmp(candidate, kid) == 0)
            return item;
    }
    return NULL;
}

bool libjwt_accepts(const char *token, const struct published_key *key)
{
    SCOPED(release_jwks) jwk_set_t *jwks = jwks_create(key->jwks);
    SCOPED(release_checker) jwt_checker_t *checker = jwt_checker_new();
    const jwk_item_t *item = jwks == NULL ? NULL : key_by_kid(jwks, key->kid);
    return item != NULL && checker != NULL &&
           jwt_checker_setkey(checker, JWT_ALG_RS256, item) == 0 &&
           jwt_checker_verify(checker, token) == 0;
}
