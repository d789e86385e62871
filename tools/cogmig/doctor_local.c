/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor_local.h"

#include "failure.h"
#include "preflight_json.h"

#include <cogmig/idmap.h>
#include <cogmig/memory.h>
#include <cogmig/migration.h>
#include <cogmig/store.h>
#include <cogmig/verifier.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value == NULL || *value == '\0' ? NULL : value;
}

static void conclude_failure(struct finding *finding, enum verdict verdict, const cogmig_error *err)
{
    conclude(finding, verdict, "%s: %s", cogmig_status_name(cogmig_error_status(err)),
             cogmig_error_message(err));
}

/* How triggers are answered; whether the identity map is there is another check's affair. */
static void conclude_settings(struct finding *finding)
{
    cogmig_error *err = new_error_box();
    cogmig_migration_config *config = NULL;
    cogmig_status status = cogmig_migration_config_new_from_env(&config, err);
    if (cogmig_status_kind(status) == COGMIG_KIND_INVALID && status != COGMIG_IDMAP_NOT_INSTALLED)
        conclude_failure(finding, VERDICT_PROBLEM, err);
    else
        conclude(finding, VERDICT_OK, "What every program here needs is set.");
    cogmig_migration_config_free(&config);
    cogmig_error_free(&err);
}

static void judge_environment(const struct setup *setup, struct finding *finding)
{
    static const char *const needed[] = {"DATABASE_URL", "COGNITO_USER_POOL_ID",
                                         "COGNITO_CLIENT_ID"};
    char missing[128] = "";
    (void)setup;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        size_t len = strlen(missing);
        if (setting(needed[i]) == NULL)
            snprintf(missing + len, sizeof missing - len, "%s%s", len == 0 ? "" : ", ", needed[i]);
    }
    if (missing[0] != '\0')
        conclude(finding, VERDICT_PROBLEM, "Not set: %s.", missing);
    else
        conclude_settings(finding);
}

static void judge_plain_http(const struct setup *setup, struct finding *finding)
{
    const char *allowed = setting("COGMIG_ALLOW_PLAIN_HTTP");
    const char *pool_id = setting("COGNITO_USER_POOL_ID");
    bool emulator = pool_id != NULL && strncmp(pool_id, "local_", 6) == 0;
    (void)setup;
    if (allowed != NULL && strcmp(allowed, "1") == 0 && !emulator)
        conclude(finding, VERDICT_PROBLEM, "COGMIG_ALLOW_PLAIN_HTTP is set for a pool of AWS.");
    else
        conclude(finding, VERDICT_OK, "Plain HTTP is %s.", emulator ? "an emulator's" : "refused");
}

static void judge_database(const struct setup *setup, struct finding *finding)
{
    cogmig_error *err = new_error_box();
    cogmig_store *store = NULL;
    (void)setup;
    if (cogmig_store_open_from_env(&store, err) == COGMIG_OK)
        conclude(finding, VERDICT_OK, "The store answers, table and columns are there.");
    else
        conclude_failure(finding, VERDICT_PROBLEM, err);
    cogmig_store_free(&store);
    cogmig_error_free(&err);
}

/* Look-ups ask for the address as it was typed, and then without regard to case. */
static void conclude_index(struct finding *finding, const json_t *configured)
{
    const char *table = json_string_value(json_object_get(configured, "table"));
    const char *any_case = json_string_value(json_object_get(configured, "create_index"));
    const char *as_typed = json_string_value(json_object_get(configured, "create_email_index"));
    if (table == NULL && setting("COGMIG_SQL_BY_EMAIL") != NULL)
        conclude(finding, VERDICT_UNKNOWN,
                 "Look-ups are SQL of your own (COGMIG_SQL_BY_EMAIL): EXPLAIN tells.");
    else if (table == NULL)
        conclude(finding, VERDICT_UNKNOWN, "The table that is set is not there.");
    else if (json_is_true(json_object_get(configured, "is_view")))
        conclude(finding, VERDICT_UNKNOWN,
                 "%.60s is a view: whether its tables have the indexes, EXPLAIN tells.", table);
    else if (any_case == NULL && as_typed == NULL)
        conclude(finding, VERDICT_OK, "%.60s has indexes for addresses as typed and in any case.",
                 table);
    else
        conclude(finding, VERDICT_WARNING, "%.60s has none%s: %s%s%s", table,
                 any_case == NULL   ? " for addresses as typed"
                 : as_typed == NULL ? " for addresses in any case"
                                    : "",
                 any_case == NULL ? "" : any_case, any_case != NULL && as_typed != NULL ? "; " : "",
                 as_typed == NULL ? "" : as_typed);
}

/* What "cogmig store inspect" says; NULL when the store cannot be asked. */
static json_t *inspect_store(cogmig_error *err)
{
    cogmig_store_config *config = NULL;
    char *report = NULL;
    size_t len = 0;
    cogmig_status status = cogmig_store_config_new_from_env(&config, err);
    if (status == COGMIG_OK)
        status = cogmig_store_inspect(config, &report, &len, err);
    json_t *parsed = status == COGMIG_OK ? json_loadb(report, len, 0, NULL) : NULL;
    cogmig_free(report);
    cogmig_store_config_free(&config);
    return parsed;
}

static void judge_index(const struct setup *setup, struct finding *finding)
{
    cogmig_error *err = new_error_box();
    json_t *report = inspect_store(err);
    (void)setup;
    if (report == NULL)
        conclude_failure(finding, VERDICT_UNKNOWN, err);
    else
        conclude_index(finding, json_object_get(report, "configured"));
    json_decref(report);
    cogmig_error_free(&err);
}

