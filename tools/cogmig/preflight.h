/* SPDX-License-Identifier: Apache-2.0
 * What a user pool and its app client have to be like for a migration: one table of checks over the
 * JSON of DescribeUserPool and DescribeUserPoolClient. See docs/guide/cognito-setup.md. */
#ifndef COGMIG_TOOL_PREFLIGHT_H
#define COGMIG_TOOL_PREFLIGHT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verdict {
    VERDICT_OK,
    VERDICT_WARNING, /* the migration works, something else suffers */
    VERDICT_PROBLEM, /* mend it before the cut-over */
    VERDICT_UNKNOWN  /* what is there does not tell */
};

const char *verdict_name(enum verdict verdict);

/* What a password has to have. */
struct password_rule {
    int32_t min_length; /* 0: not known, or nothing */
    int32_t classes;    /* a sum of COGMIG_PASSWORD_*; CLASSES_NOT_KNOWN */
};

enum {
    CLASSES_NOT_KNOWN = -1
};

/* What is known. NULL and 0: not known. */
struct setup {
    json_t *pool;   /* UserPool */
    json_t *client; /* UserPoolClient, of those in clients the one that is looked at */
    json_t *clients;
    json_t *lambda_policy; /* the resource policy of the UserMigration function */
    /* By ARN, what Lambda said of each trigger's function: its policy; null where it has none; a
     * text, why that is not known. */
    json_t *function_policies;
    const char *own_pool, *own_clients; /* COGNITO_USER_POOL_ID, COGNITO_CLIENT_ID */
    const char *issuer;                 /* COGNITO_ISSUER */
    const char *legacy_id; /* the attribute: custom:legacy_id, or what it is called here */
    const char *client_secret;
    bool settings_are_known;               /* so that no client_secret means that none is set */
    json_int_t legacy_id_length;           /* of the longest */
    struct password_rule legacy_passwords; /* what the old system asked for */
    bool has_own_passwords;                /* is the migration told to have weak ones replaced? */
    struct password_rule own_passwords;    /* COGMIG_PASSWORD_MIN_LENGTH, COGMIG_PASSWORD_CLASSES */
};

enum {
    REASON_SIZE = 512,
    CONSEQUENCE_SIZE = 512,
    EDIT_SIZE = 1024,
    MEND_SIZE = 3072
};

struct finding {
    enum verdict verdict;
    char reason[REASON_SIZE];
};

/* How what is wrong is mended. */
enum mend_kind {
    MEND_NOT,       /* nothing to run: the text says what to do */
    MEND_CLIENT,    /* an expression of jq that changes the app client */
    MEND_POOL,      /* an expression of jq that changes the user pool */
    MEND_ATTRIBUTE, /* the arguments of add-custom-attributes */
    MEND_PERMISSION /* lambda add-permission, remove-permission */
};

/* What a check looks at. Without it nothing can be said. */
enum subject {
    OF_POOL,
    OF_CLIENT,
    OF_MACHINE
};

struct check {
    const char *id;
    enum subject subject;
    void (*judge)(const struct setup *setup, struct finding *finding);
    const char *consequence;
    enum mend_kind mend_kind;
    const char *mend;
};

void preflight_judge(const struct check *check, const struct setup *setup,
                     struct finding *ret_finding);

extern const struct check preflight_checks[];
extern const size_t preflight_check_count;

/* What breaks, with the attribute's name. */
void preflight_consequence(const struct check *check, const struct setup *setup,
                           char out[CONSEQUENCE_SIZE]);

/* The command or text, with pool, client and region filled in; whatever needs a pool or client
 * that is not known has <its name> there. */
void preflight_mend(const struct check *check, const struct setup *setup, char out[MEND_SIZE]);

#endif
