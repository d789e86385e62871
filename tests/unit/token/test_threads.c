/* SPDX-License-Identifier: Apache-2.0
 * Thirty-two threads on one verifier while its issuer rotates keys. */
#include "base/buffer.h"
#include "base/memory.h"
#include "cmocka_all.h"
#include "signer.h"
#include "token/config.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    THREADS = 32,
    ROTATIONS = 12,
    KEYS = 3,
    BEGIN_S = 1700000000,
    BRIEF_S = 10 /* how long the tokens in briefs are valid; calendar_s does not move by itself */
};

static const char issuer[] = "https://issuer.example";

static struct signer *signers[KEYS];
static char *documents[ROTATIONS], *tokens[ROTATIONS], *briefs[ROTATIONS];
static cogmig_verifier *verifier, *seeded;
static pthread_barrier_t begin, end;

static _Atomic int64_t now_ms = 1, now_s = BEGIN_S;
static atomic_int http_status = 200;
static atomic_int rotation, fetches, accepted, refused, expired, others;

static int64_t steady_ms(void)
{
    return now_ms;
}

static int64_t calendar_s(void *user_data)
{
    (void)user_data;
    return now_s;
}

static cogmig_status serve(void *user_data, const char *url, int32_t timeout_ms,
                           cogmig_jwks_reply *reply)
{
    (void)user_data;
    (void)url;
    (void)timeout_ms;
    fetches++;
    const char *document = documents[rotation];
    cogmig_jwks_reply_set_http_status(reply, http_status);
    return cogmig_jwks_reply_append(reply, document, strlen(document));
}

static char *make_token(int number, int expires_at_s)
{
    char header[64], payload[256];
    struct buffer token = buffer_with_max(4096);
    snprintf(header, sizeof header, "{\"alg\":\"RS256\",\"kid\":\"key-%d\"}", number);
    snprintf(payload, sizeof payload,
             "{\"iss\":\"%s\",\"sub\":\"s\",\"token_use\":\"access\",\"client_id\":\"c\","
             "\"exp\":%d}",
             issuer, expires_at_s);
    signer_add_token(signers[number % KEYS], header, payload, &token);
    return buffer_take(&token, NULL);
}

static void make_rotation(int number)
{
    char kid[16];
    struct buffer document = buffer_with_max(4096);
    snprintf(kid, sizeof kid, "key-%d", number);
    signer_add_jwks(signers[number % KEYS], kid, &document);
    documents[number] = buffer_take(&document, NULL);
    tokens[number] = make_token(number, BEGIN_S + 3600);
    briefs[number] = make_token(number, BEGIN_S + BRIEF_S * (number + 1));
}

