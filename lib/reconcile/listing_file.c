/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/listing_file.h"

#include "base/cleanup.h"
#include "base/json.h"
#include "status/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_PAGE_BYTES = 4 * 1024 * 1024,
    MAX_LINE_BYTES = 256 * 1024,
    READ_AT_ONCE_BYTES = 64 * 1024,
    MAX_TOKEN_BYTES = 16 * 1024
};

static const char *const text_names[ACCOUNT_TEXT_COUNT] = {
    [ACCOUNT_LEGACY_ID] = "legacy_id",
    [ACCOUNT_SUB] = "sub",
    [ACCOUNT_EMAIL] = "email",
    [ACCOUNT_NAME] = "name",
};

static cogmig_status failed(const struct listing_file *file, const char *what, cogmig_error *err)
{
    int reason = errno;
    bool no_room = reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
    cogmig_status status = fail(err, no_room ? COGMIG_DISK_FULL : COGMIG_FILE_UNWRITABLE,
                                "Cannot %s %s: %s.", what, file->path, system_reason(reason));
    fail_upstream_number(err, COGMIG_UPSTREAM_SYSTEM, reason);
    return status;
}

static cogmig_status is_no_listing(const struct listing_file *file, cogmig_error *err)
{
    return fail(err, COGMIG_CONFIG_INVALID,
                "%s is no listing of this user pool: give another name, or remove it.", file->path);
}

static const char heading_begins[] = "{\"listing\":1,";

/* ---- writing ---- */

static void add_member(struct buffer *line, const char *name, struct span text)
{
    if (text.bytes == NULL)
        return;
    buffer_add_json_string(line, span_of(name));
    buffer_add_byte(line, ':');
    buffer_add_json_string(line, text);
    buffer_add_byte(line, ',');
}

void listing_file_add(struct listing_file *file, const struct account *user)
{
    buffer_add_byte(&file->page, '{');
    for (size_t i = 0; i < ACCOUNT_TEXT_COUNT; i++)
        add_member(&file->page, text_names[i], user->texts[i]);
    buffer_add_text(&file->page, user->email_verified ? "\"email_verified\":true,"
                                                      : "\"email_verified\":false,");
    buffer_add_text(&file->page, user->disabled ? "\"enabled\":false}\n" : "\"enabled\":true}\n");
}

