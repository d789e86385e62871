/* SPDX-License-Identifier: Apache-2.0 */
#include "agreement.h"

#include "show.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const struct kind_text agreement_kinds[AGREEMENT_KINDS - 1] = {
    {COGMIG_DIFFERENCE_LINKED_ELSEWHERE, "Linked to somebody else",
     "The map links the legacy id to a Cognito user who says to be somebody else.",
     "Decide which one is right: the map, or the attribute, which a client may have been able to "
     "write."},
    {COGMIG_DIFFERENCE_SAME_EMAIL, "Signed up in a legacy user's place",
     "A Cognito user without a legacy id has the address of a legacy user who was not migrated.",
     "That legacy user cannot migrate any more. Find out who signed up, then link or delete the "
     "Cognito user."},
    {COGMIG_DIFFERENCE_DUPLICATE, "Several with one legacy id",
     "Several Cognito users, rows of the store or links have one legacy id.",
     "Decide which one stands for the row and take the id from the others."},
    {COGMIG_DIFFERENCE_NOT_IN_STORE, "Not in the store",
     "A Cognito user has a legacy id that nobody has in the store.",
     "Look whether the row was deleted; then disable the Cognito user or take its id away."},
    {COGMIG_DIFFERENCE_LINK_STALE, "Stale links",
     "The map links a legacy id or a sub that does not exist any more.", "Remove the link."},
    {COGMIG_DIFFERENCE_LEGACY_ID_MISSING, "Without a legacy id",
     "The map links a Cognito user who lacks the attribute.", "Write the attribute."},
    {COGMIG_DIFFERENCE_NOT_LINKED, "Not linked",
     "Cognito and the store have the user; the map has no link.", "Add the link."},
    {COGMIG_DIFFERENCE_ATTRIBUTE, "Attributes that differ",
     "Cognito and the store do not agree about an attribute.",
     "Users change their attributes in Cognito once they are there; what should not differ, "
     "write."},
    {COGMIG_DIFFERENCE_NOT_MIGRATED, "Not migrated yet", "Cognito does not have the legacy user.",
     "Nothing: they move when they sign in."},
};

/* A store or map may hold bytes that are no UTF-8, which JSON cannot say: then each beyond ASCII is
 * told as U+FFFD. */
static json_t *told_text(const char *text)
{
    json_t *told = json_string(text);
    char *ascii = told == NULL ? malloc(strlen(text) * strlen(TEXT_LOST) + 1) : NULL;
    if (ascii == NULL)
        return told;
    char *end = ascii;
    for (; *text != '\0'; text++)
        end = (unsigned char)*text < 0x80 ? stpncpy(end, text, 1) : stpcpy(end, TEXT_LOST);
    *end = '\0';
    told = json_string(ascii);
    free(ascii);
    return told;
}

static void set_text(json_t *object, const char *name, const char *text)
{
    if (text != NULL)
        json_object_set_new(object, name, told_text(text));
}

json_t *difference_as_json(const cogmig_difference *difference)
{
    json_t *object = json_object();
    set_text(object, "kind", cogmig_difference_kind_name(cogmig_difference_kind(difference)));
    set_text(object, "legacy_id", cogmig_difference_legacy_id(difference));
    set_text(object, "sub", cogmig_difference_sub(difference));
    set_text(object, "other_sub", cogmig_difference_other_sub(difference));
    set_text(object, "other_legacy_id", cogmig_difference_other_legacy_id(difference));
    set_text(object, "attribute", cogmig_difference_attribute(difference));
    set_text(object, "cognito", cogmig_difference_cognito_value(difference));
    set_text(object, "store", cogmig_difference_store_value(difference));
    return object;
}

void agreement_add_example(struct agreement *agreement, int32_t kind, json_t *difference)
{
    json_t **examples = &agreement->examples[kind];
    if (*examples == NULL)
        *examples = json_array();
    if (json_array_size(*examples) < AGREEMENT_MAX_EXAMPLES)
        json_array_append_new(*examples, difference);
    else
        json_decref(difference);
}

