/* SPDX-License-Identifier: Apache-2.0
 * PreTokenGeneration: the legacy id goes into the tokens (Developer Guide, "Pre token generation
 * Lambda trigger"). */
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "idmap/idmap.h"
#include "migration/edit.h"
#include "migration/triggers.h"

#include <string.h>

static const char claim[] = "legacy_id";

enum version {
    VERSION_UNKNOWN,
    VERSION_OF_ID_TOKENS,  /* V1 */
    VERSION_OF_BOTH_TOKENS /* V2, V3 */
};

/* ---- which id ---- */

/* What the user's attribute says counts unless the map knows better. */
static cogmig_status ask_map(struct course *course, const char *sub, cogmig_error *err)
{
    cogmig_idmap *map = course->migration->config.idmap;
    bool linked;
    if (course->legacy_id != NULL)
        return idmap_hold_against(map, course->legacy_id, sub, course->deadline, &linked, err);
    return idmap_find(map, CACHE_LEGACY_ID_OF, sub, IDMAP_CACHED,
                      idmap_deadline(map, course->deadline), &course->legacy_id, err);
}

static cogmig_status find(struct course *course, cogmig_error *err)
{
    const cogmig_migration_config *config = &course->migration->config;
    SCOPED(memory_release) char *sub = NULL;
    cogmig_status status = event_attribute(&course->event, "sub", &sub, err);
    if (status == COGMIG_OK)
        status =
            event_attribute(&course->event, config->legacy_id_attribute, &course->legacy_id, err);
    bool map_knows = sub != NULL && config->idmap != NULL;
    if (status != COGMIG_OK || (course->legacy_id == NULL && !map_knows))
        return status;
    status = caller_check(course, config->idmap != NULL, err);
    return status == COGMIG_OK && map_knows ? ask_map(course, sub, err) : status;
}

/* An attribute that the map contradicts must not reach a service that believes it; of a caller who
 * is none of ours nothing is changed. */
static void withdraw_claim(struct course *course, cogmig_status reason)
{
    course->claim_is_withdrawn = course->legacy_id != NULL && reason == COGMIG_IDMAP_CONFLICT;
    memory_free(course->legacy_id);
    course->legacy_id = NULL;
}

cogmig_status token_find_legacy_id(struct course *course, cogmig_error *err)
{
    const cogmig_migration_config *config = &course->migration->config;
    if (config->claim_tokens == 0)
        return COGMIG_OK;
    struct cogmig_error said = {0};
    cogmig_status status = find(course, &said);
    if (status == COGMIG_OK)
        return COGMIG_OK;
    if (status == COGMIG_IDMAP_CONFLICT || status == COGMIG_CALLER_REFUSED)
        withdraw_claim(course, status);
    error_copy(err, &said);
    return course_tolerate(course, status, !config->fail_closed, COGMIG_MIGRATION_TOKENS_UNCHECKED,
                           err);
}

/* ---- the response ---- */

static enum version version_of(const struct event *event)
{
    struct json_value version;
    if (!json_find(event->root, "version", &version) || version.type != JSON_STRING)
        return VERSION_UNKNOWN;
    if (json_string_equals(version, span_of("1")))
        return VERSION_OF_ID_TOKENS;
    if (json_string_equals(version, span_of("2")) || json_string_equals(version, span_of("3")))
        return VERSION_OF_BOTH_TOKENS;
    return VERSION_UNKNOWN;
}

/* The Developer Guide prints an object within a list, real events have the object. */
static bool find_groups(const struct event *event, struct json_value *ret_groups)
{
    struct json_value request;
    if (!json_find(event->root, "request", &request) ||
        !json_find(request, "groupConfiguration", ret_groups))
        return false;
    if (ret_groups->type == JSON_ARRAY) {
        struct json_cursor cursor = json_enter(*ret_groups);
        if (!json_next_element(&cursor, ret_groups))
            return false;
    }
    return ret_groups->type == JSON_OBJECT;
}

