/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/public.h"
#include "testing/heap.h"
#include "testing/issuer.h"
#include "testing/jansson_document.h"
#include "testing/refuse.h"

#include <cogmig/claims.h>
#include <string.h>
#include <time.h>

enum {
    LIFETIME_S = 3600 /* Cognito's default */
};

struct cogmig_test_token {
    struct key_pair *pair;
    struct document *header;
    struct document *claims;
    char *jwt;
};

/* ---- making one ---- */

static cogmig_status write_header(struct document *header, const char *kid, cogmig_error *err)
{
    cogmig_status status = document_set_string(header, "kid", kid, err);
    return status == COGMIG_OK ? document_set_string(header, "alg", "RS256", err) : status;
}

static cogmig_status set_uuid(struct document *claims, const char *claim, cogmig_error *err)
{
    char uuid[UUID_ROOM];
    if (!random_uuid(uuid))
        return refuse(err, COGMIG_INTERNAL_ERROR, "OpenSSL gave no random bytes.");
    return document_set_string(claims, claim, uuid, err);
}

struct claim {
    const char *name;
    enum {
        TEXT,
        TIME,
        UUID
    } type;
    const char *text;
    int64_t time_s;
};

static cogmig_status write_claim(struct document *claims, const struct claim *claim,
                                 cogmig_error *err)
{
    switch (claim->type) {
    case TEXT:
        return document_set_string(claims, claim->name, claim->text, err);
    case TIME:
        return document_set_integer(claims, claim->name, claim->time_s, err);
    default:
        return set_uuid(claims, claim->name, err);
    }
}

static cogmig_status write_claims(struct document *claims, const struct claim *all, size_t count,
                                  cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    for (size_t i = 0; i < count && status == COGMIG_OK; i++)
        status = write_claim(claims, &all[i], err);
    return status;
}

/* Both in the order of real tokens. */
static cogmig_status write_id_claims(struct document *claims, const char *issuer, const char *sub,
                                     const char *client_id, cogmig_error *err)
{
    int64_t now = time(NULL);
    const struct claim all[] = {
        {.name = "sub", .type = TEXT, .text = sub},
        {.name = "iss", .type = TEXT, .text = issuer},
        {.name = "cognito:username", .type = TEXT, .text = sub},
        {.name = "origin_jti", .type = UUID},
        {.name = "aud", .type = TEXT, .text = client_id},
        {.name = "event_id", .type = UUID},
        {.name = "token_use", .type = TEXT, .text = "id"},
        {.name = "auth_time", .type = TIME, .time_s = now},
        {.name = "exp", .type = TIME, .time_s = now + LIFETIME_S},
        {.name = "iat", .type = TIME, .time_s = now},
        {.name = "jti", .type = UUID},
    };
    return write_claims(claims, all, sizeof all / sizeof all[0], err);
}

static cogmig_status write_access_claims(struct document *claims, const char *issuer,
                                         const char *sub, const char *client_id, cogmig_error *err)
{
    int64_t now = time(NULL);
    const struct claim all[] = {
        {.name = "sub", .type = TEXT, .text = sub},
        {.name = "iss", .type = TEXT, .text = issuer},
        {.name = "client_id", .type = TEXT, .text = client_id},
        {.name = "origin_jti", .type = UUID},
        {.name = "event_id", .type = UUID},
        {.name = "token_use", .type = TEXT, .text = "access"},
        {.name = "scope", .type = TEXT, .text = "aws.cognito.signin.user.admin"},
        {.name = "auth_time", .type = TIME, .time_s = now},
        {.name = "exp", .type = TIME, .time_s = now + LIFETIME_S},
        {.name = "iat", .type = TIME, .time_s = now},
        {.name = "jti", .type = UUID},
        {.name = "username", .type = TEXT, .text = sub},
    };
    return write_claims(claims, all, sizeof all / sizeof all[0], err);
}

