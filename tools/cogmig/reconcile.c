/* SPDX-License-Identifier: Apache-2.0
 * cogmig reconcile: do Cognito, the legacy store and the identity map tell the same story? */
#include "agreement.h"
#include "failure.h"
#include "interruption.h"
#include "number.h"
#include "reconcile_progress.h"
#include "repair.h"
#include "report_file.h"
#include "verbs.h"

#include <cogmig/store.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

const char help_reconcile[] =
    "cogmig reconcile [options]             compare, and report\n"
    "cogmig reconcile --apply PLAN          carry out what a plan says\n"
    "\n"
    "Compares every user of the Cognito user pool, every row of the legacy store and every link "
    "of\n"
    "the identity map, and tells what does not agree. Nothing is changed without --apply.\n"
    "\n"
    "  --listing FILE    write Cognito's users down there page by page: a listing that was cut "
    "off\n"
    "                    goes on with the same FILE, and a whole one is read from it alone\n"
    "  --rate N          pages of 60 users a second, at most; 10\n"
    "  --no-map          there is no identity map\n"
    "  --names           compare the names too\n"
    "  --work-folder DIR where temporary files go, instead of /tmp: 400 bytes for each user\n"
    "  --html FILE       the report as one page for a browser\n"
    "  --ndjson FILE     every difference, one JSON object a line\n"
    "  --plan FILE       what would mend the differences, one JSON object a line\n"
    "  --store-is-right  let the plan write names and verified flags that differ into Cognito\n"
    "  --json            print counts as JSON\n"
    "\n"
    "Files have mode 0600, and one that is there already is not overwritten. Reports and plan "
    "appear\n"
    "when they are whole. AWS credentials are found as the AWS CLI finds them; ListUsers is what "
    "they\n"
    "must allow, and for --apply AdminGetUser and AdminUpdateUserAttributes. With "
    "DescribeUserPool\n"
    "the bar of a terminal knows how many users there are.\n"
    "\n"
    "Exit code 0: nothing to look at (users who have not moved yet do not count). 4: "
    "differences.\n"
    "6: interrupted; but for the listing no file is left.\n";

struct request {
    const char *listing;
    const char *work_folder;
    const char *html;
    const char *ndjson;
    const char *plan;
    const char *apply;
    int32_t pages_per_s;
    bool without_map;
    bool compare_names;
    bool store_is_right;
    bool as_json;
};

/* ---- where differences go ---- */

struct outputs {
    struct agreement agreement;
    struct repair_plan plan;
    struct report_file html;
    struct report_file ndjson;
    struct report_file plan_file;
    struct reconcile_progress progress;
};

static cogmig_status take_difference(void *user_data, const cogmig_difference *difference)
{
    struct outputs *outputs = user_data;
    json_t *object = difference_as_json(difference);
    if (outputs->ndjson.stream != NULL) {
        json_dumpf(object, outputs->ndjson.stream, JSON_COMPACT);
        fputc('\n', outputs->ndjson.stream);
    }
    repair_plan_add(&outputs->plan, object, cogmig_difference_is_linked(difference));
    agreement_add_example(&outputs->agreement, cogmig_difference_kind(difference), object);
    return interruption_came() ? COGMIG_STOPPED_BY_CALLBACK : COGMIG_OK;
}

/* ---- files ---- */

/* Why is in errno. The exit code. */
static int cannot(const struct request *request, cogmig_status status, const char *what,
                  const char *path)
{
    char message[512];
    snprintf(message, sizeof message, "Cannot %s %.300s: %s.", what, path, strerror(errno));
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
        status = COGMIG_DISK_FULL;
    cogmig_error *err = new_error_box();
    cogmig_error_set(err, status, message);
    int code = report(err, request->as_json);
    cogmig_error_free(&err);
    return code;
}

/* 0, or the exit code. */
static int make_file(const struct request *request, const char *path, struct report_file *file)
{
    if (path == NULL)
        return 0;
    errno = report_file_begin(file, path);
    return errno == 0 ? 0 : cannot(request, COGMIG_FILE_UNWRITABLE, "make", path);
}

