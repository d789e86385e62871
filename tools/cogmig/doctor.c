/* SPDX-License-Identifier: Apache-2.0
 * cogmig doctor: is everything set up for a migration? */
#include "doctor_local.h"
#include "failure.h"
#include "number.h"
#include "preflight.h"
#include "preflight_json.h"
#include "preflight_password.h"
#include "preflight_trigger.h"
#include "verbs.h"

#include <cogmig/cognito.h>
#include <cogmig/memory.h>
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char help_doctor[] =
    "cogmig doctor [options]\n"
    "\n"
    "Checks the user pool, the app client and what is here (settings, database, keys), and says "
    "of\n"
    "each thing that is wrong what it breaks and how it is mended. The pool is asked with your "
    "AWS\n"
    "credentials (cognito-idp:DescribeUserPool, DescribeUserPoolClient, lambda:GetPolicy), or\n"
    "read from files:\n"
    "\n"
    "  aws cognito-idp describe-user-pool --user-pool-id ID > pool.json\n"
    "  aws cognito-idp describe-user-pool-client --user-pool-id ID --client-id ID > client.json\n"
    "\n"
    "  --pool FILE              the pool as described; nothing is asked of AWS then\n"
    "  --client FILE            the app client as described; again for each other one\n"
    "  --lambda-policy FILE     aws lambda get-policy of the UserMigration function\n"
    "  --legacy-id-attribute N  instead of COGMIG_LEGACY_ID_ATTRIBUTE or custom:legacy_id\n"
    "  --legacy-id-length N     of the longest legacy id; 36 (a UUID) by default\n"
    "  --legacy-min-length N    of a password in the old system\n"
    "  --legacy-classes LIST    what it had to have there: lower,upper,digit,symbol; or none\n"
    "  --only local|pool        one half alone\n"
    "  --strict                 warnings count as problems\n"
    "  --json                   print JSON\n"
    "\n"
    "Exit code: 0 no problem, 3 at least one; 5 the pool could not be asked.\n"
    "docs/guide/cognito-setup.md explains each check.\n";

enum {
    MAX_NUMBER = 2048,
    MAX_CLIENTS = 16
};

struct order {
    const char *pool_file, *policy_file, *legacy_id;
    const char *client_files[MAX_CLIENTS];
    size_t client_count;
    int32_t legacy_id_length;
    struct password_rule legacy_passwords;
    bool local, remote, strict, as_json;
};

/* ---- options ---- */

static bool set_half(struct order *order, const char *half)
{
    order->remote = strcmp(half, "local") != 0;
    order->local = strcmp(half, "pool") != 0;
    return order->remote != order->local;
}

/* custom: and a name that the shell leaves as it is. */
static bool is_attribute(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    size_t len = strlen(name);
    return strncmp(name, "custom:", 7) == 0 && len > 7 && len <= 27 &&
           strspn(name + 7, letters) == len - 7;
}

static bool set_option(struct order *order, int option, const char *value)
{
    switch (option) {
    case 'p':
        order->pool_file = value;
        return true;
    case 'c':
        if (order->client_count == MAX_CLIENTS)
            return false;
        order->client_files[order->client_count++] = value;
        return true;
    case 'l':
        order->policy_file = value;
        return true;
    case 'a':
        order->legacy_id = value;
        return is_attribute(value);
    case 'i':
        order->legacy_id_length = number_or_minus_1(value);
        return order->legacy_id_length > 0 && order->legacy_id_length <= MAX_NUMBER;
    case 'm':
        order->legacy_passwords.min_length = number_or_minus_1(value);
        return order->legacy_passwords.min_length > 0 &&
               order->legacy_passwords.min_length <= MAX_NUMBER;
    case 'k':
        order->legacy_passwords.classes = password_classes_of(value);
        return order->legacy_passwords.classes >= 0;
    case 'o':
        return set_half(order, value);
    case 's':
        return order->strict = true;
    default:
        return order->as_json = true;
    }
}

