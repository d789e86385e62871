/* SPDX-License-Identifier: Apache-2.0 */
#include "repair.h"

#include "agreement.h"
#include "failure.h"
#include "user_of_sub.h"

#include <cogmig/memory.h>
#include <stdlib.h>
#include <string.h>

/* ---- planning ---- */

static const char *member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static bool is_kind(const json_t *difference, const char *kind)
{
    return strcmp(member(difference, "kind"), kind) == 0;
}

/* Takes the reference. */
static void write_line(const struct repair_plan *plan, json_t *line, const json_t *difference,
                       FILE *file)
{
    json_object_set_new(line, "because", json_string(member(difference, "kind")));
    if (plan->policy.pool_id != NULL)
        json_object_set_new(line, "pool_id", json_string(plan->policy.pool_id));
    json_dumpf(line, file, JSON_COMPACT);
    fputc('\n', file);
    json_decref(line);
}

/* An id or a sub may be free only once a stale link is gone: links come after all else. */
static void plan_link(const struct repair_plan *plan, const json_t *difference, const char *sub)
{
    write_line(plan,
               json_pack("{s:s, s:s, s:s}", "action", "link", "legacy_id",
                         member(difference, "legacy_id"), "sub", sub),
               difference, plan->links);
}

static void plan_unlink(const struct repair_plan *plan, const json_t *difference)
{
    write_line(plan,
               json_pack("{s:s, s:s, s:s}", "action", "unlink", "legacy_id",
                         member(difference, "legacy_id"), "sub", member(difference, "sub")),
               difference, plan->file);
}

/* was  NULL: the attribute is not there */
static void plan_attribute(const struct repair_plan *plan, const json_t *difference,
                           const char *attribute, const char *was, const char *value)
{
    json_t *line =
        json_pack("{s:s, s:s, s:s, s:s?, s:s}", "action", "set-attribute", "sub",
                  member(difference, "sub"), "attribute", attribute, "was", was, "value", value);
    if (!plan->policy.without_map) /* which has to link the two still when it is carried out */
        json_object_set_new(line, "legacy_id", json_string(member(difference, "legacy_id")));
    write_line(plan, line, difference, plan->file);
}

static void plan_decision(const struct repair_plan *plan, const json_t *difference)
{
    json_t *line = json_pack("{s:s}", "action", "decide");
    json_object_update(line, (json_t *)difference);
    json_object_del(line, "kind");
    write_line(plan, line, difference, plan->file);
}

static void plan_stale_link(const struct repair_plan *plan, const json_t *difference)
{
    plan_unlink(plan, difference);
    if (member(difference, "other_sub") != NULL)
        plan_link(plan, difference, member(difference, "other_sub"));
}

/* Whether a user is enabled is nothing that an attribute says, and whoever gets another address
 * signs in with that one: both are for a person to decide. Whoever is not linked may be a stranger,
 * whom a verified address would prove to be that user. */
static bool can_be_set(const json_t *difference)
{
    const char *attribute = member(difference, "attribute");
    return strcmp(attribute, "enabled") != 0 && strcmp(attribute, "email") != 0 &&
           member(difference, "store") != NULL;
}

/* To link whoever says to be a legacy user would make it so, for good: an attribute that a client
 * may have been able to write is no proof. What speaks against it is told of an id before its
 * missing link is. */
static bool is_about(const json_t *difference, const char *attribute)
{
    return is_kind(difference, "attribute") &&
           strcmp(member(difference, "attribute"), attribute) == 0;
}

/* Anybody can sign up with an address, and the store knows that it is somebody's. */
static bool is_unproved(const json_t *difference)
{
    const char *here = member(difference, "cognito");
    return is_about(difference, "email_verified") && here != NULL && strcmp(here, "false") == 0;
}

static void note_contest(struct repair_plan *plan, const json_t *difference)
{
    if (!is_about(difference, "email") && !is_unproved(difference) &&
        !is_kind(difference, "duplicate"))
        return;
    free(plan->contested);
    plan->contested = strdup(member(difference, "legacy_id"));
}

