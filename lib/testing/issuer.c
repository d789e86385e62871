/* SPDX-License-Identifier: Apache-2.0 */
#include "testing/issuer.h"

#include "base/cleanup.h"
#include "base/public.h"
#include "testing/heap.h"
#include "testing/libjwt.h"
#include "testing/refuse.h"

#include <cogmig/claims.h>
#include <string.h>

/* libjwt decodes a token on the stack. */
enum {
    ISSUER_URL_MAX = 2048
};

const struct signing_key *issuer_key(const cogmig_test_issuer *issuer, int32_t use)
{
    return &issuer->keys[use == COGMIG_TOKEN_USE_ID ? 0 : 1];
}

static void release_keys(struct signing_key keys[ISSUER_KEY_COUNT])
{
    for (size_t i = 0; i < ISSUER_KEY_COUNT; i++)
        signing_key_release(&keys[i]);
}

static cogmig_status give_keys(cogmig_test_issuer *issuer, cogmig_error *err)
{
    for (size_t i = 0; i < ISSUER_KEY_COUNT; i++)
        if (!signing_key_make(&issuer->keys[i]))
            return refuse(err, COGMIG_INTERNAL_ERROR, "OpenSSL made no RSA key.");
    issuer->jwks = signing_keys_jwks(issuer->keys, ISSUER_KEY_COUNT);
    return issuer->jwks == NULL ? refuse(err, COGMIG_OUT_OF_MEMORY, NULL) : COGMIG_OK;
}

static cogmig_status ask_libjwt(const char *jwt, const cogmig_test_issuer *issuer,
                                const struct signing_key *key, cogmig_error *err)
{
    SCOPED(heap_release_variable) char *pem = key_pair_public_pem(key->pair);
    if (pem == NULL)
        return refuse(err, COGMIG_OUT_OF_MEMORY, NULL);
    struct published_key published = {.kid = key->kid, .jwks = issuer->jwks, .pem = pem};
    if (!libjwt_accepts(jwt, &published))
        return refuse(err, COGMIG_INTERNAL_ERROR, "libjwt refuses a token that OpenSSL signed.");
    return COGMIG_OK;
}

/* No issuer is handed out whose tokens another implementation refuses. */
static cogmig_status prove(const cogmig_test_issuer *issuer, int32_t use, cogmig_error *err)
{
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = NULL;
    const char *jwt;
    cogmig_status status = cogmig_test_token_new(issuer, use, "sub", "client", &token, err);
    if (status == COGMIG_OK)
        status = cogmig_test_token_sign(token, &jwt, NULL, err);
    return status == COGMIG_OK ? ask_libjwt(jwt, issuer, issuer_key(issuer, use), err) : status;
}

static cogmig_status prepare(cogmig_test_issuer *issuer, const char *url, cogmig_error *err)
{
    issuer->url = heap_join(&url, 1);
    if (issuer->url == NULL)
        return refuse(err, COGMIG_OUT_OF_MEMORY, NULL);
    cogmig_status status = give_keys(issuer, err);
    if (status == COGMIG_OK)
        status = prove(issuer, COGMIG_TOKEN_USE_ID, err);
    return status == COGMIG_OK ? prove(issuer, COGMIG_TOKEN_USE_ACCESS, err) : status;
}

COGMIG_PUBLIC cogmig_status cogmig_test_issuer_new(const char *issuer,
                                                   cogmig_test_issuer **ret_issuer,
                                                   cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_issuer == NULL)
        return refuse(err, COGMIG_INVALID_ARGUMENT, "There is no place for the issuer.");
    *ret_issuer = NULL;
    if (issuer == NULL)
        return refuse(err, COGMIG_INVALID_ARGUMENT, "The issuer's URL is NULL.");
    if (strlen(issuer) > ISSUER_URL_MAX)
        return refuse(err, COGMIG_INVALID_ARGUMENT, "The issuer's URL has more than 2048 bytes.");
    cogmig_test_issuer *made = heap_new(sizeof *made);
    if (made == NULL)
        return refuse(err, COGMIG_OUT_OF_MEMORY, NULL);
    cogmig_status status = prepare(made, issuer, err);
    if (status == COGMIG_OK)
        *ret_issuer = made;
    else
        cogmig_test_issuer_free(&made);
    return status;
}

COGMIG_PUBLIC void cogmig_test_issuer_free(cogmig_test_issuer **issuer)
{
    if (issuer == NULL || *issuer == NULL)
        return;
    release_keys((*issuer)->keys);
    heap_release((*issuer)->jwks);
    heap_release((*issuer)->url);
    heap_release(*issuer);
    *issuer = NULL;
}

COGMIG_PUBLIC cogmig_status cogmig_test_issuer_rotate_keys(cogmig_test_issuer *issuer,
                                                           cogmig_error *err)
{
    cogmig_error_clear(err);
    if (issuer == NULL)
        return refuse(err, COGMIG_INVALID_ARGUMENT, "The issuer is NULL.");
    SCOPED(cogmig_test_issuer_free) cogmig_test_issuer *successor = NULL;
    cogmig_status status = cogmig_test_issuer_new(issuer->url, &successor, err);
    if (status != COGMIG_OK)
        return status;
    cogmig_test_issuer predecessor = *issuer;
    *issuer = *successor;
    *successor = predecessor;
    return COGMIG_OK;
}

COGMIG_PUBLIC const char *cogmig_test_issuer_jwks(const cogmig_test_issuer *issuer, size_t *ret_len)
{
    const char *jwks = issuer == NULL ? "" : issuer->jwks;
    if (ret_len != NULL)
        *ret_len = strlen(jwks);
    return jwks;
}
