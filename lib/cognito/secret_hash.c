/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/secret_hash.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"

#include <cogmig/cognito.h>
#include <stdint.h>

bool secret_hash(const char *username, const char *client_id, const char *client_secret,
                 char out[SECRET_HASH_SIZE])
{
    SCOPED(buffer_release) struct buffer message = buffer_with_max(SIZE_MAX);
    unsigned char digest[OPENSSL_HMAC_BYTES];
    buffer_add_text(&message, username);
    buffer_add_text(&message, client_id);
    if (message.state != BUFFER_GOOD ||
        !openssl_hmac_sha256(span_of(client_secret), (struct span){message.bytes, message.len},
                             digest))
        return false;
    openssl_base64_of_hmac(digest, out);
    return true;
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_secret_hash(const char *username, const char *client_id,
                                                       const char *client_secret, char **ret_hash,
                                                       cogmig_error *err)
{
    char text[SECRET_HASH_SIZE];
    cogmig_error_clear(err);
    if (ret_hash != NULL)
        *ret_hash = NULL;
    if (username == NULL || client_id == NULL || client_secret == NULL || ret_hash == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "username, client_id, client_secret or ret_hash is NULL.");
    if (secret_hash(username, client_id, client_secret, text))
        *ret_hash = memory_copy_text(text);
    return *ret_hash == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}
