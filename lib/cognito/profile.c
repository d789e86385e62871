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

/* ---- the files ---- */

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
    char text[128];
    return fail(err, COGMIG_AWS_CREDENTIALS_NOT_FOUND, "Cannot read %s: %s.", path,
                strerror_r(reason, text, sizeof text));
}

static bool copy_span(struct span s, char **ret_text)
{
    *ret_text = memory_copy_bytes(s.bytes, s.len);
    return *ret_text != NULL;
}

static cogmig_status take_keys(struct span file, const char *path,
                               struct credentials *ret_credentials, cogmig_error *err)
{
    const char *profile = profile_name();
    struct span id = profile_value(file, profile, "aws_access_key_id");
    struct span secret = profile_value(file, profile, "aws_secret_access_key");
    struct span token = profile_value(file, profile, "aws_session_token");
    if (id.len == 0 && secret.len == 0)
        return COGMIG_OK;
    if (id.len == 0 || secret.len == 0)
        return fail(err, COGMIG_AWS_CREDENTIALS_NOT_FOUND,
                    "Profile \"%.60s\" in %s has only one of aws_access_key_id and "
                    "aws_secret_access_key.",
                    profile, path);
    if (copy_span(id, &ret_credentials->access_key_id) &&
        copy_span(secret, &ret_credentials->secret_access_key) &&
        (token.len == 0 || copy_span(token, &ret_credentials->session_token)))
        return COGMIG_OK;
    credentials_release(ret_credentials);
    return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

static cogmig_status from_file(const char *name_variable, const char *below_home,
                               struct credentials *ret_credentials, cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer path = buffer_with_max(MAX_PATH);
    SCOPED(buffer_release) struct buffer content = buffer_with_max(MAX_FILE);
    if (!add_path(&path, name_variable, below_home))
        return path.state == BUFFER_REFUSED ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
    int reason = read_file(path.bytes, &content);
    if (reason == ENOENT || reason == ENOTDIR)
        return COGMIG_OK;
    if (reason != 0 || content.state == BUFFER_FULL)
        return unreadable(path.bytes, reason != 0 ? reason : EFBIG, err);
    if (content.state == BUFFER_REFUSED)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return take_keys((struct span){content.bytes, content.len}, path.bytes, ret_credentials, err);
}

cogmig_status credentials_from_profile(struct credentials *ret_credentials, cogmig_error *err)
{
    cogmig_status status =
        from_file("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials", ret_credentials, err);
    if (status == COGMIG_OK && ret_credentials->access_key_id == NULL)
        status = from_file("AWS_CONFIG_FILE", "/.aws/config", ret_credentials, err);
    return status;
}
