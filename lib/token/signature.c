/* SPDX-License-Identifier: Apache-2.0 */
#include "token/signature.h"

#include "base/base64url.h"
#include "status/error.h"

cogmig_status token_signature_read(struct span text, struct token_signature *ret_signature,
                                   cogmig_error *err)
{
    if (base64url_max_decoded(text.len) > sizeof ret_signature->bytes)
        return fail(err, COGMIG_TOKEN_SIGNATURE_INVALID,
                    "The token's signature is longer than any RSA key's.");
    if (!base64url_decode(text, ret_signature->bytes, &ret_signature->len))
        return fail(err, COGMIG_TOKEN_MALFORMED, "The token's signature is not strict base64url.");
    return COGMIG_OK;
}

cogmig_status token_signature_check(const struct token_signature *signature,
                                    struct span signed_bytes, uint32_t algorithm,
                                    const struct key *key, cogmig_error *err)
{
    struct span bytes = {(const char *)signature->bytes, signature->len};
    if (algorithm != key->algorithm)
        return fail(err, COGMIG_TOKEN_ALGORITHM_REFUSED,
                    "The token's alg is %s, but the key that it names is for %s.",
                    algorithm_name(algorithm), algorithm_name(key->algorithm));
    cogmig_status status = algorithm == SIGNATURE_RS256
                               ? openssl_rsa_verify_rs256(key->rsa, signed_bytes, bytes)
                               : openssl_public_key_verify(key->other, signed_bytes, bytes);
    return status == COGMIG_OK ? COGMIG_OK : fail_plainly(err, status);
}
