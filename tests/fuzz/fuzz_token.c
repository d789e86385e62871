/* SPDX-License-Identifier: Apache-2.0
 * Any token before a verifier whose one key nobody can sign for: it is always refused. */
#include "fuzz.h"

#include <cogmig/verifier.h>

/* RFC 7515 appendix A.2.1: the public part of its example key. */
static const char jwks[] =
    "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k\",\"alg\":\"RS256\",\"use\":\"sig\",\"e\":\"AQAB\","
    "\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP"
    "1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS"
    "5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGh"
    "yxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\"}]}";

static cogmig_status no_fetch(void *user_data, const char *url, int32_t timeout_ms,
                              cogmig_jwks_reply *reply)
{
    (void)user_data, (void)url, (void)timeout_ms, (void)reply;
    return COGMIG_JWKS_UNREACHABLE;
}

static cogmig_verifier *make_verifier(void)
{
    cogmig_verifier_config *config = NULL;
    cogmig_verifier *verifier = NULL;
    HOLDS(cogmig_verifier_config_new(&config, NULL) == COGMIG_OK);
    HOLDS(cogmig_verifier_config_add_pool(config, "eu-central-1_Example01", NULL) == COGMIG_OK);
    HOLDS(cogmig_verifier_config_add_client(config, "client", NULL) == COGMIG_OK);
    HOLDS(cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ANY, NULL) == COGMIG_OK);
    HOLDS(cogmig_verifier_config_set_fetch(config, no_fetch, NULL, NULL) == COGMIG_OK);
    HOLDS(cogmig_verifier_new(config, &verifier, NULL) == COGMIG_OK);
    HOLDS(cogmig_verifier_seed_keys(verifier, NULL, jwks, sizeof jwks - 1, NULL) == COGMIG_OK);
    cogmig_verifier_config_free(&config);
    return verifier;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static cogmig_verifier *verifier;
    static cogmig_keyset *keyset;
    if (verifier == NULL) {
        verifier = make_verifier();
        HOLDS(cogmig_keyset_parse(jwks, sizeof jwks - 1, &keyset, NULL) == COGMIG_OK);
    }
    cogmig_claims *claims = NULL;
    HOLDS(cogmig_verifier_verify(verifier, (const char *)data, size, &claims, NULL) != COGMIG_OK);
    HOLDS(claims == NULL);
    HOLDS(cogmig_keyset_verify_jws(keyset, (const char *)data, size, NULL, NULL, NULL) !=
          COGMIG_OK);
    return 0;
}
