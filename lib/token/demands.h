/* SPDX-License-Identifier: Apache-2.0
 * What a configuration asks of a token beyond what every token must say. */
#ifndef TOKEN_DEMANDS_H
#define TOKEN_DEMANDS_H

#include "token/claims.h"
#include "token/text_list.h"

enum {
    MAX_DEMANDED_CLAIMS = 32
};

struct demanded_claim {
    char *name;
    char *text; /* NULL: whatever it says */
};

struct demands {
    struct text_list any_groups; /* empty: nothing is demanded */
    struct text_list all_groups;
    struct text_list any_scopes;
    struct text_list all_scopes;
    struct demanded_claim claims[MAX_DEMANDED_CLAIMS];
    size_t claim_count;
};

/* False: memory was refused. */
bool demands_add_claim(struct demands *demands, const char *name, const char *text);
bool demands_copy(const struct demands *from, struct demands *to);
void demands_release(struct demands *demands);

/* Errors: TOKEN_GROUP_REFUSED. */
cogmig_status demands_judge_groups(const struct demands *demands, const cogmig_claims *claims,
                                   cogmig_error *err);

/* Errors: TOKEN_SCOPE_REFUSED. */
cogmig_status demands_judge_scopes(const struct demands *demands, const cogmig_claims *claims,
                                   cogmig_error *err);

/* Errors: TOKEN_CLAIM_MISSING, TOKEN_CLAIM_REFUSED. */
cogmig_status demands_judge_claims(const struct demands *demands, const cogmig_claims *claims,
                                   cogmig_error *err);

/* Errors: TOKEN_CLAIM_MISSING, TOKEN_NONCE_REFUSED. */
cogmig_status demands_judge_nonce(const char *nonce, const cogmig_claims *claims,
                                  cogmig_error *err);

#endif
