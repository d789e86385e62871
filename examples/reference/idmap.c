/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show_row(cogmig_store *store, const cogmig_claims *claims, const char *url)
{
    /* region: find-user */
    cogmig_idmap_config *config = NULL;
    cogmig_idmap *map = NULL;
    cogmig_user *user = NULL;

    cogmig_idmap_config_new(&config, err);
    cogmig_idmap_config_set_url(config, url, err);
    cogmig_idmap_config_set_pool(config, "eu-central-1_AbCdEfGhI", err);
    if (cogmig_idmap_open(config, &map, err) != COGMIG_OK)
        fprintf(stderr, "%s\n", cogmig_error_message(err));
    cogmig_idmap_config_free(&config);

    cogmig_status status = cogmig_idmap_find_user(map, store, claims, &user, err);
    if (status == COGMIG_OK)
        printf("%s\n", cogmig_user_id(user));
    else if (cogmig_status_kind(status) == COGMIG_KIND_UNAVAILABLE)
        fprintf(stderr, "try again later: %s\n", cogmig_error_message(err));
    cogmig_user_free(&user);
    cogmig_idmap_free(&map);
    /* end region */
}

static void link_user(const char *url)
{
    cogmig_idmap *map;
    cogmig_idmap_config *config;
    must(cogmig_idmap_config_new(&config, err));
    must(cogmig_idmap_config_set_url(config, url, err));
    must(cogmig_idmap_config_set_pool(config, POOL, err));
    must(cogmig_idmap_install(config, err));
    must(cogmig_idmap_open(config, &map, err));
    must(cogmig_idmap_link(map, LEGACY_ID, SUB, err));
    cogmig_idmap_free(&map);
    cogmig_idmap_config_free(&config);
}

int main(void)
{
    cogmig_store *store = open_store();
    cogmig_test_issuer *issuer = new_issuer();
    cogmig_verifier *verifier = new_verifier(issuer, COGMIG_TOKEN_USE_ACCESS);
    const char *token = signed_token(issuer, COGMIG_TOKEN_USE_ACCESS), *url = getenv("MAP_URL");
    cogmig_claims *claims;
    must(cogmig_verifier_verify(verifier, token, strlen(token), &claims, err));
    link_user(url);
    show_row(store, claims, url);
    cogmig_claims_free(&claims);
    cogmig_verifier_free(&verifier);
    cogmig_test_issuer_free(&issuer);
    cogmig_store_free(&store);
    return 0;
}
