/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_TIME = 40
};

/* ---- lines ---- */

static struct timespec now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return time;
}

static json_t *new_line(const char *level, const char *message)
{
    struct timespec time = now();
    struct tm utc;
    char second[MAX_TIME], text[MAX_TIME + 8];
    gmtime_r(&time.tv_sec, &utc);
    strftime(second, sizeof second, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text, sizeof text, "%s.%03dZ", second, (int)(time.tv_nsec / 1000000) % 1000);
    return json_pack("{s:s, s:s, s:s}", "time", text, "level", level, "message", message);
}

/* In one piece, so that lines of several threads stay whole. */
static void write_line(json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(line);
    if (text == NULL)
        return;
    size_t len = strlen(text);
    text[len] = '\n'; /* in place of the NUL */
    while (write(STDOUT_FILENO, text, len + 1) < 0 && errno == EINTR)
        continue;
    free(text);
}

static void add_text(json_t *line, const char *name, const char *text)
{
    if (text != NULL && text[0] != '\0')
        json_object_set_new(line, name, json_string(text));
}

static void add_error(json_t *line, const cogmig_error *err)
{
    cogmig_status status = cogmig_error_status(err);
    if (status == COGMIG_OK)
        return;
    add_text(line, "status", cogmig_status_name(status));
    add_text(line, "kind", cogmig_kind_name(cogmig_status_kind(status)));
    add_text(line, "reason", cogmig_error_message(err));
    add_text(line, "upstreamCode", cogmig_error_upstream_code(err));
}

/* ---- metrics ---- */

/* CloudWatch User Guide, "Embedded metric format". Each is there each time, so that an average is a
 * share of the events. */
static const struct {
    const char *name;
    int32_t counter;
} counts[] = {
    {"Confirmed", COGMIG_MIGRATION_CONFIRMED},
    {"Reset", COGMIG_MIGRATION_RESET},
    {"Refused", COGMIG_MIGRATION_REFUSED},
    {"Failed", COGMIG_MIGRATION_FAILED},
    {"SignUpsRefused", COGMIG_MIGRATION_SIGN_UPS_REFUSED},
    {"SignUpsUnchecked", COGMIG_MIGRATION_SIGN_UPS_UNCHECKED},
    {"Linked", COGMIG_MIGRATION_LINKED},
    {"NotLinked", COGMIG_MIGRATION_NOT_LINKED},
    {"TokensExtended", COGMIG_MIGRATION_TOKENS_EXTENDED},
    {"TokensUnchecked", COGMIG_MIGRATION_TOKENS_UNCHECKED},
    {"PassedThrough", COGMIG_MIGRATION_PASSED_THROUGH},
};

static json_t *definition(const char *name, const char *unit)
{
    return json_pack("{s:s, s:s}", "Name", name, "Unit", unit);
}

static json_t *definitions(void)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        json_array_append_new(list, definition(counts[i].name, "Count"));
    json_array_append_new(list, definition("Duration", "Milliseconds"));
    return list;
}

static void add_metrics(json_t *line, const struct log_event *event)
{
    struct timespec time = now();
    json_object_set_new(line, "_aws",
                        json_pack("{s:I, s:[{s:s, s:[[s]], s:o}]}", "Timestamp",
                                  (json_int_t)time.tv_sec * 1000 + time.tv_nsec / 1000000,
                                  "CloudWatchMetrics", "Namespace", "libcogmig", "Dimensions",
                                  "FunctionName", "Metrics", definitions()));
    add_text(line, "FunctionName", event->function);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        json_object_set_new(line, counts[i].name,
                            json_integer((json_int_t)event->counts[counts[i].counter]));
    json_object_set_new(line, "Duration", json_real(event->duration_ms));
}

/* ---- what is told ---- */

static bool is_harmless(const cogmig_error *err)
{
    int32_t kind = cogmig_status_kind(cogmig_error_status(err));
    return kind == COGMIG_KIND_OK || kind == COGMIG_KIND_DENIED || kind == COGMIG_KIND_NOT_FOUND;
}

static const char *level_of(const struct log_event *event)
{
    if (is_harmless(event->err))
        return "INFO";
    return event->status == COGMIG_OK ? "WARN" : "ERROR";
}

static const char *message_of(const struct log_event *event)
{
    if (event->status == COGMIG_OK)
        return "answered";
    return event->status == COGMIG_SIGN_UP_REFUSED ? "sign-up refused" : "no answer";
}

void log_event(const struct log_event *event)
{
    json_t *line = new_line(level_of(event), message_of(event));
    add_text(line, "requestId", event->request_id);
    add_error(line, event->err);
    json_object_set_new(line, "coldStart", json_boolean(event->cold_start));
    add_metrics(line, event);
    write_line(line);
}

void log_no_start(const cogmig_error *err)
{
    json_t *line = new_line("FATAL", "the function cannot start");
    add_error(line, err);
    write_line(line);
}

void log_problem(const char *request_id, const char *problem)
{
    json_t *line = new_line("ERROR", "the runtime API failed");
    add_text(line, "requestId", request_id);
    add_text(line, "reason", problem);
    write_line(line);
}
