/* SPDX-License-Identifier: Apache-2.0 */
#include "token/config.h"

#include "adapters/openssl_signature.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"

#include <string.h>

enum {
    MAX_LEEWAY_S = 300,
    DEFAULT_FETCH_TIMEOUT_MS = 3000,
    MAX_FETCH_TIMEOUT_MS = 60000,
    DEFAULT_CACHE_BYTES = 4 * 1024 * 1024,
    MIN_CACHE_BYTES = 64 * 1024,
    MAX_CACHE_BYTES = 1024 * 1024 * 1024
};

static cogmig_status no_argument(const char *name, cogmig_error *err)
{
    return fail(err, COGMIG_INVALID_ARGUMENT, "%s must not be NULL.", name);
}

/* ---- its life ---- */

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_new(cogmig_verifier_config **ret_config,
                                                       cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_config == NULL)
        return no_argument("ret_config", err);
    *ret_config = memory_new(sizeof **ret_config);
    if (*ret_config == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    (*ret_config)->steady_ms = clock_coarse_ms;
    (*ret_config)->cache_bytes = DEFAULT_CACHE_BYTES;
    (*ret_config)->fetcher.timeout_ms = DEFAULT_FETCH_TIMEOUT_MS;
    return COGMIG_OK;
}

COGMIG_PUBLIC void cogmig_verifier_config_free(cogmig_verifier_config **config)
{
    if (config == NULL || *config == NULL)
        return;
    for (size_t i = 0; i < (*config)->issuer_count; i++)
        issuer_release(&(*config)->issuers[i]);
    for (size_t i = 0; i < (*config)->alb_count; i++)
        alb_release(&(*config)->albs[i]);
    text_list_release(&(*config)->rules.clients);
    demands_release(&(*config)->rules.demands);
    memory_free((*config)->ca_file);
    memory_free((*config)->key_file);
    memory_free(*config);
    *config = NULL;
}

static cogmig_status copy_issuers(const cogmig_verifier_config *from, cogmig_verifier_config *to,
                                  cogmig_error *err)
{
    for (; to->issuer_count < from->issuer_count; to->issuer_count++) {
        cogmig_status status =
            issuer_copy(&from->issuers[to->issuer_count], &to->issuers[to->issuer_count], err);
        if (status != COGMIG_OK)
            return status;
    }
    return COGMIG_OK;
}

static cogmig_status copy_albs(const cogmig_verifier_config *from, cogmig_verifier_config *to,
                               cogmig_error *err)
{
    for (; to->alb_count < from->alb_count; to->alb_count++) {
        cogmig_status status = alb_copy(&from->albs[to->alb_count], &to->albs[to->alb_count], err);
        if (status != COGMIG_OK)
            return status;
    }
    return COGMIG_OK;
}

static bool copy_rules(const struct rules *from, struct rules *to)
{
    to->token_use = from->token_use;
    to->any_client = from->any_client;
    to->leeway_s = from->leeway_s;
    to->max_age_s = from->max_age_s;
    to->min_remaining_s = from->min_remaining_s;
    return text_list_copy(&from->clients, &to->clients) &&
           demands_copy(&from->demands, &to->demands);
}

static bool copy_path(const char *from, char **to)
{
    *to = from == NULL ? NULL : memory_copy_text(from);
    return from == NULL || *to != NULL;
}

static bool copy_paths(const cogmig_verifier_config *from, cogmig_verifier_config *to)
{
    bool copied =
        copy_path(from->ca_file, &to->ca_file) && copy_path(from->key_file, &to->key_file);
    to->fetcher.libcurl.ca_file = to->ca_file;
    return copied;
}

static void copy_scalars(const cogmig_verifier_config *from, cogmig_verifier_config *to)
{
    to->check = from->check;
    to->clock = from->clock;
    to->clock_data = from->clock_data;
    to->steady_ms = from->steady_ms;
    to->cache_bytes = from->cache_bytes;
    to->fetcher = from->fetcher;
    to->fetcher.libcurl.ca_file = NULL;
}