void free_agreement(struct agreement *agreement)
{
    for (int32_t kind = 0; kind < AGREEMENT_KINDS; kind++)
        json_decref(agreement->examples[kind]);
}

uint64_t agreement_faults(const struct agreement *agreement)
{
    uint64_t faults = 0;
    for (int32_t kind = COGMIG_DIFFERENCE_NOT_MIGRATED + 1; kind < AGREEMENT_KINDS; kind++)
        faults += cogmig_reconcile_count(agreement->counts, kind);
    return faults;
}

/* ---- text ---- */

static const struct {
    int32_t what;
    const char *label;
    const char *name;
} totals[] = {
    {COGMIG_RECONCILE_STORE_USERS, "legacy users", "store_users"},
    {COGMIG_RECONCILE_COGNITO_USERS, "Cognito users", "cognito_users"},
    {COGMIG_RECONCILE_LINKS, "links", "links"},
    {COGMIG_RECONCILE_MIGRATED, "migrated", "migrated"},
    {COGMIG_RECONCILE_IN_ORDER, "in order", "in_order"},
    {COGMIG_RECONCILE_COGNITO_ONLY, "only in Cognito", "cognito_only"},
};

static void print_example(const json_t *example)
{
    static const char *const names[] = {"legacy_id", "sub",     "other_sub", "other_legacy_id",
                                        "attribute", "cognito", "store"};
    printf("     ");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = json_string_value(json_object_get(example, names[i]));
        if (text == NULL)
            continue;
        printf(" %s=", names[i]);
        show_text(text);
    }
    putchar('\n');
}

static void print_kind(const struct agreement *agreement, const struct kind_text *kind)
{
    uint64_t count = cogmig_reconcile_count(agreement->counts, kind->kind);
    size_t index;
    const json_t *example;
    if (count == 0)
        return;
    printf("\n%10" PRIu64 "  %s (%s)\n            %s\n            %s\n", count, kind->title,
           cogmig_difference_kind_name(kind->kind), kind->meaning, kind->remedy);
    if (kind->kind == COGMIG_DIFFERENCE_NOT_MIGRATED)
        return;
    json_array_foreach(agreement->examples[kind->kind], index, example)
    {
        print_example(example);
    }
}

void agreement_print_text(const struct agreement *agreement)
{
    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++)
        printf("%10" PRIu64 "  %s\n", cogmig_reconcile_count(agreement->counts, totals[i].what),
               totals[i].label);
    if (agreement->listing != NULL)
        printf("\nCognito's users are as %s has them, last written at %s; remove it to list them "
               "anew.\n",
               agreement->listing, agreement->listed);
    for (size_t i = 0; i < AGREEMENT_KINDS - 1; i++)
        print_kind(agreement, &agreement_kinds[i]);
    if (agreement_faults(agreement) == 0)
        puts("\nBoth sides tell the same story.");
}

/* ---- JSON ---- */

static json_t *count_of(const struct agreement *agreement, int32_t what)
{
    return json_integer((json_int_t)cogmig_reconcile_count(agreement->counts, what));
}

void agreement_print_json(const struct agreement *agreement)
{
    json_t *object = json_object();
    json_t *differences = json_object();
    json_object_set_new(object, "time", json_string(agreement->time));
    json_object_set_new(object, "pool_id", text_or_null(agreement->pool_id));
    json_object_set_new(object, "listed",
                        text_or_null(agreement->listing == NULL ? NULL : agreement->listed));
    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++)
        json_object_set_new(object, totals[i].name, count_of(agreement, totals[i].what));
    for (int32_t kind = 1; kind < AGREEMENT_KINDS; kind++)
        json_object_set_new(differences, cogmig_difference_kind_name(kind),
                            count_of(agreement, kind));
    json_object_set_new(object, "differences", differences);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}
