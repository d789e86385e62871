/* SPDX-License-Identifier: Apache-2.0
 * RS256 is computed here and not by EVP_PKEY_verify(), so this must have the same opinion of every
 * signature: of good ones, of changed ones, and of all that the private key can be made to sign. */
#include "adapters/openssl.h"
#include "cmocka_all.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

enum {
    DIGEST_BYTES = 32,
    MAX_BYTES = RSA_MAX_SIGNATURE_BYTES,
    MESSAGES = 64 /* of each key */
};

static const unsigned char sha256_info[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                            0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                            0x01, 0x05, 0x00, 0x04, 0x20};

struct pair {
    EVP_PKEY *key;
    EVP_PKEY_CTX *openssl, *raw; /* verifies RS256; computes with the private key alone */
    struct openssl_rsa_key *ours;
    size_t bytes;
};

static void must(int ok)
{
    assert_int_equal(ok, 1);
}

static EVP_PKEY *generate(int bits, unsigned long exponent)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    BIGNUM *e = BN_new();
    must(BN_set_word(e, exponent));
    must(EVP_PKEY_keygen_init(context));
    must(EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits));
    must(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, e));
    must(EVP_PKEY_keygen(context, &key));
    BN_free(e);
    EVP_PKEY_CTX_free(context);
    return key;
}

static struct span number(EVP_PKEY *key, const char *name, unsigned char *room)
{
    BIGNUM *of_key = NULL;
    must(EVP_PKEY_get_bn_param(key, name, &of_key));
    size_t len = (size_t)BN_bn2bin(of_key, room);
    BN_free(of_key);
    return (struct span){(const char *)room, len};
}

static struct pair pair_new(int bits, unsigned long exponent)
{
    unsigned char n[MAX_BYTES], e[8];
    const char *reason;
    struct pair pair = {.key = generate(bits, exponent)};
    pair.bytes = (size_t)EVP_PKEY_get_size(pair.key);
    pair.openssl = EVP_PKEY_CTX_new_from_pkey(NULL, pair.key, NULL);
    must(EVP_PKEY_verify_init(pair.openssl));
    must(EVP_PKEY_CTX_set_rsa_padding(pair.openssl, RSA_PKCS1_PADDING));
    must(EVP_PKEY_CTX_set_signature_md(pair.openssl, EVP_sha256()));
    pair.raw = EVP_PKEY_CTX_new_from_pkey(NULL, pair.key, NULL);
    must(EVP_PKEY_decrypt_init(pair.raw));
    must(EVP_PKEY_CTX_set_rsa_padding(pair.raw, RSA_NO_PADDING));
    assert_int_equal(openssl_rsa_key_new(number(pair.key, OSSL_PKEY_PARAM_RSA_N, n),
                                         number(pair.key, OSSL_PKEY_PARAM_RSA_E, e), &pair.ours,
                                         &reason),
                     COGMIG_OK);
    return pair;
}

static void pair_free(struct pair *pair)
{
    openssl_rsa_key_free(pair->ours);
    EVP_PKEY_CTX_free(pair->raw);
    EVP_PKEY_CTX_free(pair->openssl);
    EVP_PKEY_free(pair->key);
}

static void hash(const char *message, unsigned char *digest)
{
    must(EVP_Digest(message, strlen(message), digest, NULL, EVP_sha256(), NULL));
}

/* Both are asked; what they agree on. */
static bool accepted(const struct pair *pair, const char *message, const unsigned char *signature,
                     size_t len)
{
    unsigned char digest[DIGEST_BYTES];
    hash(message, digest);
    bool by_openssl = EVP_PKEY_verify(pair->openssl, signature, len, digest, sizeof digest) == 1;
    cogmig_status ours =
        openssl_rsa_verify_rs256(pair->ours, (struct span){message, strlen(message)},
                                 (struct span){(const char *)signature, len});
    assert_int_equal(ours, by_openssl ? COGMIG_OK : COGMIG_TOKEN_SIGNATURE_INVALID);
    return by_openssl;
}

static void sign_raw(const struct pair *pair, const unsigned char *block, unsigned char *signature)
{
    size_t len = pair->bytes;
    must(EVP_PKEY_decrypt(pair->raw, signature, &len, block, pair->bytes));
    assert_int_equal(len, pair->bytes);
}

/* 00 01 FF... 00 info digest, RFC 8017 section 9.2 */
static void encode(const struct pair *pair, const char *message, unsigned char *block)
{
    memset(block, 0xff, pair->bytes);
    block[0] = 0;
    block[1] = 1;
    unsigned char *info = block + pair->bytes - DIGEST_BYTES - sizeof sha256_info;
    info[-1] = 0;
    memcpy(info, sha256_info, sizeof sha256_info);
    hash(message, block + pair->bytes - DIGEST_BYTES);
}

static void expect_agreement(struct pair *pair)
{
    unsigned char block[MAX_BYTES], signature[MAX_BYTES];
    char message[32];
    for (int i = 0; i < MESSAGES; i++) {
        snprintf(message, sizeof message, "message %d", i);
        encode(pair, message, block);
        sign_raw(pair, block, signature);
        assert_true(accepted(pair, message, signature, pair->bytes));
        assert_false(accepted(pair, "another", signature, pair->bytes));
        signature[(size_t)i % pair->bytes] ^= (unsigned char)(1 << i % 8);
        assert_false(accepted(pair, message, signature, pair->bytes));
    }
}

static void good_and_changed_signatures_are_judged_as_by_openssl(void **state)
{
    (void)state;
    static const struct {
        int bits;
        unsigned long exponent;
    } kinds[] = {{2048, 65537}, {2048, 3}, {2048, 4294967291}, {2049, 65537}, {2056, 17}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct pair pair = pair_new(kinds[i].bits, kinds[i].exponent);
        expect_agreement(&pair);
        pair_free(&pair);
    }
}

