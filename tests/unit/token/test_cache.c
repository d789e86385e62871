/* SPDX-License-Identifier: Apache-2.0
 * Tokens already verified: a hit is seen by its claims, which are the same ones. */
#include "base/buffer.h"
#include "base/memory.h"
#include "cmocka_all.h"
#include "signer.h"
#include "token/config.h"

#include <cogmig/verifier.h>
#include <stdio.h>
#include <string.h>

enum {
    EXP_S = 1700003600,
    NBF_S = 1699999000,
    HOUR_MS = 60 * 60 * 1000
};

static const char issuer[] = "https://issuer.example";

static struct signer *good, *other;
static char *keys_good, *keys_other, *keys_both;
static char *token;
static cogmig_verifier *verifier;

static int64_t now_s, now_ms;
static int32_t http_status;
static int checks;

/* ---- what all tests share ---- */

static char *sign(const char *jti)
{
    char payload[512];
    struct buffer bytes = buffer_with_max(8192);
    snprintf(payload, sizeof payload,
             "{\"iss\":\"%s\",\"sub\":\"s\",\"token_use\":\"access\",\"client_id\":\"c\","
             "\"exp\":%d,\"nbf\":%d,\"iat\":%d,\"nonce\":\"n\",\"jti\":\"%s\"}",
             issuer, EXP_S, NBF_S, NBF_S, jti);
    signer_add_token(good, "{\"alg\":\"RS256\",\"kid\":\"good\"}", payload, &bytes);
    return buffer_take(&bytes, NULL);
}

static char *document(const struct signer *first, const char *kid, const struct signer *second)
{
    struct buffer b = buffer_with_max(8192);
    buffer_add_text(&b, "{\"keys\":[");
    signer_add_jwk(first, kid, &b);
    if (second != NULL) {
        buffer_add_text(&b, ",");
        signer_add_jwk(second, "good", &b);
    }
    buffer_add_text(&b, "]}");
    return buffer_take(&b, NULL);
}

static int make_keys(void **state)
{
    (void)state;
    good = signer_new(2048, 65537);
    other = signer_new(2048, 65537);
    keys_good = document(good, "good", NULL);
    keys_other = document(other, "other", NULL);
    keys_both = document(other, "other", good);
    token = sign("1");
    return token == NULL;
}

static int free_keys(void **state)
{
    (void)state;
    signer_free(good);
    signer_free(other);
    memory_free(keys_good);
    memory_free(keys_other);
    memory_free(keys_both);
    memory_free(token);
    return 0;
}

static int64_t calendar_s(void *user_data)
{
    (void)user_data;
    return now_s;
}

static int64_t steady_ms(void)
{
    return now_ms;
}

static const char *served;

static cogmig_status serve(void *user_data, const char *url, int32_t timeout_ms,
                           cogmig_jwks_reply *reply)
{
    (void)user_data;
    (void)url;
    (void)timeout_ms;
    cogmig_jwks_reply_set_http_status(reply, http_status);
    return cogmig_jwks_reply_append(reply, served, strlen(served));
}

