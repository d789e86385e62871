/* SPDX-License-Identifier: Apache-2.0
 * cogmig audit: what will become of each user? */
#include "audit_tally.h"
#include "failure.h"
#include "listed.h"
#include "number.h"
#include "verbs.h"

#include <cogmig/password.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char help_audit[] =
    "cogmig audit [options]\n"
    "\n"
    "Reads every row of the legacy store once and predicts the migration: who migrates at the "
    "first\n"
    "sign-in, who has to reset the password, who is stranded, and why. Password hashes stay in "
    "the\n"
    "database: it is asked for how they begin (scheme and cost) and how long they are. Nothing is\n"
    "written.\n"
    "\n"
    "  --url URL                the legacy store, instead of DATABASE_URL\n"
    "  --phone-column NAME      check telephone numbers, too\n"
    "  --disabled-column NAME   set (true, a time) for users who may not sign in\n"
    "  --max-cost N             bcrypt cost above which hashes are refused, instead of\n"
    "                           COGMIG_MAX_COST or 15\n"
    "  --legacy-id-length N     what custom:legacy_id takes; 2048\n"
    "  --peak N                 sign-ins per second in the busiest minute\n"
    "  --json                   print JSON\n"
    "\n"
    "Exit code: 0 everybody migrates or can reset the password; 3 somebody is stranded, ambiguous "
    "or\n"
    "refused. docs/guide/audit.md says what to do about each.\n";

enum {
    DEFAULT_MAX_COST = 15, /* as cogmig_migration_config_set_max_cost() */
    REFERENCE_COST = 10
};

struct order {
    const char *phone_column, *disabled_column;
    struct hash_rules rules;
    int32_t max_id_length, peak_per_s;
    bool as_json;
};

/* ---- options ---- */

static bool in_range(int32_t value, int32_t least, int32_t most)
{
    return value >= least && value <= most;
}

static bool set_option(struct order *order, int option, const char *value)
{
    switch (option) {
    case 'u':
        return setenv("DATABASE_URL", value, 1) == 0;
    case 'p':
        order->phone_column = value;
        return *value != '\0';
    case 'd':
        order->disabled_column = value;
        return *value != '\0';
    case 'c':
        order->rules.max_cost = number_or_minus_1(value);
        return in_range(order->rules.max_cost, 4, TALLY_MAX_COST);
    case 'l':
        order->max_id_length = number_or_minus_1(value);
        return in_range(order->max_id_length, 1, COGNITO_MAX_ATTRIBUTE_CHARACTERS);
    case 'k':
        order->peak_per_s = number_or_minus_1(value);
        return order->peak_per_s > 0;
    default:
        return order->as_json = true;
    }
}

static bool is_on(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && strcmp(value, "1") == 0;
}

/* What the migration is told by the environment holds here too. 0, or the exit code. */
static int read_rules(struct hash_rules *rules)
{
    const char *max_cost = getenv("COGMIG_MAX_COST");
    bool is_set = max_cost != NULL && *max_cost != '\0';
    rules->max_cost = is_set ? number_or_minus_1(max_cost) : DEFAULT_MAX_COST;
    rules->allow_2x = is_on("COGMIG_ALLOW_2X");
    rules->allow_2 = is_on("COGMIG_ALLOW_2");
    return in_range(rules->max_cost, 4, TALLY_MAX_COST)
               ? 0
               : misuse("COGMIG_MAX_COST is 4 to %d.", TALLY_MAX_COST);
}

