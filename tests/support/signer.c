/* SPDX-License-Identifier: Apache-2.0 */
#include "signer.h"

#include "cmocka_all.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_RSA_BYTES = 2048
};

struct signer {
    EVP_PKEY *key;
};

static void must(bool holds, const char *what)
{
    if (!holds)
        fail_msg("OpenSSL refused: %s", what);
}

struct signer *signer_new(unsigned bits, unsigned long exponent)
{
    struct signer *signer = calloc(1, sizeof *signer);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    BIGNUM *e = BN_new();
    must(signer != NULL && e != NULL && BN_set_word(e, exponent) == 1, "memory");
    must(EVP_PKEY_keygen_init(context) == 1 &&
             EVP_PKEY_CTX_set_rsa_keygen_bits(context, (int)bits) == 1 &&
             EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, e) == 1 &&
             EVP_PKEY_keygen(context, &signer->key) == 1,
         "an RSA key");
    BN_free(e);
    EVP_PKEY_CTX_free(context);
    return signer;
}

void signer_free(struct signer *signer)
{
    if (signer == NULL)
        return;
    EVP_PKEY_free(signer->key);
    free(signer);
}

/* ---- base64url ---- */

void add_base64url(struct buffer *b, struct span bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (size_t i = 0; i < bytes.len; i += 3) {
        uint32_t bits = 0;
        size_t taken = bytes.len - i < 3 ? bytes.len - i : 3;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (k < taken ? (unsigned char)bytes.bytes[i + k] : 0u);
        for (size_t k = 0; k <= taken; k++)
            buffer_add_byte(b, digits[bits >> (18 - 6 * k) & 63]);
    }
}

/* ---- public parts ---- */

static size_t copy_number(const struct signer *signer, const char *name, unsigned char *out)
{
    BIGNUM *number = NULL;
    must(EVP_PKEY_get_bn_param(signer->key, name, &number) == 1, "a number of the key");
    int len = BN_bn2bin(number, out);
    BN_free(number);
    return (size_t)len;
}

static void add_number(const struct signer *signer, const char *name, struct buffer *base64url)
{
    unsigned char bytes[MAX_RSA_BYTES];
    size_t len = copy_number(signer, name, bytes);
    add_base64url(base64url, (struct span){(const char *)bytes, len});
}

void signer_add_modulus(const struct signer *signer, struct buffer *base64url)
{
    add_number(signer, "n", base64url);
}

void signer_add_exponent(const struct signer *signer, struct buffer *base64url)
{
    add_number(signer, "e", base64url);
}

void signer_add_jwk(const struct signer *signer, const char *kid, struct buffer *json)
{
    buffer_add_text(json, "{\"alg\":\"RS256\",\"e\":\"");
    signer_add_exponent(signer, json);
    buffer_add_text(json, "\",\"kid\":");
    buffer_add_json_string(json, span_of(kid));
    buffer_add_text(json, ",\"kty\":\"RSA\",\"n\":\"");
    signer_add_modulus(signer, json);
    buffer_add_text(json, "\",\"use\":\"sig\"}");
}

void signer_add_jwks(const struct signer *signer, const char *kid, struct buffer *json)
{
    buffer_add_text(json, "{\"keys\":[");
    signer_add_jwk(signer, kid, json);
    buffer_add_text(json, "]}");
}

/* ---- signatures ---- */

static void sign_digest(EVP_PKEY *key, const char *digest, int padding, struct span bytes,
                        struct buffer *signature)
{
    unsigned char out[MAX_RSA_BYTES];
    size_t len = sizeof out;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *of_key = NULL;
    must(EVP_DigestSignInit_ex(context, &of_key, digest, NULL, NULL, key, NULL) == 1, "signing");
    must(padding == 0 || EVP_PKEY_CTX_set_rsa_padding(of_key, padding) == 1, "padding");
    must(EVP_DigestSign(context, out, &len, (const unsigned char *)bytes.bytes, bytes.len) == 1,
         "a signature");
    buffer_add(signature, (struct span){(const char *)out, len});
    EVP_MD_CTX_free(context);
}

static void rs256(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    sign_digest(signer->key, "SHA256", RSA_PKCS1_PADDING, bytes, signature);
}

static void rs384(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    sign_digest(signer->key, "SHA384", RSA_PKCS1_PADDING, bytes, signature);
}

static void rs512(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    sign_digest(signer->key, "SHA512", RSA_PKCS1_PADDING, bytes, signature);
}

static void ps256(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    sign_digest(signer->key, "SHA256", RSA_PKCS1_PSS_PADDING, bytes, signature);
}

static void es256(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    (void)signer;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    sign_digest(key, "SHA256", 0, bytes, signature);
    EVP_PKEY_free(key);
}

static void hs256(struct span secret, struct span bytes, struct buffer *signature)
{
    unsigned char out[32];
    unsigned len = sizeof out;
    must(HMAC(EVP_sha256(), secret.bytes, (int)secret.len, (const unsigned char *)bytes.bytes,
              bytes.len, out, &len) != NULL,
         "an HMAC");
    buffer_add(signature, (struct span){(const char *)out, len});
}

static void hs256_with_pem(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    char *pem = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    must(PEM_write_bio_PUBKEY(bio, signer->key) == 1, "PEM");
    long len = BIO_get_mem_data(bio, &pem);
    hs256((struct span){pem, (size_t)len}, bytes, signature);
    BIO_free(bio);
}

