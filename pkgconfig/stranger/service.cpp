// SPDX-License-Identifier: Apache-2.0
// Takes a token, as a service would, and tells who it is.
#include <cogmig/cogmig.h>
#include <cogmig/testing.h>
#include <iostream>
#include <memory>
#include <stdexcept>

namespace {

template <typename T, void (*release)(T **)> struct Release {
    void operator()(T *object) const
    {
        release(&object);
    }
};

using Error = std::unique_ptr<cogmig_error, Release<cogmig_error, cogmig_error_free>>;
using Issuer =
    std::unique_ptr<cogmig_test_issuer, Release<cogmig_test_issuer, cogmig_test_issuer_free>>;
using Token =
    std::unique_ptr<cogmig_test_token, Release<cogmig_test_token, cogmig_test_token_free>>;
using Verifier = std::unique_ptr<cogmig_verifier, Release<cogmig_verifier, cogmig_verifier_free>>;
using Claims = std::unique_ptr<cogmig_claims, Release<cogmig_claims, cogmig_claims_free>>;

void must(cogmig_status status, const Error &error)
{
    if (status != COGMIG_OK)
        throw std::runtime_error(cogmig_error_message(error.get()));
}

std::string who_signs_in()
{
    const char *client = "3n4b5urk1ft4fl3mg5e62d9ado";
    cogmig_error *err = nullptr;
    if (cogmig_error_new(&err) != COGMIG_OK)
        throw std::bad_alloc();
    const Error error(err);

    cogmig_test_issuer *made_issuer = nullptr;
    must(cogmig_test_issuer_new(
             "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI", &made_issuer,
             err),
         error);
    const Issuer issuer(made_issuer);

    cogmig_test_token *made_token = nullptr;
    must(cogmig_test_token_new(issuer.get(), COGMIG_TOKEN_USE_ID, "the-sub", client, &made_token,
                               err),
         error);
    const Token token(made_token);
    must(cogmig_test_token_set_string(token.get(), "custom:legacy_id", "row-7", err), error);
    const char *jwt = nullptr;
    size_t jwt_len = 0;
    must(cogmig_test_token_sign(token.get(), &jwt, &jwt_len, err), error);

    cogmig_verifier *made_verifier = nullptr;
    must(cogmig_verifier_new_for_pool("eu-central-1_AbCdEfGhI", client, COGMIG_TOKEN_USE_ID,
                                      &made_verifier, err),
         error);
    const Verifier verifier(made_verifier);
    size_t jwks_len = 0;
    const char *jwks = cogmig_test_issuer_jwks(issuer.get(), &jwks_len);
    must(cogmig_verifier_seed_keys(verifier.get(), nullptr, jwks, jwks_len, err), error);

    cogmig_claims *made_claims = nullptr;
    must(cogmig_verifier_verify(verifier.get(), jwt, jwt_len, &made_claims, err), error);
    const Claims claims(made_claims);
    return cogmig_claims_legacy_id(claims.get());
}

} // namespace

int main()
{
    std::cout << cogmig_version() << ' ' << who_signs_in() << " 3\n";
}
