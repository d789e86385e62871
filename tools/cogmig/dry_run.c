/* SPDX-License-Identifier: Apache-2.0 */
#include "dry_run.h"

#include "failure.h"
#include "show.h"

#include <cogmig/memory.h>
#include <inttypes.h>
#include <jansson.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* What is told are texts; the library has judged the event. */
    AS_LENIENT_AS_CAN_BE = JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL,
    LINE_ROOM = 6 * 1024 * 1024 + 2 /* more than Lambda allows, so that the library can say so */
};

enum outcome {
    OUTCOME_YES,
    OUTCOME_NO,
    OUTCOME_PASSED,    /* an event that is not the migration's: given back */
    OUTCOME_REFUSED,   /* a sign-up */
    OUTCOME_NO_ANSWER, /* an outage, or no event */
    OUTCOME_COUNT
};

static const char *const outcome_names[OUTCOME_COUNT] = {"yes", "no", "passed", "refused",
                                                         "no answer"};

struct replay {
    cogmig_migration *migration;
    cogmig_error *err;
    bool as_json;
    int64_t line;
    int64_t counts[OUTCOME_COUNT];
    uint64_t noes; /* that the migration has given so far */
    int worst;     /* kind of what kept an event from its answer */
};

/* ---- events hold passwords, and a parsed one does in many places ---- */

static void wipe_and_free(void *block)
{
    if (block != NULL)
        explicit_bzero(block, malloc_usable_size(block));
    free(block);
}

static const char *member(json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

/* ---- telling ---- */

static void print_attributes(json_t *attributes, const char *status)
{
    const char *name;
    json_t *value;
    if (attributes == NULL) /* other triggers answer otherwise */
        return;
    printf("  %s", status);
    json_object_foreach(attributes, name, value)
    {
        printf("  %s=", name);
        show_text(json_is_string(value) ? json_string_value(value) : "?");
    }
}

/* A user without a status has to choose a new password. */
static const char *name_of_status(json_t *event, const char *status)
{
    static const char forgot_password[] = "UserMigration_ForgotPassword";
    if (*status != '\0')
        return status;
    return strcmp(member(event, "triggerSource"), forgot_password) == 0 ? "(a code is sent)"
                                                                        : "(a reset)";
}

static void tell_text(const struct replay *replay, enum outcome outcome, json_t *event,
                      json_t *answer)
{
    cogmig_status reason = cogmig_error_status(replay->err);
    printf("%6" PRId64 "  %-9s  %-28s  ", replay->line, outcome_names[outcome],
           member(event, "triggerSource"));
    show_text(member(event, "userName"));
    if (outcome == OUTCOME_YES)
        print_attributes(json_object_get(answer, "userAttributes"),
                         name_of_status(event, member(answer, "finalUserStatus")));
    if (reason != COGMIG_OK)
        printf("  %s: %s", cogmig_status_name(reason), cogmig_error_message(replay->err));
    putchar('\n');
}

static void tell_json(const struct replay *replay, enum outcome outcome, json_t *event,
                      json_t *answer)
{
    cogmig_status reason = cogmig_error_status(replay->err);
    json_t *object = json_pack("{s:I, s:s, s:s, s:s}", "line", (json_int_t)replay->line, "outcome",
                               outcome_names[outcome], "trigger", member(event, "triggerSource"),
                               "user", member(event, "userName"));
    if (outcome == OUTCOME_YES)
        json_object_set(object, "answer", answer);
    if (reason != COGMIG_OK) {
        json_object_set_new(object, "reason", json_string(cogmig_status_name(reason)));
        json_object_set_new(object, "message", json_string(cogmig_error_message(replay->err)));
    }
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

/* ---- one event ---- */

/* A reason alone is no no: a reset has one, too, and so has a sign-up that passes in an outage. */
static enum outcome judge(struct replay *replay, cogmig_status status, bool unchanged)
{
    uint64_t noes = cogmig_migration_get_counter(replay->migration, COGMIG_MIGRATION_REFUSED);
    bool is_no = noes != replay->noes;
    replay->noes = noes;
    if (cogmig_status_kind(status) == COGMIG_KIND_DENIED)
        return OUTCOME_REFUSED;
    if (status != COGMIG_OK)
        return OUTCOME_NO_ANSWER;
    if (is_no)
        return OUTCOME_NO;
    return unchanged ? OUTCOME_PASSED : OUTCOME_YES;
}

static void replay_event(struct replay *replay, const char *line, size_t len)
{
    char *response = NULL;
    size_t response_len = 0;
    cogmig_status status = cogmig_migration_handle(replay->migration, line, len, &response,
                                                   &response_len, replay->err);
    json_t *event = json_loadb(line, len, AS_LENIENT_AS_CAN_BE, NULL);
    json_t *whole =
        response == NULL ? NULL : json_loadb(response, response_len, AS_LENIENT_AS_CAN_BE, NULL);
    bool unchanged = response != NULL && response_len == len && memcmp(response, line, len) == 0;
    enum outcome outcome = judge(replay, status, unchanged);
    int kind = (int)cogmig_status_kind(status);
    replay->counts[outcome]++;
    if (outcome == OUTCOME_NO_ANSWER && kind > replay->worst)
        replay->worst = kind;
    (replay->as_json ? tell_json : tell_text)(replay, outcome, event,
                                              json_object_get(whole, "response"));
    json_decref(event);
    json_decref(whole);
    cogmig_free(response);
}

static bool is_blank(const char *line, size_t len)
{
    return strspn(line, " \t\r") == len;
}

/* A line without its end, of which what is behind the room is left out; false when there is none.
 */
static bool read_line(char line[LINE_ROOM], size_t *ret_len)
{
    size_t len = 0;
    int c;
    while ((c = getc_unlocked(stdin)) != EOF && c != '\n')
        if (len < LINE_ROOM - 1)
            line[len++] = (char)c;
    line[len] = '\0';
    *ret_len = len;
    return c != EOF || len > 0;
}

static void print_summary(const struct replay *replay)
{
    const char *comma = "";
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        fprintf(stderr, "%s%" PRId64 " %s", comma, replay->counts[i], outcome_names[i]);
        comma = ", ";
    }
    fputc('\n', stderr);
}

int dry_run(cogmig_migration *migration, bool as_json, cogmig_error *err)
{
    struct replay replay = {.migration = migration, .err = err, .as_json = as_json};
    size_t len;
    json_set_alloc_funcs(malloc, wipe_and_free);
    char *line = malloc(LINE_ROOM);
    if (line == NULL) {
        cogmig_error_set(err, COGMIG_OUT_OF_MEMORY, NULL);
        return report(err, as_json);
    }
    while (read_line(line, &len)) {
        replay.line++;
        if (!is_blank(line, len))
            replay_event(&replay, line, len);
    }
    wipe_and_free(line);
    print_summary(&replay);
    if (feof(stdin) != 0)
        return replay.worst;
    cogmig_error_set(err, COGMIG_FILE_UNREADABLE, "Standard input could not be read to its end.");
    return report(err, as_json);
}
