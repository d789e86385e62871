/* SPDX-License-Identifier: Apache-2.0
 * What a reconciliation found, as people read it. */
#ifndef COGMIG_TOOL_AGREEMENT_H
#define COGMIG_TOOL_AGREEMENT_H

#include <cogmig/reconcile.h>
#include <jansson.h>
#include <stdio.h>

enum {
    AGREEMENT_KINDS = COGMIG_DIFFERENCE_ATTRIBUTE + 1,
    AGREEMENT_MAX_EXAMPLES = 10 /* of each kind */
};

/* For each kind, in the order in which it is shown: the worst first. */
struct kind_text {
    int32_t kind;
    const char *title;
    const char *meaning;
    const char *remedy;
};

extern const struct kind_text agreement_kinds[AGREEMENT_KINDS - 1];

/* Ended by free_agreement(). */
struct agreement {
    const char *pool_id; /* borrowed; NULL: not known */
    char time[sizeof "2026-01-15T10:30:00Z"];
    const char *listing; /* borrowed: the file that Cognito's users, or the first of them, are from;
                            NULL: all were asked for now */
    char listed[sizeof "2026-01-15T10:30:00Z"]; /* when it was written last */
    const cogmig_reconcile *counts;             /* borrowed */
    json_t *examples[AGREEMENT_KINDS];
};

/* What stands for a byte that cannot be told: U+FFFD. */
#define TEXT_LOST "\xEF\xBF\xBD"

/* A difference as the members that it has. */
json_t *difference_as_json(const cogmig_difference *difference);

/* Keep it, if there is still room for an example of its kind. Takes the reference. */
void agreement_add_example(struct agreement *agreement, int32_t kind, json_t *difference);

/* Differences that somebody has to look at: all but those who have not signed in yet. */
uint64_t agreement_faults(const struct agreement *agreement);

void agreement_print_text(const struct agreement *agreement);
void agreement_print_json(const struct agreement *agreement);
void agreement_write_html(const struct agreement *agreement, FILE *out);
void free_agreement(struct agreement *agreement);

#endif
