/* SPDX-License-Identifier: Apache-2.0 */
#include "store/fit.h"

#include <string.h>

/* What teams call the columns that each product calls its own way, and what object-relational
 * mappers make of it. A column that may mean something else than the address, such as "verified",
 * is no candidate: it would let people in. */
static const char *const emails[] = {"email_address", "emailAddress", NULL};
static const char *const names[] = {"full_name", "fullName", "display_name", "displayName", NULL};
static const char *const passwords[] = {
    "passwordHash",    "password_hash",  "hashedPassword",     "hashed_password",
    "password_digest", "passwordDigest", "encrypted_password", NULL};
static const char *const verified[] = {"emailVerified",
                                       "email_verified",
                                       "emailVerifiedAt",
                                       "email_verified_at",
                                       "email_confirmed_at",
                                       "emailConfirmed",
                                       "email_confirmed",
                                       "is_email_verified",
                                       "isEmailVerified",
                                       "confirmed_at",
                                       NULL};
static const char *const created[] = {"createdAt", "created_at", "date_joined", NULL};
static const char *const updated[] = {"updatedAt", "updated_at", NULL};
static const char *const no_others[] = {NULL};

static const char *const *const others[COLUMN_COUNT] = {
    [COLUMN_ID] = no_others,       [COLUMN_EMAIL] = emails,
    [COLUMN_NAME] = names,         [COLUMN_PASSWORD] = passwords,
    [COLUMN_CREATED_AT] = created, [COLUMN_EMAIL_VERIFIED] = verified,
    [COLUMN_UPDATED_AT] = updated,
};
static const char *const user_columns[] = {"userId", "user_id", NULL};
static const char *const provider_columns[] = {"providerId", "provider_id", NULL};

/* Columns by which users are disabled in many a schema. */
static const struct fit_flag usual_flags[] = {
    {"deleted_at", COGMIG_DISABLED_WHEN_SET},      {"deletedAt", COGMIG_DISABLED_WHEN_SET},
    {"banned", COGMIG_DISABLED_WHEN_TRUE},         {"is_banned", COGMIG_DISABLED_WHEN_TRUE},
    {"isBanned", COGMIG_DISABLED_WHEN_TRUE},       {"banned_at", COGMIG_DISABLED_WHEN_SET},
    {"bannedAt", COGMIG_DISABLED_WHEN_SET},        {"disabled", COGMIG_DISABLED_WHEN_TRUE},
    {"is_disabled", COGMIG_DISABLED_WHEN_TRUE},    {"isDisabled", COGMIG_DISABLED_WHEN_TRUE},
    {"disabled_at", COGMIG_DISABLED_WHEN_SET},     {"disabledAt", COGMIG_DISABLED_WHEN_SET},
    {"blocked", COGMIG_DISABLED_WHEN_TRUE},        {"is_blocked", COGMIG_DISABLED_WHEN_TRUE},
    {"isBlocked", COGMIG_DISABLED_WHEN_TRUE},      {"suspended", COGMIG_DISABLED_WHEN_TRUE},
    {"suspended_at", COGMIG_DISABLED_WHEN_SET},    {"suspendedAt", COGMIG_DISABLED_WHEN_SET},
    {"locked", COGMIG_DISABLED_WHEN_TRUE},         {"locked_at", COGMIG_DISABLED_WHEN_SET},
    {"lockedAt", COGMIG_DISABLED_WHEN_SET},        {"is_active", COGMIG_DISABLED_WHEN_FALSE},
    {"isActive", COGMIG_DISABLED_WHEN_FALSE},      {"active", COGMIG_DISABLED_WHEN_FALSE},
    {"banned_until", COGMIG_DISABLED_WHEN_FUTURE},
};

/* The names that are found are the catalog's: the model's go with the model. */
static const char *find_column(const struct catalog *catalog, const char *schema, const char *table,
                               const char *usual, const char *const *candidates)
{
    const char *found = catalog_find_column(catalog, schema, table, usual);
    for (; found == NULL && *candidates != NULL; candidates++)
        found = catalog_find_column(catalog, schema, table, *candidates);
    return found;
}

/* "users" for "user": is the second the first, with an s where the preset has none? */
static bool is_plural(const char *table, const char *of)
{
    size_t len = strlen(of);
    return strncmp(table, of, len) == 0 && strcmp(table + len, "s") == 0;
}

/* ---- where the hash is ---- */

