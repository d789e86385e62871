/* SPDX-License-Identifier: Apache-2.0
 * Keys of other algorithms than RS256: the cases in tests/data/jwks are of RS256 alone. */
#include "base/buffer.h"
#include "cmocka_all.h"
#include "keyset/keyset.h"
#include "signer.h"

#include <stdio.h>
#include <string.h>

/* The public key of RFC 7515 appendix A.3 and that of RFC 8037 appendix A.2. */
#define X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define ED "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"

static cogmig_status parse(uint32_t algorithms, const char *members, cogmig_keyset **ret_keyset)
{
    struct buffer document = buffer_with_max(4096);
    buffer_add_text(&document, "{\"keys\":[{\"kid\":\"k\",");
    buffer_add_text(&document, members);
    buffer_add_text(&document, "}]}");
    cogmig_status status =
        keyset_parse_for(algorithms, (struct span){document.bytes, document.len}, ret_keyset, NULL);
    buffer_release(&document);
    return status;
}

static void expect_written(const cogmig_keyset *keyset)
{
    cogmig_keyset *again = NULL;
    struct buffer written = buffer_with_max(4096);
    keyset_write(keyset, &written);
    assert_int_equal(
        keyset_parse_for(SIGNATURE_ALL, (struct span){written.bytes, written.len}, &again, NULL),
        COGMIG_OK);
    assert_true(key_equal(&keyset->keys[0], &again->keys[0]));
    keyset_release(&again);
    buffer_release(&written);
}

static void expect_algorithm(const char *members, uint32_t algorithm)
{
    cogmig_keyset *keyset = NULL;
    assert_int_equal(parse(SIGNATURE_ALL, members, &keyset), COGMIG_OK);
    assert_int_equal(keyset->keys[0].algorithm, algorithm);
    expect_written(keyset);
    keyset_release(&keyset);
    assert_int_equal(parse(SIGNATURE_ALL & ~algorithm, members, &keyset),
                     COGMIG_JWKS_NO_USABLE_KEY);
}

/* promise 14 */
static void a_key_is_bound_to_the_algorithm_of_its_type_and_curve(void **state)
{
    (void)state;
    expect_algorithm("\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y "\"",
                     SIGNATURE_ES256);
    expect_algorithm("\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"use\":\"sig\",\"x\":\"" X
                     "\",\"y\":\"" Y "\"",
                     SIGNATURE_ES256);
    expect_algorithm("\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED "\"", SIGNATURE_EDDSA);
    expect_algorithm("\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"Ed25519\",\"x\":\"" ED "\"",
                     SIGNATURE_EDDSA);
}

static void a_key_that_contradicts_itself_is_left_out(void **state)
{
    (void)state;
    static const char *const members[] = {
        /* curve against alg, type against alg, type against curve */
        "\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES384\",\"x\":\"" X "\",\"y\":\"" Y "\"",
        "\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"RS256\",\"x\":\"" X "\",\"y\":\"" Y "\"",
        "\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":null,\"x\":\"" X "\",\"y\":\"" Y "\"",
        "\"kty\":\"OKP\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y "\"",
        "\"kty\":\"EC\",\"crv\":\"Ed25519\",\"x\":\"" ED "\"",
        "\"kty\":\"RSA\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y "\"",
        /* curves that are not used, or not for signatures */
        "\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"" X "\",\"y\":\"" Y "\"",
        "\"kty\":\"EC\",\"crv\":\"p-256\",\"x\":\"" X "\",\"y\":\"" Y "\"",
        "\"kty\":\"EC\",\"x\":\"" X "\",\"y\":\"" Y "\"",
        "\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" ED "\"",
        "\"kty\":\"OKP\",\"crv\":\"Ed448\",\"x\":\"" ED "\"",
        /* numbers of another curve, of another length, swapped, missing */
        "\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" X "\",\"y\":\"" Y "\"",
        "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA" X "\",\"y\":\"" Y "\"",
        "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"AAAA\"",
        "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" Y "\",\"y\":\"" X "\"",
        "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" X "\"",
        "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"\",\"y\":\"\"",
        "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\"",
        "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"",
        "\"kty\":\"OKP\",\"crv\":\"Ed25519\"",
        /* for another purpose, private, symmetric */
        "\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"enc\",\"x\":\"" X "\",\"y\":\"" Y "\"",
        "\"kty\":\"EC\",\"crv\":\"P-256\",\"key_ops\":[\"sign\"],\"x\":\"" X "\",\"y\":\"" Y "\"",
        "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y "\",\"d\":\"" X "\"",
        "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED "\",\"d\":\"" ED "\"",
        "\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\"" X "\"",
    };
    cogmig_keyset *keyset = NULL;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (parse(SIGNATURE_ALL, members[i], &keyset) != COGMIG_JWKS_NO_USABLE_KEY)
            fail_msg("{%s} was not left out.", members[i]);
}

