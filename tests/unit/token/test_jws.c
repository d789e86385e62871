/* SPDX-License-Identifier: Apache-2.0
 * A signature alone, with a key set from a file. */
#include "base/buffer.h"
#include "base/memory.h"
#include "cmocka_all.h"
#include "signer.h"
#include "status/error.h"

#include <cogmig/keyset.h>
#include <cogmig/memory.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct signer *signer;
static cogmig_keyset *keyset;
static struct cogmig_error err;

static int set_up(void **state)
{
    (void)state;
    char path[] = "/tmp/cogmig-jwks-XXXXXX";
    struct buffer document = buffer_with_max(4096);
    signer = signer_new(2048, 65537);
    signer_add_jwks(signer, "k", &document);
    int descriptor = mkstemp(path);
    bool written = write(descriptor, document.bytes, document.len) == (ssize_t)document.len;
    close(descriptor);
    cogmig_status status = cogmig_keyset_parse_file(path, &keyset, NULL);
    unlink(path);
    buffer_release(&document);
    return written && status == COGMIG_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    signer_free(signer);
    cogmig_keyset_free(&keyset);
    cogmig_keyset_free(&keyset);
    cogmig_keyset_free(NULL);
    return 0;
}

static char *sign(const char *header, const char *payload)
{
    struct buffer token = buffer_with_max(65536);
    signer_add_token(signer, header, payload, &token);
    return buffer_take(&token, NULL);
}

static void expect(const char *header, const char *payload, cogmig_status expected)
{
    char *token = sign(header, payload), *got = token;
    size_t len = 1;
    assert_int_equal(cogmig_keyset_verify_jws(keyset, token, strlen(token), &got, &len, &err),
                     expected);
    if (expected == COGMIG_OK) {
        assert_string_equal(got, payload);
        assert_int_equal(len, strlen(payload));
    } else {
        assert_null(got);
        assert_int_equal(len, 0);
        assert_int_equal(err.status, expected);
    }
    cogmig_free(got);
    memory_free(token);
}

static void a_good_signature_gives_the_payload_whatever_it_says(void **state)
{
    (void)state;
    expect("{\"alg\":\"RS256\",\"kid\":\"k\"}", "{\"exp\":1}", COGMIG_OK);
    expect("{\"alg\":\"RS256\",\"kid\":\"k\"}", "not JSON", COGMIG_OK);
}

static void the_header_is_judged_as_a_verifier_does(void **state)
{
    (void)state;
    expect("{\"alg\":\"RS512\",\"kid\":\"k\"}", "{}", COGMIG_TOKEN_ALGORITHM_REFUSED);
    expect("{\"alg\":\"RS256\",\"kid\":\"k\",\"crit\":[]}", "{}", COGMIG_TOKEN_CRITICAL_REFUSED);
    expect("{\"alg\":\"RS256\",\"kid\":\"k\",\"typ\":\"x\"}", "{}", COGMIG_TOKEN_TYPE_REFUSED);
    expect("{\"alg\":\"RS256\"}", "{}", COGMIG_TOKEN_HEADER_INVALID);
    expect("{\"alg\":\"RS256\",\"kid\":\"other\"}", "{}", COGMIG_TOKEN_KEY_UNKNOWN);
}

static void any_changed_character_is_noticed(void **state)
{
    (void)state;
    char *token = sign("{\"alg\":\"RS256\",\"kid\":\"k\"}", "{\"sub\":\"x\"}");
    size_t len = strlen(token);
    for (size_t i = 0; i < len; i++) {
        char former = token[i];
        token[i] = former == 'A' ? 'B' : 'A';
        assert_int_not_equal(cogmig_keyset_verify_jws(keyset, token, len, NULL, NULL, NULL),
                             COGMIG_OK);
        token[i] = former;
    }
    assert_int_equal(cogmig_keyset_verify_jws(keyset, token, len, NULL, NULL, NULL), COGMIG_OK);
    memory_free(token);
}

static void missing_arguments_are_refused(void **state)
{
    (void)state;
    cogmig_keyset *none = keyset;
    assert_int_equal(cogmig_keyset_verify_jws(NULL, "a", 1, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_keyset_verify_jws(keyset, NULL, 0, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_keyset_parse(NULL, 0, &none, NULL), COGMIG_INVALID_ARGUMENT);
    assert_null(none);
    assert_int_equal(cogmig_keyset_parse("", 0, NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_keyset_parse_file(NULL, &none, NULL), COGMIG_INVALID_ARGUMENT);
}

static void files_that_cannot_be_read_are_named_with_the_reason(void **state)
{
    (void)state;
    cogmig_keyset *none = NULL;
    assert_int_equal(cogmig_keyset_parse_file("/nonexistent/jwks.json", &none, &err),
                     COGMIG_FILE_UNREADABLE);
    assert_int_equal(err.upstream, COGMIG_UPSTREAM_SYSTEM);
    assert_string_equal(err.upstream_code, "2");
    assert_non_null(strstr(err.message, "/nonexistent/jwks.json"));
    assert_int_equal(cogmig_keyset_parse_file("/tmp", &none, &err), COGMIG_FILE_UNREADABLE);
    assert_string_equal(err.upstream_code, "21");
    assert_int_equal(cogmig_keyset_parse_file("/dev/zero", &none, &err), COGMIG_JWKS_MALFORMED);
    assert_int_equal(cogmig_keyset_parse_file("/dev/null", &none, &err), COGMIG_JWKS_MALFORMED);
    assert_null(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_signature_gives_the_payload_whatever_it_says),
        cmocka_unit_test(the_header_is_judged_as_a_verifier_does),
        cmocka_unit_test(any_changed_character_is_noticed),
        cmocka_unit_test(missing_arguments_are_refused),
        cmocka_unit_test(files_that_cannot_be_read_are_named_with_the_reason),
    };
    return cmocka_run_group_tests_name("token: jws", tests, set_up, tear_down);
}
