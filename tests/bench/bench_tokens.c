/* SPDX-License-Identifier: Apache-2.0
 * Verifying tokens, against what OpenSSL needs for the signature alone. */
#include "ratio.h"

#include <cogmig/testing.h>
#include <cogmig/verifier.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TOKENS = 256, /* different ones: none is seen twice in one round */
    SIGNATURE_BYTES = 256
};

struct sample {
    char *token;
    size_t len;
    size_t signed_len;
    unsigned char signature[SIGNATURE_BYTES + 2];
};

static const char issuer_url[] =
    "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example01";
static struct sample samples[TOKENS];
static cogmig_verifier *verifier;
static EVP_PKEY_CTX *prepared;
static EVP_MD *sha256;

/* ---- base64url by OpenSSL's own decoder, outside of any timing ---- */

static size_t decode(const char *text, size_t len, unsigned char *out, size_t room)
{
    char padded[1024];
    must(len + 3 < sizeof padded && room >= len / 4 * 3 + 3, "a part is too long");
    for (size_t i = 0; i < len; i++)
        padded[i] = text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];
    size_t padding = (4 - len % 4) % 4;
    memset(padded + len, '=', padding);
    int got = EVP_DecodeBlock(out, (unsigned char *)padded, (int)(len + padding));
    must(got > 0, "a part is not base64url");
    return (size_t)got - padding;
}

/* The value of a string member of the second key, which signs access tokens. */
static size_t decode_member(const char *jwks, const char *member, unsigned char *out, size_t room)
{
    const char *key = strstr(strstr(jwks, "\"kty\"") + 1, "\"kty\"");
    while (strncmp(key, "{\"", 2) != 0)
        key--;
    const char *value = strstr(strstr(key, member) + strlen(member), "\"") + 1;
    return decode(value, strcspn(value, "\""), out, room);
}

static EVP_PKEY *public_key(const char *jwks)
{
    unsigned char n[1024], e[16];
    size_t n_len = decode_member(jwks, "\"n\":", n, sizeof n);
    size_t e_len = decode_member(jwks, "\"e\":", e, sizeof e);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    BIGNUM *modulus = BN_bin2bn(n, (int)n_len, NULL), *exponent = BN_bin2bn(e, (int)e_len, NULL);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent);
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;
    must(EVP_PKEY_fromdata_init(context) == 1 &&
             EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1,
         "OpenSSL takes the key");
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    BN_free(modulus);
    BN_free(exponent);
    return key;
}

static void prepare_openssl(const char *jwks)
{
    EVP_PKEY *key = public_key(jwks);
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    prepared = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    must(EVP_PKEY_verify_init(prepared) == 1 &&
             EVP_PKEY_CTX_set_rsa_padding(prepared, RSA_PKCS1_PADDING) == 1 &&
             EVP_PKEY_CTX_set_signature_md(prepared, sha256) == 1,
         "OpenSSL prepares the key");
    EVP_PKEY_free(key);
}

static void make_sample(cogmig_test_issuer *issuer, int number, struct sample *sample)
{
    char id[32];
    const char *jwt;
    cogmig_test_token *token = NULL;
    snprintf(id, sizeof id, "jti-%d", number);
    must(cogmig_test_token_new(issuer, COGMIG_TOKEN_USE_ACCESS,
                               "7c0e2f3a-5b1d-7a44-9c55-0d3f5b6a7c81", "1example23456789", &token,
                               NULL) == COGMIG_OK &&
             cogmig_test_token_set_string(token, "jti", id, NULL) == COGMIG_OK &&
             cogmig_test_token_sign(token, &jwt, &sample->len, NULL) == COGMIG_OK,
         "a token is made");
    sample->token = strdup(jwt);
    sample->signed_len = (size_t)(strrchr(sample->token, '.') - sample->token);
    decode(sample->token + sample->signed_len + 1, sample->len - sample->signed_len - 1,
           sample->signature, sizeof sample->signature);
    cogmig_test_token_free(&token);
}

static void prepare(void)
{
    cogmig_test_issuer *issuer = NULL;
    must(cogmig_test_issuer_new(issuer_url, &issuer, NULL) == COGMIG_OK, "an issuer is made");
    for (int i = 0; i < TOKENS; i++)
        make_sample(issuer, i, &samples[i]);
    size_t len;
    const char *jwks = cogmig_test_issuer_jwks(issuer, &len);
    must(cogmig_verifier_new_for_pool("eu-central-1_Example01", "1example23456789",
                                      COGMIG_TOKEN_USE_ACCESS, &verifier, NULL) == COGMIG_OK &&
             cogmig_verifier_seed_keys(verifier, issuer_url, jwks, len, NULL) == COGMIG_OK,
         "a verifier is made");
    prepare_openssl(jwks);
    cogmig_test_issuer_free(&issuer);
}

static void verify_all(void)
{
    for (int i = 0; i < TOKENS; i++) {
        cogmig_claims *claims = NULL;
        must(cogmig_verifier_verify(verifier, samples[i].token, samples[i].len, &claims, NULL) ==
                 COGMIG_OK,
             "a token verifies");
        cogmig_claims_free(&claims);
    }
}

static void verify_signatures(void)
{
    for (int i = 0; i < TOKENS; i++) {
        unsigned char digest[32];
        must(EVP_Digest(samples[i].token, samples[i].signed_len, digest, NULL, sha256, NULL) == 1 &&
                 EVP_PKEY_verify(prepared, samples[i].signature, SIGNATURE_BYTES, digest,
                                 sizeof digest) == 1,
             "OpenSSL verifies a signature");
    }
}

int main(void)
{
    prepare();
    run_contest(&(struct contest){.name = "tokens.cold",
                                  .target = "<= 1.10",
                                  .ours = verify_all,
                                  .reference = verify_signatures,
                                  .operations = TOKENS,
                                  .rounds = 51});
    return 0;
}
