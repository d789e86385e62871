/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/openssl.h"

#include "adapters/openssl_rsa.h"
#include "base/cleanup.h"
#include "base/memory.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdatomic.h>

bool openssl_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

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

/* All that one verification works with. OpenSSL's contexts belong to one thread at a time, and
 * making one costs more than all of ours together: it looks algorithms up by name. */
struct workbench {
    EVP_MD_CTX *digest;
    EVP_PKEY_CTX *verification;
};

enum {
    WORKBENCHES = 16,
    CACHE_LINE_BYTES = 64
};

struct slot {
    _Alignas(CACHE_LINE_BYTES) _Atomic(struct workbench *) idle;
};

struct openssl_rsa_key {
    atomic_size_t holders;
    EVP_PKEY *public_key;
    EVP_MD *sha256;
    EVP_PKEY_CTX *model; /* set up to verify RS256; never used but to be duplicated */
    char *slots_memory;
    struct slot *slots; /* WORKBENCHES of them, aligned */
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

cogmig_status openssl_rsa_public_key(struct span modulus, struct span exponent, EVP_PKEY **ret_key,
                                     const char **ret_reason)
{
    *ret_key = NULL;
    *ret_reason = reason_against(modulus, exponent);
    if (*ret_reason != NULL)
        return COGMIG_JWKS_NO_USABLE_KEY;
    *ret_key = make_public_key(modulus, exponent);
    return *ret_key == NULL ? COGMIG_INTERNAL_ERROR : COGMIG_OK;
}

static EVP_PKEY_CTX *make_model(EVP_PKEY *public_key, const EVP_MD *sha256)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, public_key, NULL);
    if (context != NULL && EVP_PKEY_verify_init(context) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
        EVP_PKEY_CTX_set_signature_md(context, sha256) == 1)
        return context;
    EVP_PKEY_CTX_free(context);
    return NULL;
}

static struct slot *aligned(char *memory)
{
    uintptr_t address = (uintptr_t)memory;
    return (struct slot *)(memory + (CACHE_LINE_BYTES - address % CACHE_LINE_BYTES));
}

static bool prepare(struct openssl_rsa_key *key)
{
    key->slots_memory = memory_new((WORKBENCHES + 1) * sizeof(struct slot));
    key->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (key->public_key == NULL || key->slots_memory == NULL || key->sha256 == NULL)
        return false;
    key->slots = aligned(key->slots_memory);
    key->model = make_model(key->public_key, key->sha256);
    return key->model != NULL;
}

/* The host program's own OpenSSL calls must not find our errors in the queue of their thread. */
static cogmig_status forget_errors(cogmig_status status)
{
    ERR_pop_to_mark();
    return status;
}

static struct openssl_rsa_key *make_key(struct span modulus, struct span exponent)
{
    struct openssl_rsa_key *key = memory_new(sizeof *key);
    if (key == NULL)
        return NULL;
    atomic_init(&key->holders, 1);
    key->public_key = make_public_key(modulus, exponent);
    if (prepare(key))
        return key;
    openssl_rsa_key_free(key);
    return NULL;
}

cogmig_status openssl_rsa_key_new(struct span modulus, struct span exponent,
                                  struct openssl_rsa_key **ret_key, const char **ret_reason)
{
    *ret_key = NULL;
    *ret_reason = reason_against(modulus, exponent);
    if (*ret_reason != NULL)
        return COGMIG_JWKS_NO_USABLE_KEY;
    ERR_set_mark();
    for (int tries = 0; tries < 2 && *ret_key == NULL; tries++)
        *ret_key = make_key(modulus, exponent);
    if (*ret_key != NULL)
        return forget_errors(COGMIG_OK);
    return forget_errors(openssl_has_memory() ? COGMIG_INTERNAL_ERROR : COGMIG_OUT_OF_MEMORY);
}

static void free_workbench(struct workbench *bench)
{
    if (bench == NULL)
        return;
    EVP_MD_CTX_free(bench->digest);
    EVP_PKEY_CTX_free(bench->verification);
    memory_free(bench);
}

struct openssl_rsa_key *openssl_rsa_key_hold(struct openssl_rsa_key *key)
{
    if (key != NULL)
        atomic_fetch_add_explicit(&key->holders, 1, memory_order_relaxed);
    return key;
}

