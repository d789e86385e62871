/* SPDX-License-Identifier: Apache-2.0
 * cogmig verify: is a token good, and what does it say? */
#include "failure.h"
#include "input.h"
#include "number.h"
#include "show.h"
#include "verbs.h"

#include <cogmig/verifier.h>
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char help_verify[] =
    "cogmig verify [options] TOKEN\n"
    "cogmig verify [options] - < token.txt\n"
    "\n"
    "Checks a Cognito ID or access token: signature (RS256, by the pool's JWKS), issuer, token "
    "use,\n"
    "app client, expiry. Prints what it says, or why it is refused (exit code 1). Exit code 5 is "
    "an\n"
    "outage: the keys could not be fetched, so nothing was decided.\n"
    "\n"
    "  --pool-id ID          the user pool, instead of COGNITO_USER_POOL_ID\n"
    "  --issuer URL          what \"iss\" must say, instead of COGNITO_ISSUER; goes before the "
    "pool\n"
    "  --jwks-url URL        with --issuer: where its keys are, instead of\n"
    "                        URL/.well-known/jwks.json\n"
    "  --jwks FILE           keys from a file: works offline\n"
    "  --client-id ID        the app client, instead of COGNITO_CLIENT_ID; may be repeated\n"
    "  --any-client          accept tokens for every app client of the pool\n"
    "  --token-use USE       id, access or any (the default)\n"
    "  --leeway SECONDS      how far the clocks may differ, 0 to 300; 0 by default\n"
    "  --ca-file FILE        trust these certificates (PEM) for HTTPS\n"
    "  --allow-plain-http    keys over http://, for an emulator on this machine\n"
    "                        (COGMIG_ALLOW_PLAIN_HTTP=1)\n"
    "  --json                print JSON\n";

enum {
    MAX_TOKEN_BYTES = 64 * 1024
};

struct request {
    cogmig_verifier_config *config;
    const char *pool_id;
    const char *issuer;
    const char *jwks_url;
    const char *jwks_file;
    const char *token;
    bool has_client;
    bool as_json;
};

static const char *setting(const char *flag, const char *variable)
{
    const char *value = flag != NULL ? flag : getenv(variable);
    return value == NULL || *value == '\0' ? NULL : value;
}

static cogmig_status set_token_use(cogmig_verifier_config *config, const char *use,
                                   cogmig_error *err)
{
    static const char *const names[] = {"id", "access", "any"};
    for (int32_t i = 0; i < 3; i++)
        if (strcmp(use, names[i]) == 0)
            return cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ID + i, err);
    cogmig_error_set(err, COGMIG_CONFIG_INVALID, "A token use is id, access or any.");
    return COGMIG_CONFIG_INVALID;
}

static cogmig_status set_option(struct request *request, int option, const char *value,
                                cogmig_error *err)
{
    switch (option) {
    case 'p':
        request->pool_id = value;
        return COGMIG_OK;
    case 'i':
        request->issuer = value;
        return COGMIG_OK;
    case 'u':
        request->jwks_url = value;
        return COGMIG_OK;
    case 'f':
        request->jwks_file = value;
        return COGMIG_OK;
    case 'c':
        request->has_client = true;
        return cogmig_verifier_config_add_client(request->config, value, err);
    case 'a':
        request->has_client = true;
        return cogmig_verifier_config_allow_any_client(request->config, err);
    case 't':
        return set_token_use(request->config, value, err);
    case 'l':
        return cogmig_verifier_config_set_leeway_s(request->config, number_or_minus_1(value), err);
    case 'C':
        return cogmig_verifier_config_set_ca_file(request->config, value, err);
    case 'h':
        return cogmig_verifier_config_allow_plain_http(request->config, err);
    default:
        request->as_json = true;
        return COGMIG_OK;
    }
}

