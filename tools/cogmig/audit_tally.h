/* SPDX-License-Identifier: Apache-2.0
 * What becomes of all users, counted row by row. */
#ifndef COGMIG_TOOL_AUDIT_TALLY_H
#define COGMIG_TOOL_AUDIT_TALLY_H

#include "audit_rules.h"

#include <cogmig/audit.h>

enum {
    TALLY_SCHEMES = 32,
    TALLY_EXAMPLES = 5,
    TALLY_EXAMPLE_BYTES = 64,
    TALLY_MAX_COST = 31
};

/* What a user has to expect, one of these each. */
enum fate {
    FATE_MIGRATES,     /* at the first sign-in */
    FATE_RESETS,       /* by forgot-password alone: no usable hash, but a verified address */
    FATE_STRANDED,     /* by nothing: no usable hash, and no verified address */
    FATE_AMBIGUOUS,    /* nobody knows which of two rows it is */
    FATE_UNACCEPTABLE, /* Cognito refuses address, id or another attribute */
    FATE_DISABLED,
    FATE_COUNT
};

/* What is remarkable about a row; a row may have several. */
enum remark {
    REMARK_UNVERIFIED,
    REMARK_NO_PASSWORD,
    REMARK_LOCKED,
    REMARK_DAMAGED_HASH,
    REMARK_COSTLY_HASH,
    REMARK_HASH_BEHIND_PREFIX,
    REMARK_UNSUPPORTED_HASH,
    REMARK_EMAIL_REFUSED,
    REMARK_EMAIL_COLLIDES,
    REMARK_ID_MISSING,
    REMARK_ID_TOO_LONG,
    REMARK_ID_NO_USER_NAME,
    REMARK_NAME_TOO_LONG,
    REMARK_PHONE_NOT_E164,
    REMARK_ATTRIBUTE_REFUSED,
    REMARK_COUNT
};

struct tally_remark {
    int64_t count;
    int examples; /* ids of the first few */
    char ids[TALLY_EXAMPLES][TALLY_EXAMPLE_BYTES];
};

struct tally_scheme {
    const char *name;
    int64_t count;
};

struct tally {
    struct hash_rules rules;
    int64_t max_id_length; /* of custom:legacy_id */
    bool sends_name, id_is_user_name;
    int64_t users;
    int64_t fates[FATE_COUNT];
    struct tally_remark remarks[REMARK_COUNT];
    struct tally_scheme schemes[TALLY_SCHEMES];
    int64_t costs[TALLY_MAX_COST + 1];         /* of bcrypt that can be verified */
    int64_t refused_costs[TALLY_MAX_COST + 1]; /* of bcrypt whose cost is too high */
    int64_t longest_id;
    /* The row before, whose fate changes when the next has the same address. */
    enum fate last_fate;
    char last_id[TALLY_EXAMPLE_BYTES];
    bool last_collided;
};

extern const char *const fate_names[FATE_COUNT];
extern const char *const remark_names[REMARK_COUNT];

void tally_row(struct tally *tally, const cogmig_audit_row *row);

#endif