/* As it is set, or else as the database looks. */
static bool is_devise(const json_t *report)
{
    const char *preset = setting("COGMIG_PRESET");
    if (preset == NULL)
        preset = json_string_value(json_object_get(report, "preset"));
    return preset != NULL && strcmp(preset, "devise") == 0;
}

/* No database tells whether there is one. A variable that is set and empty says that there is none.
 */
static void judge_pepper(const struct setup *setup, struct finding *finding)
{
    cogmig_error *err = new_error_box();
    json_t *report = inspect_store(err);
    (void)setup;
    if (setting("COGMIG_PEPPER") != NULL)
        conclude(finding, VERDICT_OK, "Passwords are checked with the pepper of COGMIG_PEPPER.");
    else if (is_devise(report) && getenv("COGMIG_PEPPER") == NULL)
        conclude(finding, VERDICT_UNKNOWN,
                 "The users are Devise's, and COGMIG_PEPPER is not set: right only where its "
                 "config.pepper is not set either.");
    else
        conclude(finding, VERDICT_OK, "Passwords are checked without a pepper.");
    json_decref(report);
    cogmig_error_free(&err);
}

/* A question whose answer does not matter: it is asked of the table. */
static cogmig_status ask_map(cogmig_error *err)
{
    cogmig_idmap *map = NULL;
    char *sub = NULL;
    cogmig_status status = cogmig_idmap_open_from_env(&map, err);
    if (status == COGMIG_OK)
        status = cogmig_idmap_find_sub(map, "cogmig doctor", &sub, err);
    cogmig_free(sub);
    cogmig_idmap_free(&map);
    return status;
}

static void judge_map(const struct setup *setup, struct finding *finding)
{
    cogmig_error *err = new_error_box();
    cogmig_status status = ask_map(err);
    (void)setup;
    if (status == COGMIG_OK || status == COGMIG_IDMAP_NOT_LINKED)
        conclude(finding, VERDICT_OK, "The identity map answers.");
    else if (status == COGMIG_IDMAP_NOT_INSTALLED)
        conclude(finding, VERDICT_WARNING, "%s", cogmig_error_message(err));
    else
        conclude_failure(finding, VERDICT_PROBLEM, err);
    cogmig_error_free(&err);
}

static void judge_keys(const struct setup *setup, struct finding *finding)
{
    cogmig_error *err = new_error_box();
    cogmig_verifier *verifier = NULL;
    (void)setup;
    if (cogmig_verifier_new_from_env(COGMIG_TOKEN_USE_ANY, &verifier, err) == COGMIG_OK &&
        cogmig_verifier_hydrate(verifier, err) == COGMIG_OK)
        conclude(finding, VERDICT_OK, "The issuer's keys can be fetched.");
    else
        conclude_failure(finding, VERDICT_PROBLEM, err);
    cogmig_verifier_free(&verifier);
    cogmig_error_free(&err);
}

/* The pool's id against the issuer that tokens must name. */
static void judge_own_issuer(const struct setup *setup, struct finding *finding)
{
    const char *issuer = setting("COGNITO_ISSUER"), *pool_id = setting("COGNITO_USER_POOL_ID");
    const char *end = issuer == NULL ? NULL : strrchr(issuer, '/');
    (void)setup;
    if (issuer == NULL || pool_id == NULL)
        conclude(finding, VERDICT_OK, "The issuer follows from the pool id.");
    else if (end == NULL || strcmp(end + 1, pool_id) != 0)
        conclude(finding, VERDICT_PROBLEM, "COGNITO_ISSUER is not one of COGNITO_USER_POOL_ID.");
    else
        conclude(finding, VERDICT_OK, "COGNITO_ISSUER is one of COGNITO_USER_POOL_ID.");
}

const struct check local_checks[] = {
    {"environment", OF_MACHINE, judge_environment,
     "Programs stop at start, with CONFIG_INCOMPLETE or what the message says.", MEND_NOT,
     "Set them in .env.local; .env.example says what they look like."},
    {"plain-http", OF_MACHINE, judge_plain_http,
     "Whoever can touch the connection reads passwords and makes tokens.", MEND_NOT,
     "Unset COGMIG_ALLOW_PLAIN_HTTP."},
    {"own-issuer", OF_MACHINE, judge_own_issuer, "Every token of the pool is refused.", MEND_NOT,
     "Unset COGNITO_ISSUER, which only emulators need, or mend it."},
    {"database", OF_MACHINE, judge_database,
     "The trigger gives no answer: every first sign-in fails, as an outage.", MEND_NOT,
     "Mend what the message says; cogmig user EMAIL tries the same."},
    {"email-index", OF_MACHINE, judge_index,
     "Each look-up without its index reads the whole table: by the address as typed at every "
     "first sign-in, in any case for whoever types it otherwise, or is nobody.",
     MEND_NOT,
     "Run what is told, one statement after the other; CONCURRENTLY keeps the table usable "
     "meanwhile. Where none is told, see the check database."},
    {"pepper", OF_MACHINE, judge_pepper,
     "Without the right pepper each password is a wrong one (PASSWORD_MISMATCH).", MEND_NOT,
     "Set COGMIG_PEPPER to config.pepper of config/initializers/devise.rb; to \"\" if there is "
     "none."},
    {"identity-map", OF_MACHINE, judge_map, "Links of sub and legacy id are not recorded.",
     MEND_NOT,
     "Run \"cogmig idmap install\" where its table is not there; else mend what the message says. "
     "Where you want no map (COGMIG_IDMAP is not 1), nothing is to do."},
    {"keys", OF_MACHINE, judge_keys, "No token can be verified.", MEND_NOT,
     "Mend what the message says: network, proxy, pool id."},
};

const size_t local_check_count = sizeof local_checks / sizeof local_checks[0];
