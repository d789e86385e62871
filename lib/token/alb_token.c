/* SPDX-License-Identifier: Apache-2.0 */
#include "token/alb_token.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "keyset/keyset.h"
#include "status/error.h"
#include "token/header.h"
#include "token/signature.h"
#include "token/split.h"

#include <string.h>

struct alb_token {
    struct token_parts parts; /* without padding, but for signed_bytes */
    struct token_header header;
    struct token_signature signature;
    const struct alb *alb;
    struct header_claims said;
};

/* ---- padding: RFC 4648 section 3.2, and no other form ---- */

static bool remove_padding(struct span *part)
{
    size_t padding = 0;
    if (part->len % 4 != 0)
        return false;
    while (padding < 2 && padding < part->len && part->bytes[part->len - 1 - padding] == '=')
        padding++;
    part->len -= padding;
    return true;
}

static cogmig_status split(struct span bytes, struct token_parts *parts, cogmig_error *err)
{
    cogmig_status status = token_split(bytes, parts, err);
    if (status != COGMIG_OK)
        return status;
    if (remove_padding(&parts->header) && remove_padding(&parts->payload) &&
        remove_padding(&parts->signature))
        return COGMIG_OK;
    return fail(err, COGMIG_TOKEN_MALFORMED,
                "The token is not padded as a load balancer's are; tokens of a user pool belong "
                "before another verifier.");
}

/* ---- the header ---- */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* It becomes part of an address. */
static cogmig_status check_kid(struct json_value kid, cogmig_error *err)
{
    bool good = kid.text.len == ALB_KID_LEN + 2;
    for (size_t i = 0; good && i < ALB_KID_LEN; i++) {
        char c = kid.text.bytes[1 + i];
        good = i == 8 || i == 13 || i == 18 || i == 23 ? c == '-' : is_hex(c);
    }
    return good ? COGMIG_OK
                : fail(err, COGMIG_TOKEN_HEADER_INVALID,
                       "The kid of the token's header is no UUID, as a load balancer's are.");
}

static cogmig_status refuse_signer(struct json_value signer, cogmig_error *err)
{
    int shown = signer.text.len > ARN_MAX_BYTES ? ARN_MAX_BYTES : (int)signer.text.len;
    return fail(err, COGMIG_TOKEN_SIGNER_REFUSED,
                "The token says that it was signed by %.*s, which is not trusted here.", shown,
                signer.text.bytes);
}

static cogmig_status refuse_issuer(struct json_value issuer, cogmig_error *err)
{
    enum {
        MAX_SHOWN = 128
    };
    int shown = issuer.text.len > MAX_SHOWN ? MAX_SHOWN : (int)issuer.text.len;
    fail(err, COGMIG_TOKEN_ISSUER_REFUSED,
         "The token says that its user comes from %.*s, which is not trusted of its signer.", shown,
         issuer.text.bytes);
    fail_claims(err, COGMIG_FAILED_ISSUER);
    return COGMIG_TOKEN_ISSUER_REFUSED;
}

static cogmig_status lacks(const char *member, cogmig_error *err)
{
    return fail(err, COGMIG_TOKEN_HEADER_INVALID,
                "The token's header has no usable %s, as a load balancer's have.", member);
}

static bool find_text(struct json_value object, const char *member, struct json_value *ret_value)
{
    return json_find(object, member, ret_value) && ret_value->type == JSON_STRING;
}

/* Picks among the configured ones, so that a stranger's token costs no fetch. */
static cogmig_status choose_alb(const cogmig_verifier_config *config, struct alb_token *token,
                                cogmig_error *err)
{
    struct json_value signer, issuer;
    bool signer_is_known = false;
    if (!find_text(token->header.object, "signer", &signer))
        return fail(err, COGMIG_TOKEN_SIGNER_REFUSED, "The token's header names no signer.");
    if (!find_text(token->header.object, "iss", &issuer))
        return lacks("iss", err);
    for (size_t i = 0; i < config->alb_count; i++) {
        const struct alb *alb = &config->albs[i];
        if (!json_string_equals(signer, span_of(alb->arn)))
            continue;
        signer_is_known = true;
        if (json_string_equals(issuer, span_of(alb->issuer))) {
            token->alb = alb;
            return COGMIG_OK;
        }
    }
    return signer_is_known ? refuse_issuer(issuer, err) : refuse_signer(signer, err);
}

static cogmig_status read_said(struct alb_token *token, cogmig_error *err)
{
    struct json_value client, exp;
    struct header_claims *said = &token->said;
    if (!find_text(token->header.object, "client", &client) ||
        client.text.len > sizeof said->client)
        return lacks("client", err);
    size_t len = json_string_decode_into(client, said->client);
    said->client[len] = '\0';
    if (len == 0 || strlen(said->client) != len)
        return lacks("client", err);
    if (!json_find(token->header.object, "exp", &exp) || exp.type != JSON_NUMBER ||
        !json_integer(exp, &said->exp_s))
        return lacks("exp", err);
    said->issuer = token->alb->issuer;
    return COGMIG_OK;
}

static cogmig_status read_token(const cogmig_verifier *verifier, struct span bytes,
                                struct alb_token *token, cogmig_claims **ret_claims,
                                cogmig_error *err)
{
    cogmig_status status = split(bytes, &token->parts, err);
    if (status == COGMIG_OK)
        status = token_header_read(token->parts.header, SIGNATURE_ES256, &token->header, err);
    if (status == COGMIG_OK)
        status = check_kid(token->header.kid, err);
    if (status == COGMIG_OK)
        status = choose_alb(verifier->config, token, err);
    if (status == COGMIG_OK)
        status = read_said(token, err);
    if (status == COGMIG_OK)
        status = token_signature_read(token->parts.signature, &token->signature, err);
    if (status == COGMIG_OK)
        status = claims_read(token->parts.payload, ret_claims, err);
    return status;
}

/* ---- its verdict ---- */

static cogmig_status check_signature(const cogmig_verifier *verifier, const struct alb_token *token,
                                     cogmig_error *err)
{
    SCOPED(keyset_release) cogmig_keyset *holder = NULL;
    const struct key *key;
    cogmig_status status = alb_keys_find(verifier->alb_keys, token->alb->keys_url,
                                         token->header.kid, &holder, &key, err);
    if (status != COGMIG_OK)
        return status;
    return token_signature_check(&token->signature, token->parts.signed_bytes,
                                 token->header.algorithm, key, err);
}

cogmig_status alb_token_judge(const cogmig_verifier *verifier, struct span bytes, const char *nonce,
                              int64_t now_s, cogmig_claims **ret_claims,
                              bool *ret_signature_is_good, cogmig_error *err)
{
    struct alb_token token;
    cogmig_status status = read_token(verifier, bytes, &token, ret_claims, err);
    if (status == COGMIG_OK)
        status = check_signature(verifier, &token, err);
    if (status != COGMIG_OK)
        return status;
    *ret_signature_is_good = true;
    struct circumstances circumstances = {
        .token_use_optional = true,
        .in_header = &token.said,
        .nonce = nonce,
        .now_s = now_s,
    };
    return rules_judge(&verifier->config->rules, &circumstances, *ret_claims, err);
}
