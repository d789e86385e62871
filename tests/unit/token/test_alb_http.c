/* SPDX-License-Identifier: Apache-2.0
 * Keys of load balancers over HTTP: run by tests/support/jwks_server.py. */
#include "base/buffer.h"
#include "cmocka_all.h"
#include "signer.h"
#include "status/error.h"

#include <cogmig/verifier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ARN                                                                                        \
    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
#define ISSUER "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_TestPool1"
#define KID "12345678-1234-1234-1234-123456789abc"
#define OTHER_KID "22345678-1234-1234-1234-123456789abc"

static struct signer *signer;
static cogmig_verifier *verifier;
static struct cogmig_error err;

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    if (value == NULL)
        fail_msg("%s is not set: tests/support/jwks_server.py runs this test.", name);
    return value;
}

static void put(const char *name, struct span bytes)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", variable("JWKS_FOLDER"), name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.bytes, 1, bytes.len, file), bytes.len);
    fclose(file);
}

static void make_verifier(const char *where, const char *path)
{
    char url[256];
    cogmig_verifier_config *config = NULL;
    snprintf(url, sizeof url, "%s%s", variable(where), path);
    cogmig_verifier_free(&verifier);
    assert_int_equal(cogmig_verifier_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_load_balancer(config, ARN, ISSUER, url, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_client(config, "c", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_allow_plain_http(config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_ca_file(config, variable("JWKS_CA"), NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_OK);
    cogmig_verifier_config_free(&config);
}

static int set_up(void **state)
{
    (void)state;
    struct buffer pem = buffer_with_max(4096);
    signer = signer_new_of_curve("P-256");
    signer_add_pem(signer, &pem);
    put(KID, (struct span){pem.bytes, pem.len});
    buffer_release(&pem);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_verifier_free(&verifier);
    signer_free(signer);
    return 0;
}

static void add_padded(struct buffer *token, struct span bytes)
{
    size_t before = token->len;
    add_base64url(token, bytes);
    while ((token->len - before) % 4 != 0)
        buffer_add_byte(token, '=');
}

static cogmig_status judge(const char *kid)
{
    char header[1024];
    struct buffer token = buffer_with_max(8192), signature = buffer_with_max(256);
    snprintf(header, sizeof header,
             "{\"alg\":\"ES256\",\"kid\":\"%s\",\"iss\":\"" ISSUER
             "\",\"client\":\"c\",\"signer\":\"" ARN "\",\"exp\":%lld}",
             kid, (long long)time(NULL) + 3600);
    add_padded(&token, span_of(header));
    buffer_add_byte(&token, '.');
    add_padded(&token, span_of("{\"sub\":\"s\"}"));
    signer_sign(signer, "ecdsa-sha256", (struct span){token.bytes, token.len}, &signature);
    buffer_add_byte(&token, '.');
    add_padded(&token, (struct span){signature.bytes, signature.len});
    cogmig_status status = cogmig_verifier_verify(verifier, token.bytes, token.len, NULL, &err);
    buffer_release(&token);
    buffer_release(&signature);
    return status;
}

static void a_key_is_fetched_and_a_kid_without_one_is_unknown(void **state)
{
    (void)state;
    static const char *const servers[] = {"JWKS_HTTP", "JWKS_HTTPS"};
    for (int i = 0; i < 2; i++) {
        make_verifier(servers[i], "/files");
        assert_int_equal(judge(KID), COGMIG_OK);
        assert_int_equal(judge(KID), COGMIG_OK);
        assert_int_equal(judge(OTHER_KID), COGMIG_TOKEN_KEY_UNKNOWN);
        assert_int_equal(cogmig_verifier_get_counter(verifier, COGMIG_COUNTER_FETCHES), 2);
    }
}

static void an_endpoint_that_lies_is_an_outage(void **state)
{
    (void)state;
    put(OTHER_KID, span_of("<!DOCTYPE html><html>Sign in</html>"));
    make_verifier("JWKS_HTTP", "/files");
    assert_int_equal(judge(OTHER_KID), COGMIG_JWKS_RESPONSE_INVALID);
    assert_non_null(strstr(err.message, "<!DOCTYPE html>"));
    make_verifier("JWKS_HTTPS_OTHER", "/files");
    assert_int_equal(judge(KID), COGMIG_JWKS_UNREACHABLE);
    make_verifier("JWKS_CLOSED", "/files");
    assert_int_equal(judge(KID), COGMIG_JWKS_UNREACHABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_fetched_and_a_kid_without_one_is_unknown),
        cmocka_unit_test(an_endpoint_that_lies_is_an_outage),
    };
    return cmocka_run_group_tests_name("token: load balancers over HTTP", tests, set_up, tear_down);
}
