/* SPDX-License-Identifier: Apache-2.0
 * What mends a difference: a plan of one JSON object a line, written, looked at, then carried out.
 */
#ifndef COGMIG_TOOL_REPAIR_H
#define COGMIG_TOOL_REPAIR_H

#include <cogmig/cognito.h>
#include <cogmig/idmap.h>
#include <cogmig/store.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct repair_policy {
    const char *pool_id; /* NULL: not known */
    const char *legacy_id_attribute;
    bool store_is_right; /* about attributes that differ */
    bool without_map;
};

/* A plan that is being written. */
struct repair_plan {
    struct repair_policy policy;
    FILE *file;      /* NULL: there is to be none */
    FILE *links;     /* its last lines, until it is finished; open for both ways where file is */
    char *contested; /* the last legacy id that several claim, or somebody with another or unproved
                        address */
};

/* Add the lines for one difference, in the order in which they are told; an action of "decide" is
 * one that a person has to take.
 *
 * is_linked  of an attribute: the map says that it is this user's, or there is no map */
void repair_plan_add(struct repair_plan *plan, const json_t *difference, bool is_linked);

/* No more are added. False: the last lines are lost; whether file took the others is its own to
 * tell. */
bool repair_plan_finish(struct repair_plan *plan);

/* Closes links, not file. */
void repair_plan_release(struct repair_plan *plan);

/* Where a plan is carried out. */
struct repair_sides {
    const char *pool_id; /* a plan for another is refused */
    const char *legacy_id_attribute;
    cogmig_idmap *map;
    cogmig_cognito *cognito;
    cogmig_store *store; /* NULL until it is asked: that of the environment */
};

/* Carry a plan out, line by line, and print each with what came of it. What was done before is
 * fine; an attribute that is neither as it was nor as it is to be, or whose user is not linked any
 * more, a stale link whose user and row are both there after all, a user to be linked who has the
 * legacy id no more, and what the map links otherwise by now, are left alone. Returns 0, or the
 * exit code of the first failure, where it stops.
 *
 * as_json  how the failure is reported */
int repair_apply(FILE *plan, struct repair_sides *sides, bool as_json, cogmig_error *err);

#endif
