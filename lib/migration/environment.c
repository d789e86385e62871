/* SPDX-License-Identifier: Apache-2.0
 * A migration from the variables of a Lambda function, or of a project's .env. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "base/span.h"
#include "migration/migration.h"
#include "status/error.h"

#include <stdlib.h>
#include <string.h>

/* An empty variable, as an .env file leaves it, is none. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

/* What a setting says knows nothing of the variable that the value comes from. */
static cogmig_status name_variable(const char *name, cogmig_status status, cogmig_error *err)
{
    return status == COGMIG_OK ? COGMIG_OK
                               : fail(err, status, "%s: %s", name, cogmig_error_message(err));
}

/* ---- kinds of values ---- */

static cogmig_status read_number(const char *name, const char *value, int32_t *ret_number,
                                 cogmig_error *err)
{
    char *end = NULL;
    long number = strtol(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || number > INT32_MAX)
        return fail(err, COGMIG_CONFIG_INVALID, "%s is a whole number, not \"%.64s\".", name,
                    value);
    *ret_number = (int32_t)number;
    return COGMIG_OK;
}

static cogmig_status read_switch(const char *name, const char *value, bool *ret_on,
                                 cogmig_error *err)
{
    if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
        return fail(err, COGMIG_CONFIG_INVALID, "%s is 1 or 0.", name);
    *ret_on = value[0] == '1';
    return COGMIG_OK;
}

/* The next of several with commas between them, without blanks around it. */
static struct span next_item(const char **rest)
{
    struct span item = {*rest, strcspn(*rest, ",")};
    *rest += item.len + ((*rest)[item.len] == ',' ? 1 : 0);
    return span_trim(item);
}

struct word {
    const char *word;
    int32_t bit;
    bool alone; /* it cannot stand beside another */
};

static const struct word *find_word(const struct word *words, struct span item)
{
    for (; words->word != NULL; words++)
        if (span_equal_text(item, words->word))
            return words;
    return NULL;
}

static cogmig_status read_words(const char *name, const char *value, const struct word *words,
                                int32_t *ret_bits, cogmig_error *err)
{
    *ret_bits = 0;
    for (const char *rest = value; *rest != '\0';) {
        struct span item = next_item(&rest);
        const struct word *word = find_word(words, item);
        if (word == NULL)
            return fail(err, COGMIG_CONFIG_INVALID, "%s cannot hold \"%.*s\".", name,
                        item.len < 64 ? (int)item.len : 64, item.bytes);
        if (word->alone && strchr(value, ',') != NULL)
            return fail(err, COGMIG_CONFIG_INVALID, "In %s \"%s\" stands alone.", name, word->word);
        *ret_bits |= word->bit;
    }
    return COGMIG_OK;
}

/* ---- the settings ---- */

typedef cogmig_status (*set_number_fn)(cogmig_migration_config *, int32_t, cogmig_error *);
typedef cogmig_status (*set_switch_fn)(cogmig_migration_config *, bool, cogmig_error *);
typedef cogmig_status (*set_text_fn)(cogmig_migration_config *, const char *, cogmig_error *);

static const struct word linked_users[] = {{"refuse", COGMIG_LINKED_USERS_REFUSE, true},
                                           {"relink", COGMIG_LINKED_USERS_RELINK, true},
                                           {"allow", COGMIG_LINKED_USERS_ALLOW, true},
                                           {NULL, 0, false}};
static const struct word sign_ups[] = {{"user", COGMIG_SIGN_UP_BY_USER, false},
                                       {"admin", COGMIG_SIGN_UP_BY_ADMIN, false},
                                       {"provider", COGMIG_SIGN_UP_BY_PROVIDER, false},
                                       {"off", 0, true},
                                       {NULL, 0, false}};
static const struct word tokens[] = {{"id", COGMIG_CLAIM_IN_ID_TOKEN, false},
                                     {"access", COGMIG_CLAIM_IN_ACCESS_TOKEN, false},
                                     {"off", 0, true},
                                     {NULL, 0, false}};
static const struct word classes[] = {{"lower", COGMIG_PASSWORD_LOWER, false},
                                      {"upper", COGMIG_PASSWORD_UPPER, false},
                                      {"digit", COGMIG_PASSWORD_DIGIT, false},
                                      {"symbol", COGMIG_PASSWORD_SYMBOL, false},
                                      {NULL, 0, false}};

static const struct {
    const char *name;
    const struct word *words; /* NULL: a number */
    set_number_fn set;
} numbers[] = {
    {"COGMIG_DEADLINE_MS", NULL, cogmig_migration_config_set_deadline_ms},
    {"COGMIG_MAX_COST", NULL, cogmig_migration_config_set_max_cost},
    {"COGMIG_LINKED_USERS", linked_users, cogmig_migration_config_set_linked_users},
    {"COGMIG_SIGN_UP_GUARD", sign_ups, cogmig_migration_config_set_sign_up_guard},
    {"COGMIG_CLAIM_TOKENS", tokens, cogmig_migration_config_set_claim_tokens},
};

