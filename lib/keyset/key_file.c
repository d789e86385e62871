/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/key_file.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/new_file.h"
#include "status/error.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct key_file {
    char *path;
    calendar_fn calendar_s;
    void *calendar_data;
    pthread_mutex_t lock; /* of everything below, and of writing */
    struct cogmig_error of_reading;
    struct cogmig_error of_writing;
    uint64_t counts[KEY_FILE_EVENT_COUNT];
};

struct key_file *key_file_new(const char *path, calendar_fn calendar_s, void *calendar_data)
{
    struct key_file *file = memory_new(sizeof *file);
    if (file == NULL)
        return NULL;
    file->calendar_s = calendar_s;
    file->calendar_data = calendar_data;
    pthread_mutex_init(&file->lock, NULL);
    file->path = memory_copy_text(path);
    if (file->path != NULL)
        return file;
    key_file_free(file);
    return NULL;
}

void key_file_free(struct key_file *file)
{
    if (file == NULL)
        return;
    pthread_mutex_destroy(&file->lock);
    memory_free(file->path);
    memory_free(file);
}

int64_t key_file_now_s(const struct key_file *file)
{
    return file->calendar_s(file->calendar_data);
}

/* ---- the file as such ---- */

static cogmig_status refuse(const struct key_file *file, const char *why, cogmig_error *err)
{
    return fail(err, COGMIG_KEY_FILE_REFUSED, "The key file %.200s is not used: %s.", file->path,
                why);
}

static cogmig_status fail_system(const struct key_file *file, cogmig_status status,
                                 const char *verb, int reason, cogmig_error *err)
{
    fail(err, status, "Cannot %s the key file %.200s: %s.", verb, file->path,
         system_reason(reason));
    fail_upstream_number(err, COGMIG_UPSTREAM_SYSTEM, reason);
    return status;
}

/* Whoever may write to it may say whose tokens are good. */
static const char *reason_against(const struct stat *of)
{
    if (!S_ISREG(of->st_mode))
        return "it is no regular file";
    if (of->st_uid != geteuid())
        return "it belongs to another user";
    if ((of->st_mode & 077) != 0)
        return "others may read or write it; its mode must be 0600";
    if (of->st_nlink > 1) /* 0: it has just been replaced */
        return "it has another name elsewhere";
    return of->st_size > KEY_FILE_MAX_BYTES ? "it is too large" : NULL;
}

