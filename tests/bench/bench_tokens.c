/* SPDX-License-Identifier: Apache-2.0
 * Verifying tokens, against what OpenSSL needs for the signature alone.
 *
 *     bench-tokens [FILE]    FILE: where to leave the tokens and their issuer, for others to verify
 */
#include "ratio.h"
#include "testing/libjwt.h"

#include <cogmig/testing.h>
#include <cogmig/verifier.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TOKENS = 256, /* different ones: none is seen twice in one round */
    SIGNATURE_BYTES = 256,
    REPETITIONS = 100 /* of all tokens, where one takes little time */
};

struct sample {
    char *token;
    size_t len;
    size_t signed_len;
    unsigned char signature[SIGNATURE_BYTES + 2];
};

#define POOL_ID "eu-central-1_Example01"
#define CLIENT_ID "1example23456789"

static const char issuer_url[] = "https://cognito-idp.eu-central-1.amazonaws.com/" POOL_ID;
static struct sample samples[TOKENS];
static cogmig_verifier *cold, *caching;
static char *rotations[2]; /* JWKS documents with the samples' key */
static atomic_int rotating;
static EVP_PKEY_CTX *prepared, *prepared_too; /* for a second thread */
static EVP_MD *sha256;
static EVP_MD_CTX *digest;
static struct published_key published; /* for libjwt */

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
static const char *find_member(const char *jwks, const char *member, size_t *ret_len)
{
    const char *key = strstr(strstr(jwks, "\"kty\"") + 1, "\"kty\"");
    while (strncmp(key, "{\"", 2) != 0)
        key--;
    const char *value = strstr(strstr(key, member) + strlen(member), "\"") + 1;
    *ret_len = strcspn(value, "\"");
    return value;
}

