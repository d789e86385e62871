/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/openssl_sha256.h"

#include <openssl/err.h>
#include <openssl/evp.h>

bool openssl_sha256(struct span bytes, unsigned char ret_digest[OPENSSL_SHA256_BYTES])
{
    /* The host program's own OpenSSL calls must not find our errors in the queue of their thread.
     */
    ERR_set_mark();
    bool made = EVP_Digest(bytes.bytes, bytes.len, ret_digest, NULL, EVP_sha256(), NULL) == 1;
    ERR_pop_to_mark();
    return made;
}

/* The type of OpenSSL's own context stays in here. */
static EVP_MD_CTX *context_of(struct running_sha256 *running)
{
    return (EVP_MD_CTX *)running;
}

static bool begin(EVP_MD_CTX *context)
{
    return context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
}

struct running_sha256 *running_sha256_new(void)
{
    ERR_set_mark();
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool begun = begin(context);
    if (!begun)
        EVP_MD_CTX_free(context);
    ERR_pop_to_mark();
    return begun ? (struct running_sha256 *)context : NULL;
}

bool running_sha256_add(struct running_sha256 *running, struct span bytes)
{
    ERR_set_mark();
    bool added = EVP_DigestUpdate(context_of(running), bytes.bytes, bytes.len) == 1;
    ERR_pop_to_mark();
    return added;
}

bool running_sha256_finish(struct running_sha256 *running,
                           char ret_digest[2 * OPENSSL_SHA256_BYTES + 1])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[OPENSSL_SHA256_BYTES] = {0};
    ERR_set_mark();
    bool finished =
        EVP_DigestFinal_ex(context_of(running), digest, NULL) == 1 && begin(context_of(running));
    ERR_pop_to_mark();
    for (size_t i = 0; i < OPENSSL_SHA256_BYTES; i++) {
        ret_digest[2 * i] = digits[digest[i] >> 4];
        ret_digest[2 * i + 1] = digits[digest[i] & 0xF];
    }
    ret_digest[2 * OPENSSL_SHA256_BYTES] = '\0';
    return finished;
}

void running_sha256_release(struct running_sha256 **running)
{
    EVP_MD_CTX_free(context_of(*running));
    *running = NULL;
}
