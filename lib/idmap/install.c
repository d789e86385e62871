/* SPDX-License-Identifier: Apache-2.0
 * The table is made. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "idmap/config.h"
#include "idmap/idmap.h"
#include "status/error.h"

COGMIG_PUBLIC cogmig_status cogmig_idmap_install_sql(const cogmig_idmap_config *config,
                                                     char **ret_sql, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_sql != NULL)
        *ret_sql = NULL;
    if (config == NULL || ret_sql == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config or ret_sql is NULL.");
    struct idmap_table table = idmap_config_table(config);
    *ret_sql = idmap_sql_install(&table);
    return *ret_sql == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}

/* A table of that name may have been there before. Whoever may make tables, but not write to that
 * one, cannot be told more. */
static cogmig_status prove(const cogmig_idmap_config *config, cogmig_error *err)
{
    cogmig_status status = idmap_prove_installed(config, err);
    if (status == COGMIG_STORE_LOGIN_REFUSED) {
        cogmig_error_clear(err);
        return COGMIG_OK;
    }
    if (status != COGMIG_IDMAP_NOT_INSTALLED)
        return status;
    return fail(err, COGMIG_STORE_SCHEMA_MISMATCH,
                "There is a table \"%.64s\" already, with other columns or without the two unique "
                "constraints that \"cogmig idmap sql\" prints: name another one "
                "(COGMIG_IDMAP_TABLE).",
                idmap_config_table(config).name);
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_install(const cogmig_idmap_config *config,
                                                 cogmig_error *err)
{
    SCOPED(memory_release) char *sql = NULL;
    cogmig_status status = cogmig_idmap_install_sql(config, &sql, err);
    if (status != COGMIG_OK)
        return status;
    if (config->url.target == NULL)
        return fail(err, COGMIG_CONFIG_INCOMPLETE,
                    "The identity map has no URL (COGMIG_IDMAP_URL or DATABASE_URL).");
    struct idmap_settings settings = idmap_config_settings(config);
    status = idmap_config_backend(config)->install(&settings, sql,
                                                   deadline_in_ms(config->timeout_ms), err);
    return status == COGMIG_OK ? prove(config, err) : status;
}
