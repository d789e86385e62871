/* SPDX-License-Identifier: Apache-2.0
 * cogmig export: the backup before a migration, without password hashes. */
#include "export_progress.h"
#include "export_request.h"
#include "failure.h"
#include "interruption.h"
#include "verbs.h"

#include <cogmig/export.h>
#include <cogmig/store.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char help_export[] =
    "cogmig export [options]\n"
    "cogmig export --verify FILE\n"
    "\n"
    "Writes all users of the legacy store into a new file, without their password hashes, from "
    "one\n"
    "snapshot of the database. The file has mode 0600 and gets its name when it is whole; beside "
    "it\n"
    "comes FILE.manifest.json, from which --verify proves that nothing is missing or was changed.\n"
    "\n"
    "  --output FILE       backups/users-TIME.json by default; - is standard output, without a\n"
    "                      manifest\n"
    "  --format FORMAT     json, ndjson, csv or cognito-csv; by default what FILE ends in, or "
    "json\n"
    "  --columns LIST      id,email,name,createdAt,updatedAt by default; phone=mobile writes the\n"
    "                      column mobile as phone\n"
    "  --limit N           only the first N users in the order of their ids\n"
    "  --after ID          only users behind this one in the order of their ids\n"
    "  --shard I/N         only the I-th of N shares\n"
    "  --part-rows N       a new file after every N users\n"
    "  --report FILE       leave out users who cannot be exported as they are, and list them "
    "here;\n"
    "                      FILE.left-out.ndjson by default for cognito-csv\n"
    "  --header HEADER     cognito-csv: the pool's columns with commas between, or the file that\n"
    "                      \"aws cognito-idp get-csv-header\" wrote\n"
    "  --mfa               cognito-csv: the pool demands MFA\n"
    "  --no-formula-guard  csv: values as they are, even if a spreadsheet would run them\n"
    "  --url URL           the legacy store, instead of DATABASE_URL\n"
    "  --verify FILE       is FILE, with its manifest, what an export wrote?\n"
    "  --json              print JSON\n"
    "\n"
    "Progress is shown on a terminal. An interrupted export leaves no file.\n"
    "\n"
    "Exit code: 0 whole, 3 a setting, a file or a row is wrong (with --verify: FILE is not what "
    "was\n"
    "written), 5 the database or the disk failed, 6 interrupted.\n";

/* ---- settings ---- */

static void choose_report(struct export_request *request)
{
    bool wanted = request->format->format == COGMIG_EXPORT_COGNITO_CSV;
    if (request->report.path != NULL || !wanted || strcmp(request->output, "-") == 0)
        return;
    snprintf(request->own_report, sizeof request->own_report, "%s.left-out.ndjson",
             request->output);
    request->report.path = request->own_report;
}

static cogmig_status set_up(struct export_request *request, struct export_progress *progress,
                            cogmig_error *err)
{
    cogmig_export_config *config = request->config;
    if (request->output == NULL) {
        if (!export_place_choose(&request->place, request->shard, request->format->extension, err))
            return cogmig_error_status(err);
        request->output = request->place.path;
    }
    choose_report(request);
    cogmig_status status = cogmig_export_config_set_format(config, request->format->format, err);
    if (status == COGMIG_OK)
        status = export_request_set_header(request, err);
    if (status == COGMIG_OK)
        status = cogmig_export_config_set_progress(config, export_progress_show, progress, err);
    if (status == COGMIG_OK && request->report.path != NULL)
        status = cogmig_export_config_set_report(config, export_report_add, &request->report, err);
    return status;
}

/* ---- saying what was done ---- */

static void print_result(const struct export_request *request, const char *path,
                         const cogmig_export_result *result)
{
    FILE *out = strcmp(path, "-") == 0 ? stderr : stdout;
    int64_t left_out = cogmig_export_result_left_out(result);
    fprintf(out, "%" PRId64 " users, %" PRId64 " bytes: %s\n", cogmig_export_result_rows(result),
            cogmig_export_result_bytes(result), path);
    if (request->verify == NULL && cogmig_export_result_part(result) > 1)
        fprintf(out, "in %" PRId32 " files\n", cogmig_export_result_part(result));
    if (!cogmig_export_result_is_last_part(result))
        fprintf(out, "part %" PRId32 ", and not the last: verify the others too\n",
                cogmig_export_result_part(result));
    if (left_out > 0)
        fprintf(out, "%" PRId64 " users were left out%s%s\n", left_out,
                request->report.path == NULL ? "" : ", see ",
                request->report.path == NULL ? "" : request->report.path);
    fprintf(out, "snapshot of %s, SHA-256 %s\n", cogmig_export_result_snapshot_at(result),
            cogmig_export_result_sha256(result));
    if (request->verify != NULL)
        fputs("The file is what its manifest says, byte for byte.\n", out);
}