static bool is_contested(const struct repair_plan *plan, const json_t *difference)
{
    return plan->contested != NULL && strcmp(plan->contested, member(difference, "legacy_id")) == 0;
}

/* Not all of it could be told, so a line with it would be about somebody else. */
static bool is_garbled(const json_t *difference)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)difference, name, value)
    {
        if (strstr(json_string_value(value), TEXT_LOST) != NULL)
            return true;
    }
    return false;
}

/* False: that is for a person to decide. */
static bool plan_repair(struct repair_plan *plan, const json_t *difference, bool is_linked)
{
    const struct repair_policy *policy = &plan->policy;
    if (is_kind(difference, "not-linked") && !is_contested(plan, difference))
        plan_link(plan, difference, member(difference, "sub"));
    else if (is_kind(difference, "link-stale"))
        plan_stale_link(plan, difference);
    else if (is_kind(difference, "legacy-id-missing"))
        plan_attribute(plan, difference, policy->legacy_id_attribute, NULL,
                       member(difference, "legacy_id"));
    else if (is_kind(difference, "attribute") && policy->store_is_right && is_linked &&
             can_be_set(difference))
        plan_attribute(plan, difference, member(difference, "attribute"),
                       member(difference, "cognito"), member(difference, "store"));
    else
        return false;
    return true;
}

void repair_plan_add(struct repair_plan *plan, const json_t *difference, bool is_linked)
{
    if (plan->file == NULL || is_kind(difference, "not-migrated"))
        return;
    note_contest(plan, difference);
    if (is_garbled(difference) || !plan_repair(plan, difference, is_linked))
        plan_decision(plan, difference);
}

bool repair_plan_finish(struct repair_plan *plan)
{
    char chunk[8192];
    size_t got;
    if (plan->file == NULL)
        return true;
    if (fflush(plan->links) != 0 || ferror(plan->links) != 0)
        return false; /* which rewind() would forget */
    rewind(plan->links);
    while ((got = fread(chunk, 1, sizeof chunk, plan->links)) > 0)
        fwrite(chunk, 1, got, plan->file);
    return ferror(plan->links) == 0;
}

void repair_plan_release(struct repair_plan *plan)
{
    free(plan->contested);
    plan->contested = NULL;
    if (plan->links != NULL)
        fclose(plan->links);
    plan->links = NULL;
}

/* ---- carrying it out ---- */

/* As the reconciliation tells it: an empty attribute is none, and what does not say to be verified
 * is not. */
static const char *value_now(const cogmig_cognito_user *user, const char *attribute)
{
    const char *value = cogmig_cognito_user_attribute(user, attribute);
    if (strcmp(attribute, "email_verified") == 0)
        return value != NULL && strcmp(value, "true") == 0 ? "true" : "false";
    return value == NULL || *value == '\0' ? NULL : value;
}

static bool is_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool is_outdated(const cogmig_cognito_user *user, const json_t *line)
{
    const char *now = value_now(user, member(line, "attribute"));
    return json_object_get(line, "was") != NULL && !is_same(now, member(line, "was")) &&
           !is_same(now, member(line, "value"));
}

/* Does the map say still that the sub is this legacy id's? A line without one does not ask. */
static cogmig_status see_if_linked(const struct repair_sides *sides, const json_t *line,
                                   bool *ret_linked, cogmig_error *err)
{
    char *sub = NULL;
    *ret_linked = true;
    if (member(line, "legacy_id") == NULL)
        return COGMIG_OK;
    cogmig_status status = cogmig_idmap_find_sub(sides->map, member(line, "legacy_id"), &sub, err);
    *ret_linked = status == COGMIG_OK && is_same(sub, member(line, "sub"));
    cogmig_free(sub);
    return status == COGMIG_IDMAP_NOT_LINKED ? COGMIG_OK : status;
}

/* A line that does not tell what was there is written whatever there is. Cognito cannot write on a
 * condition: what is written between the two calls is lost. */
