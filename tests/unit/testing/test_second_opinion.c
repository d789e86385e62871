/* SPDX-License-Identifier: Apache-2.0
 * libjwt judges thousands of changed tokens beside the verifier. It judges form and signature
 * alone, so what it accepts may be refused here, for one of the reasons below; what it refuses must
 * never be accepted. */
#include "base/cleanup.h"
#include "testing/heap.h"
#include "testing/issuer.h"
#include "testing/libjwt.h"

#include <cogmig/verifier.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char url[] = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI";
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

enum {
    MAX_TOKEN = 4096
};

static cogmig_test_issuer *issuer;
static cogmig_verifier *verifier;
static char *pem;
static struct published_key published;

static cogmig_status make_verifier(void)
{
    SCOPED(cogmig_verifier_config_free) cogmig_verifier_config *config = NULL;
    const char *jwks = cogmig_test_issuer_jwks(issuer, NULL);
    cogmig_status status = cogmig_verifier_config_new(&config, NULL);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_add_issuer(config, url, NULL, NULL);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_add_client(config, "c", NULL);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ANY, NULL);
    if (status == COGMIG_OK)
        status = cogmig_verifier_new(config, &verifier, NULL);
    return status == COGMIG_OK ? cogmig_verifier_seed_keys(verifier, url, jwks, strlen(jwks), NULL)
                               : status;
}

static int set_up(void **state)
{
    (void)state;
    if (cogmig_test_issuer_new(url, &issuer, NULL) != COGMIG_OK || make_verifier() != COGMIG_OK)
        return -1;
    const struct signing_key *key = issuer_key(issuer, COGMIG_TOKEN_USE_ACCESS);
    pem = key_pair_public_pem(key->pair);
    published = (struct published_key){
        .kid = key->kid, .jwks = cogmig_test_issuer_jwks(issuer, NULL), .pem = pem};
    return pem == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    heap_release_variable(&pem);
    cogmig_verifier_free(&verifier);
    cogmig_test_issuer_free(&issuer);
    return 0;
}

static cogmig_test_token *new_token(void)
{
    cogmig_test_token *token;
    assert_int_equal(cogmig_test_token_new(issuer, COGMIG_TOKEN_USE_ACCESS, "s", "c", &token, NULL),
                     COGMIG_OK);
    return token;
}

static cogmig_status verdict(const char *jwt)
{
    return cogmig_verifier_verify(verifier, jwt, strlen(jwt), NULL, NULL);
}

/* ---- changed by whoever has no key ---- */

/* Differences that are known, and why they are right. */
enum difference {
    NO_DIFFERENCE,
    UNUSED_BITS,    /* we want the bits zero that no byte uses: one text for one token */
    PADDING,        /* RFC 7515 section 2: base64url without "=" */
    OTHER_ALPHABET, /* RFC 4648 section 5: "-" and "_", not "+" and "/" */
    MORE_PARTS,     /* RFC 7515 section 7.1: three parts; libjwt looks at no more than three */
    OTHER_BYTES,    /* RFC 4648 section 3.3: what is not of the alphabet is refused, not skipped */
    UNEXPLAINED
};

static bool ends_a_part(const char *jwt, size_t at)
{
    return jwt[at + 1] == '.' || jwt[at + 1] == '\0';
}

static size_t count_dots(const char *jwt)
{
    size_t dots = 0;
    for (; *jwt != '\0'; jwt++)
        dots += *jwt == '.';
    return dots;
}

static size_t first_change(const char *original, const char *changed)
{
    size_t at = 0;
    while (original[at] != '\0' && original[at] == changed[at])
        at++;
    return at;
}

static enum difference explain(const char *original, const char *changed)
{
    size_t at = first_change(original, changed);
    if (count_dots(changed) > 2)
        return MORE_PARTS;
    if (changed[at] == '=')
        return PADDING;
    if (changed[at] == '+' || changed[at] == '/')
        return OTHER_ALPHABET;
    if (changed[at] == '\n')
        return OTHER_BYTES;
    return strlen(original) == strlen(changed) && ends_a_part(changed, at) ? UNUSED_BITS
                                                                           : UNEXPLAINED;
}

struct tally {
    size_t judged;
    size_t differences[UNEXPLAINED];
};

static void judge(const char *original, const char *changed, struct tally *tally)
{
    bool ours = verdict(changed) == COGMIG_OK, theirs = libjwt_accepts(changed, &published);
    tally->judged++;
    if (ours == theirs)
        return;
    enum difference difference = ours ? UNEXPLAINED : explain(original, changed);
    if (difference == UNEXPLAINED)
        fail_msg("We %s and libjwt does not, from byte %zu of %zu (once %zu): %.60s",
                 ours ? "accept" : "refuse", first_change(original, changed), strlen(changed),
                 strlen(original), changed + first_change(original, changed));
    tally->differences[difference]++;
}

static void judge_with(const char *jwt, size_t at, size_t removed, const char *put,
                       struct tally *tally)
{
    char changed[MAX_TOKEN];
    int len = snprintf(changed, sizeof changed, "%.*s%s%s", (int)at, jwt, put, jwt + at + removed);
    assert_in_range(len, 1, MAX_TOKEN - 1);
    if (strcmp(jwt, changed) != 0)
        judge(jwt, changed, tally);
}

static char next_digit(char c)
{
    const char *found = strchr(digits, c);
    return found == NULL || found[1] == '\0' ? 'A' : found[1];
}