static void print_json_result(const char *path, const cogmig_export_result *result)
{
    json_t *object = json_pack("{s:s, s:I, s:I, s:I, s:i, s:b, s:s, s:s, s:s?}", "file", path,
                               "rows", (json_int_t)cogmig_export_result_rows(result), "left_out",
                               (json_int_t)cogmig_export_result_left_out(result), "bytes",
                               (json_int_t)cogmig_export_result_bytes(result), "part",
                               (int)cogmig_export_result_part(result), "last_part",
                               (int)cogmig_export_result_is_last_part(result), "snapshot_at",
                               cogmig_export_result_snapshot_at(result), "sha256",
                               cogmig_export_result_sha256(result), "last_id",
                               cogmig_export_result_last_id(result));
    FILE *out = strcmp(path, "-") == 0 ? stderr : stdout;
    json_dumpf(object, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(object);
}

static void show_result(const struct export_request *request, const char *path,
                        const cogmig_export_result *result)
{
    if (request->as_json)
        print_json_result(path, result);
    else
        print_result(request, path, result);
}

/* ---- the verb ---- */

static cogmig_status run_export(const struct export_request *request,
                                cogmig_export_result **ret_result, cogmig_error *err)
{
    cogmig_store_config *store = NULL;
    cogmig_status status = cogmig_store_config_new_from_env(&store, err);
    if (status == COGMIG_OK && strcmp(request->output, "-") == 0)
        status =
            cogmig_export_to_descriptor(request->config, store, STDOUT_FILENO, ret_result, err);
    else if (status == COGMIG_OK)
        status = cogmig_export_to_file(request->config, store, request->output, ret_result, err);
    cogmig_store_config_free(&store);
    return status;
}

/* What the library says of parts that are whole; NULL when there are none. */
static const char *what_came_before(const cogmig_error *err)
{
    return strstr(cogmig_error_message(err), "(What came before");
}

static int report_interruption(const struct export_request *request, cogmig_error *err)
{
    const char *rest = what_came_before(err);
    bool is_file = strcmp(request->output, "-") != 0;
    char message[600];
    snprintf(message, sizeof message, "interrupted; %s%s%s",
             !is_file       ? "the output is not whole."
             : rest == NULL ? "no file was left."
                            : "the last file was not left.",
             rest == NULL ? "" : " ", rest == NULL ? "" : rest);
    cogmig_error_set(err, COGMIG_STOPPED_BY_CALLBACK, message);
    if (request->as_json)
        return report(err, true);
    fprintf(stderr, "cogmig: %s\n", message);
    return COGMIG_KIND_STOPPED;
}

static int run_and_tell(struct export_request *request, struct export_progress *progress,
                        cogmig_error *err)
{
    cogmig_export_result *result = NULL;
    cogmig_status status = run_export(request, &result, err);
    export_progress_end(progress);
    /* Whom parts that are whole lack is told nowhere else. */
    bool keep = request->report.lines > 0 && (status == COGMIG_OK || what_came_before(err) != NULL);
    if (!export_report_close(&request->report, keep)) {
        status = COGMIG_DISK_FULL;
        cogmig_error_set(err, status, "The report could not be written.");
    }
    int code = 0;
    if (status == COGMIG_STOPPED_BY_CALLBACK && interruption_came())
        code = report_interruption(request, err);
    else if (status != COGMIG_OK)
        code = report(err, request->as_json);
    else
        show_result(request, request->output, result);
    cogmig_export_result_free(&result);
    return code;
}

static int export_users(struct export_request *request, cogmig_error *err)
{
    struct export_progress progress = export_progress_begin();
    interruption_catch_signals();
    cogmig_status status = set_up(request, &progress, err);
    bool ready = status == COGMIG_OK && export_report_open(&request->report, err);
    int code = ready ? run_and_tell(request, &progress, err) : report(err, request->as_json);
    if (code != 0)
        export_place_tidy(&request->place);
    return code;
}

static int verify_export(const struct export_request *request, cogmig_error *err)
{
    cogmig_export_result *result = NULL;
    if (cogmig_export_verify(request->verify, &result, err) != COGMIG_OK)
        return report(err, request->as_json);
    show_result(request, request->verify, result);
    cogmig_export_result_free(&result);
    return 0;
}

int verb_export(int argc, char **argv)
{
    struct export_request request = {.format = NULL};
    cogmig_error *err = new_error_box();
    int code = 0;
    if (cogmig_export_config_new(&request.config, err) != COGMIG_OK)
        code = report(err, false);
    if (code == 0)
        code = export_request_read(argc, argv, &request, err);
    if (code == 0)
        code = request.verify == NULL ? export_users(&request, err) : verify_export(&request, err);
    cogmig_export_config_free(&request.config);
    cogmig_error_free(&err);
    return code;
}