/* The rules' own setters cannot take back what they allow. */
static cogmig_status set_allow_2x(cogmig_migration_config *config, bool on, cogmig_error *err)
{
    (void)err;
    config->password_rules.allow_2x = on;
    return COGMIG_OK;
}

static cogmig_status set_allow_2(cogmig_migration_config *config, bool on, cogmig_error *err)
{
    (void)err;
    config->password_rules.allow_2 = on;
    return COGMIG_OK;
}

static cogmig_status set_strict_length(cogmig_migration_config *config, bool on, cogmig_error *err)
{
    return cogmig_password_rules_set_strict_length(&config->password_rules, on, err);
}

static const struct {
    const char *name;
    set_switch_fn set;
} switches[] = {
    {"COGMIG_ALLOW_2X", set_allow_2x},
    {"COGMIG_ALLOW_2", set_allow_2},
    {"COGMIG_STRICT_LENGTH", set_strict_length},
    {"COGMIG_RESET_LONG_PASSWORDS", cogmig_migration_config_set_reset_long_passwords},
    {"COGMIG_USERNAME_FROM_LEGACY_ID", cogmig_migration_config_set_username_from_legacy_id},
    {"COGMIG_SIGN_UP_OPEN_IN_OUTAGE", cogmig_migration_config_set_sign_up_open_in_outage},
    {"COGMIG_FAIL_CLOSED", cogmig_migration_config_set_fail_closed},
};

/* phone_number=phone is the store's affair, see cogmig_store_config_new_from_env(). */
static cogmig_status add_attribute(cogmig_migration_config *config, const char *attribute,
                                   cogmig_error *err)
{
    if (strchr(attribute, '=') != NULL)
        return COGMIG_OK;
    cogmig_status status = cogmig_migration_config_add_attribute(config, attribute, err);
    if (status != COGMIG_ATTRIBUTE_INVALID)
        return status;
    return fail(err, status,
                "in which column is \"%.64s\"? Write %.64s=column; only \"name\" stands without.",
                attribute, attribute);
}

static cogmig_status set_pepper(cogmig_migration_config *config, const char *pepper,
                                cogmig_error *err)
{
    return cogmig_password_rules_set_pepper(&config->password_rules, pepper, strlen(pepper), err);
}

static const struct {
    const char *name;
    bool several; /* with commas between them */
    set_text_fn set;
} texts[] = {
    {"COGMIG_PEPPER", false, set_pepper},
    {"COGMIG_LEGACY_ID_ATTRIBUTE", false, cogmig_migration_config_set_legacy_id_attribute},
    {"COGMIG_ATTRIBUTES", true, add_attribute},
    {"COGMIG_ALLOWED_POOLS", true, cogmig_migration_config_add_pool},
    {"COGMIG_ALLOWED_CLIENTS", true, cogmig_migration_config_add_client},
    {"COGMIG_SIGN_UP_REFUSAL", false, cogmig_migration_config_set_sign_up_refusal},
};

static cogmig_status apply_number(cogmig_migration_config *config, size_t i, cogmig_error *err)
{
    int32_t number = 0;
    const char *name = numbers[i].name, *value = variable(name);
    if (value == NULL)
        return COGMIG_OK;
    cogmig_status status = numbers[i].words == NULL
                               ? read_number(name, value, &number, err)
                               : read_words(name, value, numbers[i].words, &number, err);
    if (status != COGMIG_OK)
        return status;
    return name_variable(name, numbers[i].set(config, number, err), err);
}

static cogmig_status apply_switch(cogmig_migration_config *config, size_t i, cogmig_error *err)
{
    bool on = false;
    const char *value = variable(switches[i].name);
    if (value == NULL)
        return COGMIG_OK;
    cogmig_status status = read_switch(switches[i].name, value, &on, err);
    return status == COGMIG_OK ? switches[i].set(config, on, err) : status;
}

static cogmig_status apply_items(cogmig_migration_config *config, const char *value,
                                 set_text_fn set, cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    while (*value != '\0' && status == COGMIG_OK) {
        struct span item = next_item(&value);
        SCOPED(memory_release) char *text = memory_copy_bytes(item.bytes, item.len);
        status = text == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : set(config, text, err);
    }
    return status;
}

static cogmig_status apply_text(cogmig_migration_config *config, size_t i, cogmig_error *err)
{
    const char *value = variable(texts[i].name);
    if (value == NULL)
        return COGMIG_OK;
    cogmig_status status = texts[i].several ? apply_items(config, value, texts[i].set, err)
                                            : texts[i].set(config, value, err);
    return name_variable(texts[i].name, status, err);
}

