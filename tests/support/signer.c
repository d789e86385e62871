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

struct signer *signer_new_of_curve(const char *curve)
{
    struct signer *signer = calloc(1, sizeof *signer);
    bool edwards = strcmp(curve, "ED25519") == 0;
    must(signer != NULL, "memory");
    signer->key = edwards ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") : EVP_EC_gen(curve);
    must(signer->key != NULL, "a key of that curve");
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

static size_t coordinate_bytes(const struct signer *signer)
{
    return ((size_t)EVP_PKEY_get_bits(signer->key) + 7) / 8;
}

static void add_coordinate(const struct signer *signer, const char *name, struct buffer *json)
{
    unsigned char bytes[MAX_RSA_BYTES];
    BIGNUM *number = NULL;
    size_t len = coordinate_bytes(signer);
    must(EVP_PKEY_get_bn_param(signer->key, name, &number) == 1 &&
             BN_bn2binpad(number, bytes, (int)len) > 0,
         "a coordinate");
    add_base64url(json, (struct span){(const char *)bytes, len});
    BN_free(number);
}

static void add_point(const struct signer *signer, struct buffer *json)
{
    size_t len = coordinate_bytes(signer);
    buffer_add_text(json, len == 32 ? "P-256" : len == 48 ? "P-384" : "P-521");
    buffer_add_text(json, "\",\"x\":\"");
    add_coordinate(signer, "qx", json);
    buffer_add_text(json, "\",\"y\":\"");
    add_coordinate(signer, "qy", json);
}

static void add_edwards_point(const struct signer *signer, struct buffer *json)
{
    unsigned char bytes[32];
    size_t len = sizeof bytes;
    must(EVP_PKEY_get_raw_public_key(signer->key, bytes, &len) == 1, "a point");
    buffer_add_text(json, "Ed25519\",\"x\":\"");
    add_base64url(json, (struct span){(const char *)bytes, len});
}

static void add_key_type(const struct signer *signer, struct buffer *json)
{
    if (EVP_PKEY_is_a(signer->key, "RSA")) {
        buffer_add_text(json, "RSA\",\"n\":\"");
        signer_add_modulus(signer, json);
        buffer_add_text(json, "\",\"e\":\"");
        signer_add_exponent(signer, json);
    } else if (EVP_PKEY_is_a(signer->key, "EC")) {
        buffer_add_text(json, "EC\",\"crv\":\"");
        add_point(signer, json);
    } else {
        buffer_add_text(json, "OKP\",\"crv\":\"");
        add_edwards_point(signer, json);
    }
}

void signer_add_jwk_for(const struct signer *signer, const char *kid, const char *alg,
                        struct buffer *json)
{
    buffer_add_text(json, "{\"kid\":");
    buffer_add_json_string(json, span_of(kid));
    if (alg != NULL) {
        buffer_add_text(json, ",\"alg\":");
        buffer_add_json_string(json, span_of(alg));
    }
    buffer_add_text(json, ",\"kty\":\"");
    add_key_type(signer, json);
    buffer_add_text(json, "\"}");
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

static void es256(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    (void)signer;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    sign_digest(key, "SHA256", 0, bytes, signature);
    EVP_PKEY_free(key);
}

static void pss(const struct signer *signer, const char *digest, int salt, struct span bytes,
                struct buffer *signature)
{
    unsigned char out[MAX_RSA_BYTES];
    size_t len = sizeof out;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *of_key = NULL;
    must(EVP_DigestSignInit_ex(context, &of_key, digest, NULL, NULL, signer->key, NULL) == 1 &&
             EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PSS_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(of_key, salt) == 1 &&
             EVP_DigestSign(context, out, &len, (const unsigned char *)bytes.bytes, bytes.len) == 1,
         "a PSS signature");
    buffer_add(signature, (struct span){(const char *)out, len});
    EVP_MD_CTX_free(context);
}

static void ps256(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    pss(signer, "SHA256", RSA_PSS_SALTLEN_DIGEST, bytes, signature);
}

static void ps384(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    pss(signer, "SHA384", RSA_PSS_SALTLEN_DIGEST, bytes, signature);
}

static void ps512(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    pss(signer, "SHA512", RSA_PSS_SALTLEN_DIGEST, bytes, signature);
}

static void ps256_without_salt(const struct signer *signer, struct span bytes,
                               struct buffer *signature)
{
    pss(signer, "SHA256", 0, bytes, signature);
}

static void ps256_with_longest_salt(const struct signer *signer, struct span bytes,
                                    struct buffer *signature)
{
    pss(signer, "SHA256", RSA_PSS_SALTLEN_MAX, bytes, signature);
}

/* ---- ECDSA with the signer's own key: r and s side by side (RFC 7518 section 3.4) ---- */

static void add_padded(const BIGNUM *number, size_t len, struct buffer *signature)
{
    unsigned char bytes[MAX_RSA_BYTES];
    must(BN_bn2binpad(number, bytes, (int)len) == (int)len, "a number");
    buffer_add(signature, (struct span){(const char *)bytes, len});
}

static void ecdsa(const struct signer *signer, const char *digest, struct span bytes,
                  struct buffer *signature)
{
    struct buffer der = buffer_with_max(MAX_RSA_BYTES);
    sign_digest(signer->key, digest, 0, bytes, &der);
    const unsigned char *at = (const unsigned char *)der.bytes;
    ECDSA_SIG *numbers = d2i_ECDSA_SIG(NULL, &at, (long)der.len);
    must(numbers != NULL, "an ECDSA signature");
    add_padded(ECDSA_SIG_get0_r(numbers), coordinate_bytes(signer), signature);
    add_padded(ECDSA_SIG_get0_s(numbers), coordinate_bytes(signer), signature);
    ECDSA_SIG_free(numbers);
    buffer_release(&der);
}

static void ecdsa_sha256(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    ecdsa(signer, "SHA256", bytes, signature);
}

static void ecdsa_sha384(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    ecdsa(signer, "SHA384", bytes, signature);
}

static void ecdsa_sha512(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    ecdsa(signer, "SHA512", bytes, signature);
}

static void ecdsa_der(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    sign_digest(signer->key, "SHA256", 0, bytes, signature);
}

static void ecdsa_bit_off(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    ecdsa_sha256(signer, bytes, signature);
    signature->bytes[10] = (char)(signature->bytes[10] ^ 1);
}

static void ecdsa_too_long(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    ecdsa_sha256(signer, bytes, signature);
    buffer_add_byte(signature, '\0');
}

static void ecdsa_too_short(const struct signer *signer, struct span bytes,
                            struct buffer *signature)
{
    ecdsa_sha256(signer, bytes, signature);
    signature->len--;
}

static BIGNUM *order_of(const struct signer *signer)
{
    BIGNUM *order = NULL;
    must(EVP_PKEY_get_bn_param(signer->key, "order", &order) == 1, "the order of a curve");
    return order;
}

static void ecdsa_zeros(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    (void)bytes;
    for (size_t i = 0; i < 2 * coordinate_bytes(signer); i++)
        buffer_add_byte(signature, '\0');
}

/* Instead of r or s: 0 or the order, with the other half as it must be. */
static void ecdsa_with_half(const struct signer *signer, struct span bytes, size_t half, bool order,
                            struct buffer *signature)
{
    struct buffer other = buffer_with_max(MAX_RSA_BYTES);
    BIGNUM *number = order ? order_of(signer) : BN_new();
    ecdsa_sha256(signer, bytes, signature);
    add_padded(number, coordinate_bytes(signer), &other);
    memcpy(signature->bytes + half * coordinate_bytes(signer), other.bytes, other.len);
    BN_free(number);
    buffer_release(&other);
}

static void ecdsa_r_zero(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    ecdsa_with_half(signer, bytes, 0, false, signature);
}

static void ecdsa_s_zero(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    ecdsa_with_half(signer, bytes, 1, false, signature);
}

static void ecdsa_r_order(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    ecdsa_with_half(signer, bytes, 0, true, signature);
}

static void ecdsa_s_order(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    ecdsa_with_half(signer, bytes, 1, true, signature);
}

/* ---- Ed25519 ---- */

static void eddsa(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    sign_digest(signer->key, NULL, 0, bytes, signature);
}

static void eddsa_bit_off(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    eddsa(signer, bytes, signature);
    signature->bytes[10] = (char)(signature->bytes[10] ^ 1);
}

static void eddsa_too_long(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    eddsa(signer, bytes, signature);
    buffer_add_byte(signature, '\0');
}

static void eddsa_zeros(const struct signer *signer, struct span bytes, struct buffer *signature)
{
    (void)signer;
    (void)bytes;
    for (int i = 0; i < 64; i++)
        buffer_add_byte(signature, '\0');
}

/* S + L stands for the same scalar (RFC 8032 section 5.1.7 refuses it). */
static void eddsa_s_plus_order(const struct signer *signer, struct span bytes,
                               struct buffer *signature)
{
    static const unsigned char order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a,       0x63,
                                            0x12, 0x58, 0xd6, 0x9c, 0xf7,       0xa2,
                                            0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    unsigned carry = 0;
    eddsa(signer, bytes, signature);
    for (int i = 0; i < 32; i++) {
        carry += (unsigned char)signature->bytes[32 + i] + (unsigned)order[i];
        signature->bytes[32 + i] = (char)(carry & 0xFF);
        carry >>= 8;
    }
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
                {"ps384", ps384},
                {"ps512", ps512},
                {"ps256-without-salt", ps256_without_salt},
                {"ps256-with-longest-salt", ps256_with_longest_salt},
                {"ecdsa-sha256", ecdsa_sha256},
                {"ecdsa-sha384", ecdsa_sha384},
                {"ecdsa-sha512", ecdsa_sha512},
                {"ecdsa-der", ecdsa_der},
                {"ecdsa-one-bit-off", ecdsa_bit_off},
                {"ecdsa-too-long", ecdsa_too_long},
                {"ecdsa-too-short", ecdsa_too_short},
                {"ecdsa-zeros", ecdsa_zeros},
                {"ecdsa-r-zero", ecdsa_r_zero},
                {"ecdsa-s-zero", ecdsa_s_zero},
                {"ecdsa-r-order", ecdsa_r_order},
                {"ecdsa-s-order", ecdsa_s_order},
                {"eddsa", eddsa},
                {"eddsa-one-bit-off", eddsa_bit_off},
                {"eddsa-too-long", eddsa_too_long},
                {"eddsa-zeros", eddsa_zeros},
                {"eddsa-s-plus-order", eddsa_s_plus_order},
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

void signer_add_pem(const struct signer *signer, struct buffer *pem)
{
    BIO *memory = BIO_new(BIO_s_mem());
    char *bytes = NULL;
    must(PEM_write_bio_PUBKEY(memory, signer->key) == 1, "a PEM");
    long len = BIO_get_mem_data(memory, &bytes);
    buffer_add(pem, (struct span){bytes, (size_t)len});
    BIO_free(memory);
}