static bool is_table_of_passwords(const struct catalog *catalog, const char *schema,
                                  const char *table, const struct store_model *model,
                                  struct fit *fit)
{
    const struct store_password_table *password = &model->password;
    fit->password_table = table;
    fit->user_column = find_column(catalog, schema, table, password->user_column, user_columns);
    fit->provider_column =
        find_column(catalog, schema, table, password->provider_column, provider_columns);
    fit->columns[COLUMN_PASSWORD] =
        find_column(catalog, schema, table, model->columns[COLUMN_PASSWORD], passwords);
    return fit->user_column != NULL && fit->provider_column != NULL &&
           fit->columns[COLUMN_PASSWORD] != NULL;
}

static bool find_table_of_passwords(const struct catalog *catalog, const struct store_model *model,
                                    struct fit *fit)
{
    for (size_t i = 0; i < catalog->count; i++) {
        const struct catalog_entry *entry = &catalog->entries[i];
        bool is_named = strcmp(entry->table, model->password.table) == 0 ||
                        is_plural(entry->table, model->password.table);
        if (is_named && strcmp(entry->schema, fit->schema) == 0 &&
            is_table_of_passwords(catalog, fit->schema, entry->table, model, fit))
            return true;
    }
    return false;
}

/* ---- who is disabled ---- */

static bool has_flag(const struct fit *fit, const char *column)
{
    for (size_t i = 0; i < fit->flag_count; i++)
        if (strcmp(fit->flags[i].column, column) == 0)
            return true;
    return false;
}

static void add_usual_flags(const struct catalog *catalog, struct fit *fit)
{
    for (size_t i = 0; i < sizeof usual_flags / sizeof usual_flags[0]; i++) {
        const char *column = usual_flags[i].column;
        if (fit->flag_count == MODEL_MAX_FLAGS || has_flag(fit, column) ||
            catalog_find_column(catalog, fit->schema, fit->table, column) == NULL)
            continue;
        fit->flags[fit->flag_count++] = usual_flags[i];
        fit->more_flags = true;
    }
}

static void add_flags(const struct catalog *catalog, const struct store_model *model,
                      struct fit *fit)
{
    for (size_t i = 0; i < model->flag_count; i++) {
        const char *column =
            catalog_find_column(catalog, fit->schema, fit->table, model->flags[i].column);
        if (column == NULL)
            continue;
        fit->flags[fit->flag_count++] = (struct fit_flag){column, model->flags[i].when};
        fit->score++;
    }
    add_usual_flags(catalog, fit);
}

/* ---- the whole ---- */

static bool is_vital(int column)
{
    return column == COLUMN_ID || column == COLUMN_EMAIL;
}

/* What a preset lacks, but this table may have: no more is guessed than does no harm. */
static const char *find_extra(const struct catalog *catalog, const struct fit *fit, int column)
{
    static const char *const usual[COLUMN_COUNT] = {[COLUMN_NAME] = "name",
                                                    [COLUMN_CREATED_AT] = "createdAt",
                                                    [COLUMN_UPDATED_AT] = "updatedAt"};
    return usual[column] == NULL
               ? NULL
               : find_column(catalog, fit->schema, fit->table, usual[column], others[column]);
}

static bool add_columns(const struct catalog *catalog, const struct store_model *model,
                        struct fit *fit)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        const char *usual = model->columns[i];
        if (usual == NULL) {
            fit->columns[i] = find_extra(catalog, fit, i);
            continue;
        }
        if (i != COLUMN_PASSWORD || model->password.table == NULL)
            fit->columns[i] = find_column(catalog, fit->schema, fit->table, usual, others[i]);
        else if (!find_table_of_passwords(catalog, model, fit))
            fit->columns[i] = NULL;
        if (fit->columns[i] == NULL && i == COLUMN_PASSWORD)
            fit->lacks_hashes = true;
        else if (fit->columns[i] == NULL && is_vital(i))
            return false;
        if (fit->columns[i] == NULL)
            fit->score -= 2;
        else
            fit->score += strcmp(fit->columns[i], usual) == 0 ? 1 : -1;
    }
    return true;
}

bool fit_judge(const struct catalog *catalog, const char *preset, const struct store_model *model,
               const struct catalog_entry *entry, struct fit *ret_fit)
{
    bool is_named = strcmp(entry->table, model->table) == 0;
    if (entry->is_index || (!is_named && !is_plural(entry->table, model->table)) ||
        (model->schema != NULL && strcmp(entry->schema, model->schema) != 0))
        return false;
    *ret_fit = (struct fit){.preset = preset,
                            .schema = entry->schema,
                            .table = entry->table,
                            .score = is_named ? 1 : 0};
    if (!add_columns(catalog, model, ret_fit))
        return false;
    add_flags(catalog, model, ret_fit);
    return true;
}
