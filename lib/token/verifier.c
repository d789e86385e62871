/* SPDX-License-Identifier: Apache-2.0 */
#include "token/verifier.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/public.h"
#include "keyset/keyset.h"
#include "status/error.h"
#include "token/alb_token.h"
#include "token/header.h"
#include "token/signature.h"
#include "token/split.h"

#include <cogmig/verifier.h>
#include <string.h>

/* ---- its life ---- */

static void destroy(cogmig_verifier *verifier)
{
    for (size_t i = 0; i < verifier->issuer_count; i++)
        key_source_free(verifier->issuers[i].keys);
    alb_keys_free(verifier->alb_keys);
    token_cache_free(verifier->cache);
    if (verifier->config != NULL)
        key_file_free(verifier->config->fetcher.file);
    cogmig_verifier_config_free(&verifier->config);
    memory_free(verifier);
}

cogmig_verifier *verifier_hold(cogmig_verifier *verifier)
{
    atomic_fetch_add_explicit(&verifier->holders, 1, memory_order_relaxed);
    return verifier;
}

COGMIG_PUBLIC void cogmig_verifier_free(cogmig_verifier **verifier)
{
    cogmig_verifier *held = verifier == NULL ? NULL : *verifier;
    if (held == NULL)
        return;
    *verifier = NULL;
    if (atomic_fetch_sub_explicit(&held->holders, 1, memory_order_acq_rel) == 1)
        destroy(held);
}

static cogmig_status check_complete(const cogmig_verifier_config *config, cogmig_error *err)
{
    if (config->issuer_count + config->alb_count == 0)
        return fail(err, COGMIG_CONFIG_INCOMPLETE,
                    "No issuer was given: add a pool or an issuer, or allow any in so many words.");
    if (config->rules.clients.count == 0 && !config->rules.any_client)
        return fail(err, COGMIG_CONFIG_INCOMPLETE,
                    "No app client was given: add one, or allow any in so many words.");
    if (config->alb_count > 0 && config->rules.token_use != 0)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "Tokens of load balancers have no token use: set none.");
    if (config->alb_count == 0 && config->rules.token_use == 0)
        return fail(err, COGMIG_CONFIG_INCOMPLETE,
                    "No token use was given: ID tokens, access tokens, or any.");
    if (config->fetcher.by_caller && config->fetcher.callback != NULL)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "A verifier that never blocks calls no fetch function: give one or the other.");
    return COGMIG_OK;
}

static cogmig_status check_scheme(const cogmig_verifier_config *config, const char *url,
                                  cogmig_error *err)
{
    if (!issuer_needs_plain_http(url) || config->fetcher.libcurl.plain_http)
        return COGMIG_OK;
    return fail(err, COGMIG_JWKS_URL_INVALID,
                "The JWKS address %.200s is not https://; for an emulator, allow plain HTTP in so "
                "many words (COGMIG_ALLOW_PLAIN_HTTP=1).",
                url);
}

static cogmig_status check_schemes(const cogmig_verifier_config *config, cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    for (size_t i = 0; status == COGMIG_OK && i < config->issuer_count; i++)
        status = check_scheme(config, config->issuers[i].jwks_url, err);
    for (size_t i = 0; status == COGMIG_OK && i < config->alb_count; i++)
        status = check_scheme(config, config->albs[i].keys_url, err);
    return status;
}

static bool add_sources(cogmig_verifier *verifier)
{
    const cogmig_verifier_config *config = verifier->config;
    for (size_t i = 0; i < config->issuer_count; i++) {
        struct key_source *keys =
            key_source_new(config->issuers[i].jwks_url, &config->fetcher, config->steady_ms);
        if (keys == NULL)
            return false;
        verifier->algorithms |= config->issuers[i].algorithms;
        verifier->issuers[verifier->issuer_count++] =
            (struct trusted_issuer){&config->issuers[i], keys};
    }
    return true;
}

static bool add_alb_keys(cogmig_verifier *verifier)
{
    const cogmig_verifier_config *config = verifier->config;
    if (config->alb_count > 0)
        verifier->alb_keys = alb_keys_new(&config->fetcher, config->steady_ms);
    return config->alb_count == 0 || verifier->alb_keys != NULL;
}