static cogmig_status set_unless_outdated(cogmig_cognito *cognito, const json_t *line,
                                         const char **ret_word, cogmig_error *err)
{
    const char *name = member(line, "attribute"), *value = member(line, "value");
    cogmig_cognito_user *user = NULL;
    cogmig_status status = user_of_sub(cognito, member(line, "sub"), &user, err);
    if (status != COGMIG_OK)
        return status;
    if (is_outdated(user, line))
        *ret_word = "changed meanwhile";
    else
        status = cogmig_cognito_update_user(cognito, cogmig_cognito_user_name(user), &name, &value,
                                            1, err);
    cogmig_cognito_user_free(&user);
    return status;
}

static cogmig_status set_attribute(const struct repair_sides *sides, const json_t *line,
                                   const char **ret_word, cogmig_error *err)
{
    bool linked;
    if (member(line, "attribute") == NULL || member(line, "value") == NULL ||
        member(line, "sub") == NULL) {
        cogmig_error_set(err, COGMIG_INVALID_ARGUMENT,
                         "The plan has a set-attribute without sub, attribute or value.");
        return COGMIG_INVALID_ARGUMENT;
    }
    cogmig_status status = see_if_linked(sides, line, &linked, err);
    if (status == COGMIG_OK && !linked)
        *ret_word = "changed meanwhile";
    return status == COGMIG_OK && linked ? set_unless_outdated(sides->cognito, line, ret_word, err)
                                         : status;
}

static cogmig_status see_if_in_cognito(const struct repair_sides *sides, const char *sub,
                                       bool *ret_there, cogmig_error *err)
{
    cogmig_cognito_user *user = NULL;
    cogmig_status status = user_of_sub(sides->cognito, sub, &user, err);
    cogmig_cognito_user_free(&user);
    *ret_there = status == COGMIG_OK;
    return status == COGMIG_COGNITO_USER_NOT_FOUND ? COGMIG_OK : status;
}

static cogmig_status see_if_in_store(struct repair_sides *sides, const char *legacy_id,
                                     bool *ret_there, cogmig_error *err)
{
    cogmig_user *user = NULL;
    cogmig_status status =
        sides->store == NULL ? cogmig_store_open_from_env(&sides->store, err) : COGMIG_OK;
    if (status == COGMIG_OK)
        status = cogmig_store_find_by_id(sides->store, legacy_id, &user, err);
    cogmig_user_free(&user);
    *ret_there = status == COGMIG_OK;
    return status == COGMIG_USER_NOT_FOUND ? COGMIG_OK : status;
}

/* Cognito lists no snapshot, and the listing may be older than the link: who moved meanwhile looks
 * like a link to nobody. */
static cogmig_status see_if_both_are_there(struct repair_sides *sides, const json_t *line,
                                           bool *ret_there, cogmig_error *err)
{
    cogmig_status status = see_if_in_cognito(sides, member(line, "sub"), ret_there, err);
    if (status != COGMIG_OK || !*ret_there)
        return status;
    return see_if_in_store(sides, member(line, "legacy_id"), ret_there, err);
}

static bool is_because_stale(const json_t *line)
{
    const char *because = member(line, "because");
    return because != NULL && strcmp(because, "link-stale") == 0;
}

/* Linked otherwise is as good as not linked: the pair is gone. */
static cogmig_status unlink_pair(struct repair_sides *sides, const json_t *line,
                                 const char **ret_word, cogmig_error *err)
{
    bool outdated = false;
    cogmig_status status = COGMIG_OK;
    if (is_because_stale(line))
        status = see_if_both_are_there(sides, line, &outdated, err);
    if (outdated)
        *ret_word = "changed meanwhile";
    if (status != COGMIG_OK || outdated)
        return status;
    status = cogmig_idmap_unlink(sides->map, member(line, "legacy_id"), member(line, "sub"), err);
    bool is_gone = status == COGMIG_IDMAP_NOT_LINKED || status == COGMIG_IDMAP_CONFLICT;
    return is_gone ? COGMIG_OK : status;
}

/* Does Cognito have the user still, with this legacy id? */
static cogmig_status see_if_claimed(const struct repair_sides *sides, const json_t *line,
                                    bool *ret_claimed, cogmig_error *err)
{
    cogmig_cognito_user *user = NULL;
    cogmig_status status = user_of_sub(sides->cognito, member(line, "sub"), &user, err);
    *ret_claimed = status == COGMIG_OK &&
                   is_same(value_now(user, sides->legacy_id_attribute), member(line, "legacy_id"));
    cogmig_cognito_user_free(&user);
    return status == COGMIG_COGNITO_USER_NOT_FOUND ? COGMIG_OK : status;
}

