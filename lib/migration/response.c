/* SPDX-License-Identifier: Apache-2.0 */
#include "migration/response.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "migration/edit.h"
#include "status/error.h"
#include "store/attribute.h"
#include "store/user.h"

#include <string.h>

enum {
    USERNAME_MAX_CHARACTERS = 128
};

cogmig_status response_no(struct span document, char **ret_response, size_t *ret_len,
                          cogmig_error *err)
{
    *ret_response = memory_copy_bytes(document.bytes, document.len);
    if (*ret_response == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    *ret_len = document.len;
    return COGMIG_OK;
}

/* ---- attributes ---- */

/* The name as typed where it is the row's address but for case, so that it also fits a pool that
 * is case sensitive. ASCII case alone: a database may hold other letters for equal (U+212A and k),
 * and a reset code must go to the row's address, not to one that only looks like it. */
static struct span address(const struct event *event, const cogmig_user *user)
{
    struct span row = span_of(cogmig_user_email(user));
    return span_equal_ascii_case(event->user_name, row) ? event->user_name : row;
}

static void add_attribute(struct buffer *out, const char *name, struct span value)
{
    if (out->len > 1)
        buffer_add_byte(out, ',');
    buffer_add_json_string(out, span_of(name));
    buffer_add_byte(out, ':');
    buffer_add_json_string(out, value);
}

static bool has_name(const cogmig_migration_config *config, const cogmig_user *user)
{
    return config->with_name && span_of(cogmig_user_name(user)).len > 0 &&
           cogmig_user_attribute(user, "name") == NULL;
}

/* By the migration itself, or by what was added to this answer. */
static bool is_given_otherwise(const cogmig_migration_config *config,
                               const struct cogmig_migration_answer *additions,
                               const char *attribute)
{
    bool given = strcmp(config->legacy_id_attribute, attribute) == 0;
    for (size_t i = 0; i < additions->count && !given; i++)
        given = strcmp(additions->at[i].name, attribute) == 0;
    return given;
}

static void write_attributes(struct buffer *out, const cogmig_migration_config *config,
                             const struct event *event, const cogmig_user *user,
                             const struct cogmig_migration_answer *additions)
{
    buffer_add_byte(out, '{');
    add_attribute(out, "email", address(event, user));
    add_attribute(out, "email_verified",
                  span_of(cogmig_user_email_verified(user) ? "true" : "false"));
    add_attribute(out, config->legacy_id_attribute, span_of(cogmig_user_id(user)));
    if (has_name(config, user))
        add_attribute(out, "name", span_of(cogmig_user_name(user)));
    if (config->username_is_legacy_id)
        add_attribute(out, "username", span_of(cogmig_user_id(user)));
    for (size_t i = 0; i < user->attribute_count; i++)
        if (!is_given_otherwise(config, additions, user->attributes[i].name))
            add_attribute(out, user->attributes[i].name, span_of(user->attributes[i].value));
    for (size_t i = 0; i < additions->count; i++)
        add_attribute(out, additions->at[i].name, span_of(additions->at[i].value));
    buffer_add_byte(out, '}');
}

/* API reference, UsernameType: 1 to 128 characters, none of them white space or control. */
static cogmig_status check_username(const char *username, cogmig_error *err)
{
    size_t characters = span_count_code_points(span_of(username));
    for (const char *at = username; *at != '\0'; at++)
        if ((unsigned char)*at <= ' ' || *at == 0x7F)
            characters = 0;
    if (characters > 0 && characters <= USERNAME_MAX_CHARACTERS)
        return COGMIG_OK;
    return fail(err, COGMIG_ATTRIBUTE_INVALID,
                "The row's id cannot be a user name: Cognito takes 1 to %d characters without "
                "blanks.",
                USERNAME_MAX_CHARACTERS);
}

cogmig_status response_check_attributes(const cogmig_migration_config *config,
                                        const cogmig_user *user, cogmig_error *err)
{
    cogmig_status status = attribute_check_value("email", cogmig_user_email(user), err);
    if (status == COGMIG_OK)
        status = attribute_check_value(config->legacy_id_attribute, cogmig_user_id(user), err);
    if (status == COGMIG_OK && has_name(config, user))
        status = attribute_check_value("name", cogmig_user_name(user), err);
    if (status == COGMIG_OK && config->username_is_legacy_id)
        status = check_username(cogmig_user_id(user), err);
    for (size_t i = 0; i < user->attribute_count && status == COGMIG_OK; i++)
        status = attribute_check_value(user->attributes[i].name, user->attributes[i].value, err);
    return status;
}

/* ---- the whole event ---- */

/* finalUserStatus is CONFIRMED or not there at all: without it Cognito asks for a new password,
 * and AWS documents that any other value fails. SUPPRESS: no welcome message. */
static cogmig_status write(struct span document, const struct event *event, enum answer answer,
                           const char *attributes, char **ret_response, size_t *ret_len,
                           cogmig_error *err)
{
    const struct edit confirmed = {.name = "finalUserStatus", .json = "\"CONFIRMED\""};
    const struct edit none = {.name = "finalUserStatus", .kind = EDIT_SET_THERE, .json = "null"};
    const struct edit edits[] = {{.name = "userAttributes", .json = attributes},
                                 {.name = "messageAction", .json = "\"SUPPRESS\""},
                                 answer == ANSWER_CONFIRM ? confirmed : none,
                                 {.name = NULL}};
    return edit_response(document, event->root, edits, ret_response, ret_len, err);
}

cogmig_status response_yes(const cogmig_migration_config *config, struct span document,
                           const struct event *event, const cogmig_user *user, enum answer answer,
                           const struct cogmig_migration_answer *additions, char **ret_response,
                           size_t *ret_len, cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer attributes = buffer_with_max(EVENT_MAX_BYTES);
    write_attributes(&attributes, config, event, user, additions);
    if (attributes.state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return write(document, event, answer, attributes.bytes, ret_response, ret_len, err);
}
