/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void find(const char *url)
{
    /* region: find */
    cogmig_store_config *config = NULL;
    cogmig_store *store = NULL;
    cogmig_user *user = NULL;

    cogmig_store_config_new(&config, err);
    cogmig_store_config_set_url(config, url, err);
    if (cogmig_store_open(config, &store, err) != COGMIG_OK)
        fprintf(stderr, "%s\n", cogmig_error_message(err));
    cogmig_store_config_free(&config);

    cogmig_status status = cogmig_store_find_by_email(store, "verified@example.com", &user, err);
    if (status == COGMIG_OK)
        printf("%s\n", cogmig_user_id(user));
    else if (cogmig_status_kind(status) == COGMIG_KIND_UNAVAILABLE)
        fprintf(stderr, "try again later: %s\n", cogmig_error_message(err));
    cogmig_user_free(&user);
    cogmig_store_free(&store);
    /* end region */
}

static void name_columns(cogmig_store_config *config)
{
    /* region: columns */
    cogmig_store_config_set_table(config, "users", err);
    cogmig_store_config_set_password_column(config, "hashed_password", err);
    cogmig_store_config_set_email_verified_column(config, "email_verified", err);
    cogmig_store_config_set_created_at_column(config, "created_at", err);
    cogmig_store_config_set_updated_at_column(config, "updated_at", err);
    /* end region */
}

static void use_sql(cogmig_store_config *config)
{
    /* region: sql */
    cogmig_store_config_set_sql(
        config,
        "SELECT p.id, m.address AS email, p.hash AS password_hash, p.blocked AS disabled"
        "  FROM person p JOIN mail m ON m.person = p.id WHERE m.address = lower($1)",
        "SELECT p.id, m.address AS email, p.hash AS password_hash, p.blocked AS disabled"
        "  FROM person p JOIN mail m ON m.person = p.id WHERE p.id::text = $1",
        err);
    /* end region */
}

static void add_attributes(cogmig_store_config *config)
{
    /* region: attributes */
    cogmig_store_config_add_attribute(config, "phone_number", "phone", err);
    cogmig_store_config_add_attribute(config, "custom:plan", "plan", err);
    /* end region */
}

/* What signs a token for one connection, as RDS wants it. */
static bool sign_token(const char *region, const char *host, const char *port, const char *user,
                       char *password, size_t password_size)
{
    return snprintf(password, password_size, "%s/%s:%s/%s", region, host, port, user) > 0;
}

/* region: password */
static cogmig_status token_for(void *user_data, const char *host, const char *port,
                               const char *user, char *password, size_t password_size)
{
    return sign_token(user_data, host, port, user, password, password_size)
               ? COGMIG_OK
               : COGMIG_STORE_UNREACHABLE;
}
/* end region */

static cogmig_store *open_with(void (*change)(cogmig_store_config *), const char *url)
{
    cogmig_store *store;
    cogmig_store_config *config;
    must(cogmig_store_config_new(&config, err));
    must(cogmig_store_config_set_url(config, url, err));
    must(cogmig_store_config_set_password_callback(config, token_for, (char *)"eu-central-1", err));
    change(config);
    must(cogmig_error_status(err));
    must(cogmig_store_open(config, &store, err));
    cogmig_store_config_free(&config);
    return store;
}

static void check_user(cogmig_store *store, const char *attribute, const char *value)
{
    cogmig_user *user;
    must(cogmig_store_find_by_email(store, EMAIL, &user, err));
    check(strcmp(cogmig_user_id(user), LEGACY_ID) == 0, "the row is found");
    const char *found = attribute == NULL ? NULL : cogmig_user_attribute(user, attribute);
    check(attribute == NULL || (found != NULL && strcmp(found, value) == 0), "with its attribute");
    cogmig_user_free(&user);
    cogmig_store_free(&store);
}

/* A PostgreSQL database that has the same user in each of the forms that the page speaks of. */
int main(void)
{
    const char *url = getenv("FORMS_URL");
    find(getenv("DATABASE_URL"));
    check_user(open_with(name_columns, url), NULL, NULL);
    check_user(open_with(use_sql, url), NULL, NULL);
    check_user(open_with(add_attributes, url), "custom:plan", "gold");
    return 0;
}