static cogmig_verifier_config *new_config(void)
{
    cogmig_verifier_config *config = NULL;
    assert_int_equal(cogmig_verifier_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_issuer(config, issuer, NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_client(config, "c", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ACCESS, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_clock(config, calendar_s, NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_fetch(config, serve, NULL, NULL), COGMIG_OK);
    config->steady_ms = steady_ms;
    return config;
}

static void use(cogmig_verifier_config *config)
{
    cogmig_verifier_free(&verifier);
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_OK);
    cogmig_verifier_config_free(&config);
}

static int set_up(void **state)
{
    (void)state;
    now_s = 1700000000;
    now_ms = 1000000;
    http_status = 200;
    served = keys_good;
    checks = 0;
    use(new_config());
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_verifier_free(&verifier);
    return 0;
}

static cogmig_status verify(void)
{
    return cogmig_verifier_verify(verifier, token, strlen(token), NULL, NULL);
}

static cogmig_claims *claims_of(const char *of)
{
    cogmig_claims *claims = NULL;
    assert_int_equal(cogmig_verifier_verify(verifier, of, strlen(of), &claims, NULL), COGMIG_OK);
    return claims;
}

/* Is it held when it comes again at once, and was it before? */
static bool was_kept(const char *of)
{
    cogmig_claims *first = claims_of(of), *second = claims_of(of);
    bool kept = first == second;
    cogmig_claims_free(&first);
    cogmig_claims_free(&second);
    return kept;
}

static void seed(const char *jwks)
{
    assert_int_equal(cogmig_verifier_seed_keys(verifier, NULL, jwks, strlen(jwks), NULL),
                     COGMIG_OK);
}

/* ---- what a hit is, and what not ---- */

static void a_token_that_comes_again_has_the_same_claims(void **state)
{
    (void)state;
    assert_true(was_kept(token));
}

static void without_a_cache_each_time_is_the_first(void **state)
{
    (void)state;
    cogmig_verifier_config *config = new_config();
    assert_int_equal(cogmig_verifier_config_set_cache_bytes(config, 0, NULL), COGMIG_OK);
    use(config);
    assert_false(was_kept(token));
}

/* promise 13 */
static void a_token_with_any_byte_changed_is_not_that_token(void **state)
{
    (void)state;
    size_t len = strlen(token);
    assert_true(was_kept(token));
    for (size_t i = 0; i < len; i++) {
        char *changed = memory_copy_text(token);
        changed[i] ^= 1;
        assert_int_not_equal(cogmig_verifier_verify(verifier, changed, len, NULL, NULL), COGMIG_OK);
        memory_free(changed);
    }
    assert_int_not_equal(cogmig_verifier_verify(verifier, token, len - 1, NULL, NULL), COGMIG_OK);
    assert_int_not_equal(cogmig_verifier_verify(verifier, token, 0, NULL, NULL), COGMIG_OK);
    assert_true(was_kept(token));
}

static void claims_outlive_their_place_and_their_verifier(void **state)
{
    (void)state;
    cogmig_claims *first = claims_of(token), *second = claims_of(token);
    assert_int_equal(cogmig_verifier_forget_all(verifier, NULL), COGMIG_OK);
    cogmig_verifier_free(&verifier);
    cogmig_claims_free(&first);
    assert_string_equal(cogmig_claims_sub(second), "s");
    cogmig_claims_free(&second);
}

/* ---- how long it lasts ---- */

/* promise 16 */
static void no_token_outlives_its_exp(void **state)
{
    (void)state;
    assert_int_equal(verify(), COGMIG_OK);
    now_s = EXP_S - 1;
    assert_int_equal(verify(), COGMIG_OK);
    now_s = EXP_S;
    assert_int_equal(verify(), COGMIG_TOKEN_EXPIRED);
}

static void a_clock_that_goes_back_before_nbf_is_minded(void **state)
{
    (void)state;
    assert_int_equal(verify(), COGMIG_OK);
    now_s = NBF_S;
    assert_int_equal(verify(), COGMIG_OK);
    now_s = NBF_S - 1;
    assert_int_equal(verify(), COGMIG_TOKEN_NOT_YET_VALID);
}

static void the_window_is_that_of_the_rules(void **state)
{
    (void)state;
    cogmig_verifier_config *config = new_config();
    assert_int_equal(cogmig_verifier_config_set_leeway_s(config, 10, NULL), COGMIG_OK);
    use(config);
    static const int64_t seconds[] = {NBF_S - 11, NBF_S - 10, EXP_S + 9, EXP_S + 10};
    static const cogmig_status verdicts[] = {COGMIG_TOKEN_NOT_YET_VALID, COGMIG_OK, COGMIG_OK,
                                             COGMIG_TOKEN_EXPIRED};
    assert_int_equal(verify(), COGMIG_OK);
    for (int i = 0; i < 4; i++) {
        now_s = seconds[i];
        assert_int_equal(verify(), verdicts[i]);
    }
}

static void remaining_life_and_age_are_minded(void **state)
{
    (void)state;
    cogmig_verifier_config *config = new_config();
    assert_int_equal(cogmig_verifier_config_set_min_remaining_s(config, 100, NULL), COGMIG_OK);
    use(config);
    assert_int_equal(verify(), COGMIG_OK);
    now_s = EXP_S - 100;
    assert_int_equal(verify(), COGMIG_OK);
    now_s = EXP_S - 99;
    assert_int_equal(verify(), COGMIG_TOKEN_EXPIRES_TOO_SOON);

    config = new_config();
    assert_int_equal(cogmig_verifier_config_set_max_age_s(config, 2000, NULL), COGMIG_OK);
    use(config);
    now_s = NBF_S;
    assert_int_equal(verify(), COGMIG_OK);
    now_s = NBF_S + 1999;
    assert_int_equal(verify(), COGMIG_OK);
    now_s = NBF_S + 2000;
    assert_int_equal(verify(), COGMIG_TOKEN_TOO_OLD);
}

/* promise 15 */
static void a_withdrawn_key_takes_its_tokens_with_it(void **state)
{
    (void)state;
    seed(keys_good);
    assert_int_equal(verify(), COGMIG_OK);
    seed(keys_other);
    served = keys_other;
    assert_int_equal(verify(), COGMIG_TOKEN_KEY_UNKNOWN);
}

/* promise 15 */
static void a_key_replaced_under_its_kid_takes_its_tokens_with_it(void **state)
{
    (void)state;
    char *replaced = document(other, "good", NULL);
    assert_int_equal(verify(), COGMIG_OK);
    seed(replaced);
    assert_int_equal(verify(), COGMIG_TOKEN_SIGNATURE_INVALID);
    memory_free(replaced);
}

static void tokens_of_a_key_that_stays_stay(void **state)
{
    (void)state;
    cogmig_claims *before = claims_of(token);
    seed(keys_both);
    cogmig_claims *after = claims_of(token);
    assert_ptr_equal(before, after);
    cogmig_claims_free(&before);
    cogmig_claims_free(&after);
}

static void keys_are_asked_for_again_though_all_tokens_are_kept(void **state)
{
    (void)state;
    assert_int_equal(verify(), COGMIG_OK);
    served = keys_other;
    now_ms += HOUR_MS;
    assert_int_equal(verify(), COGMIG_TOKEN_KEY_UNKNOWN);
}

/* promise 18 */
static void no_key_is_trusted_for_ever(void **state)
{
    (void)state;
    assert_int_equal(verify(), COGMIG_OK);
    http_status = 500;
    now_ms += 24 * HOUR_MS - 1;
    assert_int_equal(verify(), COGMIG_OK);
    now_ms += 1;
    assert_int_equal(verify(), COGMIG_JWKS_HTTP_STATUS);
}

/* ---- what is asked each time ---- */

static cogmig_status check(void *user_data, const cogmig_claims *claims, cogmig_error *err)
{
    (void)user_data;
    (void)claims;
    (void)err;
    return ++checks < 3 ? COGMIG_OK : COGMIG_TOKEN_CHECK_REFUSED;
}

static void the_check_is_asked_each_time(void **state)
{
    (void)state;
    cogmig_verifier_config *config = new_config();
    assert_int_equal(cogmig_verifier_config_set_check(config, check, NULL, NULL), COGMIG_OK);
    use(config);
    assert_int_equal(verify(), COGMIG_OK);
    assert_int_equal(verify(), COGMIG_OK);
    assert_int_equal(verify(), COGMIG_TOKEN_CHECK_REFUSED);
}

static void the_nonce_is_judged_each_time(void **state)
{
    (void)state;
    assert_int_equal(verify(), COGMIG_OK);
    assert_int_equal(
        cogmig_verifier_verify_with_nonce(verifier, token, strlen(token), "n", NULL, NULL),
        COGMIG_OK);
    assert_int_equal(
        cogmig_verifier_verify_with_nonce(verifier, token, strlen(token), "m", NULL, NULL),
        COGMIG_TOKEN_NONCE_REFUSED);
}

/* ---- forgetting ---- */

static void a_forgotten_token_is_verified_anew_and_others_are_not(void **state)
{
    (void)state;
    char *second = sign("2");
    cogmig_claims *before = claims_of(token), *second_before = claims_of(second);
    assert_int_equal(cogmig_verifier_forget_token(verifier, token, strlen(token), NULL), COGMIG_OK);
    cogmig_claims *after = claims_of(token), *second_after = claims_of(second);
    assert_ptr_not_equal(before, after);
    assert_ptr_equal(second_before, second_after);
    cogmig_claims_free(&before);
    cogmig_claims_free(&after);
    cogmig_claims_free(&second_before);
    cogmig_claims_free(&second_after);
    memory_free(second);
}

/* More of them than places: some are those of tokens that are kept. */
static void to_forget_tokens_that_were_never_seen_forgets_none(void **state)
{
    (void)state;
    cogmig_verifier_config *config = new_config();
    assert_int_equal(cogmig_verifier_config_set_cache_bytes(config, 65536, NULL), COGMIG_OK);
    use(config);
    cogmig_claims *before = claims_of(token);
    for (int i = 0; i < 1000; i++) {
        char unseen[32];
        int len = snprintf(unseen, sizeof unseen, "a.b.%08d", i * 7919);
        assert_int_equal(cogmig_verifier_forget_token(verifier, unseen, (size_t)len, NULL),
                         COGMIG_OK);
    }
    cogmig_claims *after = claims_of(token);
    assert_ptr_equal(after, before);
    cogmig_claims_free(&before);
    cogmig_claims_free(&after);
}

static void all_are_forgotten_at_once(void **state)
{
    (void)state;
    cogmig_claims *before = claims_of(token);
    assert_int_equal(cogmig_verifier_forget_all(verifier, NULL), COGMIG_OK);
    cogmig_claims *after = claims_of(token);
    assert_ptr_not_equal(before, after);
    cogmig_claims_free(&before);
    cogmig_claims_free(&after);
}

static void forgetting_without_a_cache_or_a_token_is_fine(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_forget_token(verifier, "", 0, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_forget_token(verifier, "a.b.c", 5, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_forget_token(verifier, NULL, 0, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_forget_token(NULL, "", 0, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_forget_all(NULL, NULL), COGMIG_INVALID_ARGUMENT);
    cogmig_verifier_config *config = new_config();
    assert_int_equal(cogmig_verifier_config_set_cache_bytes(config, 0, NULL), COGMIG_OK);
    use(config);
    assert_int_equal(cogmig_verifier_forget_token(verifier, token, strlen(token), NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_forget_all(verifier, NULL), COGMIG_OK);
}

/* ---- how much ---- */

enum {
    MANY = 120
};

static void a_small_cache_keeps_few_tokens_and_the_latest_among_them(void **state)
{
    (void)state;
    cogmig_verifier_config *config = new_config();
    char *tokens[MANY];
    cogmig_claims *first[MANY];
    int kept = 0;
    assert_int_equal(cogmig_verifier_config_set_cache_bytes(config, 65536, NULL), COGMIG_OK);
    use(config);
    for (int i = 0; i < MANY; i++) {
        char jti[16];
        snprintf(jti, sizeof jti, "%d", i);
        tokens[i] = sign(jti);
        first[i] = claims_of(tokens[i]);
        assert_true(was_kept(tokens[i]));
    }
    for (int i = MANY - 1; i >= 0; i--) {
        cogmig_claims *again = claims_of(tokens[i]);
        kept += again == first[i];
        cogmig_claims_free(&again);
        cogmig_claims_free(&first[i]);
        memory_free(tokens[i]);
    }
    assert_in_range(kept, 10, 65536 / 1024);
}

static void the_size_has_a_range(void **state)
{
    static const size_t refused[] = {1, 65535, 1024 * 1024 * 1024 + 1, SIZE_MAX};
    (void)state;
    cogmig_verifier_config *config = new_config();
    for (int i = 0; i < 4; i++)
        assert_int_equal(cogmig_verifier_config_set_cache_bytes(config, refused[i], NULL),
                         COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_set_cache_bytes(config, 65536, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_cache_bytes(NULL, 65536, NULL),
                     COGMIG_INVALID_ARGUMENT);
    cogmig_verifier_config_free(&config);
}

static void resize(size_t bytes)
{
    assert_int_equal(cogmig_verifier_resize_cache(verifier, bytes, NULL), COGMIG_OK);
}

static void a_cache_that_is_resized_begins_anew(void **state)
{
    (void)state;
    assert_true(was_kept(token));
    cogmig_claims *before = claims_of(token);
    resize(65536);
    cogmig_claims *after = claims_of(token);
    assert_ptr_not_equal(before, after);
    assert_true(was_kept(token));
    cogmig_claims_free(&before);
    cogmig_claims_free(&after);
}

static void a_cache_is_turned_off_and_on_while_it_runs(void **state)
{
    (void)state;
    resize(0);
    assert_false(was_kept(token));
    assert_int_equal(cogmig_verifier_forget_all(verifier, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_forget_token(verifier, token, strlen(token), NULL), COGMIG_OK);
    resize(65536);
    assert_true(was_kept(token));
}

static void a_size_out_of_range_changes_nothing(void **state)
{
    (void)state;
    assert_true(was_kept(token));
    cogmig_claims *before = claims_of(token);
    assert_int_equal(cogmig_verifier_resize_cache(verifier, 65535, NULL), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_resize_cache(NULL, 65536, NULL), COGMIG_INVALID_ARGUMENT);
    cogmig_claims *after = claims_of(token);
    assert_ptr_equal(before, after);
    cogmig_claims_free(&before);
    cogmig_claims_free(&after);
}

static void hits_and_misses_are_counted(void **state)
{
    (void)state;
    static const int32_t hits = COGMIG_COUNTER_CACHE_HITS, misses = COGMIG_COUNTER_CACHE_MISSES;
    assert_int_equal(verify(), COGMIG_OK);
    assert_int_equal(cogmig_verifier_get_counter(verifier, hits), 0);
    assert_int_equal(cogmig_verifier_get_counter(verifier, misses), 1);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(verify(), COGMIG_OK);
    assert_int_equal(cogmig_verifier_get_counter(verifier, hits), 100000);
    assert_int_equal(cogmig_verifier_get_counter(verifier, misses), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_token_that_comes_again_has_the_same_claims),
        TEST(without_a_cache_each_time_is_the_first),
        TEST(a_token_with_any_byte_changed_is_not_that_token),
        TEST(claims_outlive_their_place_and_their_verifier),
        TEST(no_token_outlives_its_exp),
        TEST(a_clock_that_goes_back_before_nbf_is_minded),
        TEST(the_window_is_that_of_the_rules),
        TEST(remaining_life_and_age_are_minded),
        TEST(a_withdrawn_key_takes_its_tokens_with_it),
        TEST(a_key_replaced_under_its_kid_takes_its_tokens_with_it),
        TEST(tokens_of_a_key_that_stays_stay),
        TEST(keys_are_asked_for_again_though_all_tokens_are_kept),
        TEST(no_key_is_trusted_for_ever),
        TEST(the_check_is_asked_each_time),
        TEST(the_nonce_is_judged_each_time),
        TEST(a_forgotten_token_is_verified_anew_and_others_are_not),
        TEST(to_forget_tokens_that_were_never_seen_forgets_none),
        TEST(all_are_forgotten_at_once),
        TEST(forgetting_without_a_cache_or_a_token_is_fine),
        TEST(a_small_cache_keeps_few_tokens_and_the_latest_among_them),
        TEST(the_size_has_a_range),
        TEST(hits_and_misses_are_counted),
        TEST(a_cache_that_is_resized_begins_anew),
        TEST(a_cache_is_turned_off_and_on_while_it_runs),
        TEST(a_size_out_of_range_changes_nothing),
    };
    return cmocka_run_group_tests_name("token: cache", tests, make_keys, free_keys);
}
