/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/openssl.h"

#include "base/cleanup.h"
#include "base/memory.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>

bool openssl_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

/* ---- is this modulus and exponent a key to trust? ---- */

enum {
    MAX_EXPONENT_BYTES = 4 /* every verification costs its bits; all in use is 65537 */
};

static unsigned char byte_at(struct span number, size_t index)
{
    return (unsigned char)number.bytes[index];
}

static bool is_minimal(struct span number)
{
    return number.len > 0 && byte_at(number, 0) != 0;
}

static bool is_odd(struct span number)
{
    return (byte_at(number, number.len - 1) & 1) != 0;
}

static size_t bits_of(struct span number)
{
    size_t bits = number.len * 8;
    for (unsigned top = byte_at(number, 0); (top & 0x80) == 0; top <<= 1)
        bits--;
    return bits;
}

static const char *reason_against(struct span modulus, struct span exponent)
{
    if (!is_minimal(modulus) || !is_minimal(exponent))
        return "a number of it is empty or has leading zeros";
    if (modulus.len > RSA_MAX_BITS / 8)
        return "its modulus is larger than 8192 bits";
    if (bits_of(modulus) < RSA_MIN_BITS)
        return "its modulus is smaller than 2048 bits";
    if (!is_odd(modulus))
        return "its modulus is even";
    if (exponent.len > MAX_EXPONENT_BYTES)
        return "its exponent is larger than 32 bits";
    if (!is_odd(exponent) || (exponent.len == 1 && byte_at(exponent, 0) < 3))
        return "its exponent is even or smaller than 3";
    return NULL;
}

/* ---- a key ---- */

struct openssl_rsa_key {
    EVP_PKEY *public_key;
    EVP_MD_CTX *prepared; /* set up to verify RS256; each verification works on a copy */
};

static void release_bn(BIGNUM **number)
{
    BN_free(*number);
}

static void release_builder(OSSL_PARAM_BLD **builder)
{
    OSSL_PARAM_BLD_free(*builder);
}

static void release_params(OSSL_PARAM **params)
{
    OSSL_PARAM_free(*params);
}

static void release_key_context(EVP_PKEY_CTX **context)
{
    EVP_PKEY_CTX_free(*context);
}

static void release_digest_context(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

static BIGNUM *number_from(struct span bytes)
{
    return BN_bin2bn((const unsigned char *)bytes.bytes, (int)bytes.len, NULL);
}

static EVP_PKEY *public_key_from(OSSL_PARAM *params)
{
    SCOPED(release_key_context)
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;
    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        return NULL;
    return key;
}

static EVP_PKEY *make_public_key(struct span modulus, struct span exponent)
{
    SCOPED(release_bn) BIGNUM *n = number_from(modulus);
    SCOPED(release_bn) BIGNUM *e = number_from(exponent);
    SCOPED(release_builder) OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (n == NULL || e == NULL || builder == NULL ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) != 1)
        return NULL;
    SCOPED(release_params) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    return params == NULL ? NULL : public_key_from(params);
}

/* Looking algorithms up by name is the slow part of OpenSSL 3.0, so it is done once per key. */
static EVP_MD_CTX *prepare(EVP_PKEY *public_key)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context != NULL &&
        EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL, public_key, NULL) == 1)
        return context;
    EVP_MD_CTX_free(context);
    return NULL;
}

/* The host program's own OpenSSL calls must not find our errors in the queue of their thread. */
static cogmig_status forget_errors(cogmig_status status)
{
    ERR_pop_to_mark();
    return status;
}

cogmig_status openssl_rsa_key_new(struct span modulus, struct span exponent,
                                  struct openssl_rsa_key **ret_key, const char **ret_reason)
{
    *ret_key = NULL;
    *ret_reason = reason_against(modulus, exponent);
    if (*ret_reason != NULL)
        return COGMIG_JWKS_NO_USABLE_KEY;
    struct openssl_rsa_key *key = memory_new(sizeof *key);
    if (key == NULL)
        return COGMIG_OUT_OF_MEMORY;
    ERR_set_mark();
    key->public_key = make_public_key(modulus, exponent);
    key->prepared = key->public_key == NULL ? NULL : prepare(key->public_key);
    if (key->prepared == NULL) {
        openssl_rsa_key_free(key);
        return forget_errors(COGMIG_INTERNAL_ERROR);
    }
    *ret_key = key;
    return forget_errors(COGMIG_OK);
}

void openssl_rsa_key_free(struct openssl_rsa_key *key)
{
    if (key == NULL)
        return;
    EVP_MD_CTX_free(key->prepared);
    EVP_PKEY_free(key->public_key);
    memory_free(key);
}

bool openssl_rsa_key_equal(const struct openssl_rsa_key *a, const struct openssl_rsa_key *b)
{
    return EVP_PKEY_eq(a->public_key, b->public_key) == 1;
}

/* RSA_verify() takes a signature of the modulus' length alone (RFC 8017 section 8.2.2 step 1). */
cogmig_status openssl_rsa_verify_rs256(const struct openssl_rsa_key *key, struct span signed_bytes,
                                       struct span signature)
{
    ERR_set_mark();
    SCOPED(release_digest_context) EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_MD_CTX_copy_ex(context, key->prepared) != 1)
        return forget_errors(COGMIG_OUT_OF_MEMORY);
    if (EVP_DigestVerify(context, (const unsigned char *)signature.bytes, signature.len,
                         (const unsigned char *)signed_bytes.bytes, signed_bytes.len) != 1)
        return forget_errors(COGMIG_TOKEN_SIGNATURE_INVALID);
    return forget_errors(COGMIG_OK);
}
