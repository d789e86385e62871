/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/profile.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/read_file.h"
#include "cognito/environment.h"
#include "status/error.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

enum {
    MAX_FILE = 1024 * 1024,
    MAX_PATH = 4096
};

const char *profile_name(void)
{
    const char *name = variable("AWS_DEFAULT_PROFILE"); /* in the AWS CLI's order */
    if (name == NULL)
        name = variable("AWS_PROFILE");
    return name == NULL ? "default" : name;
}

/* ---- the format ---- */

/* As Python's configparser reads it, which the AWS CLI uses: names of keys in any case, "=" or ":"
 * behind them; a line that is indented deeper than the key before it belongs to that one. */
struct line {
    bool is_header;
    struct span name; /* a header's, without brackets, or a key's */
    struct span value;
};

struct reader {
    struct span rest;
    bool has_key; /* since the last header */
    size_t indent;
};

static struct reader reader_of(struct span file)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    if (span_starts_with(file, byte_order_mark))
        file = (struct span){file.bytes + 3, file.len - 3};
    return (struct reader){.rest = file};
}

static struct span next_raw_line(struct span *rest)
{
    const char *end = memchr(rest->bytes, '\n', rest->len);
    struct span line = {rest->bytes, end == NULL ? rest->len : (size_t)(end - rest->bytes)};
    size_t used = line.len + (end == NULL ? 0 : 1);
    *rest = (struct span){rest->bytes + used, rest->len - used};
    return line;
}

static struct line read_header(struct span text)
{
    const char *end = memrchr(text.bytes, ']', text.len);
    size_t len = end == NULL ? 0 : (size_t)(end - text.bytes) - 1;
    return (struct line){.is_header = true, .name = span_trim((struct span){text.bytes + 1, len})};
}

static struct line read_key(struct span text)
{
    size_t name = 0;
    while (name < text.len && text.bytes[name] != '=' && text.bytes[name] != ':')
        name++;
    struct span value = {text.bytes + name, text.len - name};
    if (value.len > 0)
        value = (struct span){value.bytes + 1, value.len - 1};
    return (struct line){.name = span_trim((struct span){text.bytes, name}),
                         .value = span_trim(value)};
}

/* False at the end. */
static bool read_line(struct reader *reader, struct line *ret_line)
{
    while (reader->rest.len > 0) {
        struct span raw = next_raw_line(&reader->rest), text = span_trim(raw);
        if (text.len == 0 || text.bytes[0] == '#' || text.bytes[0] == ';')
            continue;
        size_t indent = (size_t)(text.bytes - raw.bytes);
        if (reader->has_key && indent > reader->indent)
            continue;
        reader->indent = indent;
        reader->has_key = text.bytes[0] != '[';
        *ret_line = reader->has_key ? read_key(text) : read_header(text);
        return true;
    }
    return false;
}

/* The AWS CLI writes names with blanks in quotes. */
static struct span without_quotes(struct span name)
{
    bool quoted = name.len >= 2 && strchr("\"'", name.bytes[0]) != NULL &&
                  name.bytes[name.len - 1] == name.bytes[0];
    return quoted ? (struct span){name.bytes + 1, name.len - 2} : name;
}

static bool is_header_of(struct span name, enum profile_file file, const char *profile)
{
    static const char word[] = "profile";
    if (file == CREDENTIALS_FILE)
        return span_equal_text(name, profile);
    if (!span_starts_with(name, word))
        return span_equal_text(name, "default") && strcmp(profile, "default") == 0;
    struct span rest = {name.bytes + sizeof word - 1, name.len - (sizeof word - 1)};
    bool apart = rest.len > 0 && (rest.bytes[0] == ' ' || rest.bytes[0] == '\t');
    return apart && span_equal_text(without_quotes(span_trim(rest)), profile);
}

static bool is_key(struct span name, const char *key)
{
    return name.len == strlen(key) && strncasecmp(name.bytes, key, name.len) == 0;
}

struct span profile_value(struct span text, enum profile_file file, const char *profile,
                          const char *key)
{
    struct reader reader = reader_of(text);
    struct line line;
    for (bool inside = false; read_line(&reader, &line);)
        if (line.is_header)
            inside = is_header_of(line.name, file, profile);
        else if (inside && line.value.len > 0 && is_key(line.name, key))
            return line.value;
    return (struct span){NULL, 0};
}

bool profile_is_in(struct span text, enum profile_file file, const char *profile)
{
    struct reader reader = reader_of(text);
    struct line line;
    while (read_line(&reader, &line))
        if (line.is_header && is_header_of(line.name, file, profile))
            return true;
    return false;
}

/* ---- the files ---- */

struct shared_file {
    enum profile_file kind;
    struct buffer path;
    struct buffer content;
};

static struct shared_file file_new(enum profile_file kind)
{
    return (struct shared_file){kind, buffer_with_max(MAX_PATH), buffer_with_max(MAX_FILE)};
}

static void file_release(struct shared_file *file)
{
    buffer_release(&file->path);
    buffer_release(&file->content);
}

static struct span value_in(const struct shared_file *file, const char *key)
{
    return profile_value((struct span){file->content.bytes, file->content.len}, file->kind,
                         profile_name(), key);
}

static bool has_profile(const struct shared_file *file)
{
    return profile_is_in((struct span){file->content.bytes, file->content.len}, file->kind,
                         profile_name());
}

