/* SPDX-License-Identifier: Apache-2.0
 * What Cognito takes of a legacy row, and what its hash is worth. See docs/guide/audit.md. */
#ifndef COGMIG_TOOL_AUDIT_RULES_H
#define COGMIG_TOOL_AUDIT_RULES_H

#include <stdbool.h>
#include <stdint.h>

enum {
    COGNITO_MAX_NAME_CHARACTERS = 128,      /* of whatever somebody signs in with */
    COGNITO_MAX_ATTRIBUTE_CHARACTERS = 2048 /* of an attribute's value */
};

/* Why Cognito will not take it as an e-mail address to sign in with; NULL: it will, presumably. */
const char *email_fault(const char *email);

/* Cognito takes telephone numbers in E.164 alone: "+", then 2 to 15 digits, the first not 0. */
bool is_e164(const char *phone);

bool is_longer_than(const char *text, int64_t characters);

/* API reference, UsernameType: 1 to 128 characters, none of them white space or control. */
bool is_user_name(const char *id);

enum hash_worth {
    HASH_NONE,          /* there is none */
    HASH_LOCKED,        /* the store locks the password */
    HASH_USABLE,        /* bcrypt that can be verified */
    HASH_DAMAGED,       /* bcrypt that was cut or is no hash */
    HASH_TOO_COSTLY,    /* bcrypt above the ceiling */
    HASH_BEHIND_PREFIX, /* bcrypt that can be verified, behind Django's or Spring's prefix */
    HASH_UNSUPPORTED
};

struct hash_reading {
    enum hash_worth worth;
    const char *scheme;
    int32_t cost; /* of bcrypt, 0 otherwise */
};

/* What the migration is told. */
struct hash_rules {
    int32_t max_cost; /* bcrypt above it is refused */
    bool allow_2x, allow_2;
};

/* kind, length  as cogmig_audit_row_hash_kind() and _length() tell them */
struct hash_reading read_hash(const char *kind, int64_t length, const struct hash_rules *rules);

#endif
