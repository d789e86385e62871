/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <string.h>

/* bcrypt of the password with the pepper behind it */
static const char stored[] = "$2b$10$HDT4hwe1XmEExOsg5x/6P..PGcedy6bkkxyr3ga1NgF9kiWDddozi";

static cogmig_status verify(const char *password, size_t password_len)
{
    /* region: verify */
    cogmig_status status = cogmig_password_verify(password, password_len, stored, err);
    /* end region */
    return status;
}

static cogmig_status set_pepper(cogmig_migration_config *config, const char *pepper)
{
    /* region: pepper */
    cogmig_password_rules *rules = NULL;
    cogmig_status status = cogmig_password_rules_new(&rules, err);
    if (status == COGMIG_OK)
        status = cogmig_password_rules_set_pepper(rules, pepper, strlen(pepper), err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_set_password_rules(config, rules, err);
    cogmig_password_rules_free(&rules);
    /* end region */
    return status;
}

/* With the pepper "-10", "Correct-Horse" is what was hashed. */
static bool migrates(const cogmig_migration_config *config, const char *event)
{
    char *response;
    size_t len;
    cogmig_store *store = open_store();
    cogmig_migration *migration;
    must(cogmig_migration_new(config, store, &migration, err));
    must(cogmig_migration_handle(migration, event, strlen(event), &response, &len, err));
    bool yes = strstr(response, "CONFIRMED") != NULL;
    cogmig_free(response);
    cogmig_migration_free(&migration);
    cogmig_store_free(&store);
    return yes;
}

int main(void)
{
    static const char event[] =
        "{\"triggerSource\":\"UserMigration_Authentication\",\"userName\":\"" EMAIL "\","
        "\"request\":{\"password\":\"Correct-Horse\"},\"response\":{}}";
    cogmig_migration_config *config;
    check(verify(PASSWORD, strlen(PASSWORD)) == COGMIG_OK, "the right password");
    check(verify("wrong", 5) == COGMIG_PASSWORD_MISMATCH, "a wrong one");
    must(cogmig_migration_config_new(&config, err));
    check(!migrates(config, event), "without its pepper the password is wrong");
    must(set_pepper(config, "-10"));
    check(migrates(config, event), "with it, it is right");
    cogmig_migration_config_free(&config);
    return 0;
}
