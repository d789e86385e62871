/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/openssl_signature.h"

#include "adapters/openssl_rsa.h"
#include "base/cleanup.h"
#include "base/memory.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <stdatomic.h>
#include <string.h>

/* ---- what an algorithm is ---- */

enum family {
    PKCS1,
    PSS,
    ECDSA,
    ED25519
};

struct algorithm {
    uint32_t bit;
    enum family family;
    const char *digest;
    const char *curve;
    size_t number_bytes; /* of a coordinate, and of each half of a signature */
};

static const struct algorithm algorithms[] = {
    {SIGNATURE_RS256, PKCS1, "SHA256", NULL, 0},
    {SIGNATURE_RS384, PKCS1, "SHA384", NULL, 0},
    {SIGNATURE_RS512, PKCS1, "SHA512", NULL, 0},
    {SIGNATURE_PS256, PSS, "SHA256", NULL, 0},
    {SIGNATURE_PS384, PSS, "SHA384", NULL, 0},
    {SIGNATURE_PS512, PSS, "SHA512", NULL, 0},
    {SIGNATURE_ES256, ECDSA, "SHA256", "P-256", 32},
    {SIGNATURE_ES384, ECDSA, "SHA384", "P-384", 48},
    {SIGNATURE_ES512, ECDSA, "SHA512", "P-521", 66},
    {SIGNATURE_EDDSA, ED25519, NULL, NULL, 32},
};

enum {
    MAX_NUMBER_BYTES = 66,
    MAX_DER_BYTES = 2 * (MAX_NUMBER_BYTES + 3) + 4
};

static const struct algorithm *algorithm_of(uint32_t bit)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++)
        if (algorithms[i].bit == bit)
            return &algorithms[i];
    return NULL;
}

struct openssl_public_key {
    atomic_size_t holders;
    const struct algorithm *algorithm;
    EVP_PKEY *key;
};

/* ---- a key ---- */

static void release_key_context(EVP_PKEY_CTX **context)
{
    EVP_PKEY_CTX_free(*context);
}

static void release_digest_context(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

/* OpenSSL takes a point that is not on its curve for none. */
static EVP_PKEY *point_on(const struct algorithm *algorithm, struct span x, struct span y)
{
    unsigned char point[1 + 2 * MAX_NUMBER_BYTES] = {POINT_CONVERSION_UNCOMPRESSED};
    char curve[sizeof "P-521"];
    EVP_PKEY *key = NULL;
    memcpy(point + 1, x.bytes, x.len);
    memcpy(point + 1 + x.len, y.bytes, y.len);
    memcpy(curve, algorithm->curve, sizeof curve);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + x.len + y.len),
        OSSL_PARAM_construct_end()};
    SCOPED(release_key_context)
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        return NULL;
    return key;
}

static EVP_PKEY *ed25519_from(struct span x)
{
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)x.bytes,
                                       x.len);
}

/* RFC 7518 section 6.2.1.2 and RFC 8037 section 2: whole numbers, leading zeros and all. */
static const char *reason_against(const struct algorithm *algorithm, struct span x, struct span y)
{
    if (x.len != algorithm->number_bytes)
        return "its x has not the length that its curve asks for";
    if (algorithm->family == ECDSA && y.len != algorithm->number_bytes)
        return "its y has not the length that its curve asks for";
    return NULL;
}

static EVP_PKEY *curve_key(const struct algorithm *algorithm, struct span x, struct span y,
                           const char **ret_reason)
{
    *ret_reason = reason_against(algorithm, x, y);
    if (*ret_reason != NULL)
        return NULL;
    EVP_PKEY *key = algorithm->family == ECDSA ? point_on(algorithm, x, y) : ed25519_from(x);
    if (key == NULL)
        *ret_reason = "its point is not on its curve";
    return key;
}

/* The host program's own OpenSSL calls must not find our errors in the queue of their thread. */
static cogmig_status forget_errors(cogmig_status status)
{
    ERR_pop_to_mark();
    return status;
}

static bool is_rsa(const struct algorithm *algorithm)
{
    return algorithm->family == PKCS1 || algorithm->family == PSS;
}

static cogmig_status make(struct openssl_public_key *key, struct span first, struct span second,
                          const char **ret_reason)
{
    if (is_rsa(key->algorithm))
        return openssl_rsa_public_key(first, second, &key->key, ret_reason);
    key->key = curve_key(key->algorithm, first, second, ret_reason);
    return key->key == NULL ? COGMIG_JWKS_NO_USABLE_KEY : COGMIG_OK;
}

