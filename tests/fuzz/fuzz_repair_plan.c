/* SPDX-License-Identifier: Apache-2.0
 * Any plan of repairs, with neither map nor Cognito: it is carried out line by line until one
 * fails, and nothing is done. What is printed goes nowhere. */
#include "fuzz.h"
#include "repair.h"

#include <stdio.h>

static void be_silent(void)
{
    static FILE *nowhere;
    if (nowhere == NULL)
        nowhere = fopen("/dev/null", "we");
    HOLDS(nowhere != NULL);
    stdout = stderr = nowhere;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE *const out = stdout, *const errors = stderr;
    cogmig_error *err = NULL;
    struct repair_sides nobody = {0};
    if (size == 0)
        return 0;
    FILE *plan = fmemopen((void *)(uintptr_t)data, size, "r");
    HOLDS(plan != NULL && cogmig_error_new(&err) == COGMIG_OK);
    be_silent();
    int code = repair_apply(plan, &nobody, false, err);
    stdout = out;
    stderr = errors;
    HOLDS(code >= 0 && code <= COGMIG_KIND_INTERNAL);
    HOLDS(nobody.store == NULL);
    cogmig_error_free(&err);
    fclose(plan);
    return 0;
}
