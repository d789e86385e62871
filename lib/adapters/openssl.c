/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/openssl.h"

#include "adapters/openssl_rsa.h"
#include "adapters/openssl_sha256.h"
#include "base/memory.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

bool openssl_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

/* ---- a key ---- */

/* All that one verification works with. It belongs to one thread at a time, and making one costs
 * more than all of ours together. */
struct workbench {
    EVP_MD_CTX *digest;
    BN_CTX *scratch;
    BIGNUM *signature;
    BIGNUM *base; /* the signature in Montgomery form */
    BIGNUM *power;
    BIGNUM *expected;
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
    BIGNUM *modulus;
    size_t modulus_bytes;
    uint32_t exponent;
    BN_MONT_CTX *montgomery; /* of the modulus */
    EVP_MD *sha256;
    char *slots_memory;
    struct slot *slots; /* WORKBENCHES of them, aligned */
};

static struct slot *aligned(char *memory)
{
    uintptr_t address = (uintptr_t)memory;
    return (struct slot *)(memory + (CACHE_LINE_BYTES - address % CACHE_LINE_BYTES));
}

static uint32_t exponent_from(struct span bytes)
{
    uint32_t number = 0;
    for (size_t i = 0; i < bytes.len; i++)
        number = number << 8 | (unsigned char)bytes.bytes[i];
    return number;
}

static BN_MONT_CTX *montgomery_of(const BIGNUM *modulus)
{
    BN_CTX *scratch = BN_CTX_new();
    BN_MONT_CTX *form = BN_MONT_CTX_new();
    if (scratch == NULL || form == NULL || BN_MONT_CTX_set(form, modulus, scratch) != 1) {
        BN_MONT_CTX_free(form);
        form = NULL;
    }
    BN_CTX_free(scratch);
    return form;
}

static bool prepare(struct openssl_rsa_key *key)
{
    key->slots_memory = memory_new((WORKBENCHES + 1) * sizeof(struct slot));
    key->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (key->modulus == NULL || key->slots_memory == NULL || key->sha256 == NULL)
        return false;
    key->slots = aligned(key->slots_memory);
    key->montgomery = montgomery_of(key->modulus);
    return key->montgomery != NULL;
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
    key->modulus = openssl_number(modulus);
    key->modulus_bytes = modulus.len;
    key->exponent = exponent_from(exponent);
    if (prepare(key))
        return key;
    openssl_rsa_key_free(key);
    return NULL;
}

cogmig_status openssl_rsa_key_new(struct span modulus, struct span exponent,
                                  struct openssl_rsa_key **ret_key, const char **ret_reason)
{
    *ret_key = NULL;
    *ret_reason = openssl_rsa_reason_against(modulus, exponent);
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
    BN_CTX_free(bench->scratch);
    BN_free(bench->signature);
    BN_free(bench->base);
    BN_free(bench->power);
    BN_free(bench->expected);
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
    BN_MONT_CTX_free(key->montgomery);
    EVP_MD_free(key->sha256);
    BN_free(key->modulus);
    memory_free(key->slots_memory);
    memory_free(key);
}

bool openssl_rsa_key_equal(const struct openssl_rsa_key *a, const struct openssl_rsa_key *b)
{
    return a->exponent == b->exponent && BN_cmp(a->modulus, b->modulus) == 0;
}

/* ---- threads take turns at the workbenches ---- */

static struct workbench *new_workbench(void)
{
    struct workbench *bench = memory_new(sizeof *bench);
    if (bench == NULL)
        return NULL;
    bench->digest = EVP_MD_CTX_new();
    bench->scratch = BN_CTX_new();
    bench->signature = BN_new();
    bench->base = BN_new();
    bench->power = BN_new();
    bench->expected = BN_new();
    if (bench->digest != NULL && bench->scratch != NULL && bench->signature != NULL &&
        bench->base != NULL && bench->power != NULL && bench->expected != NULL)
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
    return idle != NULL ? idle : new_workbench();
}

static void put_back(const struct openssl_rsa_key *key, struct workbench *bench)
{
    free_workbench(atomic_exchange_explicit(&own_slot(key)->idle, bench, memory_order_acq_rel));
}

/* ---- RSASSA-PKCS1-v1_5 with SHA-256, RFC 8017 section 8.2.2 ---- */