cogmig_status config_copy(const cogmig_verifier_config *config, cogmig_verifier_config **ret_copy,
                          cogmig_error *err)
{
    SCOPED(cogmig_verifier_config_free) cogmig_verifier_config *copy = NULL;
    cogmig_status status = cogmig_verifier_config_new(&copy, err);
    if (status != COGMIG_OK)
        return status;
    copy_scalars(config, copy);
    status = copy_issuers(config, copy, err);
    if (status == COGMIG_OK)
        status = copy_albs(config, copy, err);
    if (status != COGMIG_OK)
        return status;
    if (!copy_rules(&config->rules, &copy->rules) || !copy_paths(config, copy))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    *ret_copy = copy;
    copy = NULL;
    return COGMIG_OK;
}

/* ---- issuers ---- */

static struct issuer *find_issuer(cogmig_verifier_config *config, const char *name)
{
    for (size_t i = 0; i < config->issuer_count; i++)
        if (strcmp(config->issuers[i].name, name) == 0)
            return &config->issuers[i];
    return NULL;
}

static cogmig_status check_same(const struct issuer *same, const struct issuer *issuer,
                                cogmig_error *err)
{
    if (strcmp(same->jwks_url, issuer->jwks_url) == 0 && same->any_name == issuer->any_name &&
        (same->pool_id == NULL) == (issuer->pool_id == NULL))
        return COGMIG_OK;
    return fail(err, COGMIG_CONFIG_INVALID, "The issuer %.200s was already given, in another way.",
                issuer->name);
}

static cogmig_status refuse_both_kinds(cogmig_error *err)
{
    return fail(err, COGMIG_CONFIG_INVALID,
                "A verifier judges tokens of load balancers or of issuers, not both: make two.");
}

/* Where iss is not looked at there is no telling whose keys to use but if they are the only ones.
 */
static cogmig_status check_room(const cogmig_verifier_config *config, const struct issuer *issuer,
                                cogmig_error *err)
{
    if (config->alb_count > 0)
        return refuse_both_kinds(err);
    if (config->issuer_count > 0 && (issuer->any_name || config->issuers[0].any_name))
        return fail(err, COGMIG_CONFIG_INVALID,
                    "A verifier that accepts any issuer takes the keys of one address and trusts "
                    "nobody else.");
    if (config->issuer_count == MAX_ISSUERS)
        return fail(err, COGMIG_CONFIG_INVALID, "A verifier trusts at most %d issuers.",
                    MAX_ISSUERS);
    return COGMIG_OK;
}

/* Takes what the issuer holds, whatever comes of it. The same twice is once. */
static cogmig_status add(cogmig_verifier_config *config, struct issuer *issuer, cogmig_error *err)
{
    const struct issuer *same = find_issuer(config, issuer->name);
    cogmig_status status =
        same == NULL ? check_room(config, issuer, err) : check_same(same, issuer, err);
    if (same == NULL && status == COGMIG_OK)
        config->issuers[config->issuer_count++] = *issuer;
    else
        issuer_release(issuer);
    return status;
}

static cogmig_status add_pool_issuer(cogmig_verifier_config *config, const char *pool_id,
                                     enum issuer_family family, const char *region,
                                     cogmig_error *err)
{
    struct issuer issuer;
    cogmig_status status = issuer_of_pool(pool_id, family, region, &issuer, err);
    return status == COGMIG_OK ? add(config, &issuer, err) : status;
}

