/* SPDX-License-Identifier: Apache-2.0 */
#include "migration/event.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "migration/triggers.h"
#include "status/error.h"

/* Names the member, never its value: the event holds the password. */
static cogmig_status malformed(cogmig_error *err, const char *what)
{
    return fail(err, COGMIG_EVENT_MALFORMED, "The event is not a trigger event: %s.", what);
}

static cogmig_status check_document(struct span document, struct json_value *ret_root,
                                    cogmig_error *err)
{
    struct json_fault fault;
    if (document.len > EVENT_MAX_BYTES)
        return fail_plainly(err, COGMIG_EVENT_TOO_LARGE);
    if (!json_check(document, ret_root, &fault))
        return fail(err, COGMIG_EVENT_MALFORMED, "The event is not JSON: %s, at byte %zu.",
                    fault.reason, fault.offset);
    return ret_root->type == JSON_OBJECT ? COGMIG_OK : malformed(err, "it is no object");
}

static cogmig_status read_trigger(struct event *event, cogmig_error *err)
{
    struct json_value source;
    if (!json_find(event->root, "triggerSource", &source) || source.type != JSON_STRING)
        return malformed(err, "triggerSource is missing or no string");
    if (source.text.len <= SOURCE_MAX_BYTES)
        event->source[json_string_decode_into(source, event->source)] = '\0';
    event->handling = handling_of(event->source);
    if (event->handling != NULL) {
        event->trigger = event->handling->trigger;
        return COGMIG_OK;
    }
    return fail(err, COGMIG_TRIGGER_UNKNOWN,
                "The trigger source %.*s is none that Cognito is known to send.",
                source.text.len < 64 ? (int)source.text.len : 64, source.text.bytes);
}

static cogmig_status decode(struct json_value string, char **ret_memory, struct span *ret_text,
                            cogmig_error *err)
{
    *ret_memory = memory_new(string.text.len);
    if (*ret_memory == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    *ret_text = (struct span){*ret_memory, json_string_decode_into(string, *ret_memory)};
    return COGMIG_OK;
}

bool event_migrates(const struct event *event)
{
    return event->trigger == TRIGGER_AUTHENTICATION || event->trigger == TRIGGER_FORGOT_PASSWORD;
}

static cogmig_status read_user_name(struct event *event, cogmig_error *err)
{
    struct json_value name;
    if (!event_migrates(event))
        return COGMIG_OK;
    if (!json_find(event->root, "userName", &name) || name.type != JSON_STRING)
        return malformed(err, "userName is missing or no string");
    cogmig_status status = decode(name, &event->user_name_memory, &event->user_name, err);
    event->user_name = span_trim(event->user_name);
    return status;
}

/* Forgot-password events come with the password absent, null or empty: never read there. */
static cogmig_status read_password(struct event *event, cogmig_error *err)
{
    struct json_value request, password;
    if (event->trigger == TRIGGER_PASSED)
        return COGMIG_OK;
    if (!json_find(event->root, "request", &request) || request.type != JSON_OBJECT)
        return malformed(err, "request is missing or no object");
    if (event->trigger != TRIGGER_AUTHENTICATION)
        return COGMIG_OK;
    if (!json_find(request, "password", &password) || password.type != JSON_STRING)
        return malformed(err, "request.password is missing or no string");
    cogmig_status status = decode(password, &event->password_memory, &event->password, err);
    if (status == COGMIG_OK && event->password.len == 0)
        return malformed(err, "request.password is empty");
    return status;
}

static cogmig_status check_response(const struct event *event, cogmig_error *err)
{
    struct json_value response;
    if (event->trigger == TRIGGER_PASSED)
        return COGMIG_OK;
    if (json_find(event->root, "response", &response) && response.type != JSON_OBJECT &&
        response.type != JSON_NULL)
        return malformed(err, "response is no object");
    return COGMIG_OK;
}

cogmig_status event_read(struct span document, struct event *ret_event, cogmig_error *err)
{
    *ret_event = (struct event){0};
    cogmig_status status = check_document(document, &ret_event->root, err);
    if (status == COGMIG_OK)
        status = read_trigger(ret_event, err);
    if (status == COGMIG_OK)
        status = check_response(ret_event, err);
    if (status == COGMIG_OK)
        status = read_user_name(ret_event, err);
    if (status == COGMIG_OK)
        status = read_password(ret_event, err);
    if (status != COGMIG_OK)
        event_release(ret_event);
    return status;
}

cogmig_status event_text(const struct event *event, const char *const *path, char **ret_text,
                         cogmig_error *err)
{
    struct json_value value = event->root;
    for (; *path != NULL; path++)
        if (!json_find(value, *path, &value))
            return COGMIG_OK;
    if (value.type != JSON_STRING)
        return COGMIG_OK;
    SCOPED(memory_release) char *memory = NULL;
    struct span text;
    cogmig_status status = decode(value, &memory, &text, err);
    if (status != COGMIG_OK || text.len == 0 || span_contains_nul(text))
        return status;
    memory[text.len] = '\0';
    *ret_text = memory;
    memory = NULL;
    return COGMIG_OK;
}

cogmig_status event_attribute(const struct event *event, const char *name, char **ret_text,
                              cogmig_error *err)
{
    const char *const path[] = {"request", "userAttributes", name, NULL};
    return event_text(event, path, ret_text, err);
}

void event_release(struct event *event)
{
    memory_free(event->user_name_memory);
    memory_free(event->password_memory);
    *event = (struct event){0};
}