static size_t decode_member(const char *jwks, const char *member, unsigned char *out, size_t room)
{
    size_t len;
    const char *value = find_member(jwks, member, &len);
    return decode(value, len, out, room);
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

static void prepare_libjwt(const char *jwks, EVP_PKEY *key)
{
    size_t len;
    const char *kid = find_member(jwks, "\"kid\":", &len);
    BIO *pem = BIO_new(BIO_s_mem());
    must(pem != NULL && PEM_write_bio_PUBKEY(pem, key) == 1 && BIO_write(pem, "", 1) == 1,
         "OpenSSL writes the key");
    char *text;
    BIO_get_mem_data(pem, &text);
    published = (struct published_key){strndup(kid, len), strdup(jwks), strdup(text)};
    BIO_free(pem);
}

static void prepare_openssl(const char *jwks)
{
    EVP_PKEY *key = public_key(jwks);
    prepare_libjwt(jwks, key);
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    prepared = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    must(EVP_PKEY_verify_init(prepared) == 1 &&
             EVP_PKEY_CTX_set_rsa_padding(prepared, RSA_PKCS1_PADDING) == 1 &&
             EVP_PKEY_CTX_set_signature_md(prepared, sha256) == 1,
         "OpenSSL prepares the key");
    prepared_too = EVP_PKEY_CTX_dup(prepared);
    must(prepared_too != NULL, "OpenSSL prepares the key twice");
    EVP_PKEY_free(key);
}

static void make_sample(cogmig_test_issuer *issuer, int number, struct sample *sample)
{
    char id[32];
    const char *jwt;
    cogmig_test_token *token = NULL;
    snprintf(id, sizeof id, "jti-%d", number);
    must(cogmig_test_token_new(issuer, COGMIG_TOKEN_USE_ACCESS,
                               "7c0e2f3a-5b1d-7a44-9c55-0d3f5b6a7c81", CLIENT_ID, &token,
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

static cogmig_verifier *new_verifier(size_t cache_bytes)
{
    cogmig_verifier_config *config = NULL;
    cogmig_verifier *verifier = NULL;
    must(cogmig_verifier_config_new(&config, NULL) == COGMIG_OK &&
             cogmig_verifier_config_add_pool(config, POOL_ID, NULL) == COGMIG_OK &&
             cogmig_verifier_config_add_client(config, CLIENT_ID, NULL) == COGMIG_OK &&
             cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ACCESS, NULL) ==
                 COGMIG_OK &&
             cogmig_verifier_config_set_cache_bytes(config, cache_bytes, NULL) == COGMIG_OK &&
             cogmig_verifier_new(config, &verifier, NULL) == COGMIG_OK,
         "a verifier is made");
    cogmig_verifier_config_free(&config);
    return verifier;
}

static void seed(cogmig_verifier *verifier, const char *jwks)
{
    must(cogmig_verifier_seed_keys(verifier, issuer_url, jwks, strlen(jwks), NULL) == COGMIG_OK,
         "keys are seeded");
}

/* Both documents' keys in one. */
static char *joined(const char *jwks, const char *other)
{
    const char *rest = strchr(other, '[') + 1;
    size_t len = (size_t)(strrchr(jwks, ']') - jwks);
    char *document = malloc(len + strlen(rest) + 2);
    must(document != NULL, "there is memory");
    sprintf(document, "%.*s,%s", (int)len, jwks, rest);
    return document;
}

static void prepare_rotations(const char *jwks)
{
    cogmig_test_issuer *other = NULL;
    size_t len;
    must(cogmig_test_issuer_new(issuer_url, &other, NULL) == COGMIG_OK, "an issuer is made");
    rotations[0] = strdup(jwks);
    rotations[1] = joined(jwks, cogmig_test_issuer_jwks(other, &len));
    cogmig_test_issuer_free(&other);
}

static void prepare(void)
{
    cogmig_test_issuer *issuer = NULL;
    size_t len;
    must(cogmig_test_issuer_new(issuer_url, &issuer, NULL) == COGMIG_OK, "an issuer is made");
    for (int i = 0; i < TOKENS; i++)
        make_sample(issuer, i, &samples[i]);
    const char *jwks = cogmig_test_issuer_jwks(issuer, &len);
    cold = new_verifier(0);
    caching = new_verifier(4 * 1024 * 1024);
    seed(cold, jwks);
    seed(caching, jwks);
    prepare_openssl(jwks);
    prepare_rotations(jwks);
    digest = EVP_MD_CTX_new();
    cogmig_test_issuer_free(&issuer);
}

/* ---- one thread ---- */

static void verify_some(cogmig_verifier *verifier, int from, int count)
{
    for (int i = from; i < from + count; i++) {
        cogmig_claims *claims = NULL;
        must(cogmig_verifier_verify(verifier, samples[i].token, samples[i].len, &claims, NULL) ==
                 COGMIG_OK,
             "a token verifies");
        cogmig_claims_free(&claims);
    }
}

static void verify_cold(void)
{
    verify_some(cold, 0, TOKENS);
}

static void verify_some_signatures(EVP_PKEY_CTX *context, int from, int count)
{
    for (int i = from; i < from + count; i++) {
        unsigned char bytes[32];
        must(EVP_Digest(samples[i].token, samples[i].signed_len, bytes, NULL, sha256, NULL) == 1 &&
                 EVP_PKEY_verify(context, samples[i].signature, SIGNATURE_BYTES, bytes,
                                 sizeof bytes) == 1,
             "OpenSSL verifies a signature");
    }
}

static void verify_signatures(void)
{
    verify_some_signatures(prepared, 0, TOKENS);
}

static void verify_again(void)
{
    for (int i = 0; i < REPETITIONS; i++)
        verify_some(caching, 0, TOKENS);
}

static void verify_by_libjwt(void)
{
    for (int i = 0; i < TOKENS; i++)
        must(libjwt_accepts(samples[i].token, &published), "libjwt verifies a token");
}

static void hash_tokens(void)
{
    for (int i = 0; i < REPETITIONS * TOKENS; i++) {
        const struct sample *sample = &samples[i % TOKENS];
        unsigned char bytes[32];
        must(EVP_DigestInit_ex2(digest, sha256, NULL) == 1 &&
                 EVP_DigestUpdate(digest, sample->token, sample->len) == 1 &&
                 EVP_DigestFinal_ex(digest, bytes, NULL) == 1,
             "OpenSSL hashes a token");
    }
}

/* ---- two threads: each does half of what one does ---- */

enum {
    /* Long enough that where the kernel puts a new thread at first does not count. */
    COLD_LONG = 30,
    REPEATED_LONG = 100
};

static void in_threads(void *(*work)(void *), int count)
{
    static int halves[] = {0, TOKENS / 2};
    pthread_t threads[2];
    for (int i = 0; i < count; i++)
        must(pthread_create(&threads[i], NULL, work, &halves[i]) == 0, "a thread starts");
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

static void *cold_half(void *from)
{
    for (int i = 0; i < COLD_LONG; i++)
        verify_some(cold, *(const int *)from, TOKENS / 2);
    return NULL;
}

static void *cold_whole(void *unused)
{
    for (int i = 0; i < COLD_LONG; i++)
        verify_cold();
    return unused;
}

static void *signatures_half(void *from)
{
    int first = *(const int *)from;
    for (int i = 0; i < COLD_LONG; i++)
        verify_some_signatures(first == 0 ? prepared : prepared_too, first, TOKENS / 2);
    return NULL;
}

static void *signatures_whole(void *unused)
{
    for (int i = 0; i < COLD_LONG; i++)
        verify_signatures();
    return unused;
}

static void *repeated_half(void *from)
{
    for (int i = 0; i < REPEATED_LONG * REPETITIONS; i++)
        verify_some(caching, *(const int *)from, TOKENS / 2);
    return NULL;
}

static void *repeated_whole(void *unused)
{
    for (int i = 0; i < REPEATED_LONG; i++)
        verify_again();
    return unused;
}

static void cold_in_two(void)
{
    in_threads(cold_half, 2);
}

static void cold_in_one(void)
{
    in_threads(cold_whole, 1);
}

static void signatures_in_two(void)
{
    in_threads(signatures_half, 2);
}

static void signatures_in_one(void)
{
    in_threads(signatures_whole, 1);
}

static void repeated_in_two(void)
{
    in_threads(repeated_half, 2);
}

static void repeated_in_one(void)
{
    in_threads(repeated_whole, 1);
}

/* ---- keys that change all the time ---- */

static void *rotate(void *unused)
{
    for (int i = 0; rotating; i++)
        seed(cold, rotations[i % 2]);
    return unused;
}

static void verify_while_rotating(void)
{
    pthread_t thread;
    rotating = 1;
    must(pthread_create(&thread, NULL, rotate, NULL) == 0, "a thread starts");
    cold_whole(NULL);
    rotating = 0;
    pthread_join(thread, NULL);
}

/* ---- for others ---- */

static void leave_samples(const char *path)
{
    FILE *file = fopen(path, "w");
    must(file != NULL, "the file of tokens is written");
    fprintf(file,
            "{\"issuer\":\"%s\",\"pool_id\":\"" POOL_ID "\",\"client_id\":\"" CLIENT_ID
            "\",\"jwks\":%s,\"tokens\":[",
            issuer_url, published.jwks);
    for (int i = 0; i < TOKENS; i++)
        fprintf(file, "%s\"%s\"", i == 0 ? "" : ",", samples[i].token);
    must(fputs("]}\n", file) >= 0 && fclose(file) == 0, "the file of tokens is written");
}

int main(int argc, char **argv)
{
    static const struct contest contests[] = {
        {.name = "tokens.cold",
         .target = "<= 1.10",
         .ours = verify_cold,
         .reference = verify_signatures,
         .operations = TOKENS,
         .rounds = 51},
        {.name = "tokens.repeat",
         .target = "<= 0.20",
         .ours = verify_again,
         .reference = hash_tokens,
         .operations = TOKENS * REPETITIONS,
         .rounds = 51},
        {.name = "tokens.threads.cold",
         .target = ">= 1.9",
         .throughput = true,
         .ours = cold_in_two,
         .reference = cold_in_one,
         .operations = TOKENS * COLD_LONG,
         .rounds = 11},
        {.name = "tokens.threads.openssl", /* what the machine lets two threads have */
         .target = "printed",
         .throughput = true,
         .ours = signatures_in_two,
         .reference = signatures_in_one,
         .operations = TOKENS * COLD_LONG,
         .rounds = 11},
        {.name = "tokens.threads.repeat",
         .target = ">= 1.9",
         .throughput = true,
         .ours = repeated_in_two,
         .reference = repeated_in_one,
         .operations = TOKENS * REPETITIONS * REPEATED_LONG,
         .rounds = 11},
        {.name = "tokens.rotating",
         .target = ">= 0.90",
         .throughput = true,
         .ours = verify_while_rotating,
         .reference = cold_in_one,
         .operations = TOKENS * COLD_LONG,
         .rounds = 11},
        {.name = "tokens.peer.libjwt",
         .target = "printed",
         .throughput = true,
         .ours = verify_cold,
         .reference = verify_by_libjwt,
         .operations = TOKENS,
         .rounds = 3},
    };
    prepare();
    if (argc > 1)
        leave_samples(argv[1]);
    for (size_t i = 0; i < sizeof contests / sizeof contests[0]; i++)
        run_contest(&contests[i]);
    return 0;
}
