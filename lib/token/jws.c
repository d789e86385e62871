/* SPDX-License-Identifier: Apache-2.0
 * A signature alone, without a verifier. */
#include "base/base64url.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "keyset/keyset.h"
#include "status/error.h"
#include "token/header.h"
#include "token/signature.h"
#include "token/split.h"

#include <cogmig/keyset.h>

struct jws {
    struct token_parts parts;
    struct token_header header;
    struct token_signature signature;
    char *payload;
    size_t payload_len;
};

static void release_jws(struct jws *jws)
{
    memory_free(jws->payload);
}

static cogmig_status decode_payload(struct jws *jws, cogmig_error *err)
{
    jws->payload = memory_new(base64url_max_decoded(jws->parts.payload.len) + 1);
    if (jws->payload == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (!base64url_decode(jws->parts.payload, (unsigned char *)jws->payload, &jws->payload_len))
        return fail(err, COGMIG_TOKEN_MALFORMED, "The token's payload is not strict base64url.");
    return COGMIG_OK;
}

static cogmig_status read_jws(struct span bytes, struct jws *jws, cogmig_error *err)
{
    cogmig_status status = token_split(bytes, &jws->parts, err);
    if (status == COGMIG_OK)
        status = token_header_read(jws->parts.header, SIGNATURE_RS256, &jws->header, err);
    if (status == COGMIG_OK)
        status = token_signature_read(jws->parts.signature, &jws->signature, err);
    if (status == COGMIG_OK)
        status = decode_payload(jws, err);
    return status;
}

static cogmig_status check_signature(const cogmig_keyset *keyset, const struct jws *jws,
                                     cogmig_error *err)
{
    const struct key *key = keyset_find(keyset, jws->header.kid);
    if (key == NULL)
        return fail(err, COGMIG_TOKEN_KEY_UNKNOWN, "The key set has none of the token's kid.");
    return token_signature_check(&jws->signature, jws->parts.signed_bytes, jws->header.algorithm,
                                 key, err);
}

COGMIG_PUBLIC cogmig_status cogmig_keyset_verify_jws(const cogmig_keyset *keyset, const char *jws,
                                                     size_t len, char **ret_payload,
                                                     size_t *ret_len, cogmig_error *err)
{
    SCOPED(release_jws) struct jws read;
    read.payload = NULL;
    cogmig_error_clear(err);
    if (ret_payload != NULL)
        *ret_payload = NULL;
    if (ret_len != NULL)
        *ret_len = 0;
    if (keyset == NULL || jws == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "keyset and jws must not be NULL.");
    cogmig_status status = read_jws((struct span){jws, len}, &read, err);
    if (status == COGMIG_OK)
        status = check_signature(keyset, &read, err);
    if (status != COGMIG_OK)
        return status;
    if (ret_len != NULL)
        *ret_len = read.payload_len;
    if (ret_payload != NULL) {
        *ret_payload = read.payload;
        read.payload = NULL;
    }
    return COGMIG_OK;
}