/* What the map has already stays: the next reconciliation tells of it. */
static cogmig_status link_planned(struct repair_sides *sides, const json_t *line,
                                  const char **ret_word, cogmig_error *err)
{
    bool claimed;
    cogmig_status status = see_if_claimed(sides, line, &claimed, err);
    if (status == COGMIG_OK && !claimed)
        *ret_word = "changed meanwhile";
    if (status != COGMIG_OK || !claimed)
        return status;
    status = cogmig_idmap_link(sides->map, member(line, "legacy_id"), member(line, "sub"), err);
    if (status != COGMIG_IDMAP_CONFLICT)
        return status;
    *ret_word = "linked otherwise";
    return COGMIG_OK;
}

/* A line of somebody's own is to be done or to fail. */
static cogmig_status link_pair(struct repair_sides *sides, const json_t *line,
                               const char **ret_word, cogmig_error *err)
{
    if (member(line, "because") != NULL)
        return link_planned(sides, line, ret_word, err);
    return cogmig_idmap_link(sides->map, member(line, "legacy_id"), member(line, "sub"), err);
}

/* A sub is of one pool: linked in the map of another, it would stand in its user's way. */
static cogmig_status check_pool(const struct repair_sides *sides, const json_t *line,
                                cogmig_error *err)
{
    const char *planned = member(line, "pool_id");
    if (planned == NULL || is_same(planned, sides->pool_id))
        return COGMIG_OK;
    cogmig_error_set(err, COGMIG_INVALID_ARGUMENT,
                     "The plan was made for another user pool than COGNITO_USER_POOL_ID names.");
    return COGMIG_INVALID_ARGUMENT;
}

static cogmig_status carry_out(const json_t *line, struct repair_sides *sides,
                               const char **ret_word, cogmig_error *err)
{
    const char *action = member(line, "action");
    *ret_word = "done";
    cogmig_status status = check_pool(sides, line, err);
    if (status != COGMIG_OK)
        return status;
    if (action != NULL && strcmp(action, "link") == 0)
        return link_pair(sides, line, ret_word, err);
    if (action != NULL && strcmp(action, "unlink") == 0)
        return unlink_pair(sides, line, ret_word, err);
    if (action != NULL && strcmp(action, "set-attribute") == 0)
        return set_attribute(sides, line, ret_word, err);
    *ret_word = "left to you";
    if (action != NULL && strcmp(action, "decide") == 0)
        return COGMIG_OK;
    cogmig_error_set(err, COGMIG_INVALID_ARGUMENT,
                     "The plan has a line whose action is not link, unlink, set-attribute or "
                     "decide.");
    return COGMIG_INVALID_ARGUMENT;
}

static void print_done(json_t *line, const char *word)
{
    json_object_set_new(line, "result", json_string(word));
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
}

static int apply_line(json_t *line, struct repair_sides *sides, bool as_json, cogmig_error *err)
{
    const char *word;
    cogmig_status status = carry_out(line, sides, &word, err);
    print_done(line, status == COGMIG_OK ? word : cogmig_status_name(status));
    return status == COGMIG_OK ? 0 : report(err, as_json);
}

int repair_apply(FILE *plan, struct repair_sides *sides, bool as_json, cogmig_error *err)
{
    char *text = NULL;
    size_t room = 0;
    int code = 0;
    for (int number = 1; code == 0 && getline(&text, &room, plan) > 0; number++) {
        if (text[strspn(text, " \t\r\n")] == '\0')
            continue; /* a line was taken out */
        json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
        code = line == NULL ? misuse("line %d of the plan is not JSON.", number)
                            : apply_line(line, sides, as_json, err);
        json_decref(line);
    }
    free(text);
    if (code != 0 || ferror(plan) == 0)
        return code;
    cogmig_error_set(err, COGMIG_FILE_UNREADABLE, "The plan could not be read to its end.");
    return report(err, as_json);
}
