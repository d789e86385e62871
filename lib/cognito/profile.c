/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/profile.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/read_file.h"
#include "cognito/environment.h"
#include "status/error.h"

#include <errno.h>
#include <string.h>

enum {
    MAX_FILE = 1024 * 1024,
    MAX_PATH = 4096
};

const char *profile_name(void)
{
    const char *name = variable("AWS_PROFILE");
    if (name == NULL)
        name = variable("AWS_DEFAULT_PROFILE");
    return name == NULL ? "default" : name;
}

/* ---- the format ---- */

static struct span next_line(struct span *rest)
{
    const char *end = memchr(rest->bytes, '\n', rest->len);
    struct span line = {rest->bytes, end == NULL ? rest->len : (size_t)(end - rest->bytes)};
    size_t used = line.len + (end == NULL ? 0 : 1);
    *rest = (struct span){rest->bytes + used, rest->len - used};
    return line;
}

static bool is_header_of(struct span line, const char *profile)
{
    struct span trimmed = span_trim(line);
    if (trimmed.len < 2 || trimmed.bytes[trimmed.len - 1] != ']')
        return false;
    struct span name = span_trim((struct span){trimmed.bytes + 1, trimmed.len - 2});
    if (span_starts_with(name, "profile "))
        name = span_trim((struct span){name.bytes + 8, name.len - 8});
    return span_equal_text(name, profile);
}

/* Between "=" and the end of the line, of a key that is not indented. */
static struct span value_of(struct span line, const char *key)
{
    const char *equals = memchr(line.bytes, '=', line.len);
    bool is_setting = line.len > 0 && strchr("#; \t", line.bytes[0]) == NULL && equals != NULL;
    if (!is_setting ||
        !span_equal_text(span_trim((struct span){line.bytes, (size_t)(equals - line.bytes)}), key))
        return (struct span){NULL, 0};
    size_t before = (size_t)(equals - line.bytes) + 1;
    return span_trim((struct span){equals + 1, line.len - before});
}

struct span profile_value(struct span file, const char *profile, const char *key)
{
    bool inside = false;
    while (file.len > 0) {
        struct span line = next_line(&file);
        struct span value = value_of(line, key);
        if (line.len > 0 && line.bytes[0] == '[')
            inside = is_header_of(line, profile);
        else if (inside && value.len > 0)
            return value;
    }
    return (struct span){NULL, 0};
}

bool profile_is_in(struct span file, const char *profile)
{
    while (file.len > 0) {
        struct span line = next_line(&file);
        if (line.len > 0 && line.bytes[0] == '[' && is_header_of(line, profile))
            return true;
    }
    return false;
}

/* ---- the files ---- */

struct shared_file {
    struct buffer path;
    struct buffer content;
};

static struct shared_file file_new(void)
{
    return (struct shared_file){buffer_with_max(MAX_PATH), buffer_with_max(MAX_FILE)};
}

static void file_release(struct shared_file *file)
{
    buffer_release(&file->path);
    buffer_release(&file->content);
}

static struct span text_of(const struct shared_file *file)
{
    return (struct span){file->content.bytes, file->content.len};
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
    const char *profile = profile_name();
    struct span id = profile_value(text_of(file), profile, "aws_access_key_id");
    struct span secret = profile_value(text_of(file), profile, "aws_secret_access_key");
    struct span token = profile_value(text_of(file), profile, "aws_session_token");
    if (id.len == 0 && secret.len == 0)
        return COGMIG_OK;
    if (id.len == 0 || secret.len == 0)
        return fail(err, COGMIG_AWS_CREDENTIALS_NOT_FOUND,
                    "Profile \"%.60s\" in %s has only one of aws_access_key_id and "
                    "aws_secret_access_key.",
                    profile, file->path.bytes);
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
    return profile_value(text_of(&files[0]), profile_name(), key).len > 0 ||
           profile_value(text_of(&files[1]), profile_name(), key).len > 0;
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
    static const char *const keys[] = {"role_arn", "web_identity_token_file", "sso_session",
                                       "sso_account_id", "login_session"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (has_key(files, keys[i]))
            return refuse(keys[i], err);
    if (strcmp(profile_name(), "default") == 0 ||
        profile_is_in(text_of(&files[0]), profile_name()) ||
        profile_is_in(text_of(&files[1]), profile_name()))
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
    struct shared_file files[] = {file_new(), file_new()};
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