static void hs256_with_der(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(signer->key, &der);
    must(len > 0, "DER");
    hs256((struct span){(const char *)der, (size_t)len}, bytes, signature);
    OPENSSL_free(der);
}

static void hs256_with_modulus(const struct signer *signer, struct span bytes,
                               struct buffer *signature)
{
    unsigned char modulus[MAX_RSA_BYTES];
    size_t len = copy_number(signer, "n", modulus);
    hs256((struct span){(const char *)modulus, len}, bytes, signature);
}

static void hs256_with_jwk(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    struct buffer jwk = buffer_with_max(4096);
    signer_add_jwk(signer, "good", &jwk);
    hs256((struct span){jwk.bytes, jwk.len}, bytes, signature);
    buffer_release(&jwk);
}

static void hs256_with_nothing(const struct signer *signer, struct span bytes,
                               struct buffer *signature)
{
    (void)signer;
    hs256((struct span){"", 0}, bytes, signature);
}

static void nothing(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    (void)signer;
    (void)bytes;
    buffer_add_text(signature, "");
}

static void add_zeros(struct buffer *signature, size_t count)
{
    while (count-- > 0)
        buffer_add_byte(signature, '\0');
}

static void zero(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    (void)bytes;
    add_zeros(signature, (size_t)EVP_PKEY_get_size(signer->key));
}

static void one(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    (void)bytes;
    add_zeros(signature, (size_t)EVP_PKEY_get_size(signer->key) - 1);
    buffer_add_byte(signature, '\1');
}

static void modulus_itself(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    (void)bytes;
    unsigned char modulus[MAX_RSA_BYTES];
    size_t len = copy_number(signer, "n", modulus);
    buffer_add(signature, (struct span){(const char *)modulus, len});
}

static void too_short(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    rs256(signer, bytes, signature);
    signature->len--;
}

static void too_long(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    rs256(signer, bytes, signature);
    buffer_add_byte(signature, '\0');
}

static void leading_zero(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    add_zeros(signature, 1);
    rs256(signer, bytes, signature);
}

static void one_bit_off(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    rs256(signer, bytes, signature);
    signature->bytes[signature->len / 2] = (char)(signature->bytes[signature->len / 2] ^ 1);
}

/* What the verifier would see after undoing RSA is chosen freely here. */
static void sign_raw(const struct signer *signer, const unsigned char *block, size_t len,
                     struct buffer *signature)
{
    unsigned char out[MAX_RSA_BYTES];
    size_t out_len = sizeof out;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(signer->key, NULL);
    must(EVP_PKEY_sign_init(context) == 1 &&
             EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1 &&
             EVP_PKEY_sign(context, out, &out_len, block, len) == 1,
         "a raw signature");
    buffer_add(signature, (struct span){(const char *)out, out_len});
    EVP_PKEY_CTX_free(context);
}

/* Bleichenbacher 2006: little padding, the digest, then room to choose freely. */
static void digest_not_at_the_end(const struct signer *signer, struct span bytes,
                                  struct buffer *signature)
{
    static const unsigned char sha256_info[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                                0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                                0x01, 0x05, 0x00, 0x04, 0x20};
    unsigned char block[MAX_RSA_BYTES] = {0x00, 0x01, 0xFF, 0xFF, 0xFF, 0xFF,
                                          0xFF, 0xFF, 0xFF, 0xFF, 0x00};
    unsigned len = 0;
    memcpy(block + 11, sha256_info, sizeof sha256_info);
    must(EVP_Digest(bytes.bytes, bytes.len, block + 11 + sizeof sha256_info, &len, EVP_sha256(),
                    NULL) == 1,
         "a digest");
    sign_raw(signer, block, (size_t)EVP_PKEY_get_size(signer->key), signature);
}

void signer_sign(const struct signer *signer, const char *way, struct span bytes,
                 struct buffer *signature)
{
    static const struct {
        const char *name;
        void (*sign)(const struct signer *signer, struct span bytes, struct buffer *signature);
    } ways[] = {{"rs256", rs256},
                {"rs384", rs384},
                {"rs512", rs512},
                {"ps256", ps256},
                {"es256", es256},
                {"hs256-with-pem", hs256_with_pem},
                {"hs256-with-der", hs256_with_der},
                {"hs256-with-modulus", hs256_with_modulus},
                {"hs256-with-jwk", hs256_with_jwk},
                {"hs256-with-nothing", hs256_with_nothing},
                {"nothing", nothing},
                {"zero", zero},
                {"one", one},
                {"modulus", modulus_itself},
                {"too-short", too_short},
                {"too-long", too_long},
                {"leading-zero", leading_zero},
                {"one-bit-off", one_bit_off},
                {"digest-not-at-the-end", digest_not_at_the_end}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (strcmp(ways[i].name, way) == 0) {
            ways[i].sign(signer, bytes, signature);
            return;
        }
    }
    fail_msg("There is no way to sign called \"%s\".", way);
}

void signer_add_token(const struct signer *signer, const char *header, const char *payload,
                      struct buffer *token)
{
    struct buffer signature = buffer_with_max(MAX_RSA_BYTES);
    add_base64url(token, span_of(header));
    buffer_add_byte(token, '.');
    add_base64url(token, span_of(payload));
    rs256(signer, (struct span){token->bytes, token->len}, &signature);
    buffer_add_byte(token, '.');
    add_base64url(token, (struct span){signature.bytes, signature.len});
    buffer_release(&signature);
}