void openssl_rsa_key_free(struct openssl_rsa_key *key)
{
    if (key == NULL || atomic_fetch_sub_explicit(&key->holders, 1, memory_order_acq_rel) > 1)
        return;
    for (size_t i = 0; key->slots != NULL && i < WORKBENCHES; i++)
        free_workbench(atomic_load_explicit(&key->slots[i].idle, memory_order_acquire));
    EVP_PKEY_CTX_free(key->model);
    EVP_MD_free(key->sha256);
    EVP_PKEY_free(key->public_key);
    memory_free(key->slots_memory);
    memory_free(key);
}

bool openssl_rsa_key_equal(const struct openssl_rsa_key *a, const struct openssl_rsa_key *b)
{
    return EVP_PKEY_eq(a->public_key, b->public_key) == 1;
}

/* ---- verifying: threads take turns at the workbenches ---- */

static struct workbench *new_workbench(const struct openssl_rsa_key *key)
{
    struct workbench *bench = memory_new(sizeof *bench);
    if (bench == NULL)
        return NULL;
    bench->digest = EVP_MD_CTX_new();
    bench->verification = EVP_PKEY_CTX_dup(key->model);
    if (bench->digest != NULL && bench->verification != NULL)
        return bench;
    free_workbench(bench);
    return NULL;
}

/* A thread finds its own again as long as no other has the same number, and then no two share a
 * cache line. */
static struct slot *own_slot(const struct openssl_rsa_key *key)
{
    uint64_t mixed = (uint64_t)(uintptr_t)pthread_self() * UINT64_C(0x9E3779B97F4A7C15);
    return &key->slots[mixed >> 60];
}

static struct workbench *take(const struct openssl_rsa_key *key)
{
    struct workbench *idle =
        atomic_exchange_explicit(&own_slot(key)->idle, NULL, memory_order_acquire);
    return idle != NULL ? idle : new_workbench(key);
}

static void put_back(const struct openssl_rsa_key *key, struct workbench *bench)
{
    free_workbench(atomic_exchange_explicit(&own_slot(key)->idle, bench, memory_order_acq_rel));
}

struct digest {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int len;
};

static bool make_digest(const struct workbench *bench, const EVP_MD *sha256,
                        struct span signed_bytes, struct digest *ret_digest)
{
    return EVP_DigestInit_ex2(bench->digest, sha256, NULL) == 1 &&
           EVP_DigestUpdate(bench->digest, signed_bytes.bytes, signed_bytes.len) == 1 &&
           EVP_DigestFinal_ex(bench->digest, ret_digest->bytes, &ret_digest->len) == 1;
}

/* RSA_verify() takes a signature of the modulus' length alone (RFC 8017 section 8.2.2 step 1). */
static bool fits(const struct workbench *bench, const struct digest *digest, struct span signature)
{
    return EVP_PKEY_verify(bench->verification, (const unsigned char *)signature.bytes,
                           signature.len, digest->bytes, digest->len) == 1;
}

/* The first of our errors is the cause of the others; where it is RSA's own, and not about memory,
 * a forger's signature need not be tried twice. */
static bool is_certain(void)
{
    unsigned long first = ERR_peek_error();
    return ERR_GET_LIB(first) == ERR_LIB_RSA && !ERR_FATAL_ERROR(first);
}

static cogmig_status verify_with(const struct workbench *bench, const EVP_MD *sha256,
                                 struct span signed_bytes, struct span signature)
{
    struct digest digest;
    bool no_others_errors = ERR_peek_error() == 0;
    if (!make_digest(bench, sha256, signed_bytes, &digest))
        return COGMIG_OUT_OF_MEMORY;
    if (fits(bench, &digest, signature))
        return COGMIG_OK;
    if (no_others_errors && is_certain())
        return COGMIG_TOKEN_SIGNATURE_INVALID;
    if (fits(bench, &digest, signature))
        return COGMIG_OK;
    return openssl_has_memory() ? COGMIG_TOKEN_SIGNATURE_INVALID : COGMIG_OUT_OF_MEMORY;
}

cogmig_status openssl_rsa_verify_rs256(const struct openssl_rsa_key *key, struct span signed_bytes,
                                       struct span signature)
{
    ERR_set_mark();
    struct workbench *bench = take(key);
    if (bench == NULL)
        return forget_errors(COGMIG_OUT_OF_MEMORY);
    cogmig_status status = verify_with(bench, key->sha256, signed_bytes, signature);
    put_back(key, bench);
    return forget_errors(status);
}
