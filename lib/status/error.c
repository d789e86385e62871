/* SPDX-License-Identifier: Apache-2.0 */
#include "status/error.h"

#include "base/memory.h"
#include "base/public.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

COGMIG_PUBLIC cogmig_status cogmig_error_new(cogmig_error **ret_error)
{
    if (ret_error == NULL)
        return COGMIG_INVALID_ARGUMENT;
    *ret_error = memory_new(sizeof **ret_error);
    return *ret_error == NULL ? COGMIG_OUT_OF_MEMORY : COGMIG_OK;
}

COGMIG_PUBLIC void cogmig_error_free(cogmig_error **error)
{
    if (error == NULL)
        return;
    memory_free(*error);
    *error = NULL;
}

COGMIG_PUBLIC void cogmig_error_clear(cogmig_error *error)
{
    if (error == NULL)
        return;
    error->status = COGMIG_OK;
    error->upstream = COGMIG_UPSTREAM_NONE;
    error->failed_claims = 0;
    error->upstream_code[0] = '\0';
    error->message[0] = '\0';
}

/* C0, DEL, and C1 (U+0080 to U+009F), with which a terminal can be steered as well. */
static bool is_control(const char *at, size_t length)
{
    unsigned char first = (unsigned char)at[0];
    return first < 0x20 || first == 0x7F ||
           (length == 2 && first == 0xC2 && (unsigned char)at[1] < 0xA0);
}

/* What does not fit is cut between two characters; a stranger's bytes may be no UTF-8 at all. */
static void set_printable(char *to, size_t size, const char *text)
{
    size_t len = strlen(text);
    size_t at = 0;
    while (at < len) {
        size_t length = utf8_sequence_length(text + at, len - at);
        size_t step = length == 0 ? 1 : length;
        if (at + step >= size)
            break;
        if (length == 0 || is_control(text + at, length))
            memset(to + at, '?', step);
        else
            memcpy(to + at, text + at, step);
        at += step;
    }
    to[at] = '\0';
}

/* The parts of a message may come from the box that it is for. */
static void set_message(cogmig_error *error, cogmig_status status, const char *format,
                        va_list arguments)
{
    char made[ERROR_MAX_MESSAGE + UTF8_MAX_SEQUENCE - 1]; /* the last character, whole */
    bool is_made = vsnprintf(made, sizeof made, format, arguments) >= 0;
    cogmig_error_clear(error);
    error->status = status;
    set_printable(error->message, sizeof error->message,
                  is_made ? made : cogmig_status_sentence(status));
}

cogmig_status fail(cogmig_error *err, cogmig_status status, const char *format, ...)
{
    if (err == NULL)
        return status;
    va_list arguments;
    va_start(arguments, format);
    set_message(err, status, format, arguments);
    va_end(arguments);
    return status;
}

cogmig_status fail_plainly(cogmig_error *err, cogmig_status status)
{
    return fail(err, status, "%s", cogmig_status_sentence(status));
}

const char *system_reason(int error)
{
    const char *reason = strerrordesc_np(error);
    return reason == NULL ? "unknown reason" : reason;
}

void fail_upstream(cogmig_error *err, int32_t upstream, const char *code)
{
    if (err == NULL)
        return;
    err->upstream = upstream;
    set_printable(err->upstream_code, sizeof err->upstream_code, code);
}

void fail_upstream_number(cogmig_error *err, int32_t upstream, int64_t code)
{
    char text[ERROR_MAX_UPSTREAM_CODE];
    snprintf(text, sizeof text, "%" PRId64, code);
    fail_upstream(err, upstream, text);
}

void fail_claims(cogmig_error *err, uint32_t failed)
{
    if (err != NULL)
        err->failed_claims = failed;
}

void error_copy(cogmig_error *to, const cogmig_error *from)
{
    if (to != NULL && from != NULL && to != from)
        *to = *from;
}

COGMIG_PUBLIC void cogmig_error_set(cogmig_error *error, cogmig_status status, const char *message)
{
    fail(error, status, "%s", message == NULL ? cogmig_status_sentence(status) : message);
}

COGMIG_PUBLIC cogmig_status cogmig_error_status(const cogmig_error *error)
{
    return error == NULL ? COGMIG_OK : error->status;
}

COGMIG_PUBLIC const char *cogmig_error_message(const cogmig_error *error)
{
    return error == NULL ? "" : error->message;
}

COGMIG_PUBLIC int32_t cogmig_error_upstream(const cogmig_error *error)
{
    return error == NULL ? COGMIG_UPSTREAM_NONE : error->upstream;
}

COGMIG_PUBLIC const char *cogmig_error_upstream_code(const cogmig_error *error)
{
    return error == NULL ? "" : error->upstream_code;
}

COGMIG_PUBLIC uint32_t cogmig_error_failed_claims(const cogmig_error *error)
{
    return error == NULL ? 0 : error->failed_claims;
}
