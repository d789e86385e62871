/* SPDX-License-Identifier: Apache-2.0 */
#include "testing/signing_key.h"

#include "base/cleanup.h"
#include "testing/heap.h"
#include "testing/jansson_document.h"

bool signing_key_make(struct signing_key *ret_key)
{
    ret_key->pair = random_kid(ret_key->kid) ? key_pair_new() : NULL;
    return ret_key->pair != NULL;
}

void signing_key_release(struct signing_key *key)
{
    key_pair_release(key->pair);
    key->pair = NULL;
}

static void release_document(struct document **document)
{
    document_release(*document);
}

static bool set(struct document *jwk, const char *name, const char *value)
{
    return document_set_string(jwk, name, value, NULL) == COGMIG_OK;
}

static bool append_jwk(struct document *jwks, const struct signing_key *key)
{
    SCOPED(release_document) struct document *jwk = document_new();
    SCOPED(heap_release_variable) char *modulus = NULL;
    SCOPED(heap_release_variable) char *exponent = NULL;
    return jwk != NULL && key_pair_public_numbers(key->pair, &modulus, &exponent) &&
           set(jwk, "alg", "RS256") && set(jwk, "e", exponent) && set(jwk, "kid", key->kid) &&
           set(jwk, "kty", "RSA") && set(jwk, "n", modulus) && set(jwk, "use", "sig") &&
           document_append(jwks, "keys", jwk);
}

char *signing_keys_jwks(const struct signing_key *keys, size_t count)
{
    SCOPED(release_document) struct document *jwks = document_new();
    if (jwks == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (!append_jwk(jwks, &keys[i]))
            return NULL;
    return document_text(jwks);
}
