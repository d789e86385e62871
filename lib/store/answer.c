/* SPDX-License-Identifier: Apache-2.0 */
#include "store/answer.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "store/attribute.h"
#include "store/timestamp.h"

#include <string.h>

void answer_clear(cogmig_store_answer *answer)
{
    for (size_t i = 0; i < answer->count; i++)
        cogmig_user_free(&answer->users[i]);
    memset(answer, 0, sizeof *answer);
}

bool verified_by_text(struct span text)
{
    static const char *const yes[] = {"true", "t", "yes", "1"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        if (span_equal_ascii_case(text, span_of(yes[i])))
            return true;
    return timestamp_begins_date(text);
}

static const char *column_title(enum store_column column)
{
    static const char *const titles[COLUMN_COUNT] = {
        [COLUMN_ID] = "id",
        [COLUMN_EMAIL] = "e-mail address",
        [COLUMN_NAME] = "name",
        [COLUMN_PASSWORD] = "password hash",
        [COLUMN_EMAIL_VERIFIED] = "verified flag",
        [COLUMN_CREATED_AT] = "time of creation",
        [COLUMN_UPDATED_AT] = "time of change",
    };
    return titles[column];
}

static cogmig_status check_value(struct span value, const char *title, bool required,
                                 cogmig_error *err)
{
    const char *fault = NULL;
    if (required && value.len == 0)
        fault = "is missing or empty";
    else if (value.len > STORE_MAX_VALUE)
        fault = "is larger than 64 KiB";
    else if (span_contains_nul(value))
        fault = "holds a NUL byte";
    else if (!span_is_utf8(value))
        fault = "is not UTF-8";
    if (fault == NULL)
        return COGMIG_OK;
    return fail(err, COGMIG_STORE_ROW_INVALID,
                "The row that was found cannot be a user: its %s %s. Mend the row.", title, fault);
}

static cogmig_status check_row(const struct store_row *row, cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    for (int column = 0; column < COLUMN_COUNT && status == COGMIG_OK; column++)
        status = check_value(row->values[column], column_title((enum store_column)column),
                             column == COLUMN_ID || column == COLUMN_EMAIL, err);
    for (size_t i = 0; i < row->attribute_count && status == COGMIG_OK; i++)
        status = check_value(row->attributes[i].value, row->attributes[i].name, false, err);
    return status;
}

/* NULL stays NULL. */
static bool copy_value(struct span value, char **slot)
{
    if (value.bytes != NULL)
        *slot = memory_copy_bytes(value.bytes, value.len);
    return value.bytes == NULL || *slot != NULL;
}

/* What is no time is left out, as a missing one is. */
static const char *write_time(struct span value, char out[TIMESTAMP_SIZE])
{
    return timestamp_normalise(value, out) ? out : NULL;
}

/* An attribute without a value is none. */
static bool add_attribute(cogmig_user *user, const char *name, struct span value)
{
    if (value.len == 0)
        return true;
    struct user_attribute *attribute = &user->attributes[user->attribute_count++];
    attribute->name = memory_copy_text(name);
    attribute->value = memory_copy_bytes(value.bytes, value.len);
    return attribute->name != NULL && attribute->value != NULL;
}

static bool fill_attributes(cogmig_user *user, const struct store_row *row)
{
    if (row->attribute_count == 0)
        return true;
    user->attributes = memory_new(row->attribute_count * sizeof *user->attributes);
    bool good = user->attributes != NULL;
    for (size_t i = 0; i < row->attribute_count && good; i++)
        good = add_attribute(user, row->attributes[i].name, row->attributes[i].value);
    return good;
}

/* The columns whose text is allocated with the user. */
static const enum store_column allocated_with[] = {COLUMN_ID, COLUMN_EMAIL, COLUMN_PASSWORD};

static cogmig_user *new_user(const struct store_row *row)
{
    size_t size = sizeof(cogmig_user);
    for (size_t i = 0; i < sizeof allocated_with / sizeof allocated_with[0]; i++)
        size += row->values[allocated_with[i]].len + 1;
    return memory_new(size);
}

/* Moves on to where the next one goes; NULL stays NULL. */
static const char *place_text(char **at, struct span value)
{
    if (value.bytes == NULL)
        return NULL;
    char *text = memcpy(*at, value.bytes, value.len);
    *at += value.len + 1;
    return text;
}

static bool fill_user(cogmig_user *user, const struct store_row *row)
{
    char *at = user->texts;
    user->id = place_text(&at, row->values[COLUMN_ID]);
    user->email = place_text(&at, row->values[COLUMN_EMAIL]);
    user->password_hash = place_text(&at, row->values[COLUMN_PASSWORD]);
    user->created_at = write_time(row->values[COLUMN_CREATED_AT], user->created_at_text);
    user->updated_at = write_time(row->values[COLUMN_UPDATED_AT], user->updated_at_text);
    user->email_verified = row->email_verified;
    user->disabled = row->disabled;
    return copy_value(row->values[COLUMN_NAME], &user->name) && fill_attributes(user, row);
}

static cogmig_status add_user(cogmig_store_answer *answer, const struct store_row *row,
                              cogmig_error *err)
{
    cogmig_status status = check_row(row, err);
    if (status != COGMIG_OK)
        return status;
    if (answer->count == ANSWER_MAX_USERS) {
        answer->overflowed = true;
        return COGMIG_OK;
    }
    SCOPED(cogmig_user_free) cogmig_user *user = new_user(row);
    if (user == NULL || !fill_user(user, row))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    answer->users[answer->count++] = user;
    user = NULL;
    return COGMIG_OK;
}

/* A user who fits but is lost here would look like nobody, so the answer remembers. */
static cogmig_status remember(cogmig_store_answer *answer, const struct cogmig_error *failure,
                              cogmig_error *err)
{
    if (failure->status == COGMIG_OK)
        return COGMIG_OK;
    if (answer->failure.status == COGMIG_OK)
        answer->failure = *failure;
    error_copy(err, failure);
    return failure->status;
}

cogmig_status answer_add_row(cogmig_store_answer *answer, const struct store_row *row,
                             cogmig_error *err)
{
    struct cogmig_error failure = {0};
    add_user(answer, row, &failure);
    return remember(answer, &failure, err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_answer_add_user(cogmig_store_answer *answer,
                                                         const char *id, const char *email,
                                                         const char *password_hash,
                                                         bool email_verified, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (answer == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "answer is NULL.");
    struct store_row row = {.values = {[COLUMN_ID] = span_of(id),
                                       [COLUMN_EMAIL] = span_of(email),
                                       [COLUMN_PASSWORD] = span_of(password_hash)},
                            .email_verified = email_verified};
    struct cogmig_error failure = {0};
    if (id == NULL || email == NULL)
        fail(&failure, COGMIG_INVALID_ARGUMENT, "A user was added without id or e-mail address.");
    else
        add_user(answer, &row, &failure);
    return remember(answer, &failure, err);
}

static cogmig_status replace_text(char **slot, const char *text, cogmig_error *err)
{
    char *copy = text == NULL ? NULL : memory_copy_text(text);
    if (text != NULL && copy == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    memory_free(*slot);
    *slot = copy;
    return COGMIG_OK;
}

static cogmig_status set_name(cogmig_store_answer *answer, const char *name, cogmig_error *err)
{
    if (answer->count == 0)
        return fail(err, COGMIG_INVALID_ARGUMENT, "A name was given before any user was added.");
    struct span value = span_of(name);
    if (value.len > STORE_MAX_VALUE || !span_is_utf8(value))
        return fail(err, COGMIG_INVALID_ARGUMENT, "A name is not UTF-8 or larger than 64 KiB.");
    if (answer->overflowed)
        return COGMIG_OK;
    return replace_text(&answer->users[answer->count - 1]->name, name, err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_answer_set_name(cogmig_store_answer *answer,
                                                         const char *name, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (answer == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "answer is NULL.");
    struct cogmig_error failure = {0};
    set_name(answer, name, &failure);
    return remember(answer, &failure, err);
}

static struct user_attribute *find_attribute(cogmig_user *user, const char *name)
{
    for (size_t i = 0; i < user->attribute_count; i++)
        if (strcmp(user->attributes[i].name, name) == 0)
            return &user->attributes[i];
    return NULL;
}

static cogmig_status append_attribute(cogmig_user *user, const char *name, struct span value,
                                      cogmig_error *err)
{
    if (user->attribute_count == MODEL_MAX_ATTRIBUTES)
        return fail(err, COGMIG_INVALID_ARGUMENT, "A user has more than %d attributes.",
                    MODEL_MAX_ATTRIBUTES);
    if (user->attributes == NULL)
        user->attributes = memory_new(MODEL_MAX_ATTRIBUTES * sizeof *user->attributes);
    if (user->attributes == NULL || !add_attribute(user, name, value))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return COGMIG_OK;
}

static cogmig_status set_attribute(cogmig_store_answer *answer, const char *name, const char *value,
                                   cogmig_error *err)
{
    struct span text = span_of(value);
    if (answer->count == 0 || name == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "An attribute was given before any user was added, or without a name.");
    if (text.len > STORE_MAX_VALUE || !span_is_utf8(text))
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "An attribute's value is not UTF-8 or larger than 64 KiB.");
    cogmig_status status = attribute_check_name(name, err);
    if (status != COGMIG_OK || answer->overflowed)
        return status;
    cogmig_user *user = answer->users[answer->count - 1];
    struct user_attribute *known = find_attribute(user, name);
    return known == NULL ? append_attribute(user, name, text, err)
                         : replace_text(&known->value, value, err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_answer_set_attribute(cogmig_store_answer *answer,
                                                              const char *attribute,
                                                              const char *value, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (answer == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "answer is NULL.");
    struct cogmig_error failure = {0};
    set_attribute(answer, attribute, value, &failure);
    return remember(answer, &failure, err);
}

static cogmig_status set_disabled(cogmig_store_answer *answer, bool disabled, cogmig_error *err)
{
    if (answer->count == 0)
        return fail(err, COGMIG_INVALID_ARGUMENT, "Nobody was added who could be disabled.");
    if (!answer->overflowed)
        answer->users[answer->count - 1]->disabled = disabled;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_store_answer_set_disabled(cogmig_store_answer *answer,
                                                             bool disabled, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (answer == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "answer is NULL.");
    struct cogmig_error failure = {0};
    set_disabled(answer, disabled, &failure);
    return remember(answer, &failure, err);
}

static cogmig_status set_time(const char **slot, const char *time, char out[TIMESTAMP_SIZE],
                              cogmig_error *err)
{
    char text[TIMESTAMP_SIZE];
    if (time != NULL && !timestamp_normalise(span_of(time), text))
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "A time is not of the form 2026-01-15T10:30:00.000Z.");
    *slot = time == NULL ? NULL : memcpy(out, text, sizeof text);
    return COGMIG_OK;
}

static cogmig_status set_times(cogmig_store_answer *answer, const char *created_at,
                               const char *updated_at, cogmig_error *err)
{
    if (answer->count == 0)
        return fail(err, COGMIG_INVALID_ARGUMENT, "Times were given before any user was added.");
    if (answer->overflowed)
        return COGMIG_OK;
    cogmig_user *user = answer->users[answer->count - 1];
    cogmig_status status = set_time(&user->created_at, created_at, user->created_at_text, err);
    if (status != COGMIG_OK)
        return status;
    return set_time(&user->updated_at, updated_at, user->updated_at_text, err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_answer_set_times(cogmig_store_answer *answer,
                                                          const char *created_at,
                                                          const char *updated_at, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (answer == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "answer is NULL.");
    struct cogmig_error failure = {0};
    set_times(answer, created_at, updated_at, &failure);
    return remember(answer, &failure, err);
}
