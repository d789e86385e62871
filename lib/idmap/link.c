/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "idmap/idmap.h"
#include "status/error.h"

#include <string.h>

enum {
    MAX_LINK_ROUNDS = 3 /* each lost to somebody who unlinked in between */
};

/* ---- the links of a pair ---- */

/* What the two are linked to; of at most two rows. */
struct links {
    const char *legacy_id;
    const char *sub;
    char *sub_of_legacy_id;
    char *legacy_id_of_sub;
};

static void release_links(struct links *links)
{
    memory_free(links->sub_of_legacy_id);
    memory_free(links->legacy_id_of_sub);
}

static cogmig_status take_links(void *user_data, const struct span *columns, cogmig_error *err)
{
    struct links *links = user_data;
    bool of_legacy_id = span_equal_text(columns[0], links->legacy_id);
    bool of_sub = span_equal_text(columns[1], links->sub);
    if (!of_legacy_id && !of_sub) /* see idmap_take_other() */
        return fail_plainly(err, COGMIG_STORE_SCHEMA_MISMATCH);
    cogmig_status status = COGMIG_OK;
    if (of_legacy_id)
        status = idmap_take_id(columns[1], &links->sub_of_legacy_id, err);
    if (status == COGMIG_OK && of_sub)
        status = idmap_take_id(columns[0], &links->legacy_id_of_sub, err);
    return status;
}

static cogmig_status conflict(const struct links *l, cogmig_error *err)
{
    const char *linked_sub = l->sub_of_legacy_id, *linked_id = l->legacy_id_of_sub;
    if (linked_id == NULL)
        return fail(err, COGMIG_IDMAP_CONFLICT,
                    "The legacy id \"%.64s\" is linked to the sub \"%.64s\", not to \"%.64s\".",
                    l->legacy_id, linked_sub, l->sub);
    if (linked_sub == NULL)
        return fail(err, COGMIG_IDMAP_CONFLICT,
                    "The sub \"%.64s\" is linked to the legacy id \"%.64s\", not to \"%.64s\".",
                    l->sub, linked_id, l->legacy_id);
    return fail(err, COGMIG_IDMAP_CONFLICT,
                "The legacy id \"%.64s\" is linked to the sub \"%.64s\", and the sub \"%.64s\" to "
                "the legacy id \"%.64s\".",
                l->legacy_id, linked_sub, l->sub, linked_id);
}

static bool is_linked(const struct links *links)
{
    return links->sub_of_legacy_id != NULL && strcmp(links->sub_of_legacy_id, links->sub) == 0;
}

/* Another map may have linked them since: of none of the ids that a conflict names is anything else
 * believed. */
static void forget_links(cogmig_idmap *map, const struct links *l)
{
    const char *linked_sub = l->sub_of_legacy_id, *linked_id = l->legacy_id_of_sub;
    idmap_cache_forget(map->cache, l->legacy_id, linked_sub == NULL ? l->sub : linked_sub);
    idmap_cache_forget(map->cache, linked_id == NULL ? l->legacy_id : linked_id, l->sub);
}

/* IDMAP_CONFLICT when either is linked otherwise. */
static cogmig_status ask_for_links(cogmig_idmap *map, const char *legacy_id, const char *sub,
                                   struct deadline deadline, bool *ret_linked, cogmig_error *err)
{
    SCOPED(release_links) struct links links = {.legacy_id = legacy_id, .sub = sub};
    struct idmap_question question = {.statement = IDMAP_FIND_PAIRS,
                                      .parameters = {map->pool_id, legacy_id, sub},
                                      .parameter_count = 3,
                                      .take = take_links,
                                      .user_data = &links};
    cogmig_status status = idmap_ask(map, &question, deadline, err);
    if (status != COGMIG_OK)
        return status;
    *ret_linked = is_linked(&links);
    if (*ret_linked || (links.sub_of_legacy_id == NULL && links.legacy_id_of_sub == NULL))
        return COGMIG_OK;
    forget_links(map, &links);
    return conflict(&links, err);
}

