/* SPDX-License-Identifier: Apache-2.0 */
#include "export_request.h"

#include "failure.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct export_format_name formats[] = {
    {"json", ".json", COGMIG_EXPORT_JSON},
    {"ndjson", ".ndjson", COGMIG_EXPORT_NDJSON},
    {"csv", ".csv", COGMIG_EXPORT_CSV},
    {"cognito-csv", ".cognito.csv", COGMIG_EXPORT_COGNITO_CSV},
};

enum {
    FORMAT_COUNT = sizeof formats / sizeof formats[0],
    MAX_HEADER = 16 * 1024
};

static bool read_int64(const char *text, int64_t *ret_number)
{
    char *end;
    errno = 0;
    *ret_number = strtoll(text, &end, 10);
    return end != text && *end == '\0' && errno == 0 && *ret_number > 0;
}

static const struct export_format_name *format_named(const char *name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (strcmp(name, formats[i].name) == 0)
            return &formats[i];
    return NULL;
}

static bool ends_in(const char *text, const char *end)
{
    size_t text_len = strlen(text), end_len = strlen(end);
    return text_len >= end_len && strcmp(text + text_len - end_len, end) == 0;
}

/* The last that fits: users.cognito.csv is no plain CSV. */
static const struct export_format_name *format_of_file(const char *path)
{
    const struct export_format_name *found = &formats[0];
    for (size_t i = 0; path != NULL && i < FORMAT_COUNT; i++)
        if (ends_in(path, formats[i].extension))
            found = &formats[i];
    return found;
}

static char *without_blanks_around(char *text)
{
    text += strspn(text, " ");
    for (size_t len = strlen(text); len > 0 && text[len - 1] == ' '; len--)
        text[len - 1] = '\0';
    return text;
}

/* LIST is taken apart in place. */
static cogmig_status add_columns(cogmig_export_config *config, char *list, cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    for (char *rest = list, *item; status == COGMIG_OK && rest != NULL;) {
        item = strsep(&rest, ",");
        char *column = strchr(item, '=');
        if (column != NULL)
            *column++ = '\0';
        status = cogmig_export_config_add_column(
            config, without_blanks_around(item),
            column == NULL ? NULL : without_blanks_around(column), err);
    }
    return status;
}

static cogmig_status refuse_value(const char *message, cogmig_error *err)
{
    cogmig_error_set(err, COGMIG_CONFIG_INVALID, message);
    return COGMIG_CONFIG_INVALID;
}

static cogmig_status set_shard(cogmig_export_config *config, const char *text, cogmig_error *err)
{
    int shard, shards, read = 0;
    if (sscanf(text, "%9d/%9d%n", &shard, &shards, &read) != 2 || text[read] != '\0')
        return refuse_value("--shard is a share and how many there are, as 1/4.", err);
    return cogmig_export_config_set_shard(config, shard, shards, err);
}

static cogmig_status set_limit(cogmig_export_config *config, const char *text, cogmig_error *err)
{
    int64_t rows;
    if (!read_int64(text, &rows))
        return refuse_value("--limit is a number of users, 1 or more.", err);
    return cogmig_export_config_set_limit(config, rows, err);
}

static cogmig_status set_part_rows(cogmig_export_config *config, const char *text,
                                   cogmig_error *err)
{
    int64_t rows;
    if (!read_int64(text, &rows))
        return refuse_value("--part-rows is a number of users, 1 or more.", err);
    return cogmig_export_config_set_part_rows(config, rows, err);
}

static cogmig_status take_option(struct export_request *request, int option, cogmig_error *err)
{
    cogmig_export_config *config = request->config;
    switch (option) {
    case 'c':
        return add_columns(config, optarg, err);
    case 'l':
        return set_limit(config, optarg, err);
    case 'p':
        return set_part_rows(config, optarg, err);
    case 'a':
        return cogmig_export_config_set_after(config, optarg, err);
    case 's':
        request->shard = optarg;
        return set_shard(config, optarg, err);
    case 'm':
        return cogmig_export_config_set_cognito_mfa(config, true, err);
    case 'g':
        return cogmig_export_config_set_formula_guard(config, false, err);
    default:
        return COGMIG_OK;
    }
}