/* RFC 8032 section 5.1.3; for points of small order anybody can sign. */
static void a_weak_or_second_form_of_an_ed25519_key_is_left_out(void **state)
{
    (void)state;
    static const char *const points[] = {
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", /* order 4 */
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", /* order 1 */
        "7P_______________________________________38", /* order 2 */
        "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU", /* order 8 */
        "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o", /* order 8 */
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA", /* order 1, with the sign of x */
        "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_IU", /* order 8, with the sign of x */
        "7f_______________________________________38", /* 0 not reduced */
        "7v_______________________________________38", /* 1 not reduced */
        "_________________________________________38", /* 18 not reduced */
    };
    cogmig_keyset *keyset = NULL;
    char members[128];
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        snprintf(members, sizeof members, "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"",
                 points[i]);
        if (parse(SIGNATURE_ALL, members, &keyset) != COGMIG_JWKS_NO_USABLE_KEY)
            fail_msg("{%s} was not left out.", members);
    }
    /* as large as y may be, and nearly so */
    static const char *const good[] = {"6v_______________________________________38",
                                       "__7______________________________________38"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        snprintf(members, sizeof members, "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"",
                 good[i]);
        assert_int_equal(parse(SIGNATURE_ALL, members, &keyset), COGMIG_OK);
        keyset_release(&keyset);
    }
}

static void a_public_key_set_holds_keys_of_rs256_alone(void **state)
{
    (void)state;
    static const char document[] = "{\"keys\":[{\"kid\":\"k\",\"kty\":\"EC\",\"crv\":\"P-256\","
                                   "\"x\":\"" X "\",\"y\":\"" Y "\"}]}";
    cogmig_keyset *keyset = NULL;
    assert_int_equal(cogmig_keyset_parse(document, strlen(document), &keyset, NULL),
                     COGMIG_JWKS_NO_USABLE_KEY);
}

/* The same numbers twice are one key; bound to two algorithms they are two keys. */
static void a_kid_stands_for_one_algorithm(void **state)
{
    (void)state;
    struct signer *signer = signer_new(2048, 65537);
    struct buffer document = buffer_with_max(8192);
    cogmig_keyset *keyset = NULL;
    buffer_add_text(&document, "{\"keys\":[");
    signer_add_jwk_for(signer, "k", "RS256", &document);
    buffer_add_text(&document, ",");
    signer_add_jwk_for(signer, "k", "PS256", &document);
    buffer_add_text(&document, "]}");
    struct span text = {document.bytes, document.len};
    assert_int_equal(keyset_parse_for(SIGNATURE_ALL, text, &keyset, NULL), COGMIG_JWKS_MALFORMED);
    assert_int_equal(keyset_parse_for(SIGNATURE_PS256, text, &keyset, NULL), COGMIG_OK);
    assert_int_equal(keyset->count, 1);
    keyset_release(&keyset);
    buffer_release(&document);
    signer_free(signer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_bound_to_the_algorithm_of_its_type_and_curve),
        cmocka_unit_test(a_key_that_contradicts_itself_is_left_out),
        cmocka_unit_test(a_weak_or_second_form_of_an_ed25519_key_is_left_out),
        cmocka_unit_test(a_public_key_set_holds_keys_of_rs256_alone),
        cmocka_unit_test(a_kid_stands_for_one_algorithm),
    };
    return cmocka_run_group_tests_name("keyset: jwk", tests, NULL, NULL);
}
