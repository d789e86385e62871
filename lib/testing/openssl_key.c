/* SPDX-License-Identifier: Apache-2.0 */
#include "testing/openssl_key.h"

#include "base/cleanup.h"
#include "testing/heap.h"
#include "testing/openssl_encoding.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>

/* struct key_pair is OpenSSL's EVP_PKEY, which counts its owners itself. */
static EVP_PKEY *pkey_of(struct key_pair *pair)
{
    return (EVP_PKEY *)pair;
}

struct key_pair *key_pair_new(void)
{
    return (struct key_pair *)EVP_RSA_gen(KEY_BITS);
}

struct key_pair *key_pair_share(struct key_pair *pair)
{
    EVP_PKEY_up_ref(pkey_of(pair));
    return pair;
}

void key_pair_release(struct key_pair *pair)
{
    EVP_PKEY_free(pkey_of(pair));
}

static void release_context(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

bool key_pair_sign(struct key_pair *pair, const char *text, unsigned char out[SIGNATURE_BYTES])
{
    SCOPED(release_context) EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t len = SIGNATURE_BYTES;
    return context != NULL &&
           EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, pkey_of(pair), NULL) == 1 &&
           EVP_DigestSign(context, out, &len, (const unsigned char *)text, strlen(text)) == 1 &&
           len == SIGNATURE_BYTES;
}

static void release_number(BIGNUM **number)
{
    BN_free(*number);
}

static char *public_number(struct key_pair *pair, const char *name)
{
    SCOPED(release_number) BIGNUM *number = NULL;
    unsigned char bytes[SIGNATURE_BYTES];
    if (EVP_PKEY_get_bn_param(pkey_of(pair), name, &number) != 1 ||
        BN_num_bytes(number) > SIGNATURE_BYTES)
        return NULL;
    return encode_base64url(bytes, (size_t)BN_bn2bin(number, bytes));
}

bool key_pair_public_numbers(struct key_pair *pair, char **ret_modulus, char **ret_exponent)
{
    *ret_modulus = public_number(pair, OSSL_PKEY_PARAM_RSA_N);
    *ret_exponent = public_number(pair, OSSL_PKEY_PARAM_RSA_E);
    if (*ret_modulus != NULL && *ret_exponent != NULL)
        return true;
    heap_release(*ret_modulus);
    heap_release(*ret_exponent);
    return false;
}

static void release_bio(BIO **bio)
{
    BIO_free(*bio);
}

char *key_pair_public_pem(struct key_pair *pair)
{
    SCOPED(release_bio) BIO *bio = BIO_new(BIO_s_mem());
    if (bio == NULL || PEM_write_bio_PUBKEY(bio, pkey_of(pair)) != 1)
        return NULL;
    char *bytes;
    long len = BIO_get_mem_data(bio, &bytes);
    char *pem = len <= 0 ? NULL : heap_new((size_t)len + 1);
    if (pem != NULL)
        memcpy(pem, bytes, (size_t)len);
    return pem;
}