static cogmig_status fill(cogmig_test_token *token, const cogmig_test_issuer *issuer, int32_t use,
                          const char *sub, const char *client_id, cogmig_error *err)
{
    const struct signing_key *key = issuer_key(issuer, use);
    token->pair = key_pair_share(key->pair);
    token->header = document_new();
    token->claims = document_new();
    if (token->header == NULL || token->claims == NULL)
        return refuse(err, COGMIG_OUT_OF_MEMORY, NULL);
    cogmig_status status = write_header(token->header, key->kid, err);
    if (status != COGMIG_OK)
        return status;
    return use == COGMIG_TOKEN_USE_ID
               ? write_id_claims(token->claims, issuer->url, sub, client_id, err)
               : write_access_claims(token->claims, issuer->url, sub, client_id, err);
}

static cogmig_status check_arguments(const cogmig_test_issuer *issuer, int32_t use, const char *sub,
                                     const char *client_id, cogmig_error *err)
{
    if (issuer == NULL)
        return refuse(err, COGMIG_INVALID_ARGUMENT, "The issuer is NULL.");
    if (use != COGMIG_TOKEN_USE_ID && use != COGMIG_TOKEN_USE_ACCESS)
        return refuse(err, COGMIG_INVALID_ARGUMENT, "The token use is neither ID nor access.");
    if (sub == NULL || client_id == NULL)
        return refuse(err, COGMIG_INVALID_ARGUMENT,
                      "sub or client_id is NULL; remove the claim from the token to leave it out.");
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_test_token_new(const cogmig_test_issuer *issuer, int32_t use,
                                                  const char *sub, const char *client_id,
                                                  cogmig_test_token **ret_token, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_token == NULL)
        return refuse(err, COGMIG_INVALID_ARGUMENT, "There is no place for the token.");
    *ret_token = NULL;
    cogmig_status status = check_arguments(issuer, use, sub, client_id, err);
    if (status != COGMIG_OK)
        return status;
    cogmig_test_token *made = heap_new(sizeof *made);
    if (made == NULL)
        return refuse(err, COGMIG_OUT_OF_MEMORY, NULL);
    status = fill(made, issuer, use, sub, client_id, err);
    if (status == COGMIG_OK)
        *ret_token = made;
    else
        cogmig_test_token_free(&made);
    return status;
}

COGMIG_PUBLIC void cogmig_test_token_free(cogmig_test_token **token)
{
    if (token == NULL || *token == NULL)
        return;
    key_pair_release((*token)->pair);
    document_release((*token)->header);
    document_release((*token)->claims);
    heap_release((*token)->jwt);
    heap_release(*token);
    *token = NULL;
}

/* ---- changing it ---- */