/* 0, or the exit code. */
static int read_order(int argc, char **argv, struct order *order)
{
    static const struct option known[] = {
        {"pool", required_argument, NULL, 'p'},
        {"client", required_argument, NULL, 'c'},
        {"lambda-policy", required_argument, NULL, 'l'},
        {"legacy-id-attribute", required_argument, NULL, 'a'},
        {"legacy-id-length", required_argument, NULL, 'i'},
        {"legacy-min-length", required_argument, NULL, 'm'},
        {"legacy-classes", required_argument, NULL, 'k'},
        {"only", required_argument, NULL, 'o'},
        {"strict", no_argument, NULL, 's'},
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
    return optind == argc ? 0 : misuse("\"doctor\" takes options alone.");
}

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value == NULL || *value == '\0' ? NULL : value;
}

/* 0, or the exit code. */
static int choose_attribute(struct order *order)
{
    const char *set = setting("COGMIG_LEGACY_ID_ATTRIBUTE");
    if (order->legacy_id == NULL)
        order->legacy_id = set == NULL ? "custom:legacy_id" : set;
    return is_attribute(order->legacy_id)
               ? 0
               : misuse("COGMIG_LEGACY_ID_ATTRIBUTE is no custom attribute: \"%s\".", set);
}

/* ---- what is known ---- */

/* What AWS describes: in a member of its own, or as it is, and then known by one that it has. */
struct description {
    const char *wrapper, *known_by, *command;
};

static const struct description of_pool = {"UserPool", "Id", "aws cognito-idp describe-user-pool"};
static const struct description of_client = {"UserPoolClient", "ClientId",
                                             "aws cognito-idp describe-user-pool-client"};
static const struct description of_policy = {"", NULL, "aws lambda get-policy"};

/* NULL: it is something else. */
static json_t *unwrap(json_t *document, const struct description *description)
{
    json_t *inner = json_object_get(document, description->wrapper);
    json_t *kept = inner == NULL ? document : inner;
    bool is_it = json_is_object(kept) && (description->known_by == NULL ||
                                          json_object_get(kept, description->known_by) != NULL);
    json_t *ret = is_it ? json_incref(kept) : NULL;
    json_decref(document);
    return ret;
}

static cogmig_status unreadable(const char *what, const char *why, cogmig_error *err)
{
    char message[400];
    snprintf(message, sizeof message, "%.150s %.240s", what, why);
    cogmig_error_set(err, COGMIG_FILE_UNREADABLE, message);
    return COGMIG_FILE_UNREADABLE;
}

static cogmig_status not_json(const char *what, const json_error_t *error, cogmig_error *err)
{
    char why[250];
    snprintf(why, sizeof why, "is no JSON: %.160s (line %d)", error->text, error->line);
    return unreadable(what, error->line < 0 ? error->text : why, err);
}

static cogmig_status load_file(const char *path, const struct description *description,
                               json_t **ret_object, cogmig_error *err)
{
    char why[200];
    json_error_t error;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        snprintf(why, sizeof why, "cannot be read: %.100s.", strerror(errno));
        return unreadable(path, why, err);
    }
    json_t *document = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
    fclose(file);
    if (document == NULL)
        return not_json(path, &error, err);
    *ret_object = unwrap(document, description);
    snprintf(why, sizeof why, "is not what \"%.100s\" writes.", description->command);
    return *ret_object == NULL ? unreadable(path, why, err) : COGMIG_OK;
}

typedef cogmig_status (*describe_fn)(cogmig_cognito *, char **, size_t *, cogmig_error *);

static cogmig_status ask(cogmig_cognito *cognito, describe_fn describe,
                         const struct description *description, json_t **ret_object,
                         cogmig_error *err)
{
    char *text = NULL;
    size_t len = 0;
    json_error_t error;
    cogmig_status status = describe(cognito, &text, &len, err);
    if (status != COGMIG_OK)
        return status;
    json_t *document = json_loadb(text, len, 0, &error);
    cogmig_free(text);
    if (document == NULL)
        return not_json(description->wrapper, &error, err);
    *ret_object = unwrap(document, description);
    return *ret_object == NULL ? unreadable("The answer", "has no description.", err) : COGMIG_OK;
}

