/* SPDX-License-Identifier: Apache-2.0
 * libjwt as the second opinion: every generation of it puts a "typ" into the headers that it signs,
 * which Cognito does not, so it judges what OpenSSL has signed. One file per generation of its
 * API; Meson chooses. */
#ifndef TESTING_LIBJWT_H
#define TESTING_LIBJWT_H

#include <stdbool.h>

/* What an issuer publishes about one of its keys. */
struct published_key {
    const char *kid;
    const char *jwks;
    const char *pem;
};

/* Does libjwt find the token well-formed and its RS256 signature good? */
bool libjwt_accepts(const char *token, const struct published_key *key);

#endif