static int set_up(void **state)
{
    (void)state;
    cogmig_verifier_config *config = NULL;
    for (int i = 0; i < KEYS; i++)
        signers[i] = signer_new(2048, 65537);
    for (int i = 0; i < ROTATIONS; i++)
        make_rotation(i);
    assert_int_equal(cogmig_verifier_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_issuer(config, issuer, NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_client(config, "c", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ACCESS, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_fetch(config, serve, NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_clock(config, calendar_s, NULL, NULL), COGMIG_OK);
    config->steady_ms = steady_ms;
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_cache_bytes(config, 64 * 1024, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_new(config, &seeded, NULL), COGMIG_OK);
    cogmig_verifier_config_free(&config);
    pthread_barrier_init(&begin, NULL, THREADS + 1);
    pthread_barrier_init(&end, NULL, THREADS + 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_verifier_free(&verifier);
    cogmig_verifier_free(&seeded);
    for (int i = 0; i < ROTATIONS; i++) {
        memory_free(documents[i]);
        memory_free(tokens[i]);
        memory_free(briefs[i]);
    }
    for (int i = 0; i < KEYS; i++)
        signer_free(signers[i]);
    pthread_barrier_destroy(&begin);
    pthread_barrier_destroy(&end);
    return 0;
}

static cogmig_status verify_with(cogmig_verifier *with, const char *token)
{
    cogmig_claims *claims = NULL;
    cogmig_status status = cogmig_verifier_verify(with, token, strlen(token), &claims, NULL);
    if (status == COGMIG_OK)
        assert_string_equal(cogmig_claims_sub(claims), "s");
    cogmig_claims_free(&claims);
    return status;
}

static void expect(const char *token, cogmig_status expected, atomic_int *count)
{
    cogmig_status status = verify_with(verifier, token);
    *count += status == expected;
    others += status != expected;
}

/* The tokens of the key in use, that of the key before it, then one that has expired. */
static void *verify_each_rotation(void *unused)
{
    for (int i = 0; i < ROTATIONS; i++) {
        pthread_barrier_wait(&begin);
        expect(tokens[i], COGMIG_OK, &accepted);
        expect(briefs[i], COGMIG_OK, &accepted);
        if (i > 0)
            expect(tokens[i - 1], COGMIG_TOKEN_KEY_UNKNOWN, &refused);
        pthread_barrier_wait(&end);
        pthread_barrier_wait(&begin);
        expect(briefs[i], COGMIG_TOKEN_EXPIRED, &expired);
        expect(tokens[i], COGMIG_OK, &accepted);
        pthread_barrier_wait(&end);
    }
    return unused;
}

/* promise 15 */
static void each_rotation_costs_one_fetch_and_ends_the_former_key(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, verify_each_rotation, NULL), 0);
    for (int i = 0; i < ROTATIONS; i++) {
        rotation = i;
        now_ms += UNKNOWN_KID_COOL_DOWN_MS;
        pthread_barrier_wait(&begin);
        pthread_barrier_wait(&end);
        now_s += BRIEF_S;
        pthread_barrier_wait(&begin);
        pthread_barrier_wait(&end);
        assert_int_equal(fetches, i + 1);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(accepted, THREADS * ROTATIONS * 3);
    assert_int_equal(refused, THREADS * (ROTATIONS - 1));
    assert_int_equal(expired, THREADS * ROTATIONS);
    assert_int_equal(others, 0);
}

/* ---- tokens that come again ---- */

enum {
    VERIFICATIONS = 60
};

static atomic_int seeding, in_force, over, verified, wrongly_refused, wrongly_accepted;

/* in_force follows seeding: between the two either verdict is right. So it is between the moment
 * when a brief token expires and over. */
static void *verify_again_and_again(void *unused)
{
    for (int i = 0; i < VERIFICATIONS; i++) {
        int now = in_force, expired_before = over;
        cogmig_status current = verify_with(seeded, tokens[now]);
        wrongly_refused += current != COGMIG_OK && seeding == now;
        wrongly_accepted += now > 0 && verify_with(seeded, tokens[now - 1]) == COGMIG_OK;
        wrongly_accepted += now < expired_before && verify_with(seeded, briefs[now]) == COGMIG_OK;
        if (now >= expired_before)
            (void)!verify_with(seeded, briefs[now]);
        verified++;
    }
    return unused;
}

static void expire(int number)
{
    now_s = BEGIN_S + BRIEF_S * (number + 1);
    over = number + 1;
}

static void put_in_force(int number)
{
    seeding = number;
    assert_int_equal(
        cogmig_verifier_seed_keys(seeded, NULL, documents[number], strlen(documents[number]), NULL),
        COGMIG_OK);
    in_force = number;
}

static void await_verified(int count)
{
    while (verified < count)
        usleep(100);
}

/* promises 15, 16 */
static void no_token_is_accepted_once_it_expired_or_its_key_was_replaced(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    http_status = 500;
    now_s = BEGIN_S;
    put_in_force(0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, verify_again_and_again, NULL), 0);
    for (int i = 1; i < ROTATIONS; i++) {
        await_verified(THREADS * VERIFICATIONS * (2 * i - 1) / (2 * ROTATIONS));
        expire(i - 1);
        await_verified(THREADS * VERIFICATIONS * i / ROTATIONS);
        put_in_force(i);
        if (i % 3 == 0)
            assert_int_equal(cogmig_verifier_forget_all(seeded, NULL), COGMIG_OK);
        if (i % 3 == 1)
            assert_int_equal(cogmig_verifier_resize_cache(seeded, i == 4 ? 0 : 65536, NULL),
                             COGMIG_OK);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(wrongly_refused, 0);
    assert_int_equal(wrongly_accepted, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rotation_costs_one_fetch_and_ends_the_former_key),
        cmocka_unit_test(no_token_is_accepted_once_it_expired_or_its_key_was_replaced),
    };
    return cmocka_run_group_tests_name("token: threads", tests, set_up, tear_down);
}