/* Which of the two a pool uses is not to be seen in its id. */
/* Both or none. */
static cogmig_status add_both_issuers(cogmig_verifier_config *config, const char *pool_id,
                                      const char *region, cogmig_error *err)
{
    size_t before = config->issuer_count;
    cogmig_status status = add_pool_issuer(config, pool_id, ISSUER_ORIGINAL, region, err);
    if (status == COGMIG_OK)
        status = add_pool_issuer(config, pool_id, ISSUER_UPDATED, region, err);
    while (status != COGMIG_OK && config->issuer_count > before)
        issuer_release(&config->issuers[--config->issuer_count]);
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_add_pool(cogmig_verifier_config *config,
                                                            const char *pool_id, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || pool_id == NULL)
        return no_argument(config == NULL ? "config" : "pool_id", err);
    return add_both_issuers(config, pool_id, NULL, err);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_add_pool_region(cogmig_verifier_config *config,
                                                                   const char *pool_id,
                                                                   const char *region,
                                                                   cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || pool_id == NULL || region == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config, pool_id and region must not be NULL.");
    return add_both_issuers(config, pool_id, region, err);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_add_issuer(cogmig_verifier_config *config,
                                                              const char *issuer,
                                                              const char *jwks_url,
                                                              cogmig_error *err)
{
    struct issuer made;
    cogmig_error_clear(err);
    if (config == NULL || issuer == NULL)
        return no_argument(config == NULL ? "config" : "issuer", err);
    cogmig_status status = issuer_from_url(issuer, jwks_url, &made, err);
    return status == COGMIG_OK ? add(config, &made, err) : status;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_allow_any_issuer(cogmig_verifier_config *config,
                                                                    const char *jwks_url,
                                                                    cogmig_error *err)
{
    struct issuer made;
    cogmig_error_clear(err);
    if (config == NULL || jwks_url == NULL)
        return no_argument(config == NULL ? "config" : "jwks_url", err);
    cogmig_status status = issuer_of_any_name(jwks_url, &made, err);
    return status == COGMIG_OK ? add(config, &made, err) : status;
}

/* ---- load balancers ---- */

static bool is_known(const cogmig_verifier_config *config, const struct alb *alb)
{
    for (size_t i = 0; i < config->alb_count; i++)
        if (strcmp(config->albs[i].arn, alb->arn) == 0 &&
            strcmp(config->albs[i].issuer, alb->issuer) == 0 &&
            strcmp(config->albs[i].keys_url, alb->keys_url) == 0)
            return true;
    return false;
}

/* Takes what the load balancer holds, whatever comes of it. */
static cogmig_status add_alb(cogmig_verifier_config *config, struct alb *alb, cogmig_error *err)
{
    bool known = is_known(config, alb);
    if (!known && config->alb_count < MAX_ALBS) {
        config->albs[config->alb_count++] = *alb;
        return COGMIG_OK;
    }
    alb_release(alb);
    return known ? COGMIG_OK
                 : fail(err, COGMIG_CONFIG_INVALID, "A verifier trusts at most %d load balancers.",
                        MAX_ALBS);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_add_load_balancer(cogmig_verifier_config *config,
                                                                     const char *arn,
                                                                     const char *issuer,
                                                                     const char *keys_url,
                                                                     cogmig_error *err)
{
    struct alb made;
    cogmig_error_clear(err);
    if (config == NULL || arn == NULL || issuer == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config, arn and issuer must not be NULL.");
    if (config->issuer_count > 0)
        return refuse_both_kinds(err);
    cogmig_status status = alb_make(arn, issuer, keys_url, &made, err);
    return status == COGMIG_OK ? add_alb(config, &made, err) : status;
}

/* ---- algorithms ---- */

#define SAME(name) _Static_assert((int)COGMIG_ALGORITHM_##name == (int)SIGNATURE_##name, #name)
SAME(RS256);
SAME(RS384);
SAME(RS512);
SAME(PS256);
SAME(PS384);
SAME(PS512);
SAME(ES256);
SAME(ES384);
SAME(ES512);
SAME(EDDSA);
#undef SAME

static cogmig_status check_algorithms(const struct issuer *found, const char *issuer,
                                      uint32_t algorithms, cogmig_error *err)
{
    if (found == NULL)
        return fail(err, COGMIG_ISSUER_UNKNOWN,
                    "The issuer %.200s was not added; algorithms are said after that.", issuer);
    if (algorithms == 0 || (algorithms & ~(uint32_t)SIGNATURE_ALL) != 0)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "algorithms is put together of COGMIG_ALGORITHM_*.");
    if (found->pool_id != NULL && algorithms != SIGNATURE_RS256)
        return fail(err, COGMIG_CONFIG_INVALID, "A user pool signs with RS256 and nothing else.");
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_set_issuer_algorithms(
    cogmig_verifier_config *config, const char *issuer, uint32_t algorithms, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || issuer == NULL)
        return no_argument(config == NULL ? "config" : "issuer", err);
    struct issuer *found = find_issuer(config, issuer);
    cogmig_status status = check_algorithms(found, issuer, algorithms, err);
    if (status != COGMIG_OK)
        return status;
    found->algorithms = algorithms;
    config->fetcher.algorithms |= algorithms;
    return COGMIG_OK;
}

/* ---- clients and token use ---- */

/* what  of the texts, for a message: "client id" */
static cogmig_status add_text(struct text_list *list, const char *text, const char *what,
                              cogmig_error *err)
{
    size_t len = strnlen(text, CLIENT_ID_MAX_BYTES + 1);
    if (len == 0 || len > CLIENT_ID_MAX_BYTES)
        return fail(err, COGMIG_CONFIG_INVALID, "A %s has 1 to %d bytes.", what,
                    CLIENT_ID_MAX_BYTES);
    if (list->count == TEXT_LIST_MAX)
        return fail(err, COGMIG_CONFIG_INVALID, "A verifier takes at most %d %ss.", TEXT_LIST_MAX,
                    what);
    return text_list_add(list, text) ? COGMIG_OK : fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_add_client(cogmig_verifier_config *config,
                                                              const char *client_id,
                                                              cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || client_id == NULL)
        return no_argument(config == NULL ? "config" : "client_id", err);
    return add_text(&config->rules.clients, client_id, "client id", err);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_allow_any_client(cogmig_verifier_config *config,
                                                                    cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return no_argument("config", err);
    config->rules.any_client = true;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_set_token_use(cogmig_verifier_config *config,
                                                                 int32_t use, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return no_argument("config", err);
    if (use < COGMIG_TOKEN_USE_ID || use > COGMIG_TOKEN_USE_ANY)
        return fail(err, COGMIG_INVALID_ARGUMENT, "use is one of COGMIG_TOKEN_USE_*, not %d.",
                    (int)use);
    config->rules.token_use = use;
    return COGMIG_OK;
}

/* ---- what else is demanded ---- */

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_require_any_group(cogmig_verifier_config *config,
                                                                     const char *group,
                                                                     cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || group == NULL)
        return no_argument(config == NULL ? "config" : "group", err);
    return add_text(&config->rules.demands.any_groups, group, "group", err);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_require_group(cogmig_verifier_config *config,
                                                                 const char *group,
                                                                 cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || group == NULL)
        return no_argument(config == NULL ? "config" : "group", err);
    return add_text(&config->rules.demands.all_groups, group, "group", err);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_require_any_scope(cogmig_verifier_config *config,
                                                                     const char *scope,
                                                                     cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || scope == NULL)
        return no_argument(config == NULL ? "config" : "scope", err);
    if (strchr(scope, ' ') != NULL)
        return fail(err, COGMIG_CONFIG_INVALID, "A scope has no blanks; give several one by one.");
    return add_text(&config->rules.demands.any_scopes, scope, "scope", err);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_require_scope(cogmig_verifier_config *config,
                                                                 const char *scope,
                                                                 cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || scope == NULL)
        return no_argument(config == NULL ? "config" : "scope", err);
    if (strchr(scope, ' ') != NULL)
        return fail(err, COGMIG_CONFIG_INVALID, "A scope has no blanks; give several one by one.");
    return add_text(&config->rules.demands.all_scopes, scope, "scope", err);
}

static cogmig_status require_claim(cogmig_verifier_config *config, const char *name,
                                   const char *text, cogmig_error *err)
{
    struct demands *demands = &config->rules.demands;
    if (name[0] == '\0')
        return fail(err, COGMIG_CONFIG_INVALID, "A claim's name is not empty.");
    if (demands->claim_count == MAX_DEMANDED_CLAIMS)
        return fail(err, COGMIG_CONFIG_INVALID, "A verifier demands at most %d claims.",
                    MAX_DEMANDED_CLAIMS);
    return demands_add_claim(demands, name, text) ? COGMIG_OK
                                                  : fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_require_claim(cogmig_verifier_config *config,
                                                                 const char *name,
                                                                 cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || name == NULL)
        return no_argument(config == NULL ? "config" : "name", err);
    return require_claim(config, name, NULL, err);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_require_claim_text(
    cogmig_verifier_config *config, const char *name, const char *text, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || name == NULL || text == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config, name and text must not be NULL.");
    return require_claim(config, name, text, err);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_set_check(cogmig_verifier_config *config,
                                                             cogmig_verifier_check_fn check,
                                                             void *user_data, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return no_argument("config", err);
    config->check = (struct check){check, user_data};
    return COGMIG_OK;
}

/* ---- time ---- */

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_set_leeway_s(cogmig_verifier_config *config,
                                                                int32_t leeway_s, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return no_argument("config", err);
    if (leeway_s < 0 || leeway_s > MAX_LEEWAY_S)
        return fail(err, COGMIG_CONFIG_INVALID, "The leeway is 0 to %d seconds, not %d.",
                    MAX_LEEWAY_S, (int)leeway_s);
    config->rules.leeway_s = leeway_s;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_set_max_age_s(cogmig_verifier_config *config,
                                                                 int32_t max_age_s,
                                                                 cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return no_argument("config", err);
    if (max_age_s < 0)
        return fail(err, COGMIG_CONFIG_INVALID, "The maximum age is 0 seconds or more, not %d.",
                    (int)max_age_s);
    config->rules.max_age_s = max_age_s;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_set_min_remaining_s(
    cogmig_verifier_config *config, int32_t min_remaining_s, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return no_argument("config", err);
    if (min_remaining_s < 0)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "The minimum of remaining life is 0 seconds or more, not %d.",
                    (int)min_remaining_s);
    config->rules.min_remaining_s = min_remaining_s;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_set_clock(cogmig_verifier_config *config,
                                                             cogmig_clock_fn clock, void *user_data,
                                                             cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return no_argument("config", err);
    config->clock = clock;
    config->clock_data = user_data;
    return COGMIG_OK;
}

/* ---- fetching ---- */

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_set_fetch(cogmig_verifier_config *config,
                                                             cogmig_jwks_fetch_fn fetch,
                                                             void *user_data, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return no_argument("config", err);
    config->fetcher.callback = fetch;
    config->fetcher.user_data = user_data;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_set_non_blocking(cogmig_verifier_config *config,
                                                                    cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return no_argument("config", err);
    config->fetcher.by_caller = true;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_set_fetch_timeout_ms(
    cogmig_verifier_config *config, int32_t timeout_ms, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return no_argument("config", err);
    if (timeout_ms < 1 || timeout_ms > MAX_FETCH_TIMEOUT_MS)
        return fail(err, COGMIG_CONFIG_INVALID, "The fetch timeout is 1 to %d ms, not %d.",
                    MAX_FETCH_TIMEOUT_MS, (int)timeout_ms);
    config->fetcher.timeout_ms = timeout_ms;
    return COGMIG_OK;
}

cogmig_status config_check_cache_bytes(size_t bytes, cogmig_error *err)
{
    if (bytes == 0 || (bytes >= MIN_CACHE_BYTES && bytes <= MAX_CACHE_BYTES))
        return COGMIG_OK;
    return fail(err, COGMIG_CONFIG_INVALID, "A cache has 0 or %d to %d bytes, not %zu.",
                MIN_CACHE_BYTES, MAX_CACHE_BYTES, bytes);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_set_cache_bytes(cogmig_verifier_config *config,
                                                                   size_t bytes, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return no_argument("config", err);
    cogmig_status status = config_check_cache_bytes(bytes, err);
    if (status == COGMIG_OK)
        config->cache_bytes = bytes;
    return status;
}

static cogmig_status set_path(const char *path, char **setting, cogmig_error *err)
{
    char *copy = memory_copy_text(path);
    if (copy == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    memory_free(*setting);
    *setting = copy;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_set_ca_file(cogmig_verifier_config *config,
                                                               const char *path, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || path == NULL)
        return no_argument(config == NULL ? "config" : "path", err);
    cogmig_status status = set_path(path, &config->ca_file, err);
    config->fetcher.libcurl.ca_file = config->ca_file;
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_set_key_file(cogmig_verifier_config *config,
                                                                const char *path, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || path == NULL)
        return no_argument(config == NULL ? "config" : "path", err);
    if (path[0] == '\0')
        return fail(err, COGMIG_CONFIG_INVALID, "The path of the key file is empty.");
    return set_path(path, &config->key_file, err);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_config_allow_plain_http(cogmig_verifier_config *config,
                                                                    cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return no_argument("config", err);
    config->fetcher.libcurl.plain_http = true;
    return COGMIG_OK;
}