static cogmig_status read_all(const struct key_file *file, int descriptor, struct buffer *content,
                              cogmig_error *err)
{
    char chunk[4096];
    for (;;) {
        ssize_t got = read(descriptor, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_system(file, COGMIG_FILE_UNREADABLE, "read", errno, err);
        if (got == 0)
            return COGMIG_OK;
        buffer_add(content, (struct span){chunk, (size_t)got});
        if (content->state == BUFFER_FULL)
            return refuse(file, "it is too large", err);
        if (content->state == BUFFER_REFUSED)
            return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    }
}

static void release_descriptor(const int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
}

/* A file that is not there yet is empty, and that is all right. */
static cogmig_status load(const struct key_file *file, struct buffer *content, cogmig_error *err)
{
    struct stat of;
    SCOPED(release_descriptor)
    int descriptor = open(file->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0 && errno == ENOENT)
        return COGMIG_OK;
    if (descriptor < 0 && errno == ELOOP)
        return refuse(file, "it is a symbolic link", err);
    if (descriptor < 0 || fstat(descriptor, &of) != 0)
        return fail_system(file, COGMIG_FILE_UNREADABLE, "read", errno, err);
    const char *reason = reason_against(&of);
    return reason != NULL ? refuse(file, reason, err) : read_all(file, descriptor, content, err);
}

/* ---- reading ---- */

static cogmig_status read_keys(const struct key_file *file, const struct saved_question *question,
                               struct saved_keys *ret_saved, cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer content = buffer_with_max(KEY_FILE_MAX_BYTES);
    struct cogmig_error detail = {.status = COGMIG_OK};
    cogmig_status status = load(file, &content, err);
    if (status != COGMIG_OK || content.len == 0)
        return status;
    status =
        saved_keys_read((struct span){content.bytes, content.len}, question, ret_saved, &detail);
    if (status == COGMIG_KEY_FILE_REFUSED)
        return refuse(file, detail.message, err);
    return status == COGMIG_OK ? COGMIG_OK : fail_plainly(err, status);
}

bool key_file_read(struct key_file *file, const char *url, uint32_t algorithms,
                   int64_t later_than_s, struct saved_keys *ret_saved)
{
    struct saved_question question = {url, algorithms, key_file_now_s(file), later_than_s};
    struct cogmig_error outcome = {.status = COGMIG_OK};
    ret_saved->keyset = NULL;
    outcome.status = read_keys(file, &question, ret_saved, &outcome);
    pthread_mutex_lock(&file->lock);
    file->of_reading = outcome;
    file->counts[KEY_FILE_IGNORED] += outcome.status != COGMIG_OK;
    file->counts[KEY_FILE_USED] += ret_saved->keyset != NULL;
    pthread_mutex_unlock(&file->lock);
    return ret_saved->keyset != NULL;
}

/* ---- writing: with the lock held ---- */

static cogmig_status replace(const struct key_file *file, struct span content, cogmig_error *err)
{
    SCOPED(new_file_release) struct new_file next = no_new_file;
    int failure = new_file_begin(&next, file->path, true);
    if (failure == 0)
        failure = new_file_write(&next, content);
    if (failure == 0)
        failure = new_file_finish(&next);
    if (failure == 0)
        return COGMIG_OK;
    return fail_system(file, failure == ENOMEM ? COGMIG_OUT_OF_MEMORY : COGMIG_FILE_UNWRITABLE,
                       "write", failure, err);
}

/* Without what others wrote, if there is no room for both. */
static cogmig_status write_content(const struct key_file *file, struct span former, const char *url,
                                   const struct saved_keys *saved, bool *ret_written,
                                   cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer content = buffer_with_max(KEY_FILE_MAX_BYTES);
    *ret_written = saved_keys_write(former, url, saved, key_file_now_s(file), &content);
    if (!*ret_written)
        return COGMIG_OK;
    if (content.state == BUFFER_FULL && former.len > 0)
        return write_content(file, (struct span){"", 0}, url, saved, ret_written, err);
    if (content.state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return replace(file, (struct span){content.bytes, content.len}, err);
}

static void write_keys(struct key_file *file, const char *url, const struct saved_keys *saved)
{
    bool written = false;
    SCOPED(buffer_release) struct buffer former = buffer_with_max(KEY_FILE_MAX_BYTES);
    if (load(file, &former, NULL) != COGMIG_OK)
        buffer_release(&former);
    struct span content = {former.len == 0 ? "" : former.bytes, former.len};
    struct cogmig_error outcome = {.status = COGMIG_OK};
    outcome.status = write_content(file, content, url, saved, &written, &outcome);
    file->of_writing = outcome;
    if (outcome.status == COGMIG_OK) /* what was wrong with the former file is over */
        cogmig_error_clear(&file->of_reading);
    file->counts[KEY_FILE_WRITTEN] += written && outcome.status == COGMIG_OK;
    file->counts[KEY_FILE_NOT_WRITTEN] += outcome.status != COGMIG_OK;
}

void key_file_write(struct key_file *file, const char *url, const struct saved_keys *saved)
{
    pthread_mutex_lock(&file->lock);
    write_keys(file, url, saved);
    pthread_mutex_unlock(&file->lock);
}

/* ---- what became of it ---- */

uint64_t key_file_count(struct key_file *file, enum key_file_event event)
{
    pthread_mutex_lock(&file->lock);
    uint64_t count = file->counts[event];
    pthread_mutex_unlock(&file->lock);
    return count;
}

cogmig_status key_file_problem(struct key_file *file, cogmig_error *err)
{
    pthread_mutex_lock(&file->lock);
    const struct cogmig_error *last =
        file->of_writing.status != COGMIG_OK ? &file->of_writing : &file->of_reading;
    cogmig_status status = last->status;
    if (status != COGMIG_OK)
        error_copy(err, last);
    pthread_mutex_unlock(&file->lock);
    return status;
}
