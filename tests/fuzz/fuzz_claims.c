/* SPDX-License-Identifier: Apache-2.0
 * Any payload that an issuer signed: the rules judge it, and every getter can be asked. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "fuzz.h"
#include "token/rules.h"

#include <cogmig/claims.h>
#include <cogmig/verifier.h>
#include <string.h>

enum {
    MAX_PAYLOAD = 12000,
    NOW_S = 1700000000
};

/* ---- as the part of a token ---- */

static char encode_bits(uint32_t bits)
{
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[bits & 63];
}

static struct span encode(const uint8_t *data, size_t size)
{
    static char text[MAX_PAYLOAD / 3 * 4 + 4];
    size_t len = 0;
    uint32_t bits = 0, held = 0;
    for (size_t i = 0; i < size; i++) {
        bits = bits << 8 | data[i];
        for (held += 8; held >= 6; held -= 6)
            text[len++] = encode_bits(bits >> (held - 6));
    }
    if (held > 0)
        text[len++] = encode_bits(bits << (6 - held));
    return (struct span){text, len};
}

/* ---- what is promised of claims ---- */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* A getter of its own and the general one say the same. */
static void check_texts(const cogmig_claims *claims)
{
    for (enum claim claim = 0; claim < CLAIM_COUNT; claim++) {
        const char *text = NULL;
        (void)cogmig_claims_get_string(claims, claim_name(claim), &text, NULL);
        HOLDS(same_text(text, claims_text(claims, claim)));
        HOLDS(text == NULL || span_is_utf8(span_of(text)));
    }
}

static void check_groups(const cogmig_claims *claims)
{
    size_t count = cogmig_claims_group_count(claims);
    for (size_t i = 0; i < count; i++) {
        const char *group = cogmig_claims_group_at(claims, i);
        HOLDS(group == NULL || cogmig_claims_in_group(claims, group));
    }
    HOLDS(cogmig_claims_group_at(claims, count) == NULL);
}

static void ask_all(const cogmig_claims *claims)
{
    size_t len;
    check_texts(claims);
    check_groups(claims);
    (void)cogmig_claims_legacy_id(claims);
    (void)cogmig_claims_username(claims);
    (void)cogmig_claims_email_verified(claims);
    (void)cogmig_claims_phone_number_verified(claims);
    (void)cogmig_claims_auth_time_s(claims);
    (void)cogmig_claims_version(claims);
    (void)cogmig_claims_has_scope(claims, "openid");
    HOLDS(strlen(cogmig_claims_json(claims, &len)) == len);
}

/* ---- by rules that ask for nothing, and by strict ones ---- */

static void check_accepted(const struct rules *rules, const cogmig_claims *claims)
{
    struct window window = rules_window(rules, claims);
    HOLDS(window.from_s <= NOW_S && NOW_S < window.end_s);
    HOLDS(cogmig_claims_sub(claims) != NULL && cogmig_claims_issuer(claims) != NULL);
    HOLDS(rules->any_client || text_list_has(&rules->clients, cogmig_claims_client_id(claims)));
    ask_all(claims);
}

static void judge(const struct rules *rules, const struct circumstances *circumstances,
                  struct span payload, const uint8_t *data, size_t size)
{
    SCOPED(cogmig_claims_free) cogmig_claims *claims = NULL;
    HOLDS(claims_read(payload, &claims, NULL) == COGMIG_OK);
    HOLDS(claims->json_len == size && memcmp(claims->json, data, size) == 0);
    if (rules_judge(rules, circumstances, claims, NULL) == COGMIG_OK)
        check_accepted(rules, claims);
    else if (claims->fault.reason == NULL)
        check_texts(claims);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct rules lenient = {.token_use = COGMIG_TOKEN_USE_ANY, .any_client = true};
    static struct rules strict = {
        .token_use = COGMIG_TOKEN_USE_ANY, .leeway_s = 5, .max_age_s = 3600, .min_remaining_s = 10};
    static const struct circumstances of_pool = {.now_s = NOW_S};
    static const struct circumstances of_other = {
        .token_use_optional = true, .issuer_optional = false, .now_s = NOW_S};
    if (size > MAX_PAYLOAD)
        return 0;
    HOLDS(strict.clients.count > 0 || text_list_add(&strict.clients, "c"));
    struct span payload = encode(data, size);
    judge(&lenient, &of_pool, payload, data, size);
    judge(&strict, &of_other, payload, data, size);
    return 0;
}