static bool add_path(struct buffer *path, const char *name_variable, const char *below_home)
{
    const char *home = variable("HOME"), *named = variable(name_variable);
    if (named != NULL && (strncmp(named, "~/", 2) != 0 || home == NULL)) {
        buffer_add_text(path, named);
    } else {
        buffer_add_text(path, home == NULL ? "" : home);
        buffer_add_text(path, named != NULL ? named + 1 : below_home);
    }
    return path->state == BUFFER_GOOD && (home != NULL || named != NULL);
}

static cogmig_status unreadable(const char *path, int reason, cogmig_error *err)
{
    return fail(err, COGMIG_AWS_CREDENTIALS_NOT_FOUND, "Cannot read %s: %s.", path,
                system_reason(reason));
}

/* A file that is not there is empty. */
static cogmig_status read_shared_file(const char *name_variable, const char *below_home,
                                      struct shared_file *file, cogmig_error *err)
{
    if (!add_path(&file->path, name_variable, below_home))
        return file->path.state == BUFFER_REFUSED ? fail_plainly(err, COGMIG_OUT_OF_MEMORY)
                                                  : COGMIG_OK;
    int reason = read_file(file->path.bytes, &file->content);
    if (reason == ENOENT || reason == ENOTDIR)
        return COGMIG_OK;
    if (reason != 0 || file->content.state == BUFFER_FULL)
        return unreadable(file->path.bytes, reason != 0 ? reason : EFBIG, err);
    return file->content.state == BUFFER_REFUSED ? fail_plainly(err, COGMIG_OUT_OF_MEMORY)
                                                 : COGMIG_OK;
}

/* ---- keys ---- */

static bool copy_span(struct span s, char **ret_text)
{
    *ret_text = memory_copy_bytes(s.bytes, s.len);
    return *ret_text != NULL;
}

static cogmig_status take_keys(const struct shared_file *file, struct credentials *ret_credentials,
                               cogmig_error *err)
{
    struct span id = value_in(file, "aws_access_key_id");
    struct span secret = value_in(file, "aws_secret_access_key");
    struct span token = value_in(file, "aws_session_token");
    if (token.len == 0)
        token = value_in(file, "aws_security_token");
    if (id.len == 0 && secret.len == 0)
        return COGMIG_OK;
    if (id.len == 0 || secret.len == 0)
        return fail(err, COGMIG_AWS_CREDENTIALS_NOT_FOUND,
                    "Profile \"%.60s\" in %s has only one of aws_access_key_id and "
                    "aws_secret_access_key.",
                    profile_name(), file->path.bytes);
    if (copy_span(id, &ret_credentials->access_key_id) &&
        copy_span(secret, &ret_credentials->secret_access_key) &&
        (token.len == 0 || copy_span(token, &ret_credentials->session_token)))
        return COGMIG_OK;
    credentials_release(ret_credentials);
    return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

/* ---- what only the AWS CLI follows ---- */

static bool has_key(const struct shared_file files[2], const char *key)
{
    return value_in(&files[0], key).len > 0 || value_in(&files[1], key).len > 0;
}

static cogmig_status refuse(const char *key, cogmig_error *err)
{
    return fail(err, COGMIG_AWS_CREDENTIALS_NOT_FOUND,
                "Profile \"%.60s\" has %s, which only the AWS CLI follows: eval \"$(aws configure "
                "export-credentials --profile %.60s --format env)\".",
                profile_name(), key, profile_name());
}

/* To pass such a profile over would be to act as somebody else: the machine, say. */
static cogmig_status refuse_others(const struct shared_file files[2], cogmig_error *err)
{
    static const char *const keys[] = {"role_arn",      "web_identity_token_file",
                                       "sso_session",   "sso_account_id",
                                       "sso_role_name", "login_session"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (has_key(files, keys[i]))
            return refuse(keys[i], err);
    if (strcmp(profile_name(), "default") == 0 || has_profile(&files[0]) || has_profile(&files[1]))
        return COGMIG_OK;
    return fail(err, COGMIG_AWS_CREDENTIALS_NOT_FOUND,
                "There is no profile \"%.60s\" (AWS_PROFILE) in the shared files.", profile_name());
}

/* In the order of the AWS CLI. */
static cogmig_status take_from(const struct shared_file files[2],
                               struct credentials *ret_credentials, cogmig_error *err)
{
    cogmig_status status = refuse_others(files, err);
    if (status == COGMIG_OK)
        status = take_keys(&files[0], ret_credentials, err);
    if (status != COGMIG_OK || ret_credentials->access_key_id != NULL)
        return status;
    if (has_key(files, "credential_process"))
        return refuse("credential_process", err);
    return take_keys(&files[1], ret_credentials, err);
}

cogmig_status credentials_from_profile(struct credentials *ret_credentials, cogmig_error *err)
{
    struct shared_file files[] = {file_new(CREDENTIALS_FILE), file_new(CONFIG_FILE)};
    cogmig_status status =
        read_shared_file("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials", &files[0], err);
    if (status == COGMIG_OK)
        status = read_shared_file("AWS_CONFIG_FILE", "/.aws/config", &files[1], err);
    if (status == COGMIG_OK)
        status = take_from(files, ret_credentials, err);
    file_release(&files[0]);
    file_release(&files[1]);
    return status;
}