static cogmig_status write_page(struct listing_file *file, cogmig_error *err)
{
    struct span rest = {file->page.bytes, file->page.len};
    if (file->page.state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    while (rest.len > 0) {
        ssize_t written = write(file->descriptor, rest.bytes, rest.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return failed(file, "write to", err);
        rest.bytes += written;
        rest.len -= (size_t)written;
    }
    file->page.len = 0;
    return COGMIG_OK;
}

cogmig_status listing_file_end_page(struct listing_file *file, const char *next, cogmig_error *err)
{
    buffer_add_text(&file->page, "{\"next\":");
    if (next == NULL)
        buffer_add_text(&file->page, "null");
    else
        buffer_add_json_string(&file->page, span_of(next));
    buffer_add_text(&file->page, "}\n");
    return write_page(file, err);
}

static cogmig_status write_heading(struct listing_file *file, const struct listing_subject *subject,
                                   cogmig_error *err)
{
    buffer_add_text(&file->page, heading_begins);
    add_member(&file->page, "pool", span_of(subject->pool_id));
    add_member(&file->page, "legacy_id_attribute", span_of(subject->legacy_id_attribute));
    buffer_add_text(&file->page, "\"format\":\"cogmig\"}\n");
    return write_page(file, err);
}

/* ---- reading ---- */

struct reader {
    struct listing_file *file;
    const struct listing_subject *subject;
    listing_user_fn tell;
    void *user_data;
    struct listing_place *place;
    struct buffer text;  /* read and not yet taken */
    struct buffer words; /* of one user */
    int64_t taken_bytes;
    int64_t whole_bytes; /* up to the end of the last page that is whole */
};

static bool says(struct json_value line, const char *name, const char *text)
{
    struct json_value value;
    return json_find(line, name, &value) && value.type == JSON_STRING &&
           json_string_equals(value, span_of(text));
}

static cogmig_status read_heading(struct reader *reader, struct json_value line, cogmig_error *err)
{
    const struct listing_subject *subject = reader->subject;
    if (!says(line, "pool", subject->pool_id))
        return is_no_listing(reader->file, err);
    if (!says(line, "legacy_id_attribute", subject->legacy_id_attribute))
        return fail(err, COGMIG_CONFIG_INVALID,
                    "%.300s is a listing that was made without the attribute %.100s: give another "
                    "name, or remove it.",
                    reader->file->path, subject->legacy_id_attribute);
    reader->whole_bytes = reader->taken_bytes;
    return COGMIG_OK;
}

static cogmig_status read_page_end(struct reader *reader, struct json_value next, cogmig_error *err)
{
    struct buffer *token = &reader->place->next;
    char decoded[MAX_TOKEN_BYTES];
    token->len = 0;
    reader->place->is_whole = next.type == JSON_NULL;
    if (next.type == JSON_STRING && next.text.len <= sizeof decoded)
        buffer_add(token, (struct span){decoded, json_string_decode_into(next, decoded)});
    else if (next.type != JSON_NULL)
        return is_no_listing(reader->file, err);
    reader->whole_bytes = reader->taken_bytes;
    return token->state == BUFFER_GOOD ? COGMIG_OK : fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

static bool is_true(struct json_value line, const char *name)
{
    struct json_value value;
    return json_find(line, name, &value) && value.type == JSON_TRUE;
}

/* Decoded side by side; words is large enough for the whole line and does not move. */
static struct span decode(struct reader *reader, struct json_value line, const char *name)
{
    struct json_value value;
    if (!json_find(line, name, &value) || value.type != JSON_STRING)
        return (struct span){0};
    char *at = reader->words.bytes + reader->words.len;
    size_t len = json_string_decode_into(value, at);
    reader->words.len += len;
    return (struct span){at, len};
}

static cogmig_status read_user(struct reader *reader, struct json_value line, cogmig_error *err)
{
    struct account user = {.email_verified = is_true(line, "email_verified"),
                           .disabled = !is_true(line, "enabled")};
    reader->words.len = 0;
    buffer_add(&reader->words, line.text);
    if (reader->words.state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    reader->words.len = 0;
    for (size_t i = 0; i < ACCOUNT_TEXT_COUNT; i++)
        user.texts[i] = decode(reader, line, text_names[i]);
    if (user.texts[ACCOUNT_SUB].len == 0)
        return is_no_listing(reader->file, err);
    return reader->tell(reader->user_data, &user, err);
}

static cogmig_status read_line(struct reader *reader, struct span text, cogmig_error *err)
{
    struct json_value line, value;
    struct json_fault fault;
    if (!json_check(text, &line, &fault))
        return is_no_listing(reader->file, err);
    if (reader->whole_bytes == 0)
        return read_heading(reader, line, err);
    if (json_find(line, "next", &value))
        return read_page_end(reader, value, err);
    return read_user(reader, line, err);
}

static cogmig_status read_lines(struct reader *reader, cogmig_error *err)
{
    size_t begin = 0;
    cogmig_status status = COGMIG_OK;
    while (status == COGMIG_OK) {
        const char *line = reader->text.bytes + begin;
        const char *end = memchr(line, '\n', reader->text.len - begin);
        if (end == NULL)
            break;
        size_t len = (size_t)(end - line);
        begin += len + 1;
        reader->taken_bytes += (int64_t)len + 1;
        status = read_line(reader, (struct span){line, len}, err);
    }
    reader->text.len -= begin;
    memmove(reader->text.bytes, reader->text.bytes + begin, reader->text.len);
    return status;
}

static cogmig_status read_all(struct reader *reader, cogmig_error *err)
{
    char chunk[READ_AT_ONCE_BYTES];
    cogmig_status status = COGMIG_OK;
    while (status == COGMIG_OK) {
        ssize_t got = read(reader->file->descriptor, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failed(reader->file, "read", err);
        if (got == 0)
            break;
        buffer_add(&reader->text, (struct span){chunk, (size_t)got});
        if (reader->text.state == BUFFER_REFUSED)
            return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
        if (reader->text.state == BUFFER_FULL)
            return is_no_listing(reader->file, err);
        status = read_lines(reader, err);
    }
    return status;
}

/* ---- opening ---- */

static cogmig_status keep_others_out(const struct listing_file *file, cogmig_error *err)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(file->descriptor, F_SETLK, &whole) == 0)
        return COGMIG_OK;
    return failed(file, "use, since another reconciliation does,", err);
}

/* A whole listing keeps the time at which it was written. */
static cogmig_status cut_off(const struct listing_file *file, int64_t bytes, cogmig_error *err)
{
    if (lseek(file->descriptor, 0, SEEK_END) == bytes)
        return COGMIG_OK;
    if (ftruncate(file->descriptor, bytes) != 0 || lseek(file->descriptor, bytes, SEEK_SET) < 0)
        return failed(file, "write to", err);
    return COGMIG_OK;
}

static void release_reader(struct reader *reader)
{
    buffer_release(&reader->text);
    buffer_release(&reader->words);
}

/* Nothing, or the first line of a listing that was cut off in the middle of it. Anything else
 * without a line end is somebody's file, which is not to be overwritten. */
static bool may_be_begun(const struct reader *reader)
{
    size_t len =
        reader->text.len < sizeof heading_begins - 1 ? reader->text.len : sizeof heading_begins - 1;
    return len == 0 || memcmp(reader->text.bytes, heading_begins, len) == 0;
}

/* From a pipe or a terminal one would wait for ever. */
static bool is_regular(const struct listing_file *file)
{
    struct stat there;
    return fstat(file->descriptor, &there) == 0 && S_ISREG(there.st_mode);
}

static cogmig_status take_up(struct reader *reader, cogmig_error *err)
{
    if (!is_regular(reader->file))
        return is_no_listing(reader->file, err);
    cogmig_status status = keep_others_out(reader->file, err);
    if (status == COGMIG_OK)
        status = read_all(reader, err);
    if (status == COGMIG_OK && reader->whole_bytes == 0 && !may_be_begun(reader))
        status = is_no_listing(reader->file, err);
    if (status == COGMIG_OK)
        status = cut_off(reader->file, reader->whole_bytes, err);
    if (status == COGMIG_OK && reader->whole_bytes == 0)
        status = write_heading(reader->file, reader->subject, err);
    return status;
}

cogmig_status listing_file_open(const char *path, const struct listing_subject *subject,
                                listing_user_fn tell, void *user_data, struct listing_file *file,
                                struct listing_place *place, cogmig_error *err)
{
    *file = (struct listing_file){.path = path, .page = buffer_with_max(MAX_PAGE_BYTES)};
    *place = (struct listing_place){.next = buffer_with_max(MAX_TOKEN_BYTES)};
    file->descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
    if (file->descriptor < 0)
        return failed(file, "open", err);
    SCOPED(release_reader)
    struct reader reader = {.file = file,
                            .subject = subject,
                            .tell = tell,
                            .user_data = user_data,
                            .place = place,
                            .text = buffer_with_max(MAX_LINE_BYTES),
                            .words = buffer_with_max(MAX_LINE_BYTES)};
    return take_up(&reader, err);
}

void listing_file_close(struct listing_file *file)
{
    buffer_release(&file->page);
    if (file->descriptor >= 0)
        close(file->descriptor);
    file->descriptor = -1;
}