/* ---- who may invoke the functions ---- */

struct policies {
    cogmig_cognito *cognito;
    json_t *by_arn;
};

/* What Lambda says, or null, or why it is not known: Cognito's half can be told all the same. */
static json_t *policy_of(cogmig_cognito *cognito, const char *arn)
{
    cogmig_error *err = new_error_box();
    char *text = NULL;
    size_t len = 0;
    json_t *said = NULL;
    cogmig_status status = cogmig_cognito_get_function_policy(cognito, arn, &text, &len, err);
    bool nothing = strcmp(cogmig_error_upstream_code(err), "ResourceNotFoundException") == 0;
    if (status == COGMIG_OK)
        said = json_loadb(text, len, 0, NULL);
    else
        said = nothing ? json_null() : json_string(cogmig_error_message(err));
    cogmig_free(text);
    cogmig_error_free(&err);
    return said;
}

static bool ask_for_policy(void *user_data, const char *trigger, const char *arn)
{
    struct policies *policies = user_data;
    (void)trigger;
    if (json_object_get(policies->by_arn, arn) == NULL)
        json_object_set_new(policies->by_arn, arn, policy_of(policies->cognito, arn));
    return true;
}

static void ask_for_policies(cogmig_cognito *cognito, struct setup *setup)
{
    struct policies policies = {cognito, json_object()};
    for_each_trigger(setup->pool, ask_for_policy, &policies);
    setup->function_policies = policies.by_arn;
}

static cogmig_status ask_for_client(cogmig_cognito *cognito, struct setup *setup, cogmig_error *err)
{
    json_t *client = NULL;
    cogmig_status status = ask(cognito, cogmig_cognito_describe_client, &of_client, &client, err);
    if (status == COGMIG_OK)
        json_array_append_new(setup->clients, client);
    return status;
}

/* Of several that are set, the first is the one of the environment. */
static cogmig_status ask_for_client_of_id(const char *id, struct setup *setup, cogmig_error *err)
{
    cogmig_cognito_config *config = NULL;
    cogmig_cognito *cognito = NULL;
    cogmig_status status = cogmig_cognito_config_new(&config, err);
    if (status == COGMIG_OK)
        status = cogmig_cognito_config_set_from_env(config, err);
    if (status == COGMIG_OK)
        status = cogmig_cognito_config_set_client(config, id, NULL, err);
    if (status == COGMIG_OK)
        status = cogmig_cognito_new(config, &cognito, err);
    if (status == COGMIG_OK)
        status = ask_for_client(cognito, setup, err);
    cogmig_cognito_free(&cognito);
    cogmig_cognito_config_free(&config);
    return status;
}

static cogmig_status ask_for_other_clients(struct setup *setup, cogmig_error *err)
{
    static const char between[] = ", \t";
    const char *ids = setting("COGNITO_CLIENT_ID");
    const char *at = ids == NULL ? "" : ids + strcspn(ids, ",");
    cogmig_status status = COGMIG_OK;
    for (at += strspn(at, between); *at != '\0' && status == COGMIG_OK; at += strspn(at, between)) {
        char id[256];
        size_t len = strcspn(at, between);
        snprintf(id, sizeof id, "%.*s", (int)(len < sizeof id ? len : sizeof id - 1), at);
        status = ask_for_client_of_id(id, setup, err);
        at += len;
    }
    return status;
}

static cogmig_status ask_live(const struct order *order, struct setup *setup, cogmig_error *err)
{
    cogmig_cognito *cognito = NULL;
    cogmig_status status = cogmig_cognito_new_from_env(&cognito, err);
    if (status == COGMIG_OK)
        status = ask(cognito, cogmig_cognito_describe_pool, &of_pool, &setup->pool, err);
    if (status == COGMIG_OK)
        status = ask_for_client(cognito, setup, err);
    if (status == COGMIG_OK)
        status = ask_for_other_clients(setup, err);
    if (status == COGMIG_OK && order->policy_file == NULL)
        ask_for_policies(cognito, setup);
    cogmig_cognito_free(&cognito);
    return status;
}