/* 0, or the exit code. */
static int read_order(int argc, char **argv, struct order *order)
{
    static const struct option known[] = {
        {"url", required_argument, NULL, 'u'},
        {"phone-column", required_argument, NULL, 'p'},
        {"disabled-column", required_argument, NULL, 'd'},
        {"max-cost", required_argument, NULL, 'c'},
        {"legacy-id-length", required_argument, NULL, 'l'},
        {"peak", required_argument, NULL, 'k'},
        {"json", no_argument, NULL, 'j'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        if (option == '?' || option == ':')
            return misuse_of_option(option, argv, known);
        if (!set_option(order, option, optarg))
            return misuse("\"%s\" is no value for that option.", optarg);
    }
    return optind == argc ? 0 : misuse("\"audit\" takes options alone.");
}

/* ---- work ---- */

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The best of three. */
static double reference_hash_s(void)
{
    static const char stored[] = "$2b$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    double best = 0;
    for (int i = 0; i < 3; i++) {
        double began = now_s();
        if (cogmig_password_verify("x", 1, stored, NULL) != COGMIG_PASSWORD_MISMATCH)
            return 0;
        double took = now_s() - began;
        best = i == 0 || took < best ? took : best;
    }
    return best;
}

/* Seconds of one core to verify each bcrypt hash once, one after the other. */
static double work_s(const struct tally *tally)
{
    double factor = 0;
    for (int cost = 1; cost <= TALLY_MAX_COST; cost++) {
        double each = 1;
        for (int step = REFERENCE_COST; step < cost; step++)
            each *= 2;
        for (int step = cost; step < REFERENCE_COST; step++)
            each /= 2;
        factor += each * (double)tally->costs[cost];
    }
    return factor == 0 ? 0 : factor * reference_hash_s();
}

static int64_t hashes(const struct tally *tally)
{
    int64_t count = 0;
    for (int cost = 1; cost <= TALLY_MAX_COST; cost++)
        count += tally->costs[cost];
    return count;
}

/* ---- text ---- */

static void print_fates(const struct tally *tally)
{
    printf("%-24s %12" PRId64 "\n", "users", tally->users);
    for (int i = 0; i < FATE_COUNT; i++)
        if (tally->fates[i] > 0)
            printf("  %-22s %12" PRId64 "\n", fate_names[i], tally->fates[i]);
}

static void print_example(const char *id)
{
    putchar(' ');
    for (; *id != '\0'; id++)
        putchar((unsigned char)*id < ' ' || *id == 0x7F ? '?' : *id);
}

static void print_remarks(const struct tally *tally)
{
    for (int i = 0; i < REMARK_COUNT; i++) {
        const struct tally_remark *entry = &tally->remarks[i];
        if (entry->count == 0)
            continue;
        printf("  %-22s %12" PRId64 "   e.g. id", remark_names[i], entry->count);
        for (int example = 0; example < entry->examples; example++)
            print_example(entry->ids[example]);
        putchar('\n');
    }
}

static void print_costs(const int64_t costs[TALLY_MAX_COST + 1], const char *verdict)
{
    for (int cost = 1; cost <= TALLY_MAX_COST; cost++)
        if (costs[cost] > 0)
            printf("    of bcrypt cost %-2d%s %12" PRId64 "\n", cost, verdict, costs[cost]);
}

static void print_hashes(const struct tally *tally)
{
    for (size_t i = 0; i < TALLY_SCHEMES && tally->schemes[i].name != NULL; i++)
        printf("  %-22s %12" PRId64 "\n", tally->schemes[i].name, tally->schemes[i].count);
    print_costs(tally->costs, "    ");
    print_costs(tally->refused_costs, ", no");
}

static void print_work(const struct tally *tally, int32_t peak_per_s)
{
    const char *comma = "";
    if (hashes(tally) == 0)
        return;
    printf("\n%-24s %12.1f core-hours here, each once, one after the other\n", "bcrypt",
           work_s(tally) / 3600);
    if (peak_per_s > 0)
        printf("%-24s %12.1f hours until everybody was there once\n", "at the peak",
               (double)hashes(tally) / peak_per_s / 3600);
    printf("%-24s cogmig capacity --users %" PRId64, "what it needs", hashes(tally));
    if (peak_per_s > 0)
        printf(" --peak %" PRId32, peak_per_s);
    printf(" --cost ");
    for (int cost = 4; cost <= TALLY_MAX_COST; cost++)
        if (tally->costs[cost] > 0) {
            printf("%s%d=%" PRId64, comma, cost, tally->costs[cost]);
            comma = ",";
        }
    putchar('\n');
}

static void print_text(const struct order *order, const struct tally *tally)
{
    print_fates(tally);
    printf("\nwhat is remarkable\n");
    print_remarks(tally);
    printf("\npasswords\n");
    print_hashes(tally);
    print_work(tally, order->peak_per_s);
    printf("%-24s %12" PRId64 " bytes\n", "longest id", tally->longest_id);
}

/* ---- JSON ---- */

/* "migrate at sign-in" is "migrate_at_sign_in" there. */
static void set_count(json_t *object, const char *name, json_t *value)
{
    char key[64];
    size_t len = strlen(name);
    for (size_t i = 0; i <= len && i < sizeof key; i++)
        key[i] = strchr(" -.,", name[i]) != NULL && name[i] != '\0' ? '_' : name[i];
    key[sizeof key - 1] = '\0';
    json_object_set_new(object, key, value);
}

static json_t *remark_json(const struct tally_remark *entry)
{
    json_t *ids = json_array();
    for (int i = 0; i < entry->examples; i++)
        json_array_append_new(ids, json_string(entry->ids[i]));
    return json_pack("{s:I, s:o}", "count", (json_int_t)entry->count, "examples", ids);
}

static json_t *costs_json(const int64_t numbers[TALLY_MAX_COST + 1])
{
    json_t *costs = json_object();
    char key[12];
    for (int cost = 1; cost <= TALLY_MAX_COST; cost++) {
        snprintf(key, sizeof key, "%d", cost);
        if (numbers[cost] > 0)
            json_object_set_new(costs, key, json_integer(numbers[cost]));
    }
    return costs;
}

static void print_json(const struct order *order, const struct tally *tally)
{
    json_t *object = json_object(), *fates = json_object(), *remarks = json_object();
    json_t *schemes = json_object();
    for (int i = 0; i < FATE_COUNT; i++)
        set_count(fates, fate_names[i], json_integer(tally->fates[i]));
    for (int i = 0; i < REMARK_COUNT; i++)
        set_count(remarks, remark_names[i], remark_json(&tally->remarks[i]));
    for (size_t i = 0; i < TALLY_SCHEMES && tally->schemes[i].name != NULL; i++)
        json_object_set_new(schemes, tally->schemes[i].name, json_integer(tally->schemes[i].count));
    json_object_set_new(object, "users", json_integer(tally->users));
    json_object_set_new(object, "fates", fates);
    json_object_set_new(object, "remarks", remarks);
    json_object_set_new(object, "schemes", schemes);
    json_object_set_new(object, "bcrypt_costs", costs_json(tally->costs));
    json_object_set_new(object, "bcrypt_costs_too_high", costs_json(tally->refused_costs));
    json_object_set_new(object, "bcrypt_core_hours", json_real(work_s(tally) / 3600));
    if (order->peak_per_s > 0)
        json_object_set_new(object, "hours_at_peak",
                            json_real((double)hashes(tally) / order->peak_per_s / 3600));
    json_object_set_new(object, "longest_id_bytes", json_integer(tally->longest_id));
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

/* ---- the verb ---- */

static cogmig_status take_row(void *user_data, const cogmig_audit_row *row)
{
    tally_row(user_data, row);
    return COGMIG_OK;
}

static cogmig_status read_store(const struct order *order, struct tally *tally, cogmig_error *err)
{
    cogmig_store_config *config = NULL;
    cogmig_status status = cogmig_store_config_new_from_env(&config, err);
    if (status == COGMIG_OK)
        status = cogmig_audit_read(config, order->phone_column, order->disabled_column, take_row,
                                   tally, err);
    cogmig_store_config_free(&config);
    return status;
}

static int judge(const struct tally *tally)
{
    return tally->fates[FATE_STRANDED] + tally->fates[FATE_AMBIGUOUS] +
                       tally->fates[FATE_UNACCEPTABLE] ==
                   0
               ? 0
               : COGMIG_KIND_INVALID;
}

int verb_audit(int argc, char **argv)
{
    struct order order = {.max_id_length = COGNITO_MAX_ATTRIBUTE_CHARACTERS};
    int code = read_rules(&order.rules);
    if (code == 0)
        code = read_order(argc, argv, &order);
    if (code != 0)
        return code;
    cogmig_error *err = new_error_box();
    const char *attributes = getenv("COGMIG_ATTRIBUTES");
    struct tally tally = {.rules = order.rules,
                          .max_id_length = order.max_id_length,
                          .sends_name = attributes != NULL && is_listed(attributes, "name"),
                          .id_is_user_name = is_on("COGMIG_USERNAME_FROM_LEGACY_ID")};
    if (read_store(&order, &tally, err) == COGMIG_OK) {
        (order.as_json ? print_json : print_text)(&order, &tally);
        code = judge(&tally);
    } else {
        code = report(err, order.as_json);
    }
    cogmig_error_free(&err);
    return code;
}