/* Each byte of what is signed, changed: what a parser of ASN.1 might overlook. */
static void a_block_that_differs_anywhere_is_refused(void **state)
{
    (void)state;
    unsigned char block[MAX_BYTES], signature[MAX_BYTES];
    struct pair pair = pair_new(2048, 65537);
    for (size_t i = 1; i < pair.bytes; i++) {
        encode(&pair, "message", block);
        block[i] ^= 0x80;
        sign_raw(&pair, block, signature);
        assert_false(accepted(&pair, "message", signature, pair.bytes));
    }
    encode(&pair, "message", block);
    block[0] = 1;
    sign_raw(&pair, block, signature);
    assert_false(accepted(&pair, "message", signature, pair.bytes));
    pair_free(&pair);
}

/* The same digest with other encodings around it, each of the whole length. */
static void the_digest_in_another_block_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        unsigned char info[24];
        size_t len;
    } others[] = {
        {"no parameters",
         {0x30, 0x2f, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
          0x04, 0x20},
         17},
        {"SHA-1",
         {0x30, 0x29, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x20},
         15},
        {"SHA-384",
         {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02,
          0x05, 0x00, 0x04, 0x20},
         19},
        {"a length in the long form",
         {0x30, 0x81, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48,
          0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20},
         20},
        {"the digest alone", {0}, 0},
    };
    unsigned char block[MAX_BYTES], signature[MAX_BYTES];
    struct pair pair = pair_new(2048, 65537);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        encode(&pair, "message", block);
        unsigned char *info = block + pair.bytes - DIGEST_BYTES - others[i].len;
        memset(block + 2, 0xff, (size_t)(info - block) - 2);
        info[-1] = 0;
        memcpy(info, others[i].info, others[i].len);
        sign_raw(&pair, block, signature);
        if (accepted(&pair, "message", signature, pair.bytes))
            fail_msg("accepted with %s", others[i].what);
    }
    pair_free(&pair);
}

/* RFC 8017 section 5.2.2 step 1: the signature plus the modulus comes to the same message. */
static void a_number_that_is_not_below_the_modulus_is_refused(void **state)
{
    (void)state;
    unsigned char block[MAX_BYTES], signature[MAX_BYTES], n[MAX_BYTES];
    char message[32];
    int fitting = 0;
    struct pair pair = pair_new(2048, 65537);
    struct span modulus = number(pair.key, OSSL_PKEY_PARAM_RSA_N, n);
    for (int i = 0; i < MESSAGES; i++) {
        snprintf(message, sizeof message, "message %d", i);
        encode(&pair, message, block);
        sign_raw(&pair, block, signature);
        unsigned carry = 0;
        for (size_t k = pair.bytes; k-- > 0; carry >>= 8) {
            carry += signature[k] + (unsigned)(unsigned char)modulus.bytes[k];
            signature[k] = (unsigned char)carry;
        }
        if (carry != 0)
            continue; /* it has a byte more than the modulus */
        fitting++;
        assert_false(accepted(&pair, message, signature, pair.bytes));
    }
    assert_false(accepted(&pair, "message", n, pair.bytes));
    memset(signature, 0xff, sizeof signature);
    assert_false(accepted(&pair, "message", signature, pair.bytes));
    assert_true(fitting > 0 || n[0] >= 0xf0);
    pair_free(&pair);
}

static void a_signature_of_another_length_is_refused(void **state)
{
    (void)state;
    unsigned char block[MAX_BYTES], signature[MAX_BYTES + 1] = {0};
    struct pair pair = pair_new(2048, 65537);
    encode(&pair, "message", block);
    sign_raw(&pair, block, signature + 1);
    assert_true(accepted(&pair, "message", signature + 1, pair.bytes));
    assert_false(accepted(&pair, "message", signature, pair.bytes + 1));
    assert_false(accepted(&pair, "message", signature + 1, pair.bytes - 1));
    assert_false(accepted(&pair, "message", signature + 1, 0));
    memset(signature, 0, sizeof signature);
    assert_false(accepted(&pair, "message", signature, pair.bytes));
    signature[pair.bytes - 1] = 1;
    assert_false(accepted(&pair, "message", signature, pair.bytes));
    pair_free(&pair);
}

/* With a modulus of 2049 bits, whose first byte is 1, every other signature begins with a zero. */
static void a_leading_zero_is_part_of_a_signature(void **state)
{
    (void)state;
    unsigned char block[MAX_BYTES], signature[MAX_BYTES] = {1};
    char message[32];
    struct pair pair = pair_new(2049, 65537);
    for (int i = 0; signature[0] != 0; i++) {
        snprintf(message, sizeof message, "message %d", i);
        encode(&pair, message, block);
        sign_raw(&pair, block, signature);
    }
    assert_true(accepted(&pair, message, signature, pair.bytes));
    assert_false(accepted(&pair, message, signature + 1, pair.bytes - 1));
    pair_free(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_and_changed_signatures_are_judged_as_by_openssl),
        cmocka_unit_test(a_block_that_differs_anywhere_is_refused),
        cmocka_unit_test(the_digest_in_another_block_is_refused),
        cmocka_unit_test(a_number_that_is_not_below_the_modulus_is_refused),
        cmocka_unit_test(a_signature_of_another_length_is_refused),
        cmocka_unit_test(a_leading_zero_is_part_of_a_signature),
    };
    return cmocka_run_group_tests_name("keyset: rs256", tests, NULL, NULL);
}