static void change_everywhere(const char *jwt, struct tally *tally)
{
    for (size_t at = 0; jwt[at] != '\0'; at++) {
        char next[] = {next_digit(jwt[at]), '\0'};
        judge_with(jwt, at, 1, next, tally);
        judge_with(jwt, at, 1, "", tally);
        judge_with(jwt, at, 0, "A", tally);
        judge_with(jwt, at, 0, at % 2 == 0 ? "=" : "\n", tally);
        if (jwt[at] == '-' || jwt[at] == '_')
            judge_with(jwt, at, 1, jwt[at] == '-' ? "+" : "/", tally);
    }
    judge_with(jwt, strlen(jwt), 0, "=", tally);
    judge_with(jwt, strlen(jwt), 0, "==", tally);
    judge_with(jwt, strlen(jwt), 0, "\n", tally);
    judge_with(jwt, strlen(jwt), 0, ".", tally);
    judge_with(jwt, strlen(jwt), 0, ".AAAA", tally);
}

/* promise 24 */
static void a_token_that_was_changed_is_accepted_by_neither_or_the_difference_is_known(void **state)
{
    (void)state;
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = new_token();
    struct tally tally = {.judged = 0};
    const char *jwt;
    assert_int_equal(cogmig_test_token_sign(token, &jwt, NULL, NULL), COGMIG_OK);
    assert_int_equal(verdict(jwt), COGMIG_OK);
    assert_true(libjwt_accepts(jwt, &published));
    change_everywhere(jwt, &tally);
    print_message(
        "# %zu tokens; unused bits %zu, padding %zu, alphabet %zu, parts %zu, other %zu\n",
        tally.judged, tally.differences[UNUSED_BITS], tally.differences[PADDING],
        tally.differences[OTHER_ALPHABET], tally.differences[MORE_PARTS],
        tally.differences[OTHER_BYTES]);
    assert_true(tally.judged > 2000);
}

/* ---- signed by the issuer, and still not what is wanted ---- */

struct signed_case {
    const char *header; /* NULL: a claim */
    const char *claim;
    const char *json;
    cogmig_status ours;
    const char *why_libjwt_accepts; /* NULL: it does not */
};

static const char claims_are_the_callers[] = "libjwt leaves claims to its caller";

static const struct signed_case signed_cases[] = {
    {NULL, "scope", "\"a b\"", COGMIG_OK, "so do we"},
    {"x5u", NULL, "\"https://evil.example\"", COGMIG_OK, "so do we: keys are not taken from it"},
    {"typ", NULL, "\"JWT\"", COGMIG_OK, "so do we"},
    {"crit", NULL, "[\"exp\"]", COGMIG_TOKEN_CRITICAL_REFUSED, "libjwt does not know crit"},
    {"b64", NULL, "false", COGMIG_TOKEN_CRITICAL_REFUSED, "libjwt does not know b64"},
    {"kid", NULL, "\"other\"", COGMIG_JWKS_UNREACHABLE, NULL},
    {NULL, "exp", "1", COGMIG_TOKEN_EXPIRED, claims_are_the_callers},
    {NULL, "exp", "\"2000000000\"", COGMIG_TOKEN_CLAIM_INVALID, claims_are_the_callers},
    {NULL, "exp", "2e9", COGMIG_TOKEN_CLAIM_INVALID, claims_are_the_callers},
    {NULL, "nbf", "9000000000", COGMIG_TOKEN_NOT_YET_VALID, claims_are_the_callers},
    {NULL, "client_id", "\"other\"", COGMIG_TOKEN_CLIENT_REFUSED, claims_are_the_callers},
    {NULL, "client_id", "[\"c\"]", COGMIG_TOKEN_CLAIM_INVALID, claims_are_the_callers},
    {NULL, "token_use", "\"refresh\"", COGMIG_TOKEN_USE_REFUSED, claims_are_the_callers},
    {NULL, "iss", "\"https://evil.example\"", COGMIG_TOKEN_ISSUER_REFUSED, claims_are_the_callers},
    {NULL, "sub", "\"\"", COGMIG_TOKEN_CLAIM_INVALID, claims_are_the_callers},
};

static void sign_and_judge(const struct signed_case *c)
{
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = new_token();
    const char *jwt;
    cogmig_status set = c->header != NULL
                            ? cogmig_test_token_set_header(token, c->header, c->json, NULL)
                            : cogmig_test_token_set_json(token, c->claim, c->json, NULL);
    assert_int_equal(set, COGMIG_OK);
    assert_int_equal(cogmig_test_token_sign(token, &jwt, NULL, NULL), COGMIG_OK);
    cogmig_status ours = verdict(jwt);
    bool theirs = libjwt_accepts(jwt, &published);
    if (ours != c->ours || theirs != (c->why_libjwt_accepts != NULL))
        fail_msg("%s %s: %s, and libjwt %s.", c->header != NULL ? c->header : c->claim, c->json,
                 cogmig_status_name(ours), theirs ? "accepts" : "refuses");
}

static void of_what_the_issuer_signed_each_difference_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof signed_cases / sizeof signed_cases[0]; i++)
        sign_and_judge(&signed_cases[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_token_that_was_changed_is_accepted_by_neither_or_the_difference_is_known),
        cmocka_unit_test(of_what_the_issuer_signed_each_difference_is_known),
    };
    return cmocka_run_group_tests_name("testing: second opinion", tests, set_up, tear_down);
}