cogmig_status openssl_public_key_new(uint32_t algorithm, struct span first, struct span second,
                                     struct openssl_public_key **ret_key, const char **ret_reason)
{
    *ret_key = NULL;
    struct openssl_public_key *key = memory_new(sizeof *key);
    if (key == NULL)
        return COGMIG_OUT_OF_MEMORY;
    atomic_init(&key->holders, 1);
    key->algorithm = algorithm_of(algorithm);
    ERR_set_mark();
    cogmig_status status = make(key, first, second, ret_reason);
    if (status != COGMIG_OK)
        status = make(key, first, second, ret_reason);
    if (status != COGMIG_OK && !openssl_has_memory())
        status = COGMIG_OUT_OF_MEMORY;
    if (status == COGMIG_OK)
        *ret_key = key;
    else
        openssl_public_key_free(key);
    return forget_errors(status);
}

struct openssl_public_key *openssl_public_key_hold(struct openssl_public_key *key)
{
    if (key != NULL)
        atomic_fetch_add_explicit(&key->holders, 1, memory_order_relaxed);
    return key;
}

void openssl_public_key_free(struct openssl_public_key *key)
{
    if (key == NULL || atomic_fetch_sub_explicit(&key->holders, 1, memory_order_acq_rel) > 1)
        return;
    EVP_PKEY_free(key->key);
    memory_free(key);
}

bool openssl_public_key_equal(const struct openssl_public_key *a,
                              const struct openssl_public_key *b)
{
    return a->algorithm == b->algorithm && EVP_PKEY_eq(a->key, b->key) == 1;
}

/* ---- verifying ---- */

/* RFC 7518 section 3.5: MGF1 with the same digest, which is OpenSSL's own choice, and a salt as
 * long as it. */
static bool set_padding(const struct algorithm *algorithm, EVP_PKEY_CTX *context)
{
    if (algorithm->family == PSS)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
    return algorithm->family != PKCS1 ||
           EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
}

static size_t add_der_integer(struct span number, unsigned char *out)
{
    size_t skipped = 0, at = 0;
    while (skipped + 1 < number.len && number.bytes[skipped] == 0)
        skipped++;
    size_t len = number.len - skipped;
    bool padded = ((unsigned char)number.bytes[skipped] & 0x80) != 0;
    out[at++] = 0x02;
    out[at++] = (unsigned char)(len + padded);
    if (padded)
        out[at++] = 0;
    memcpy(out + at, number.bytes + skipped, len);
    return at + len;
}

/* RFC 7518 section 3.4 has r and s side by side; OpenSSL wants them as an ASN.1 SEQUENCE. */
static size_t der_of(const struct algorithm *algorithm, struct span signature, unsigned char *der)
{
    unsigned char integers[MAX_DER_BYTES];
    size_t half = algorithm->number_bytes, at = 0;
    size_t len = add_der_integer((struct span){signature.bytes, half}, integers);
    len += add_der_integer((struct span){signature.bytes + half, half}, integers + len);
    der[at++] = 0x30;
    if (len > 127)
        der[at++] = 0x81;
    der[at++] = (unsigned char)len;
    memcpy(der + at, integers, len);
    return at + len;
}

static cogmig_status verify_with(const struct openssl_public_key *key, EVP_MD_CTX *context,
                                 struct span signed_bytes, struct span signature)
{
    unsigned char der[MAX_DER_BYTES];
    const unsigned char *bytes = (const unsigned char *)signature.bytes;
    size_t len = signature.len;
    if (key->algorithm->family == ECDSA) {
        if (len != 2 * key->algorithm->number_bytes)
            return COGMIG_TOKEN_SIGNATURE_INVALID;
        len = der_of(key->algorithm, signature, der);
        bytes = der;
    }
    return EVP_DigestVerify(context, bytes, len, (const unsigned char *)signed_bytes.bytes,
                            signed_bytes.len) == 1
               ? COGMIG_OK
               : COGMIG_TOKEN_SIGNATURE_INVALID;
}

static cogmig_status verify_once(const struct openssl_public_key *key, struct span signed_bytes,
                                 struct span signature)
{
    SCOPED(release_digest_context) EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *of_key = NULL;
    if (context == NULL ||
        EVP_DigestVerifyInit_ex(context, &of_key, key->algorithm->digest, NULL, NULL, key->key,
                                NULL) != 1 ||
        !set_padding(key->algorithm, of_key))
        return COGMIG_OUT_OF_MEMORY;
    return verify_with(key, context, signed_bytes, signature);
}

cogmig_status openssl_public_key_verify(const struct openssl_public_key *key,
                                        struct span signed_bytes, struct span signature)
{
    ERR_set_mark();
    cogmig_status status = verify_once(key, signed_bytes, signature);
    if (status != COGMIG_OK)
        status = verify_once(key, signed_bytes, signature);
    if (status != COGMIG_OK && !openssl_has_memory())
        status = COGMIG_OUT_OF_MEMORY;
    return forget_errors(status);
}
