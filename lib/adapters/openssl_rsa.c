/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/openssl_rsa.h"

#include "adapters/openssl.h"
#include "base/cleanup.h"
#include "base/memory.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/param_build.h>
#include <openssl/params.h>

bool openssl_has_memory(void)
{
    enum {
        ENOUGH_BYTES = 4096
    };
    void *theirs = OPENSSL_malloc(ENOUGH_BYTES), *ours = memory_new(ENOUGH_BYTES);
    bool both = theirs != NULL && ours != NULL;
    OPENSSL_free(theirs);
    memory_free(ours);
    return both;
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

const char *openssl_rsa_reason_against(struct span modulus, struct span exponent)
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

/* ---- a key for EVP ---- */

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

BIGNUM *openssl_number(struct span bytes)
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
    SCOPED(release_bn) BIGNUM *n = openssl_number(modulus);
    SCOPED(release_bn) BIGNUM *e = openssl_number(exponent);
    SCOPED(release_builder) OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (n == NULL || e == NULL || builder == NULL ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) != 1)
        return NULL;
    SCOPED(release_params) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    return params == NULL ? NULL : public_key_from(params);
}

cogmig_status openssl_rsa_public_key(struct span modulus, struct span exponent, EVP_PKEY **ret_key,
                                     const char **ret_reason)
{
    *ret_key = NULL;
    *ret_reason = openssl_rsa_reason_against(modulus, exponent);
    if (*ret_reason != NULL)
        return COGMIG_JWKS_NO_USABLE_KEY;
    *ret_key = make_public_key(modulus, exponent);
    return *ret_key == NULL ? COGMIG_INTERNAL_ERROR : COGMIG_OK;
}