static bool add_cache(cogmig_verifier *verifier)
{
    verifier->cache = token_cache_new(verifier->config->cache_bytes);
    return verifier->cache != NULL;
}

static cogmig_status make(const cogmig_verifier_config *config, cogmig_verifier **ret_verifier,
                          cogmig_error *err)
{
    SCOPED(cogmig_verifier_free) cogmig_verifier *verifier = memory_new(sizeof *verifier);
    if (verifier == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    atomic_init(&verifier->holders, 1);
    cogmig_status status = config_copy(config, &verifier->config, err);
    if (status != COGMIG_OK)
        return status;
    if (!verifier_open_key_file(verifier) || !add_sources(verifier) || !add_alb_keys(verifier) ||
        !add_cache(verifier))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    *ret_verifier = verifier;
    verifier = NULL;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_new(const cogmig_verifier_config *config,
                                                cogmig_verifier **ret_verifier, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_verifier != NULL)
        *ret_verifier = NULL;
    if (config == NULL || ret_verifier == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config and ret_verifier must not be NULL.");
    cogmig_status status = check_complete(config, err);
    if (status == COGMIG_OK)
        status = check_schemes(config, err);
    return status == COGMIG_OK ? make(config, ret_verifier, err) : status;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_new_for_pool(const char *pool_id, const char *client_id,
                                                         int32_t use,
                                                         cogmig_verifier **ret_verifier,
                                                         cogmig_error *err)
{
    SCOPED(cogmig_verifier_config_free) cogmig_verifier_config *config = NULL;
    cogmig_error_clear(err);
    if (ret_verifier != NULL)
        *ret_verifier = NULL;
    if (pool_id == NULL || client_id == NULL || ret_verifier == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "pool_id, client_id and ret_verifier must not be NULL.");
    size_t len = strnlen(client_id, CLIENT_ID_MAX_BYTES + 1);
    if (len == 0 || len > CLIENT_ID_MAX_BYTES)
        return fail(err, COGMIG_INVALID_ARGUMENT, "A client id has 1 to %d bytes.",
                    CLIENT_ID_MAX_BYTES);
    cogmig_status status = cogmig_verifier_config_new(&config, err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_set_token_use(config, use, err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_add_pool(config, pool_id, err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_add_client(config, client_id, err);
    return status == COGMIG_OK ? cogmig_verifier_new(config, ret_verifier, err) : status;
}

/* ---- its issuers ---- */

const struct trusted_issuer *verifier_find_issuer(const cogmig_verifier *verifier, struct span name)
{
    for (size_t i = 0; i < verifier->issuer_count; i++)
        if (span_equal_text(name, verifier->issuers[i].issuer->name))
            return &verifier->issuers[i];
    return NULL;
}

const struct trusted_issuer *verifier_only_issuer(const cogmig_verifier *verifier)
{
    const struct trusted_issuer *first = &verifier->issuers[0];
    if (verifier->issuer_count == 0)
        return NULL;
    for (size_t i = 1; i < verifier->issuer_count; i++)
        if (!issuer_is_kin(first->issuer, verifier->issuers[i].issuer))
            return NULL;
    return first;
}

/* ---- one token ---- */

struct token {
    struct token_parts parts;
    struct token_header header;
    struct token_signature signature;
    bool signature_is_good;
    cogmig_claims *claims;
    struct key_life *key; /* whose signature it has; NULL as long as that is not known */
    const struct key_source *keys;
};

static void release_token(struct token *token)
{
    cogmig_claims_free(&token->claims);
    key_life_release(token->key);
}

/* Form only: nothing here is believed. */
static cogmig_status read_token(const cogmig_verifier *verifier, struct span bytes,
                                struct token *token, cogmig_error *err)
{
    cogmig_status status = token_split(bytes, &token->parts, err);
    if (status == COGMIG_OK)
        status = token_header_read(token->parts.header, verifier->algorithms, &token->header, err);
    if (status == COGMIG_OK)
        status = token_signature_read(token->parts.signature, &token->signature, err);
    if (status == COGMIG_OK)
        status = claims_read(token->parts.payload, &token->claims, err);
    return status;
}

/* name  NULL: text that cannot be one */
static cogmig_status refuse_issuer(const char *name, cogmig_error *err)
{
    enum {
        MAX_SHOWN = 128
    };
    if (name == NULL)
        fail(err, COGMIG_TOKEN_ISSUER_REFUSED,
             "The token's iss holds U+0000, which no issuer that is trusted here does.");
    else
        fail(err, COGMIG_TOKEN_ISSUER_REFUSED,
             "The token says that it comes from \"%.*s\", which is not trusted here.", MAX_SHOWN,
             name);
    fail_claims(err, COGMIG_FAILED_ISSUER);
    return COGMIG_TOKEN_ISSUER_REFUSED;
}

/* Picks among the configured issuers, so that a stranger's token costs no fetch. Where there is no
 * choice, a payload that names nobody is judged after the signature, like every other claim. */
static cogmig_status choose_issuer(const cogmig_verifier *verifier, const cogmig_claims *claims,
                                   const struct trusted_issuer **ret_trusted, cogmig_error *err)
{
    bool any_name = verifier->issuers[0].issuer->any_name;
    if (!any_name && claims_have(claims, CLAIM_ISS) &&
        claims->found[CLAIM_ISS].type == JSON_STRING) {
        const char *name = claims_text(claims, CLAIM_ISS);
        *ret_trusted = verifier_find_issuer(verifier, span_of(name));
        return *ret_trusted == NULL ? refuse_issuer(name, err) : COGMIG_OK;
    }
    *ret_trusted = verifier_only_issuer(verifier);
    return *ret_trusted == NULL ? rules_judge_issuer_claim(claims, err) : COGMIG_OK;
}

static bool holds_keys(const struct trusted_issuer *trusted)
{
    return key_source_holds_keys(trusted->keys);
}

/* Of the issuers of a pool some are not in use, and their hosts answer 403 or 404. */
static bool is_unused(const cogmig_verifier *verifier, const struct trusted_issuer *trusted,
                      const cogmig_error *outage)
{
    const char *code = outage->upstream_code;
    if (holds_keys(trusted) || (strcmp(code, "403") != 0 && strcmp(code, "404") != 0))
        return false;
    for (size_t i = 0; i < verifier->issuer_count; i++) {
        const struct trusted_issuer *other = &verifier->issuers[i];
        if (other != trusted && issuer_is_kin(other->issuer, trusted->issuer) && holds_keys(other))
            return true;
    }
    return false;
}

static cogmig_status find_key(const cogmig_verifier *verifier, const struct trusted_issuer *trusted,
                              struct json_value kid, cogmig_keyset **ret_holder,
                              const struct key **ret_key, cogmig_error *err)
{
    struct cogmig_error own;
    cogmig_error_clear(&own);
    cogmig_error *box = err == NULL ? &own : err;
    cogmig_status status = key_source_find(trusted->keys, kid, ret_holder, ret_key, box);
    if (status != COGMIG_JWKS_HTTP_STATUS || !is_unused(verifier, trusted, box))
        return status;
    return refuse_issuer(trusted->issuer->name, err);
}

static cogmig_status accept_algorithm(const struct issuer *issuer, uint32_t algorithm,
                                      cogmig_error *err)
{
    if ((issuer->algorithms & algorithm) != 0)
        return COGMIG_OK;
    return fail(err, COGMIG_TOKEN_ALGORITHM_REFUSED,
                "The token's alg is %s, which is not accepted of its issuer.",
                algorithm_name(algorithm));
}

static cogmig_status check_signature(const cogmig_verifier *verifier, struct token *token,
                                     const struct trusted_issuer *trusted, cogmig_error *err)
{
    SCOPED(keyset_release) cogmig_keyset *holder = NULL;
    const struct key *key;
    cogmig_status status = find_key(verifier, trusted, token->header.kid, &holder, &key, err);
    if (status != COGMIG_OK)
        return status;
    status = token_signature_check(&token->signature, token->parts.signed_bytes,
                                   token->header.algorithm, key, err);
    if (status == COGMIG_OK)
        token->key = key_life_hold(key->life);
    return status;
}

static int64_t now_s(const cogmig_verifier_config *config)
{
    return config->clock == NULL ? clock_unix_s() : config->clock(config->clock_data);
}

static cogmig_status judge_claims(const cogmig_verifier *verifier, struct token *token,
                                  const struct issuer *issuer, const char *nonce, cogmig_error *err)
{
    struct circumstances circumstances = {
        .access_token_type = token->header.access_token_type,
        .token_use_optional =
            issuer->pool_id == NULL && verifier->config->rules.token_use == COGMIG_TOKEN_USE_ANY,
        .issuer_optional = issuer->any_name,
        .nonce = nonce,
        .now_s = now_s(verifier->config),
    };
    return rules_judge(&verifier->config->rules, &circumstances, token->claims, err);
}

static cogmig_status judge(const cogmig_verifier *verifier, struct token *token, const char *nonce,
                           cogmig_error *err)
{
    const struct trusted_issuer *trusted;
    cogmig_status status = choose_issuer(verifier, token->claims, &trusted, err);
    if (status == COGMIG_OK)
        status = accept_algorithm(trusted->issuer, token->header.algorithm, err);
    if (status == COGMIG_OK)
        status = check_signature(verifier, token, trusted, err);
    if (status != COGMIG_OK)
        return status;
    token->signature_is_good = true;
    token->keys = trusted->keys;
    return judge_claims(verifier, token, trusted->issuer, nonce, err);
}

static void keep(const cogmig_verifier *verifier, struct span bytes, const struct token *token,
                 uint64_t generation)
{
    struct acceptance acceptance = {
        .claims = token->claims,
        .key = token->key,
        .keys = token->keys,
        .window = rules_window(&verifier->config->rules, token->claims),
    };
    token_cache_keep(verifier->cache, bytes, &acceptance, generation);
}

static cogmig_status verify_of_issuer(const cogmig_verifier *verifier, struct span bytes,
                                      const char *nonce, struct token *token, cogmig_error *err)
{
    uint64_t generation = token_cache_generation(verifier->cache);
    cogmig_status status = read_token(verifier, bytes, token, err);
    if (status == COGMIG_OK)
        status = judge(verifier, token, nonce, err);
    if (status == COGMIG_OK)
        keep(verifier, bytes, token, generation);
    return status;
}

/* nonce  NULL: none is demanded */
static cogmig_status verify(const cogmig_verifier *verifier, struct span bytes, const char *nonce,
                            struct token *token, cogmig_error *err)
{
    cogmig_status status = verifier->alb_keys == NULL
                               ? verify_of_issuer(verifier, bytes, nonce, token, err)
                               : alb_token_judge(verifier, bytes, nonce, now_s(verifier->config),
                                                 &token->claims, &token->signature_is_good, err);
    return status == COGMIG_OK ? check_run(&verifier->config->check, token->claims, err) : status;
}

static cogmig_claims *recall(const cogmig_verifier *verifier, struct span bytes)
{
    const cogmig_verifier_config *config = verifier->config;
    struct now now = {now_s(config), config->steady_ms()};
    return token_cache_find(verifier->cache, bytes, now);
}

static cogmig_status judge_nonce(const cogmig_claims *claims, const char *nonce, cogmig_error *err)
{
    cogmig_status status = nonce == NULL ? COGMIG_OK : demands_judge_nonce(nonce, claims, err);
    if (status != COGMIG_OK)
        fail_claims(err, COGMIG_FAILED_NONCE);
    return status;
}

/* Whatever a token that was accepted says of itself, nonce and check are asked each time. */
static cogmig_status verify_again(const cogmig_verifier *verifier, const cogmig_claims *claims,
                                  const char *nonce, cogmig_error *err)
{
    cogmig_status status = judge_nonce(claims, nonce, err);
    return status == COGMIG_OK ? check_run(&verifier->config->check, claims, err) : status;
}

static cogmig_status verify_anew(const cogmig_verifier *verifier, struct span bytes,
                                 const char *nonce, cogmig_claims **ret_claims, cogmig_error *err)
{
    SCOPED(release_token) struct token token;
    token.claims = NULL;
    token.key = NULL;
    cogmig_status status = verify(verifier, bytes, nonce, &token, err);
    if (status == COGMIG_OK) {
        *ret_claims = token.claims;
        token.claims = NULL;
    }
    return status;
}

static cogmig_status verify_for(const cogmig_verifier *verifier, struct span bytes,
                                const char *nonce, cogmig_claims **ret_claims, cogmig_error *err)
{
    SCOPED(cogmig_claims_free) cogmig_claims *claims = recall(verifier, bytes);
    cogmig_status status = claims != NULL ? verify_again(verifier, claims, nonce, err)
                                          : verify_anew(verifier, bytes, nonce, &claims, err);
    if (status == COGMIG_OK && ret_claims != NULL) {
        *ret_claims = claims;
        claims = NULL;
    }
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_verify(cogmig_verifier *verifier, const char *token,
                                                   size_t token_len, cogmig_claims **ret_claims,
                                                   cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_claims != NULL)
        *ret_claims = NULL;
    if (verifier == NULL || token == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "verifier and token must not be NULL.");
    return verify_for(verifier, (struct span){token, token_len}, NULL, ret_claims, err);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_verify_with_nonce(cogmig_verifier *verifier,
                                                              const char *token, size_t token_len,
                                                              const char *nonce,
                                                              cogmig_claims **ret_claims,
                                                              cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_claims != NULL)
        *ret_claims = NULL;
    if (verifier == NULL || token == NULL || nonce == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "verifier, token and nonce must not be NULL.");
    return verify_for(verifier, (struct span){token, token_len}, nonce, ret_claims, err);
}

/* ---- forgetting ---- */

COGMIG_PUBLIC cogmig_status cogmig_verifier_forget_token(cogmig_verifier *verifier,
                                                         const char *token, size_t token_len,
                                                         cogmig_error *err)
{
    cogmig_error_clear(err);
    if (verifier == NULL || token == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "verifier and token must not be NULL.");
    token_cache_forget(verifier->cache, (struct span){token, token_len});
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_forget_all(cogmig_verifier *verifier, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (verifier == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "verifier must not be NULL.");
    token_cache_forget_all(verifier->cache);
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_resize_cache(cogmig_verifier *verifier, size_t bytes,
                                                         cogmig_error *err)
{
    cogmig_error_clear(err);
    if (verifier == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "verifier must not be NULL.");
    cogmig_status status = config_check_cache_bytes(bytes, err);
    if (status == COGMIG_OK && !token_cache_resize(verifier->cache, bytes))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return status;
}

/* ---- a refused token, for logs ---- */

static cogmig_status hand_out(const cogmig_claims *claims, char **ret_payload, size_t *ret_len)
{
    *ret_payload = memory_copy_bytes(claims->json, claims->json_len);
    if (*ret_payload == NULL)
        return COGMIG_OUT_OF_MEMORY;
    if (ret_len != NULL)
        *ret_len = claims->json_len;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_explain_refusal(cogmig_verifier *verifier,
                                                            const char *token, size_t token_len,
                                                            char **ret_refused_payload,
                                                            size_t *ret_len, cogmig_error *err)
{
    SCOPED(release_token) struct token read;
    read.claims = NULL;
    read.key = NULL;
    read.signature_is_good = false;
    cogmig_error_clear(err);
    if (ret_refused_payload != NULL)
        *ret_refused_payload = NULL;
    if (ret_len != NULL)
        *ret_len = 0;
    if (verifier == NULL || token == NULL || ret_refused_payload == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "verifier, token and ret_refused_payload must not be NULL.");
    cogmig_status status = verify(verifier, (struct span){token, token_len}, NULL, &read, err);
    bool refused = cogmig_status_kind(status) == COGMIG_KIND_DENIED && read.signature_is_good;
    if (refused && hand_out(read.claims, ret_refused_payload, ret_len) != COGMIG_OK)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return status;
}
