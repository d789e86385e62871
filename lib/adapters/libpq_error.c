/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libpq_error.h"

#include "base/span.h"
#include "status/error.h"

#include <stdio.h>
#include <string.h>

enum {
    SQLSTATE_LENGTH = 5,
    MAX_DETAIL = 320
};

/* PostgreSQL manual, appendix A. The first that fits: a code before its class. */
static const struct {
    const char *prefix;
    cogmig_status status;
} sqlstates[] = {
    {"57014", COGMIG_DEADLINE_EXCEEDED},     /* query_canceled: statement_timeout */
    {"3D000", COGMIG_STORE_LOGIN_REFUSED},   /* invalid_catalog_name: no such database */
    {"28", COGMIG_STORE_LOGIN_REFUSED},      /* invalid authorization */
    {"42501", COGMIG_STORE_LOGIN_REFUSED},   /* insufficient_privilege */
    {"42P01", COGMIG_STORE_SCHEMA_MISMATCH}, /* undefined_table */
    {"42703", COGMIG_STORE_SCHEMA_MISMATCH}, /* undefined_column */
    {"3F000", COGMIG_STORE_SCHEMA_MISMATCH}, /* invalid_schema_name */
    {"22021", COGMIG_STORE_ROW_INVALID},     /* character_not_in_repertoire */
    {"22P05", COGMIG_STORE_ROW_INVALID},     /* untranslatable_character */
    {"53300", COGMIG_STORE_BUSY},            /* too_many_connections */
    {"57P03", COGMIG_STORE_BUSY},            /* cannot_connect_now: starting up */
    {"55P03", COGMIG_STORE_BUSY},            /* lock_not_available */
    {"40", COGMIG_STORE_BUSY},               /* rolled back: conflict with recovery, deadlock */
    {"57P", COGMIG_STORE_UNREACHABLE},       /* shut down, crashed */
    {"08", COGMIG_STORE_UNREACHABLE},        /* connection exception */
};

cogmig_status libpq_status_of(const char *sqlstate)
{
    if (sqlstate[0] == '\0')
        return COGMIG_STORE_UNREACHABLE;
    for (size_t i = 0; i < sizeof sqlstates / sizeof sqlstates[0]; i++)
        if (span_starts_with(span_of(sqlstate), sqlstates[i].prefix))
            return sqlstates[i].status;
    return COGMIG_STORE_QUERY_FAILED;
}

static const char *what_happened(cogmig_status status)
{
    switch (status) {
    case COGMIG_DEADLINE_EXCEEDED:
        return "PostgreSQL cut the query short";
    case COGMIG_STORE_LOGIN_REFUSED:
        return "PostgreSQL refused the login or the rights";
    case COGMIG_STORE_SCHEMA_MISMATCH:
        return "The table or its columns have other names in the database (letters' case counts; "
               "set COGMIG_TABLE, COGMIG_PASSWORD_COLUMN and so on, or the names in the "
               "configuration)";
    case COGMIG_STORE_ROW_INVALID:
        return "The row that was found holds text that cannot be UTF-8, mend it";
    case COGMIG_STORE_BUSY:
        return "PostgreSQL is busy, try again";
    case COGMIG_STORE_UNREACHABLE:
        return "PostgreSQL cannot be reached";
    default:
        return "PostgreSQL failed to answer";
    }
}

/* Write the text without the password of the connection, wherever it may come up. */
static void copy_without_password(struct span text, const PGconn *connection, char out[MAX_DETAIL])
{
    struct span password = span_of(PQpass(connection));
    size_t written = 0;
    for (size_t at = 0; at < text.len && written + 4 < MAX_DETAIL;) {
        struct span rest = {text.bytes + at, text.len - at};
        if (password.len > 0 && span_starts_with(rest, password.bytes)) {
            memcpy(out + written, "***", 3);
            written += 3;
            at += password.len;
        } else {
            out[written++] = text.bytes[at++];
        }
    }
    out[written] = '\0';
}

