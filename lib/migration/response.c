/* SPDX-License-Identifier: Apache-2.0 */
#include "migration/response.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "status/error.h"

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
    return config->with_name && span_of(cogmig_user_name(user)).len > 0;
}

static void write_attributes(struct buffer *out, const cogmig_migration_config *config,
                             const struct event *event, const cogmig_user *user)
{
    buffer_add_byte(out, '{');
    add_attribute(out, "email", address(event, user));
    add_attribute(out, "email_verified",
                  span_of(cogmig_user_email_verified(user) ? "true" : "false"));
    add_attribute(out, config->legacy_id_attribute, span_of(cogmig_user_id(user)));
    if (has_name(config, user))
        add_attribute(out, "name", span_of(cogmig_user_name(user)));
    buffer_add_byte(out, '}');
}

static cogmig_status check_value(const char *attribute, const char *value, cogmig_error *err)
{
    size_t characters = span_count_code_points(span_of(value));
    if (characters <= ATTRIBUTE_MAX_VALUE)
        return COGMIG_OK;
    return fail(err, COGMIG_ATTRIBUTE_INVALID,
                "The row's value for the attribute %s has %zu characters; Cognito takes %d.",
                attribute, characters, ATTRIBUTE_MAX_VALUE);
}

cogmig_status response_check_attributes(const cogmig_migration_config *config,
                                        const cogmig_user *user, cogmig_error *err)
{
    cogmig_status status = check_value("email", cogmig_user_email(user), err);
    if (status == COGMIG_OK)
        status = check_value(config->legacy_id_attribute, cogmig_user_id(user), err);
    if (status == COGMIG_OK && has_name(config, user))
        status = check_value("name", cogmig_user_name(user), err);
    return status;
}

/* ---- the response object ---- */

/* A member that the answer sets, as JSON text. */
struct answer_member {
    const char *name;
    const char *json;
    bool written;
};

struct answer_members {
    struct answer_member at[3];
    size_t count;
};

/* finalUserStatus is CONFIRMED or not there at all: without it Cognito asks for a new password,
 * and AWS documents that any other value fails. SUPPRESS: no welcome message. */
static struct answer_members answer_members(enum answer answer, const char *attributes)
{
    struct answer_members members = {.at = {{"userAttributes", attributes, false},
                                            {"messageAction", "\"SUPPRESS\"", false},
                                            {"finalUserStatus", "\"CONFIRMED\"", false}},
                                     .count = answer == ANSWER_CONFIRM ? 3 : 2};
    return members;
}

static struct answer_member *find_member(struct answer_members *members, struct json_value name)
{
    for (size_t i = 0; i < members->count; i++)
        if (json_string_equals(name, span_of(members->at[i].name)))
            return &members->at[i];
    return NULL;
}

static void write_separator(struct buffer *out, bool *first)
{
    if (!*first)
        buffer_add_byte(out, ',');
    *first = false;
}

static void write_received(struct buffer *out, struct json_value received,
                           struct answer_members *members, bool *first)
{
    struct json_cursor cursor = json_enter(received);
    struct json_value name, value;
    while (json_next_member(&cursor, &name, &value)) {
        struct answer_member *member = find_member(members, name);
        write_separator(out, first);
        buffer_add(out, name.text);
        buffer_add_byte(out, ':');
        buffer_add(out, member == NULL ? value.text : span_of(member->json));
        if (member != NULL)
            member->written = true;
    }
}

static void write_missing(struct buffer *out, const struct answer_members *members, bool *first)
{
    for (size_t i = 0; i < members->count; i++) {
        if (members->at[i].written)
            continue;
        write_separator(out, first);
        buffer_add_json_string(out, span_of(members->at[i].name));
        buffer_add_byte(out, ':');
        buffer_add_text(out, members->at[i].json);
    }
}

static void write_response(struct buffer *out, const struct json_value *received,
                           struct answer_members members)
{
    bool first = true;
    buffer_add_byte(out, '{');
    if (received != NULL && received->type == JSON_OBJECT)
        write_received(out, *received, &members, &first);
    write_missing(out, &members, &first);
    buffer_add_byte(out, '}');
}

/* ---- the whole event ---- */

static struct span part(const char *from, const char *to)
{
    return (struct span){from, (size_t)(to - from)};
}

static void write_event(struct buffer *out, struct span document, struct json_value root,
                        struct answer_members members)
{
    const char *document_end = document.bytes + document.len;
    struct json_value received;
    if (json_find(root, "response", &received)) {
        buffer_add(out, part(document.bytes, received.text.bytes));
        write_response(out, &received, members);
        buffer_add(out, part(received.text.bytes + received.text.len, document_end));
        return;
    }
    /* It has other members, or it would have been refused: a comma is due. */
    const char *brace = root.text.bytes + root.text.len - 1;
    buffer_add(out, part(document.bytes, brace));
    buffer_add_text(out, ",\"response\":");
    write_response(out, NULL, members);
    buffer_add(out, part(brace, document_end));
}

cogmig_status response_yes(const cogmig_migration_config *config, struct span document,
                           const struct event *event, const cogmig_user *user, enum answer answer,
                           char **ret_response, size_t *ret_len, cogmig_error *err)
{
    struct buffer attributes = buffer_with_max(EVENT_MAX_BYTES);
    struct buffer out = buffer_with_max(2 * EVENT_MAX_BYTES);
    write_attributes(&attributes, config, event, user);
    if (attributes.state == BUFFER_GOOD)
        write_event(&out, document, event->root, answer_members(answer, attributes.bytes));
    else
        out.state = attributes.state;
    buffer_release(&attributes);
    *ret_response = buffer_take(&out, ret_len);
    return *ret_response == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}