/* The digest's algorithm in DER, RFC 8017 section 9.2 note 1. */
static const unsigned char sha256_info[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                            0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                            0x01, 0x05, 0x00, 0x04, 0x20};

static bool make_digest(const struct openssl_rsa_key *key, const struct workbench *bench,
                        struct span signed_bytes, unsigned char *digest)
{
    return EVP_DigestInit_ex2(bench->digest, key->sha256, NULL) == 1 &&
           EVP_DigestUpdate(bench->digest, signed_bytes.bytes, signed_bytes.len) == 1 &&
           EVP_DigestFinal_ex(bench->digest, digest, NULL) == 1;
}

/* Steps 3 and 4 of section 9.2: the one message that a good signature comes to. It is made and
 * compared as a whole; taking apart what a signature came to is what let forgers in elsewhere. */
static bool encode(const struct openssl_rsa_key *key, const struct workbench *bench,
                   struct span signed_bytes)
{
    unsigned char message[RSA_MAX_SIGNATURE_BYTES];
    size_t digest_at = key->modulus_bytes - OPENSSL_SHA256_BYTES;
    size_t info_at = digest_at - sizeof sha256_info;
    message[0] = 0;
    message[1] = 1;
    memset(message + 2, 0xff, info_at - 3);
    message[info_at - 1] = 0;
    memcpy(message + info_at, sha256_info, sizeof sha256_info);
    return make_digest(key, bench, signed_bytes, message + digest_at) &&
           BN_bin2bn(message, (int)key->modulus_bytes, bench->expected) != NULL;
}

static bool multiply(const struct openssl_rsa_key *key, const struct workbench *bench,
                     const BIGNUM *factor)
{
    return BN_mod_mul_montgomery(bench->power, bench->power, factor, key->montgomery,
                                 bench->scratch) == 1;
}

/* Section 5.2.2: signature ^ exponent mod modulus. The exponent is odd, so its last bit is always a
 * multiplication; with the signature as it came, this one leaves the Montgomery form as well. That
 * and no contexts of EVP are what this is faster by than EVP_PKEY_verify(). */
static bool raise_to_exponent(const struct openssl_rsa_key *key, const struct workbench *bench)
{
    uint32_t bit = UINT32_C(1) << 31;
    while ((key->exponent & bit) == 0)
        bit >>= 1;
    if (BN_to_montgomery(bench->base, bench->signature, key->montgomery, bench->scratch) != 1 ||
        BN_copy(bench->power, bench->base) == NULL)
        return false;
    for (bit >>= 1; bit != 0; bit >>= 1) {
        const BIGNUM *factor = bit == 1 ? bench->signature : bench->base;
        if (!multiply(key, bench, bench->power) ||
            ((key->exponent & bit) != 0 && !multiply(key, bench, factor)))
            return false;
    }
    return true;
}

static cogmig_status verify_at(const struct openssl_rsa_key *key, const struct workbench *bench,
                               struct span signed_bytes, struct span signature)
{
    if (BN_bin2bn((const unsigned char *)signature.bytes, (int)signature.len, bench->signature) ==
        NULL)
        return COGMIG_OUT_OF_MEMORY;
    if (BN_ucmp(bench->signature, key->modulus) >= 0)
        return COGMIG_TOKEN_SIGNATURE_INVALID;
    if (!encode(key, bench, signed_bytes) || !raise_to_exponent(key, bench))
        return COGMIG_OUT_OF_MEMORY;
    /* Nothing here is secret: whoever has the token and the public key can compute both. */
    return BN_ucmp(bench->power, bench->expected) == 0 ? COGMIG_OK : COGMIG_TOKEN_SIGNATURE_INVALID;
}

cogmig_status openssl_rsa_verify_rs256(const struct openssl_rsa_key *key, struct span signed_bytes,
                                       struct span signature)
{
    if (signature.len != key->modulus_bytes)
        return COGMIG_TOKEN_SIGNATURE_INVALID;
    ERR_set_mark();
    struct workbench *bench = take(key);
    if (bench == NULL)
        return forget_errors(COGMIG_OUT_OF_MEMORY);
    cogmig_status status = verify_at(key, bench, signed_bytes, signature);
    put_back(key, bench);
    return forget_errors(status);
}
