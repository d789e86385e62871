/* SPDX-License-Identifier: Apache-2.0
 * What a verifier is made from. */
#ifndef TOKEN_CONFIG_H
#define TOKEN_CONFIG_H

#include "keyset/source.h"
#include "token/alb.h"
#include "token/check.h"
#include "token/issuer.h"
#include "token/rules.h"

#include <cogmig/verifier.h>

enum {
    MAX_ISSUERS = 64,
    MAX_CLIENTS = TEXT_LIST_MAX,
    CLIENT_ID_MAX_BYTES = 256
};

struct cogmig_verifier_config {
    struct issuer issuers[MAX_ISSUERS];
    size_t issuer_count;
    struct alb albs[MAX_ALBS]; /* there are none where there are issuers */
    size_t alb_count;
    struct rules rules;
    struct check check;
    size_t cache_bytes;    /* 0: none */
    cogmig_clock_fn clock; /* NULL: the system's */
    void *clock_data;
    steady_clock_fn steady_ms;
    struct fetcher fetcher; /* its ca_file is the text below */
    char *ca_file;
    char *key_file; /* NULL: none */
};

/* Errors: CONFIG_INVALID. */
cogmig_status config_check_cache_bytes(size_t bytes, cogmig_error *err);

/* A copy of its own, for a verifier. Errors: OUT_OF_MEMORY. */
cogmig_status config_copy(const cogmig_verifier_config *config, cogmig_verifier_config **ret_copy,
                          cogmig_error *err);

#endif
