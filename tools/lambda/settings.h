/* SPDX-License-Identifier: Apache-2.0
 * What the environment says, the store's settings apart: those the library reads itself. */
#ifndef COGMIG_LAMBDA_SETTINGS_H
#define COGMIG_LAMBDA_SETTINGS_H

#include <cogmig/error.h>
#include <stdint.h>

struct settings {
    const char *runtime_api; /* host:port */
    const char *function;    /* its name, for the log */
    int32_t deadline_ms;     /* for one event */
    int32_t concurrency;     /* invocations at a time */
};

/* Errors: CONFIG_INCOMPLETE, CONFIG_INVALID. */
cogmig_status settings_read(struct settings *ret_settings, cogmig_error *err);

/* Set the variables of libpq and of the library that the environment leaves open and that Lambda
 * needs to be otherwise than usual. */
void settings_fill_in(void);

#endif