cogmig_status idmap_hold_against(cogmig_idmap *map, const char *legacy_id, const char *sub,
                                 struct deadline deadline, bool *ret_linked, cogmig_error *err)
{
    SCOPED(release_links) struct links links = {.legacy_id = legacy_id, .sub = sub};
    deadline = idmap_deadline(map, deadline);
    cogmig_status status = idmap_find(map, CACHE_LEGACY_ID_OF, sub, IDMAP_CACHED, deadline,
                                      &links.legacy_id_of_sub, err);
    if (status == COGMIG_OK && links.legacy_id_of_sub == NULL)
        status = idmap_find(map, CACHE_SUB_OF, legacy_id, IDMAP_CACHED, deadline,
                            &links.sub_of_legacy_id, err);
    if (status != COGMIG_OK)
        return idmap_note(map, status);
    bool same = links.legacy_id_of_sub != NULL && strcmp(links.legacy_id_of_sub, legacy_id) == 0;
    *ret_linked = same || is_linked(&links);
    if (*ret_linked || (links.sub_of_legacy_id == NULL && links.legacy_id_of_sub == NULL))
        return COGMIG_OK;
    return idmap_note(map, conflict(&links, err));
}

/* ---- linking ---- */

/* On a table without its two constraints, two writers could link one id twice. */
cogmig_status idmap_prove_unique(cogmig_idmap *map, struct deadline deadline, cogmig_error *err)
{
    if (atomic_load(&map->proved_unique))
        return COGMIG_OK;
    struct idmap_question legacy_id = {.statement = IDMAP_PROVE_LEGACY_ID};
    struct idmap_question sub = {.statement = IDMAP_PROVE_SUB};
    cogmig_status status = idmap_ask(map, &legacy_id, deadline, err);
    if (status == COGMIG_OK)
        status = idmap_ask(map, &sub, deadline, err);
    atomic_store(&map->proved_unique, status == COGMIG_OK);
    return status;
}

static cogmig_status change(cogmig_idmap *map, enum idmap_statement statement,
                            const char *legacy_id, const char *sub, struct deadline deadline,
                            bool *ret_changed, cogmig_error *err)
{
    struct idmap_question question = {
        .statement = statement, .parameters = {map->pool_id, legacy_id, sub}, .parameter_count = 3};
    cogmig_status status = idmap_ask(map, &question, deadline, err);
    *ret_changed = question.changed;
    return status;
}

/* Look first: a sign-in whose link is there, as nearly all are, writes nothing. */
static cogmig_status link_once(cogmig_idmap *map, const char *legacy_id, const char *sub,
                               struct deadline deadline, bool *ret_linked, cogmig_error *err)
{
    cogmig_status status = ask_for_links(map, legacy_id, sub, deadline, ret_linked, err);
    if (status == COGMIG_OK && !*ret_linked)
        status = idmap_prove_unique(map, deadline, err);
    if (status != COGMIG_OK || *ret_linked)
        return status;
    status = change(map, IDMAP_LINK, legacy_id, sub, deadline, ret_linked, err);
    if (status == COGMIG_OK && *ret_linked)
        idmap_count(map, COGMIG_IDMAP_LINKS);
    return status;
}

/* A trigger may skip a row, a rule do something else, row security hide a row from the one who
 * deletes it: the statement succeeds all the same. */
static cogmig_status fail_undone(const char *deed, const char *legacy_id, const char *sub,
                                 cogmig_error *err)
{
    return fail(err, COGMIG_STORE_QUERY_FAILED,
                "The link of the legacy id \"%.64s\" to the sub \"%.64s\" could not be %s: others "
                "change it just now, or a trigger, a rule or row security of the table keeps the "
                "database from it.",
                legacy_id, sub, deed);
}

static cogmig_status link_pair(cogmig_idmap *map, const char *legacy_id, const char *sub,
                               struct deadline deadline, cogmig_error *err)
{
    for (int round = 0; round < MAX_LINK_ROUNDS; round++) {
        bool linked = false;
        cogmig_status status = link_once(map, legacy_id, sub, deadline, &linked, err);
        if (status != COGMIG_OK || linked)
            return status;
    }
    return fail_undone("made", legacy_id, sub, err);
}