/* Without a name: nobody else can open it, and nothing stays behind. */
static int make_unnamed_file(const struct request *request, FILE **ret_file)
{
    char path[PATH_MAX];
    const char *folder = request->work_folder == NULL ? "/tmp" : request->work_folder;
    int length = snprintf(path, sizeof path, "%s/.cogmig-XXXXXX", folder);
    if (length < 0 || (size_t)length >= sizeof path)
        return misuse("the path of the work folder is too long.");
    int descriptor = mkostemp(path, O_CLOEXEC);
    *ret_file = descriptor < 0 ? NULL : fdopen(descriptor, "w+");
    if (*ret_file == NULL)
        return cannot(request, COGMIG_FILE_UNWRITABLE, "make a file in", folder);
    unlink(path);
    return 0;
}

static int make_plan(const struct request *request, struct outputs *outputs)
{
    int code = make_file(request, request->plan, &outputs->plan_file);
    outputs->plan.file = outputs->plan_file.stream;
    return code == 0 && outputs->plan.file != NULL
               ? make_unnamed_file(request, &outputs->plan.links)
               : code;
}

static int make_files(const struct request *request, struct outputs *outputs)
{
    int code = make_file(request, request->html, &outputs->html);
    if (code == 0)
        code = make_file(request, request->ndjson, &outputs->ndjson);
    return code == 0 ? make_plan(request, outputs) : code;
}

/* 0, or the exit code. */
static int finish_file(const struct request *request, struct report_file *file)
{
    errno = report_file_finish(file);
    return errno == 0 ? 0 : cannot(request, COGMIG_FILE_UNWRITABLE, "write", file->path);
}

static int finish_plan(const struct request *request, struct outputs *outputs)
{
    if (repair_plan_finish(&outputs->plan))
        return finish_file(request, &outputs->plan_file);
    return cannot(request, COGMIG_FILE_UNWRITABLE, "write", request->plan);
}

/* Each that can be. The exit code of the first that cannot. */
static int finish_files(const struct request *request, struct outputs *outputs)
{
    int html = finish_file(request, &outputs->html);
    int ndjson = finish_file(request, &outputs->ndjson);
    int plan = finish_plan(request, outputs);
    return html != 0 ? html : ndjson != 0 ? ndjson : plan;
}

/* Those that are not finished. */
static void drop_files(struct outputs *outputs)
{
    report_file_drop(&outputs->html);
    report_file_drop(&outputs->ndjson);
    report_file_drop(&outputs->plan_file);
}

/* ---- the three sides ---- */

static cogmig_status open_cognito(const struct request *request, cogmig_cognito **ret_cognito,
                                  cogmig_error *err)
{
    cogmig_cognito_config *config = NULL;
    cogmig_status status = cogmig_cognito_config_new(&config, err);
    if (status == COGMIG_OK)
        status = cogmig_cognito_config_set_from_env(config, err);
    if (status == COGMIG_OK && request->pages_per_s != 0)
        status = cogmig_cognito_config_set_list_rate(config, request->pages_per_s, err);
    if (status == COGMIG_OK)
        status = cogmig_cognito_new(config, ret_cognito, err);
    cogmig_cognito_config_free(&config);
    return status;
}

static cogmig_status read_cognito(const struct request *request, struct outputs *outputs,
                                  cogmig_reconcile *reconcile, cogmig_error *err)
{
    cogmig_cognito *cognito = NULL;
    cogmig_status status = open_cognito(request, &cognito, err);
    if (status == COGMIG_OK) {
        reconcile_progress_expect_users(&outputs->progress, cognito);
        status = cogmig_reconcile_read_cognito(reconcile, cognito, request->listing, err);
    }
    cogmig_cognito_free(&cognito);
    return status;
}

static cogmig_status read_store(struct outputs *outputs, cogmig_reconcile *reconcile,
                                cogmig_error *err)
{
    cogmig_store_config *config = NULL;
    cogmig_status status = cogmig_store_config_new_from_env(&config, err);
    if (status == COGMIG_OK) {
        reconcile_progress_expect_rows(&outputs->progress, config);
        status = cogmig_reconcile_read_store(reconcile, config, err);
    }
    cogmig_store_config_free(&config);
    return status;
}

static cogmig_status read_map(const struct request *request, struct outputs *outputs,
                              cogmig_reconcile *reconcile, cogmig_error *err)
{
    cogmig_idmap *map = NULL;
    if (request->without_map)
        return COGMIG_OK;
    cogmig_status status = cogmig_idmap_open_from_env(&map, err);
    if (status == COGMIG_OK) {
        reconcile_progress_expect_links(&outputs->progress, map);
        status = cogmig_reconcile_read_idmap(reconcile, map, err);
    }
    cogmig_idmap_free(&map);
    return status;
}

