/* SPDX-License-Identifier: Apache-2.0
 * Keys that the caller brings into a verifier, or takes out of it. */
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/public.h"
#include "keyset/file.h"
#include "keyset/keyset.h"
#include "status/error.h"
#include "token/verifier.h"

#include <cogmig/verifier.h>

static cogmig_status find_issuer(const cogmig_verifier *verifier, const char *name,
                                 const struct trusted_issuer **ret_trusted, cogmig_error *err)
{
    *ret_trusted = name == NULL ? verifier_only_issuer(verifier)
                                : verifier_find_issuer(verifier, span_of(name));
    if (*ret_trusted != NULL)
        return COGMIG_OK;
    if (name == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    verifier->issuer_count == 0
                        ? "The verifier is of load balancers, whose keys are fetched one by one."
                        : "The verifier has several issuers: say whose keys these are.");
    return fail(err, COGMIG_ISSUER_UNKNOWN,
                "The verifier was not configured with the issuer "
                "%.200s.",
                name);
}

/* ---- in ---- */

static cogmig_status seed_one(const struct trusted_issuer *trusted, struct span jwks,
                              cogmig_error *err)
{
    SCOPED(keyset_release) cogmig_keyset *keyset = NULL;
    cogmig_status status = keyset_parse_for(trusted->issuer->algorithms, jwks, &keyset, err);
    if (status == COGMIG_OK)
        key_source_seed(trusted->keys, keyset);
    return status;
}

/* Without a name these are the keys of a pool as a whole: of its replicas and of both its issuers,
 * until one of them was asked and says otherwise. */
static cogmig_status seed(const cogmig_verifier *verifier, const char *name, struct span jwks,
                          cogmig_error *err)
{
    const struct trusted_issuer *named;
    cogmig_status status = find_issuer(verifier, name, &named, err);
    if (status != COGMIG_OK || name != NULL)
        return status == COGMIG_OK ? seed_one(named, jwks, err) : status;
    for (size_t i = 0; status == COGMIG_OK && i < verifier->issuer_count; i++)
        status = seed_one(&verifier->issuers[i], jwks, err);
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_seed_keys(cogmig_verifier *verifier, const char *issuer,
                                                      const char *jwks, size_t jwks_len,
                                                      cogmig_error *err)
{
    cogmig_error_clear(err);
    if (verifier == NULL || jwks == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "verifier and jwks must not be NULL.");
    return seed(verifier, issuer, (struct span){jwks, jwks_len}, err);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_seed_keys_from_file(cogmig_verifier *verifier,
                                                                const char *issuer,
                                                                const char *path, cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer content = buffer_with_max(JWKS_MAX_BYTES);
    const struct trusted_issuer *named;
    cogmig_error_clear(err);
    if (verifier == NULL || path == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "verifier and path must not be NULL.");
    cogmig_status status = find_issuer(verifier, issuer, &named, err);
    if (status == COGMIG_OK)
        status = jwks_file_read(path, &content, err);
    if (status == COGMIG_OK)
        status = seed(verifier, issuer, (struct span){content.bytes, content.len}, err);
    return status;
}

/* ---- out ---- */

static cogmig_status write_out(const cogmig_keyset *keys, char **ret_jwks, size_t *ret_len,
                               cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer document = buffer_with_max(JWKS_MAX_BYTES);
    keyset_write(keys, &document);
    if (document.state == BUFFER_FULL)
        return fail(err, COGMIG_JWKS_MALFORMED, "The keys make a document of more than %d bytes.",
                    JWKS_MAX_BYTES);
    *ret_jwks = buffer_take(&document, ret_len);
    return *ret_jwks == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}

/* Of a user pool, those of any of its issuers. */
static cogmig_keyset *keys_of(const cogmig_verifier *verifier, const struct trusted_issuer *named,
                              bool kin_too)
{
    cogmig_keyset *keys = key_source_keys(named->keys);
    for (size_t i = 0; keys == NULL && kin_too && i < verifier->issuer_count; i++)
        keys = key_source_keys(verifier->issuers[i].keys);
    return keys;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_export_keys(const cogmig_verifier *verifier,
                                                        const char *issuer, char **ret_jwks,
                                                        size_t *ret_len, cogmig_error *err)
{
    const struct trusted_issuer *named;
    cogmig_error_clear(err);
    if (ret_jwks != NULL)
        *ret_jwks = NULL;
    if (ret_len != NULL)
        *ret_len = 0;
    if (verifier == NULL || ret_jwks == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "verifier and ret_jwks must not be NULL.");
    cogmig_status status = find_issuer(verifier, issuer, &named, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(keyset_release) cogmig_keyset *keys = keys_of(verifier, named, issuer == NULL);
    if (keys == NULL)
        return fail(err, COGMIG_KEYS_NEEDED, "No keys of %.200s are held yet.",
                    named->issuer->name);
    return write_out(keys, ret_jwks, ret_len, err);
}
