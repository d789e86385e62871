/* SPDX-License-Identifier: Apache-2.0 */
#include "migration/hook.h"

#include "base/memory.h"
#include "base/public.h"
#include "base/span.h"
#include "status/error.h"

#include <string.h>

/* A no of any sort is a refusal, an outage stays one. */
static cogmig_status status_of(cogmig_status said)
{
    switch (cogmig_status_kind(said)) {
    case COGMIG_KIND_OK:
        return COGMIG_OK;
    case COGMIG_KIND_DENIED:
        return COGMIG_HOOK_REFUSED;
    case COGMIG_KIND_UNAVAILABLE:
        return said;
    default:
        return COGMIG_STOPPED_BY_CALLBACK;
    }
}

cogmig_status hook_ask(const cogmig_migration_config *config, const char *trigger_source,
                       const cogmig_user *user, cogmig_migration_answer *answer, cogmig_error *err)
{
    answer->config = config;
    if (config->hook == NULL)
        return COGMIG_OK;
    cogmig_status said = config->hook(config->hook_data, trigger_source, user, answer);
    cogmig_status status = status_of(said);
    if (status == COGMIG_OK)
        return COGMIG_OK;
    fail(err, status, "Your own hook returned %s: %s", cogmig_status_name(said),
         cogmig_status_sentence(said));
    fail_upstream_number(err, COGMIG_UPSTREAM_CALLBACK, said);
    return status;
}

void hook_release(cogmig_migration_answer *answer)
{
    for (size_t i = 0; i < answer->count; i++) {
        memory_free(answer->at[i].name);
        memory_free(answer->at[i].value);
    }
    answer->count = 0;
}

static bool is_taken(const cogmig_migration_answer *answer, const char *name)
{
    for (size_t i = 0; i < answer->count; i++)
        if (strcmp(answer->at[i].name, name) == 0)
            return true;
    return config_returns_attribute(answer->config, span_of(name));
}

/* The user name is none of a user's attributes, but stands among them in an answer. */
static cogmig_status check_name(const char *name, cogmig_error *err)
{
    return strcmp(name, "username") == 0 ? COGMIG_OK : attribute_check_name(name, err);
}

static cogmig_status check(const cogmig_migration_answer *answer, const char *name,
                           const char *value, cogmig_error *err)
{
    cogmig_status status = check_name(name, err);
    if (status != COGMIG_OK)
        return status;
    if (!span_is_utf8(span_of(value)))
        return fail(err, COGMIG_ATTRIBUTE_INVALID, "The value for the attribute %s is no UTF-8.",
                    name);
    if (is_taken(answer, name) || answer->count == HOOK_MAX_ATTRIBUTES)
        return fail(err, COGMIG_ATTRIBUTE_INVALID,
                    "The attribute %s is in the answer already, or there are too many.", name);
    return attribute_check_value(name, value, err);
}

COGMIG_PUBLIC cogmig_status cogmig_migration_answer_add_attribute(cogmig_migration_answer *answer,
                                                                  const char *name,
                                                                  const char *value,
                                                                  cogmig_error *err)
{
    cogmig_error_clear(err);
    if (answer == NULL || name == NULL || value == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    cogmig_status status = check(answer, name, value, err);
    if (status != COGMIG_OK)
        return status;
    char *name_copy = memory_copy_text(name), *value_copy = memory_copy_text(value);
    if (name_copy == NULL || value_copy == NULL) {
        memory_free(name_copy);
        memory_free(value_copy);
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    }
    answer->at[answer->count].name = name_copy;
    answer->at[answer->count].value = value_copy;
    answer->count++;
    return COGMIG_OK;
}
