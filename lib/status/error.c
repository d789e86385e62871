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

/* Of a whole sequence, as RFC 3629 section 3 lays it out. */
static uint32_t code_point_at(const char *at, size_t length)
{
    static const unsigned char bits_of_first[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t code_point = (unsigned char)at[0] & bits_of_first[length];
    for (size_t i = 1; i < length; i++)
        code_point = code_point << 6 | ((unsigned char)at[i] & 0x3F);
    return code_point;
}

/* What steers a terminal (C0, DEL, C1), what ends a line (U+2028, U+2029), and what turns the
 * direction of the text around it (UAX 9 section 2), so that a line does not read as it is. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
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
        if (length == 0 || is_control(code_point_at(text + at, length)))
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