/* As the migration writes it. */
static const char *legacy_id_attribute(void)
{
    const char *name = getenv("COGMIG_LEGACY_ID_ATTRIBUTE");
    return name == NULL || *name == '\0' ? "custom:legacy_id" : name;
}

static cogmig_status configure(const struct request *request, struct outputs *outputs,
                               cogmig_reconcile_config *config, cogmig_error *err)
{
    cogmig_status status =
        cogmig_reconcile_config_set_on_difference(config, take_difference, outputs, err);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_config_set_on_progress(config, reconcile_progress_show,
                                                         &outputs->progress, err);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_config_compare_names(config, request->compare_names, err);
    if (status == COGMIG_OK)
        status =
            cogmig_reconcile_config_set_legacy_id_attribute(config, legacy_id_attribute(), err);
    if (status == COGMIG_OK && request->without_map)
        status = cogmig_reconcile_config_without_map(config, err);
    if (status == COGMIG_OK && request->work_folder != NULL)
        status = cogmig_reconcile_config_set_work_folder(config, request->work_folder, err);
    return status;
}

static cogmig_status begin(const struct request *request, struct outputs *outputs,
                           cogmig_reconcile **ret_reconcile, cogmig_error *err)
{
    cogmig_reconcile_config *config = NULL;
    cogmig_status status = cogmig_reconcile_config_new(&config, err);
    if (status == COGMIG_OK)
        status = configure(request, outputs, config, err);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_new(config, ret_reconcile, err);
    cogmig_reconcile_config_free(&config);
    return status;
}

static cogmig_status compare(const struct request *request, struct outputs *outputs,
                             cogmig_reconcile *reconcile, cogmig_error *err)
{
    /* The quick ones first: what is set up wrongly is then seen before an hour's listing. */
    cogmig_status status = read_map(request, outputs, reconcile, err);
    if (status == COGMIG_OK)
        status = read_store(outputs, reconcile, err);
    if (status == COGMIG_OK)
        status = read_cognito(request, outputs, reconcile, err);
    return status == COGMIG_OK ? cogmig_reconcile_compare(reconcile, err) : status;
}

/* ---- reporting ---- */

/* After the files are whole: a reader who closes the pipe ends the program. */
static void print_report(const struct request *request, const struct outputs *outputs)
{
    if (request->as_json)
        agreement_print_json(&outputs->agreement);
    else
        agreement_print_text(&outputs->agreement);
}