static cogmig_status load_client(const char *path, struct setup *setup, cogmig_error *err)
{
    json_t *client = NULL;
    cogmig_status status = load_file(path, &of_client, &client, err);
    if (status == COGMIG_OK)
        json_array_append_new(setup->clients, client);
    return status;
}

/* What the migration asks for. What it could not read is told by the local half. */
static void learn_own_passwords(struct setup *setup)
{
    const char *length = setting("COGMIG_PASSWORD_MIN_LENGTH");
    const char *classes = setting("COGMIG_PASSWORD_CLASSES");
    struct password_rule *own = &setup->own_passwords;
    own->min_length = length == NULL ? 0 : number_or_minus_1(length);
    own->classes = classes == NULL ? 0 : password_classes_of(classes);
    setup->has_own_passwords =
        own->min_length >= 0 && own->classes >= 0 && own->min_length + own->classes > 0;
}

static cogmig_status gather(const struct order *order, struct setup *setup, cogmig_error *err)
{
    bool live = order->pool_file == NULL && order->client_count == 0;
    cogmig_status status = COGMIG_OK;
    setup->clients = json_array();
    setup->legacy_id = order->legacy_id;
    setup->legacy_id_length = order->legacy_id_length;
    setup->legacy_passwords = order->legacy_passwords;
    setup->settings_are_known = order->local;
    if (order->local)
        learn_own_passwords(setup);
    setup->client_secret = order->local ? setting("COGNITO_CLIENT_SECRET") : NULL;
    setup->issuer = order->local ? setting("COGNITO_ISSUER") : NULL;
    setup->own_pool = order->local ? setting("COGNITO_USER_POOL_ID") : NULL;
    setup->own_clients = order->local ? setting("COGNITO_CLIENT_ID") : NULL;
    if (order->remote && live)
        status = ask_live(order, setup, err);
    if (status == COGMIG_OK && order->pool_file != NULL)
        status = load_file(order->pool_file, &of_pool, &setup->pool, err);
    for (size_t i = 0; i < order->client_count && status == COGMIG_OK; i++)
        status = load_client(order->client_files[i], setup, err);
    if (status == COGMIG_OK && order->policy_file != NULL)
        status = load_file(order->policy_file, &of_policy, &setup->lambda_policy, err);
    setup->client = json_array_get(setup->clients, 0);
    return status;
}

/* The client's secret was in it. */
static void release(struct setup *setup)
{
    json_decref(setup->pool);
    json_decref(setup->clients);
    json_decref(setup->lambda_policy);
    json_decref(setup->function_policies);
}

/* ---- telling ---- */

struct tally {
    int count[VERDICT_UNKNOWN + 1];
    bool replaced_whole; /* a command that was told replaces all settings */
    json_t *list;        /* of checks; NULL: told as text */
};

static void add_json(json_t *list, const struct check *check, const struct finding *finding,
                     const char *consequence, const char *mend)
{
    bool good = finding->verdict == VERDICT_OK;
    json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s?, s:s?}", "check", check->id,
                                          "verdict", verdict_name(finding->verdict), "reason",
                                          finding->reason, "consequence", good ? NULL : consequence,
                                          "mend", good ? NULL : mend));
}

static void print_text(const struct check *check, const struct finding *finding,
                       const char *consequence, const char *mend)
{
    printf("%-8s %-23s %s\n", verdict_name(finding->verdict), check->id, finding->reason);
    if (finding->verdict == VERDICT_OK)
        return;
    printf("%8s breaks  %s\n", "", consequence);
    printf("%8s mend    %s\n", "", mend);
}

static void name_client(const struct setup *setup, struct finding *finding)
{
    const struct finding bare = *finding;
    conclude(finding, bare.verdict, "%.128s: %.380s", text_at(setup->client, "ClientId"),
             bare.reason);
}

