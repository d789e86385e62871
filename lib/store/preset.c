/* SPDX-License-Identifier: Apache-2.0 */
#include "store/preset.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"
#include "store/model.h"

#include <string.h>

const char preset_by_default[] = "authjs-prisma";

#define OPTIONAL(column) (1U << (column))

/* Every flag is optional: a database without the column has nobody of that kind. The names are
 * those of each product's own schema; where it has none for the hash, as Auth.js, "password". */
static const struct preset {
    const char *name;
    const char *schema, *table;
    const char *columns[COLUMN_COUNT]; /* id, email, name, password, verified, created, updated */
    unsigned optional;
    struct {
        const char *column;
        int32_t when;
        const char *until;
    } flags[2];
    const char *skipped;
    const char *password_table, *user_column, *provider_column, *provider;
} presets[] = {
    {
        .name = preset_by_default,
        .table = "User",
        .columns = {"id", "email", "name", "password", "emailVerified", "createdAt", "updatedAt"},
    },
    {
        .name = "authjs-pg",
        .table = "users",
        .columns = {"id", "email", "name", "password", "emailVerified", NULL, NULL},
    },
    {
        .name = "authjs-drizzle",
        .table = "user",
        .columns = {"id", "email", "name", "password", "emailVerified", NULL, NULL},
    },
    {
        .name = "better-auth",
        .table = "user",
        .columns = {"id", "email", "name", "password", "emailVerified", "createdAt", "updatedAt"},
        .flags = {{"banned", COGMIG_DISABLED_WHEN_TRUE, "banExpires"}},
        .password_table = "account",
        .user_column = "userId",
        .provider_column = "providerId",
        .provider = "credential",
    },
    {
        .name = "supabase",
        .schema = "auth",
        .table = "users",
        .columns = {"id", "email", NULL, "encrypted_password", "email_confirmed_at", "created_at",
                    "updated_at"},
        .flags = {{"banned_until", COGMIG_DISABLED_WHEN_FUTURE, NULL},
                  {"deleted_at", COGMIG_DISABLED_WHEN_SET, NULL}},
        .skipped = "is_sso_user",
    },
    {
        .name = "devise",
        .table = "users",
        .columns = {"id", "email", NULL, "encrypted_password", "confirmed_at", "created_at",
                    "updated_at"},
        .optional = OPTIONAL(COLUMN_EMAIL_VERIFIED),
        .flags = {{"locked_at", COGMIG_DISABLED_WHEN_SET, NULL},
                  {"deleted_at", COGMIG_DISABLED_WHEN_SET, NULL}},
    },
    {
        .name = "laravel",
        .table = "users",
        .columns = {"id", "email", "name", "password", "email_verified_at", "created_at",
                    "updated_at"},
        .flags = {{"deleted_at", COGMIG_DISABLED_WHEN_SET, NULL}},
    },
    {
        .name = "django",
        .table = "auth_user",
        .columns = {"id", "email", NULL, "password", NULL, "date_joined", NULL},
        .flags = {{"is_active", COGMIG_DISABLED_WHEN_FALSE, NULL}},
    },
};

enum {
    PRESET_COUNT = sizeof presets / sizeof presets[0]
};

static const struct preset for_sql = {
    .columns = {"id", "email", "name", "password_hash", "email_verified", "created_at",
                "updated_at"},
    .optional = OPTIONAL(COLUMN_NAME) | OPTIONAL(COLUMN_EMAIL_VERIFIED) |
                OPTIONAL(COLUMN_CREATED_AT) | OPTIONAL(COLUMN_UPDATED_AT),
    .flags = {{"disabled", COGMIG_DISABLED_WHEN_TRUE, NULL}},
};

static bool make(const struct preset *preset, struct store_model *model)
{
    *model = (struct store_model){.optional = preset->optional};
    bool good = model_set(&model->schema, preset->schema) &&
                model_set(&model->table, preset->table) &&
                model_set(&model->skipped, preset->skipped) &&
                model_set(&model->password.table, preset->password_table) &&
                model_set(&model->password.user_column, preset->user_column) &&
                model_set(&model->password.provider_column, preset->provider_column) &&
                model_set(&model->password.provider, preset->provider);
    for (int i = 0; i < COLUMN_COUNT && good; i++)
        good = model_set(&model->columns[i], preset->columns[i]);
    for (size_t i = 0; i < 2 && preset->flags[i].column != NULL && good; i++) {
        struct store_flag *flag = &model->flags[model->flag_count++];
        *flag = (struct store_flag){.when = preset->flags[i].when, .optional = true};
        good = model_set(&flag->column, preset->flags[i].column) &&
               model_set(&flag->until, preset->flags[i].until);
    }
    return good;
}

static cogmig_status make_or_fail(const struct preset *preset, struct store_model *ret_model,
                                  cogmig_error *err)
{
    if (make(preset, ret_model))
        return COGMIG_OK;
    model_release(ret_model);
    return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

cogmig_status preset_make(const char *name, struct store_model *ret_model, cogmig_error *err)
{
    for (size_t i = 0; i < PRESET_COUNT; i++)
        if (strcmp(presets[i].name, name) == 0)
            return make_or_fail(&presets[i], ret_model, err);
    SCOPED(buffer_release) struct buffer names = buffer_with_max(512);
    for (size_t i = 0; i < PRESET_COUNT; i++) {
        buffer_add_text(&names, i == 0 ? "" : ", ");
        buffer_add_text(&names, presets[i].name);
    }
    return fail(err, COGMIG_CONFIG_INVALID, "There is no preset \"%.64s\"; there are %s.", name,
                names.bytes == NULL ? "others" : names.bytes);
}

cogmig_status preset_make_for_sql(const char *by_email, const char *by_id,
                                  struct store_model *ret_model, cogmig_error *err)
{
    cogmig_status status = make_or_fail(&for_sql, ret_model, err);
    if (status != COGMIG_OK)
        return status;
    if (model_set(&ret_model->sql_by_email, by_email) && model_set(&ret_model->sql_by_id, by_id))
        return COGMIG_OK;
    model_release(ret_model);
    return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

COGMIG_PUBLIC const char *cogmig_store_preset_name(int32_t index)
{
    return index < 0 || index >= PRESET_COUNT ? NULL : presets[index].name;
}