static cogmig_status begin(const cogmig_test_token *token, cogmig_error *err)
{
    cogmig_error_clear(err);
    return token == NULL ? refuse(err, COGMIG_INVALID_ARGUMENT, "The token is NULL.") : COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_test_token_set_string(cogmig_test_token *token,
                                                         const char *claim, const char *value,
                                                         cogmig_error *err)
{
    cogmig_status status = begin(token, err);
    return status == COGMIG_OK ? document_set_string(token->claims, claim, value, err) : status;
}

COGMIG_PUBLIC cogmig_status cogmig_test_token_set_integer(cogmig_test_token *token,
                                                          const char *claim, int64_t value,
                                                          cogmig_error *err)
{
    cogmig_status status = begin(token, err);
    return status == COGMIG_OK ? document_set_integer(token->claims, claim, value, err) : status;
}

COGMIG_PUBLIC cogmig_status cogmig_test_token_set_json(cogmig_test_token *token, const char *claim,
                                                       const char *json, cogmig_error *err)
{
    cogmig_status status = begin(token, err);
    return status == COGMIG_OK ? document_set_json(token->claims, claim, json, err) : status;
}

COGMIG_PUBLIC cogmig_status cogmig_test_token_remove(cogmig_test_token *token, const char *claim,
                                                     cogmig_error *err)
{
    cogmig_status status = begin(token, err);
    return status == COGMIG_OK ? document_remove(token->claims, claim, err) : status;
}

COGMIG_PUBLIC cogmig_status cogmig_test_token_set_header(cogmig_test_token *token,
                                                         const char *member, const char *json,
                                                         cogmig_error *err)
{
    cogmig_status status = begin(token, err);
    return status == COGMIG_OK ? document_set_json(token->header, member, json, err) : status;
}

COGMIG_PUBLIC cogmig_status cogmig_test_token_remove_header(cogmig_test_token *token,
                                                            const char *member, cogmig_error *err)
{
    cogmig_status status = begin(token, err);
    return status == COGMIG_OK ? document_remove(token->header, member, err) : status;
}

/* ---- signing it: RFC 7515 section 3.1 ---- */

static char *encode_document(const struct document *document)
{
    SCOPED(heap_release_variable) char *text = document_text_with_escaped_slashes(document);
    return text == NULL ? NULL : encode_base64url((const unsigned char *)text, strlen(text));
}

static char *join_with_dot(const char *left, const char *right)
{
    return left == NULL || right == NULL ? NULL
                                         : heap_join((const char *const[]){left, ".", right}, 3);
}

static char *signing_input(const cogmig_test_token *token)
{
    SCOPED(heap_release_variable) char *header = encode_document(token->header);
    SCOPED(heap_release_variable) char *claims = encode_document(token->claims);
    return join_with_dot(header, claims);
}

static cogmig_status sign_with_flaw(cogmig_test_token *token, unsigned char flaw,
                                    const char **ret_jwt, size_t *ret_len, cogmig_error *err)
{
    SCOPED(heap_release_variable) char *input = signing_input(token);
    if (input == NULL)
        return refuse(err, COGMIG_OUT_OF_MEMORY, NULL);
    unsigned char signature[SIGNATURE_BYTES];
    if (!key_pair_sign(token->pair, input, signature))
        return refuse(err, COGMIG_INTERNAL_ERROR, "OpenSSL did not sign the token.");
    signature[SIGNATURE_BYTES / 2] ^= flaw;
    SCOPED(heap_release_variable) char *encoded = encode_base64url(signature, SIGNATURE_BYTES);
    char *jwt = join_with_dot(input, encoded);
    if (jwt == NULL)
        return refuse(err, COGMIG_OUT_OF_MEMORY, NULL);
    heap_release(token->jwt);
    token->jwt = jwt;
    *ret_jwt = jwt;
    if (ret_len != NULL)
        *ret_len = strlen(jwt);
    return COGMIG_OK;
}

static cogmig_status sign(cogmig_test_token *token, unsigned char flaw, const char **ret_jwt,
                          size_t *ret_len, cogmig_error *err)
{
    if (ret_jwt != NULL)
        *ret_jwt = NULL;
    if (ret_len != NULL)
        *ret_len = 0;
    cogmig_status status = begin(token, err);
    if (status != COGMIG_OK)
        return status;
    if (ret_jwt == NULL)
        return refuse(err, COGMIG_INVALID_ARGUMENT, "There is no place for the signed token.");
    return sign_with_flaw(token, flaw, ret_jwt, ret_len, err);
}

COGMIG_PUBLIC cogmig_status cogmig_test_token_sign(cogmig_test_token *token, const char **ret_jwt,
                                                   size_t *ret_len, cogmig_error *err)
{
    return sign(token, 0, ret_jwt, ret_len, err);
}

COGMIG_PUBLIC cogmig_status cogmig_test_token_sign_badly(cogmig_test_token *token,
                                                         const char **ret_jwt, size_t *ret_len,
                                                         cogmig_error *err)
{
    return sign(token, 1, ret_jwt, ret_len, err);
}
