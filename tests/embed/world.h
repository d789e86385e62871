/* SPDX-License-Identifier: Apache-2.0
 * The servers and files around a host program. Knows nothing of libcogmig, which not every host has
 * from its beginning. */
#ifndef TESTS_EMBED_WORLD_H
#define TESTS_EMBED_WORLD_H

/* What test_embed.py put up. */
struct world {
    const char *issuer, *client;
    const char *token;    /* good */
    const char *jwks_url; /* http://; its keys fit the token */
    const char *sqlite_url;
    const char *postgres_url; /* empty: without */
};

struct world world_from_environment(void);

#endif