static void take_own_option(struct export_request *request, int option)
{
    switch (option) {
    case 'o':
        request->output = optarg;
        break;
    case 'f':
        request->format = format_named(optarg);
        break;
    case 'r':
        request->report.path = optarg;
        break;
    case 'h':
        request->header = optarg;
        break;
    case 'u':
        setenv("DATABASE_URL", optarg, 1);
        break;
    case 'v':
        request->verify = optarg;
        break;
    case 'j':
        request->as_json = true;
        break;
    default:
        break;
    }
}

int export_request_read(int argc, char **argv, struct export_request *request, cogmig_error *err)
{
    static const struct option known[] = {
        {"output", required_argument, NULL, 'o'},
        {"format", required_argument, NULL, 'f'},
        {"columns", required_argument, NULL, 'c'},
        {"limit", required_argument, NULL, 'l'},
        {"after", required_argument, NULL, 'a'},
        {"shard", required_argument, NULL, 's'},
        {"part-rows", required_argument, NULL, 'p'},
        {"report", required_argument, NULL, 'r'},
        {"header", required_argument, NULL, 'h'},
        {"mfa", no_argument, NULL, 'm'},
        {"no-formula-guard", no_argument, NULL, 'g'},
        {"url", required_argument, NULL, 'u'},
        {"verify", required_argument, NULL, 'v'},
        {"json", no_argument, NULL, 'j'},
        {NULL, 0, NULL, 0},
    };
    int option;
    bool format_given = false, for_import = false;
    while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        if (option == '?' || option == ':')
            return misuse_of_option(option, argv, known);
        format_given = format_given || option == 'f';
        for_import = for_import || option == 'h' || option == 'm';
        take_own_option(request, option);
        if (take_option(request, option, err) != COGMIG_OK)
            return report(err, request->as_json);
    }
    if (optind < argc)
        return misuse("\"export\" takes options alone; --output FILE says where to.");
    if (format_given && request->format == NULL)
        return misuse("--format is json, ndjson, csv or cognito-csv.");
    if (!format_given)
        request->format = format_of_file(request->output);
    if (for_import && request->format->format != COGMIG_EXPORT_COGNITO_CSV)
        return misuse("--header and --mfa are for Cognito's user import: --format cognito-csv.");
    if (request->output != NULL && request->output[0] == '\0')
        return misuse("--output names no file.");
    return 0;
}

/* The answer of GetCSVHeader as the AWS command line prints it. */
static cogmig_status set_header_from(cogmig_export_config *config, json_t *document,
                                     cogmig_error *err)
{
    char header[MAX_HEADER] = "";
    size_t index, len = 0;
    json_t *name, *names = json_object_get(document, "CSVHeader");
    json_array_foreach(names, index, name)
    {
        const char *text = json_string_value(name);
        len += (size_t)snprintf(header + len, sizeof header - len, "%s%s", index == 0 ? "" : ",",
                                text == NULL ? "" : text);
        if (len >= sizeof header)
            break;
    }
    if (len >= sizeof header)
        header[0] = '\0';
    return cogmig_export_config_set_cognito_header(config, header, err);
}

cogmig_status export_request_set_header(struct export_request *request, cogmig_error *err)
{
    if (request->header == NULL || strchr(request->header, ',') != NULL)
        return cogmig_export_config_set_cognito_header(request->config, request->header, err);
    json_error_t fault;
    json_t *document = json_load_file(request->header, 0, &fault);
    if (document == NULL) {
        char message[400];
        snprintf(message, sizeof message, "--header %s: %s", request->header, fault.text);
        cogmig_error_set(err, COGMIG_FILE_UNREADABLE, message);
        return COGMIG_FILE_UNREADABLE;
    }
    cogmig_status status = set_header_from(request->config, document, err);
    json_decref(document);
    return status;
}