static void tell(struct tally *tally, const struct check *check, const struct setup *setup)
{
    struct finding finding;
    char mend[MEND_SIZE], consequence[CONSEQUENCE_SIZE];
    preflight_judge(check, setup, &finding);
    if (check->subject == OF_CLIENT && json_array_size(setup->clients) > 1)
        name_client(setup, &finding);
    preflight_consequence(check, setup, consequence);
    preflight_mend(check, setup, mend);
    tally->count[finding.verdict]++;
    if (finding.verdict != VERDICT_OK &&
        (check->mend_kind == MEND_CLIENT || check->mend_kind == MEND_POOL))
        tally->replaced_whole = true;
    if (tally->list != NULL)
        add_json(tally->list, check, &finding, consequence, mend);
    else
        print_text(check, &finding, consequence, mend);
}

static void tell_all(struct tally *tally, const struct check *checks, size_t count,
                     const struct setup *setup)
{
    for (size_t i = 0; i < count; i++) {
        struct setup of_one = *setup;
        tell(tally, &checks[i], setup);
        for (size_t other = 1;
             checks[i].subject == OF_CLIENT && other < json_array_size(setup->clients); other++) {
            of_one.client = json_array_get(setup->clients, other);
            tell(tally, &checks[i], &of_one);
        }
    }
}

static const char replacement[] =
    "UpdateUserPool and UpdateUserPoolClient replace every setting: what a call leaves out is "
    "reset. "
    "The commands above read all of it, change one thing and send it back; look at the file "
    "before you send it, and do not shorten them. Use the newest AWS CLI: an old one leaves out "
    "settings that it does not know, and so resets them.";

static void print_json_summary(const struct tally *tally)
{
    json_t *object =
        json_pack("{s:i, s:i, s:i, s:i, s:O, s:s?}", "ok", tally->count[VERDICT_OK], "warnings",
                  tally->count[VERDICT_WARNING], "problems", tally->count[VERDICT_PROBLEM],
                  "unknown", tally->count[VERDICT_UNKNOWN], "checks", tally->list, "caution",
                  tally->replaced_whole ? replacement : NULL);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

static void print_text_summary(const struct tally *tally)
{
    if (tally->replaced_whole)
        printf("\nCaution: %s\n", replacement);
    printf("\n%d ok, %d warnings, %d problems, %d unknown\n", tally->count[VERDICT_OK],
           tally->count[VERDICT_WARNING], tally->count[VERDICT_PROBLEM],
           tally->count[VERDICT_UNKNOWN]);
}

static int examine(const struct order *order, const struct setup *setup, bool pool_is_known)
{
    struct tally tally = {.list = order->as_json ? json_array() : NULL};
    if (order->remote && pool_is_known)
        tell_all(&tally, preflight_checks, preflight_check_count, setup);
    if (order->local)
        tell_all(&tally, local_checks, local_check_count, setup);
    (order->as_json ? print_json_summary : print_text_summary)(&tally);
    json_decref(tally.list);
    int bad = tally.count[VERDICT_PROBLEM] + (order->strict ? tally.count[VERDICT_WARNING] : 0);
    return bad == 0 ? 0 : COGMIG_KIND_INVALID;
}

int verb_doctor(int argc, char **argv)
{
    struct order order = {
        .local = true, .remote = true, .legacy_passwords = {.classes = CLASSES_NOT_KNOWN}};
    struct setup setup = {.pool = NULL};
    int code = read_order(argc, argv, &order);
    if (code == 0)
        code = choose_attribute(&order);
    if (code != 0)
        return code;
    cogmig_error *err = new_error_box();
    cogmig_status status = gather(&order, &setup, err);
    if (status != COGMIG_OK)
        code = report(err, order.as_json);
    int verdict =
        status == COGMIG_OK || order.local ? examine(&order, &setup, status == COGMIG_OK) : 0;
    release(&setup);
    cogmig_error_free(&err);
    return code != 0 ? code : verdict;
}