static cogmig_status fail_with(cogmig_status status, const PGconn *connection, const char *sqlstate,
                               struct span words, const char *advice, cogmig_error *err)
{
    char detail[MAX_DETAIL];
    copy_without_password(span_trim(words), connection, detail);
    fail(err, status, "%s: %s%s", what_happened(status), detail, advice);
    if (sqlstate[0] != '\0')
        fail_upstream(err, COGMIG_UPSTREAM_POSTGRESQL, sqlstate);
    return status;
}

static bool is_sqlstate(const char *text)
{
    static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return strspn(text, allowed) == SQLSTATE_LENGTH && text[SQLSTATE_LENGTH] == ':';
}

/* A refusal is only told as text: `FATAL:  28P01: password …`, the severity in any language. With
 * several addresses the last one counts. */
static const char *find_sqlstate(const char *message)
{
    const char *found = NULL;
    for (const char *at = strstr(message, ":  "); at != NULL; at = strstr(at + 1, ":  "))
        if (is_sqlstate(at + 3))
            found = at + 3;
    return found;
}

static struct span line_around(const char *message, const char *at)
{
    const char *start = at;
    while (start > message && start[-1] != '\n')
        start--;
    return (struct span){start, strcspn(start, "\n")};
}

static const char *connecting_advice(const PGconn *connection, const char *sqlstate)
{
    if (strcmp(sqlstate, "08P01") == 0)
        return ". If this is PgBouncer, add pgbouncer=true to the URL.";
    return PQconnectionNeedsPassword(connection) ? ". The URL has no password." : "";
}

cogmig_status libpq_fail_to_connect(const PGconn *connection, cogmig_error *err)
{
    const char *message = PQerrorMessage(connection);
    const char *found = find_sqlstate(message);
    char sqlstate[SQLSTATE_LENGTH + 1] = "";
    if (found != NULL)
        memcpy(sqlstate, found, SQLSTATE_LENGTH);
    cogmig_status status = libpq_status_of(sqlstate);
    if (found == NULL && PQconnectionNeedsPassword(connection))
        status = COGMIG_STORE_LOGIN_REFUSED; /* libpq gave up before the server could say it */
    return fail_with(status, connection, sqlstate,
                     line_around(message, found == NULL ? message : found),
                     connecting_advice(connection, sqlstate), err);
}

cogmig_status libpq_fail_connection(const PGconn *connection, cogmig_error *err)
{
    const char *message = PQerrorMessage(connection);
    return fail_with(COGMIG_STORE_UNREACHABLE, connection, "", line_around(message, message), "",
                     err);
}

static const char *field(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);
    return text == NULL ? "" : text;
}

/* A statement that another session prepared, or that this one did without knowing. */
static bool is_of_another_session(const char *sqlstate)
{
    return strcmp(sqlstate, "26000") == 0 || strcmp(sqlstate, "42P05") == 0;
}

cogmig_status libpq_fail_result(const PGconn *connection, const PGresult *result, cogmig_error *err)
{
    const char *words = field(result, PG_DIAG_MESSAGE_PRIMARY);
    if (words[0] == '\0')
        return libpq_fail_connection(connection, err);
    const char *hint = field(result, PG_DIAG_MESSAGE_HINT);
    char advice[1 + MAX_DETAIL] = "";
    if (hint[0] != '\0') {
        advice[0] = ' ';
        copy_without_password(span_of(hint), connection, advice + 1);
    }
    const char *sqlstate = field(result, PG_DIAG_SQLSTATE);
    if (is_of_another_session(sqlstate))
        snprintf(advice, sizeof advice,
                 ". If PgBouncer pools transactions, add pgbouncer=true to the URL.");
    return fail_with(libpq_status_of(sqlstate), connection, sqlstate, span_of(words), advice, err);
}