/* Cognito takes the groups away when there is something in the response, but not them. */
static char *copy_groups(const struct event *event)
{
    struct json_value groups;
    return find_groups(event, &groups) ? memory_copy_bytes(groups.text.bytes, groups.text.len)
                                       : NULL;
}

static char *as_json(const char *text)
{
    SCOPED(buffer_release) struct buffer json = buffer_with_max(2 * EVENT_MAX_BYTES);
    buffer_add_json_string(&json, span_of(text));
    return buffer_take(&json, NULL);
}

/* Inner lists of edits, from the claim outwards. */
struct token_edits {
    struct edit claims[2];
    struct edit id_token[3];
    struct edit access_token[2];
    struct edit details[4];
    struct edit response[2];
};

static void add_edit(struct edit *edits, struct edit edit)
{
    while (edits->name != NULL)
        edits++;
    *edits = edit;
}

/* In V1 the members of the ID token stand where V2 has an object for each token. */
static void make_edits(struct token_edits *e, const cogmig_migration_config *config,
                       enum version version, const char *value, const char *withdrawn,
                       const char *groups)
{
    bool both = version == VERSION_OF_BOTH_TOKENS;
    struct edit *id_token = both ? e->id_token : e->details;
    struct edit claims = {"claimsToAddOrOverride", EDIT_ENTER, NULL, e->claims};
    if (value != NULL)
        add_edit(e->claims, (struct edit){claim, EDIT_SET, value, NULL});
    if (value != NULL && (config->claim_tokens & COGMIG_CLAIM_IN_ID_TOKEN) != 0)
        add_edit(id_token, claims);
    if (withdrawn != NULL)
        add_edit(id_token, (struct edit){"claimsToSuppress", EDIT_APPEND, withdrawn, NULL});
    if (value != NULL && both && (config->claim_tokens & COGMIG_CLAIM_IN_ACCESS_TOKEN) != 0)
        add_edit(e->access_token, claims);
    if (both && e->id_token[0].name != NULL)
        add_edit(e->details, (struct edit){"idTokenGeneration", EDIT_ENTER, NULL, e->id_token});
    if (e->access_token[0].name != NULL)
        add_edit(e->details,
                 (struct edit){"accessTokenGeneration", EDIT_ENTER, NULL, e->access_token});
    if (groups != NULL && e->details[0].name != NULL)
        add_edit(e->details, (struct edit){"groupOverrideDetails", EDIT_SET_UNSET, groups, NULL});
    if (e->details[0].name != NULL)
        add_edit(e->response,
                 (struct edit){both ? "claimsAndScopeOverrideDetails" : "claimsOverrideDetails",
                               EDIT_ENTER, NULL, e->details});
}

static cogmig_status extend(struct course *course, enum version version, char **ret_response,
                            size_t *ret_len, cogmig_error *err)
{
    const cogmig_migration_config *config = &course->migration->config;
    SCOPED(memory_release) char *groups = copy_groups(&course->event);
    SCOPED(memory_release)
    char *value = course->legacy_id == NULL ? NULL : as_json(course->legacy_id);
    SCOPED(memory_release)
    char *withdrawn = course->claim_is_withdrawn ? as_json(config->legacy_id_attribute) : NULL;
    if (value == NULL && withdrawn == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    struct token_edits edits = {0};
    make_edits(&edits, config, version, value, withdrawn, groups);
    if (edits.response[0].name == NULL)
        return course_echo(course, ret_response, ret_len, err);
    if (value != NULL)
        course->outcome = COGMIG_MIGRATION_TOKENS_EXTENDED;
    return edit_response(course->document, course->event.root, edits.response, ret_response,
                         ret_len, err);
}

cogmig_status token_answer(struct course *course, char **ret_response, size_t *ret_len,
                           cogmig_error *err)
{
    enum version version = version_of(&course->event);
    bool nothing_to_say = course->legacy_id == NULL && !course->claim_is_withdrawn;
    if (nothing_to_say || version == VERSION_UNKNOWN)
        return course_echo(course, ret_response, ret_len, err);
    return extend(course, version, ret_response, ret_len, err);
}