static void write_time(time_t when, char text[sizeof "2026-01-15T10:30:00Z"])
{
    struct tm utc;
    gmtime_r(&when, &utc);
    strftime(text, sizeof "2026-01-15T10:30:00Z", "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* Before the listing is gone on with, which writes it. */
static void note_times(const struct request *request, struct agreement *agreement)
{
    struct stat file;
    write_time(time(NULL), agreement->time);
    if (request->listing == NULL || stat(request->listing, &file) != 0 || file.st_size == 0)
        return;
    agreement->listing = request->listing;
    write_time(file.st_mtime, agreement->listed);
}

static int report_failure(const struct request *request, cogmig_error *err)
{
    if (interruption_came())
        cogmig_error_set(err, COGMIG_STOPPED_BY_CALLBACK,
                         request->listing == NULL
                             ? "Interrupted; no file was left."
                             : "Interrupted; no file was left but the listing, which goes on when "
                               "this is run again.");
    return report(err, request->as_json);
}

static int reconcile_and_report(const struct request *request, struct outputs *outputs,
                                cogmig_error *err)
{
    cogmig_reconcile *reconcile = NULL;
    int code, files_code = 0;
    cogmig_status status = begin(request, outputs, &reconcile, err);
    if (status == COGMIG_OK)
        status = compare(request, outputs, reconcile, err);
    reconcile_progress_end(&outputs->progress);
    outputs->agreement.counts = reconcile;
    if (status == COGMIG_OK && outputs->html.stream != NULL)
        agreement_write_html(&outputs->agreement, outputs->html.stream);
    if (status == COGMIG_OK) {
        files_code = finish_files(request, outputs);
        print_report(request, outputs);
        code = agreement_faults(&outputs->agreement) == 0 ? 0 : COGMIG_KIND_CONFLICT;
    } else {
        code = report_failure(request, err);
    }
    cogmig_reconcile_free(&reconcile);
    return files_code != 0 ? files_code : code;
}

static int compare_sides(const struct request *request, cogmig_error *err)
{
    struct outputs outputs = {
        .agreement = {.pool_id = getenv("COGNITO_USER_POOL_ID")},
        .plan = {.policy = {getenv("COGNITO_USER_POOL_ID"), legacy_id_attribute(),
                            request->store_is_right, request->without_map}},
        .progress = reconcile_progress_begin(),
    };
    note_times(request, &outputs.agreement);
    interruption_catch_signals();
    int code = make_files(request, &outputs);
    if (code == 0)
        code = reconcile_and_report(request, &outputs, err);
    drop_files(&outputs);
    free_agreement(&outputs.agreement);
    repair_plan_release(&outputs.plan);
    return code;
}

/* ---- carrying a plan out ---- */

static int carry_out(const struct request *request, FILE *plan, cogmig_error *err)
{
    struct repair_sides sides = {.pool_id = getenv("COGNITO_USER_POOL_ID"),
                                 .legacy_id_attribute = legacy_id_attribute()};
    cogmig_status status = cogmig_idmap_open_from_env(&sides.map, err);
    if (status == COGMIG_OK)
        status = open_cognito(request, &sides.cognito, err);
    int code = status == COGMIG_OK ? repair_apply(plan, &sides, request->as_json, err)
                                   : report(err, request->as_json);
    cogmig_store_free(&sides.store);
    cogmig_cognito_free(&sides.cognito);
    cogmig_idmap_free(&sides.map);
    return code;
}

static int apply(const struct request *request, cogmig_error *err)
{
    FILE *plan = fopen(request->apply, "re");
    if (plan == NULL)
        return cannot(request, COGMIG_FILE_UNREADABLE, "read", request->apply);
    int code = carry_out(request, plan, err);
    fclose(plan);
    return code;
}

/* ---- the verb ---- */

static const char **text_option(struct request *request, int option)
{
    switch (option) {
    case 'l':
        return &request->listing;
    case 'w':
        return &request->work_folder;
    case 'h':
        return &request->html;
    case 'd':
        return &request->ndjson;
    case 'p':
        return &request->plan;
    case 'a':
        return &request->apply;
    default:
        return NULL;
    }
}

static bool *flag_option(struct request *request, int option)
{
    switch (option) {
    case 'm':
        return &request->without_map;
    case 'n':
        return &request->compare_names;
    case 's':
        return &request->store_is_right;
    default:
        return &request->as_json;
    }
}

/* 0, or the exit code. Two in one file would be told only when both are whole. */
static int check_names(const struct request *request)
{
    const char *names[] = {request->listing, request->html, request->ndjson, request->plan};
    const size_t count = sizeof names / sizeof names[0];
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (names[i] != NULL && names[j] != NULL && strcmp(names[i], names[j]) == 0)
                return misuse("%.300s cannot be two files.", names[i]);
    return 0;
}

/* 0, or the exit code. */
static int read_request(int argc, char **argv, struct request *request)
{
    static const struct option known[] = {
        {"listing", required_argument, NULL, 'l'}, {"work-folder", required_argument, NULL, 'w'},
        {"html", required_argument, NULL, 'h'},    {"ndjson", required_argument, NULL, 'd'},
        {"plan", required_argument, NULL, 'p'},    {"apply", required_argument, NULL, 'a'},
        {"rate", required_argument, NULL, 'r'},    {"no-map", no_argument, NULL, 'm'},
        {"names", no_argument, NULL, 'n'},         {"store-is-right", no_argument, NULL, 's'},
        {"json", no_argument, NULL, 'j'},          {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        if (option == '?' || option == ':')
            return misuse_of_option(option, argv, known);
        const char **text = text_option(request, option);
        if (text != NULL)
            *text = optarg;
        else if (option != 'r')
            *flag_option(request, option) = true;
        else if ((request->pages_per_s = number_or_minus_1(optarg)) < 1)
            return misuse("\"%s\" is no number of pages a second.", optarg);
    }
    return optind < argc ? misuse("\"reconcile\" takes options alone.") : check_names(request);
}

int verb_reconcile(int argc, char **argv)
{
    struct request request = {0};
    int code = read_request(argc, argv, &request);
    if (code != 0)
        return code;
    cogmig_error *err = new_error_box();
    code = request.apply == NULL ? compare_sides(&request, err) : apply(&request, err);
    cogmig_error_free(&err);
    return code;
}
