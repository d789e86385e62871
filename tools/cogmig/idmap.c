/* SPDX-License-Identifier: Apache-2.0
 * cogmig idmap: which legacy id is which sub. */
#include "failure.h"
#include "show.h"
#include "verbs.h"

#include <cogmig/idmap.h>
#include <cogmig/memory.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

const char help_idmap[] =
    "cogmig idmap install                   make the table, unless it is there\n"
    "cogmig idmap sql                       print the statement that makes it\n"
    "cogmig idmap link LEGACY_ID SUB        record a link; the same one again is fine\n"
    "cogmig idmap find LEGACY_ID            its sub\n"
    "cogmig idmap find --sub SUB            its legacy id\n"
    "cogmig idmap unlink LEGACY_ID SUB      remove exactly this link\n"
    "\n"
    "The identity map is one table of your database, by default cogmig_idmap. Links are those of\n"
    "one user pool, COGNITO_USER_POOL_ID.\n"
    "\n"
    "  --url URL        the map's database, instead of COGMIG_IDMAP_URL or DATABASE_URL\n"
    "  --pool POOL_ID   the user pool, instead of COGNITO_USER_POOL_ID\n"
    "  --table NAME     instead of COGMIG_IDMAP_TABLE\n"
    "  --schema NAME    instead of COGMIG_IDMAP_SCHEMA\n"
    "  --json           print JSON\n"
    "\n"
    "Exit code 2: not linked. 4: one of the two is linked otherwise; the message names the link.\n";

enum {
    MAX_IDS = 2
};

struct order {
    cogmig_idmap_config *config;
    const char *ids[MAX_IDS];
    bool by_sub;
    bool as_json;
};

static cogmig_status set_option(struct order *order, int option, const char *value,
                                cogmig_error *err)
{
    switch (option) {
    case 'u':
        return cogmig_idmap_config_set_url(order->config, value, err);
    case 'p':
        return cogmig_idmap_config_set_pool(order->config, value, err);
    case 't':
        return cogmig_idmap_config_set_table(order->config, value, err);
    case 'n':
        return cogmig_idmap_config_set_schema(order->config, value, err);
    case 's':
        order->by_sub = true;
        return COGMIG_OK;
    default:
        order->as_json = true;
        return COGMIG_OK;
    }
}

/* 0, or the exit code; `optind` is then at the first id. */
static int read_options(int argc, char **argv, struct order *order, cogmig_error *err)
{
    static const struct option known[] = {
        {"url", required_argument, NULL, 'u'},
        {"pool", required_argument, NULL, 'p'},
        {"table", required_argument, NULL, 't'},
        {"schema", required_argument, NULL, 'n'},
        {"sub", no_argument, NULL, 's'},
        {"json", no_argument, NULL, 'j'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        if (option == '?' || option == ':')
            return misuse_of_option(option, argv, known);
        if (set_option(order, option, optarg, err) != COGMIG_OK)
            return report(err, order->as_json);
    }
    return 0;
}

/* ---- what is done ---- */

static cogmig_status install(const struct order *order, cogmig_error *err)
{
    return cogmig_idmap_install(order->config, err);
}

static cogmig_status print_sql(const struct order *order, cogmig_error *err)
{
    char *sql = NULL;
    cogmig_status status = cogmig_idmap_install_sql(order->config, &sql, err);
    if (status == COGMIG_OK)
        printf("%s;\n", sql);
    cogmig_free(sql);
    return status;
}

static void print_pair(const struct order *order, const char *legacy_id, const char *sub)
{
    if (!order->as_json) {
        printf("%s\n", order->by_sub ? legacy_id : sub);
        return;
    }
    json_t *object = json_object();
    json_object_set_new(object, "legacy_id", text_or_null(legacy_id));
    json_object_set_new(object, "sub", text_or_null(sub));
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

static cogmig_status find_in(cogmig_idmap *map, const struct order *order, cogmig_error *err)
{
    char *other = NULL;
    const char *key = order->ids[0];
    cogmig_status status = order->by_sub ? cogmig_idmap_find_legacy_id(map, key, &other, err)
                                         : cogmig_idmap_find_sub(map, key, &other, err);
    if (status == COGMIG_OK)
        print_pair(order, order->by_sub ? other : key, order->by_sub ? key : other);
    cogmig_free(other);
    return status;
}

static cogmig_status find(const struct order *order, cogmig_error *err)
{
    cogmig_idmap *map = NULL;
    cogmig_status status = cogmig_idmap_open(order->config, &map, err);
    if (status == COGMIG_OK)
        status = find_in(map, order, err);
    cogmig_idmap_free(&map);
    return status;
}

static cogmig_status change(const struct order *order,
                            cogmig_status (*how)(cogmig_idmap *map, const char *legacy_id,
                                                 const char *sub, cogmig_error *err),
                            cogmig_error *err)
{
    cogmig_idmap *map = NULL;
    cogmig_status status = cogmig_idmap_open(order->config, &map, err);
    if (status == COGMIG_OK)
        status = how(map, order->ids[0], order->ids[1], err);
    cogmig_idmap_free(&map);
    return status;
}

static cogmig_status record(const struct order *order, cogmig_error *err)
{
    return change(order, cogmig_idmap_link, err);
}

static cogmig_status remove_link(const struct order *order, cogmig_error *err)
{
    return change(order, cogmig_idmap_unlink, err);
}

static const struct {
    const char *name;
    int ids;
    cogmig_status (*run)(const struct order *order, cogmig_error *err);
} deeds[] = {
    {"install", 0, install}, {"sql", 0, print_sql},      {"link", 2, record},
    {"find", 1, find},       {"unlink", 2, remove_link},
};

static int run(size_t deed, int argc, char **argv, struct order *order, cogmig_error *err)
{
    int code = read_options(argc, argv, order, err);
    if (code != 0)
        return code;
    if (argc - optind != deeds[deed].ids)
        return misuse("\"idmap %s\" takes %d ids, not %d.", deeds[deed].name, deeds[deed].ids,
                      argc - optind);
    for (int i = 0; i < deeds[deed].ids; i++)
        order->ids[i] = argv[optind + i];
    return deeds[deed].run(order, err) == COGMIG_OK ? 0 : report(err, order->as_json);
}

static int run_deed(size_t deed, int argc, char **argv)
{
    cogmig_error *err = new_error_box();
    struct order order = {0};
    int code;
    if (cogmig_idmap_config_new_from_env(&order.config, err) != COGMIG_OK)
        code = report(err, false);
    else
        code = run(deed, argc, argv, &order, err);
    cogmig_idmap_config_free(&order.config);
    cogmig_error_free(&err);
    return code;
}

int verb_idmap(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof deeds / sizeof deeds[0]; i++)
        if (strcmp(argv[1], deeds[i].name) == 0)
            return run_deed(i, argc - 1, argv + 1);
    return misuse("\"idmap\" is followed by install, sql, link, find or unlink.");
}