static cogmig_status apply_password_policy(cogmig_migration_config *config, cogmig_error *err)
{
    static const char length_name[] = "COGMIG_PASSWORD_MIN_LENGTH";
    static const char classes_name[] = "COGMIG_PASSWORD_CLASSES";
    const char *length = variable(length_name), *asked = variable(classes_name);
    int32_t min_length = 0, bits = 0;
    cogmig_status status = COGMIG_OK;
    if (length != NULL)
        status = read_number(length_name, length, &min_length, err);
    if (status == COGMIG_OK && asked != NULL)
        status = read_words(classes_name, asked, classes, &bits, err);
    if (status != COGMIG_OK)
        return status;
    return name_variable(length_name,
                         cogmig_migration_config_set_password_policy(config, min_length, bits, err),
                         err);
}

/* ---- the identity map ---- */

static cogmig_status open_idmap(cogmig_idmap **ret_map, cogmig_error *err)
{
    SCOPED(cogmig_idmap_config_free) cogmig_idmap_config *config = NULL;
    cogmig_status status = cogmig_idmap_config_new_from_env(&config, err);
    if (status == COGMIG_OK)
        status = cogmig_idmap_config_allow_outage(config, err);
    return status == COGMIG_OK ? cogmig_idmap_open(config, ret_map, err) : status;
}

/* Where it is wanted: with a URL of its own, or in the store's database. */
static cogmig_status apply_idmap(cogmig_migration_config *config, cogmig_error *err)
{
    static const char name[] = "COGMIG_IDMAP";
    bool wanted = variable("COGMIG_IDMAP_URL") != NULL;
    const char *value = variable(name);
    cogmig_status status = value == NULL ? COGMIG_OK : read_switch(name, value, &wanted, err);
    if (status != COGMIG_OK || !wanted)
        return status;
    SCOPED(cogmig_idmap_free) cogmig_idmap *map = NULL;
    status = open_idmap(&map, err);
    return status == COGMIG_OK ? cogmig_migration_config_set_idmap(config, map, err) : status;
}

static cogmig_status apply(cogmig_migration_config *config, cogmig_error *err)
{
    cogmig_status status = apply_password_policy(config, err);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0] && status == COGMIG_OK; i++)
        status = apply_number(config, i, err);
    for (size_t i = 0; i < sizeof switches / sizeof switches[0] && status == COGMIG_OK; i++)
        status = apply_switch(config, i, err);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && status == COGMIG_OK; i++)
        status = apply_text(config, i, err);
    return status == COGMIG_OK ? apply_idmap(config, err) : status;
}

COGMIG_PUBLIC cogmig_status
cogmig_migration_config_new_from_env(cogmig_migration_config **ret_config, cogmig_error *err)
{
    SCOPED(cogmig_migration_config_free) cogmig_migration_config *config = NULL;
    if (ret_config != NULL)
        *ret_config = NULL;
    cogmig_status status = cogmig_migration_config_new(ret_config == NULL ? NULL : &config, err);
    if (status == COGMIG_OK)
        status = apply(config, err);
    if (status != COGMIG_OK)
        return status;
    *ret_config = config;
    config = NULL;
    return COGMIG_OK;
}

/* A database that is down now may be up when an event needs it; one that is named wrongly will not
 * be right then. */
static cogmig_status prove_store(cogmig_migration *migration, cogmig_error *err)
{
    cogmig_store *store = NULL;
    cogmig_status status =
        migration_open_store(migration, (struct deadline){INT64_MAX}, &store, err);
    if (cogmig_status_kind(status) != COGMIG_KIND_UNAVAILABLE)
        return status;
    cogmig_error_clear(err);
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_migration_new_from_env(const cogmig_migration_config *config,
                                                          cogmig_migration **ret_migration,
                                                          cogmig_error *err)
{
    SCOPED(cogmig_migration_config_free) cogmig_migration_config *own = NULL;
    SCOPED(cogmig_store_config_free) cogmig_store_config *store_config = NULL;
    SCOPED(cogmig_migration_free) cogmig_migration *migration = NULL;
    cogmig_error_clear(err);
    if (ret_migration == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    *ret_migration = NULL;
    cogmig_status status = cogmig_store_config_new_from_env(&store_config, err);
    if (status == COGMIG_OK && config == NULL)
        status = cogmig_migration_config_new_from_env(&own, err);
    if (status == COGMIG_OK)
        status =
            migration_make(config == NULL ? own : config, NULL, &store_config, &migration, err);
    if (status == COGMIG_OK)
        status = prove_store(migration, err);
    if (status != COGMIG_OK)
        return status;
    *ret_migration = migration;
    migration = NULL;
    return COGMIG_OK;
}