/* before  the generation when the database was asked: whoever unlinked since then knows better */
static void remember(cogmig_idmap *map, const char *legacy_id, const char *sub, uint64_t before)
{
    uint64_t generation = idmap_cache_forget(map->cache, legacy_id, sub);
    if (generation != before + 1)
        return;
    int64_t until_ms = clock_coarse_ms() + map->link_ttl_ms;
    idmap_cache_keep(map->cache, CACHE_SUB_OF, legacy_id, sub, until_ms, generation);
    idmap_cache_keep(map->cache, CACHE_LEGACY_ID_OF, sub, legacy_id, until_ms, generation);
}

cogmig_status idmap_link(cogmig_idmap *map, const char *legacy_id, const char *sub,
                         struct deadline deadline, cogmig_error *err)
{
    cogmig_status status = idmap_check_legacy_id(legacy_id, map->require_uuid, err);
    if (status == COGMIG_OK)
        status = idmap_check_sub(sub, err);
    if (status != COGMIG_OK)
        return status;
    uint64_t generation = idmap_cache_generation(map->cache);
    status = link_pair(map, legacy_id, sub, idmap_deadline(map, deadline), err);
    if (status == COGMIG_OK)
        remember(map, legacy_id, sub, generation);
    return idmap_note(map, status);
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_link(cogmig_idmap *map, const char *legacy_id,
                                              const char *sub, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (map == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "map is NULL.");
    return idmap_link(map, legacy_id, sub, IDMAP_NO_DEADLINE, err);
}

/* ---- unlinking ---- */

/* Whoever wants it gone gets what he wants, also when another one was quicker, or has linked one of
 * the two to something else by now. */
static cogmig_status prove_unlinked(cogmig_idmap *map, const char *legacy_id, const char *sub,
                                    struct deadline deadline, cogmig_error *err)
{
    bool linked = false;
    cogmig_status status = ask_for_links(map, legacy_id, sub, deadline, &linked, err);
    if (status == COGMIG_IDMAP_CONFLICT) {
        cogmig_error_clear(err);
        return COGMIG_OK;
    }
    return status == COGMIG_OK && linked ? fail_undone("removed", legacy_id, sub, err) : status;
}

static cogmig_status unlink_pair(cogmig_idmap *map, const char *legacy_id, const char *sub,
                                 struct deadline deadline, cogmig_error *err)
{
    bool linked = false, changed = false;
    cogmig_status status = ask_for_links(map, legacy_id, sub, deadline, &linked, err);
    if (status != COGMIG_OK)
        return status;
    if (!linked)
        return fail(err, COGMIG_IDMAP_NOT_LINKED,
                    "Neither the legacy id \"%.64s\" nor the sub \"%.64s\" is linked in pool %s.",
                    legacy_id, sub, map->pool_id);
    status = change(map, IDMAP_UNLINK, legacy_id, sub, deadline, &changed, err);
    if (status != COGMIG_OK || changed)
        return status;
    return prove_unlinked(map, legacy_id, sub, deadline, err);
}

cogmig_status idmap_unlink(cogmig_idmap *map, const char *legacy_id, const char *sub,
                           struct deadline deadline, cogmig_error *err)
{
    cogmig_status status = idmap_check_legacy_id(legacy_id, false, err);
    if (status == COGMIG_OK)
        status = idmap_check_sub(sub, err);
    if (status != COGMIG_OK)
        return status;
    status = unlink_pair(map, legacy_id, sub, idmap_deadline(map, deadline), err);
    idmap_cache_forget(map->cache, legacy_id, sub);
    return idmap_note(map, status);
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_unlink(cogmig_idmap *map, const char *legacy_id,
                                                const char *sub, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (map == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "map is NULL.");
    return idmap_unlink(map, legacy_id, sub, IDMAP_NO_DEADLINE, err);
}