/* 0, or the exit code. */
static int read_request(int argc, char **argv, struct request *request, cogmig_error *err)
{
    static const struct option known[] = {
        {"pool-id", required_argument, NULL, 'p'},
        {"issuer", required_argument, NULL, 'i'},
        {"jwks-url", required_argument, NULL, 'u'},
        {"jwks", required_argument, NULL, 'f'},
        {"client-id", required_argument, NULL, 'c'},
        {"any-client", no_argument, NULL, 'a'},
        {"token-use", required_argument, NULL, 't'},
        {"leeway", required_argument, NULL, 'l'},
        {"ca-file", required_argument, NULL, 'C'},
        {"allow-plain-http", no_argument, NULL, 'h'},
        {"json", no_argument, NULL, 'j'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        if (option == '?' || option == ':')
            return misuse_of_option(option, argv, known);
        if (set_option(request, option, optarg, err) != COGMIG_OK)
            return report(err, request->as_json);
    }
    if (argc - optind != 1)
        return misuse("\"verify\" takes one TOKEN, or - to read it from standard input.");
    request->token = argv[optind];
    return 0;
}

static cogmig_status add_clients_of_environment(struct request *request, cogmig_error *err)
{
    if (request->has_client)
        return COGMIG_OK;
    const char *variable = setting(NULL, "COGNITO_CLIENT_ID");
    if (variable == NULL) {
        cogmig_error_set(err, COGMIG_CONFIG_INCOMPLETE,
                         "No app client: give --client-id or set COGNITO_CLIENT_ID, or say "
                         "--any-client.");
        return COGMIG_CONFIG_INCOMPLETE;
    }
    char *list = strdup(variable), *rest = NULL;
    if (list == NULL) {
        cogmig_error_set(err, COGMIG_OUT_OF_MEMORY, NULL);
        return COGMIG_OUT_OF_MEMORY;
    }
    cogmig_status status = COGMIG_OK;
    for (char *client = strtok_r(list, ", ", &rest); client != NULL && status == COGMIG_OK;
         client = strtok_r(NULL, ", ", &rest))
        status = cogmig_verifier_config_add_client(request->config, client, err);
    free(list);
    return status;
}

static cogmig_status add_issuer(struct request *request, cogmig_error *err)
{
    const char *issuer = setting(request->issuer, "COGNITO_ISSUER");
    const char *pool_id = setting(request->pool_id, "COGNITO_USER_POOL_ID");
    if (request->issuer == NULL && request->pool_id != NULL)
        issuer = NULL; /* a flag goes before the environment */
    if (issuer != NULL)
        return cogmig_verifier_config_add_issuer(request->config, issuer, request->jwks_url, err);
    if (pool_id != NULL && request->jwks_url != NULL) {
        cogmig_error_set(err, COGMIG_CONFIG_INVALID,
                         "--jwks-url goes with --issuer or COGNITO_ISSUER: where the keys of a "
                         "user pool are follows from its id.");
        return COGMIG_CONFIG_INVALID;
    }
    if (pool_id != NULL)
        return cogmig_verifier_config_add_pool(request->config, pool_id, err);
    cogmig_error_set(err, COGMIG_CONFIG_INCOMPLETE,
                     "No user pool: give --pool-id or set COGNITO_USER_POOL_ID (or --issuer, "
                     "COGNITO_ISSUER).");
    return COGMIG_CONFIG_INCOMPLETE;
}

static cogmig_status make_verifier(struct request *request, cogmig_verifier **ret_verifier,
                                   cogmig_error *err)
{
    const char *plain_http = getenv("COGMIG_ALLOW_PLAIN_HTTP");
    cogmig_status status = COGMIG_OK;
    if (plain_http != NULL && strcmp(plain_http, "1") == 0)
        status = cogmig_verifier_config_allow_plain_http(request->config, err);
    if (status == COGMIG_OK)
        status = add_issuer(request, err);
    if (status == COGMIG_OK)
        status = add_clients_of_environment(request, err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_new(request->config, ret_verifier, err);
    if (status == COGMIG_OK && request->jwks_file != NULL)
        status = cogmig_verifier_seed_keys_from_file(*ret_verifier, NULL, request->jwks_file, err);
    return status;
}

/* ---- printing ---- */

static const char *use_name(const cogmig_claims *claims)
{
    switch (cogmig_claims_token_use(claims)) {
    case COGMIG_TOKEN_USE_ID:
        return "id";
    case COGMIG_TOKEN_USE_ACCESS:
        return "access";
    default:
        return "other";
    }
}

/* As the issuer wrote it, for JSON has numbers that no reader here can hold; but on one line. */
static void print_payload(const cogmig_claims *claims)
{
    size_t len;
    const char *payload = cogmig_claims_json(claims, &len);
    for (size_t i = 0; i < len; i++)
        putchar(payload[i] == '\n' || payload[i] == '\r' ? ' ' : payload[i]);
}

static void print_json(const cogmig_claims *claims)
{
    json_t *object = json_object();
    json_object_set_new(object, "valid", json_true());
    json_object_set_new(object, "token_use", json_string(use_name(claims)));
    json_object_set_new(object, "sub", text_or_null(cogmig_claims_sub(claims)));
    json_object_set_new(object, "username", text_or_null(cogmig_claims_username(claims)));
    json_object_set_new(object, "email", text_or_null(cogmig_claims_email(claims)));
    json_object_set_new(object, "legacy_id", text_or_null(cogmig_claims_legacy_id(claims)));
    json_object_set_new(object, "client_id", text_or_null(cogmig_claims_client_id(claims)));
    json_object_set_new(object, "issuer", text_or_null(cogmig_claims_issuer(claims)));
    json_object_set_new(object, "expires_at", json_integer(cogmig_claims_expires_at_s(claims)));
    putchar('{');
    json_dumpf(object, stdout, JSON_COMPACT | JSON_EMBED);
    fputs(",\"claims\":", stdout);
    print_payload(claims);
    puts("}");
    json_decref(object);
}

static void print_line(const char *label, const char *text)
{
    show_line(10, label, text);
}

static void print_text(const cogmig_claims *claims)
{
    char expiry[64] = "";
    time_t at = (time_t)cogmig_claims_expires_at_s(claims);
    struct tm utc;
    if (gmtime_r(&at, &utc) != NULL)
        strftime(expiry, sizeof expiry, "%Y-%m-%dT%H:%M:%SZ", &utc);
    printf("valid      %s token\n", use_name(claims));
    print_line("sub", cogmig_claims_sub(claims));
    print_line("username", cogmig_claims_username(claims));
    print_line("email", cogmig_claims_email(claims));
    print_line("legacy id", cogmig_claims_legacy_id(claims));
    print_line("client", cogmig_claims_client_id(claims));
    print_line("issuer", cogmig_claims_issuer(claims));
    print_line("expires", expiry);
}

/* ---- the verb ---- */

static int judge(cogmig_verifier *verifier, const char *token, size_t len, bool as_json,
                 cogmig_error *err)
{
    cogmig_claims *claims = NULL;
    if (cogmig_verifier_verify(verifier, token, len, &claims, err) != COGMIG_OK)
        return report(err, as_json);
    if (as_json)
        print_json(claims);
    else
        print_text(claims);
    cogmig_claims_free(&claims);
    return 0;
}

/* The line's end that echo adds is not part of a token. */
static size_t without_line_end(const struct input *input)
{
    size_t len = input->len;
    while (len > 0 && (input->bytes[len - 1] == '\n' || input->bytes[len - 1] == '\r'))
        len--;
    return len;
}

static int judge_input(cogmig_verifier *verifier, bool as_json, cogmig_error *err)
{
    struct input input;
    if (!input_read(MAX_TOKEN_BYTES, &input)) {
        cogmig_error_set(err, COGMIG_FILE_UNREADABLE, "Standard input could not be read.");
        return report(err, as_json);
    }
    int code = judge(verifier, input.bytes, without_line_end(&input), as_json, err);
    input_release(&input);
    return code;
}

static int verify(struct request *request, cogmig_error *err)
{
    cogmig_verifier *verifier = NULL;
    int code;
    if (make_verifier(request, &verifier, err) != COGMIG_OK)
        code = report(err, request->as_json);
    else if (strcmp(request->token, "-") == 0)
        code = judge_input(verifier, request->as_json, err);
    else
        code = judge(verifier, request->token, strlen(request->token), request->as_json, err);
    cogmig_verifier_free(&verifier);
    return code;
}

int verb_verify(int argc, char **argv)
{
    cogmig_error *err = new_error_box();
    struct request request = {0};
    int code;
    if (cogmig_verifier_config_new(&request.config, err) != COGMIG_OK ||
        cogmig_verifier_config_set_token_use(request.config, COGMIG_TOKEN_USE_ANY, err) !=
            COGMIG_OK)
        code = report(err, false);
    else if ((code = read_request(argc, argv, &request, err)) == 0)
        code = verify(&request, err);
    cogmig_verifier_config_free(&request.config);
    cogmig_error_free(&err);
    return code;
}
