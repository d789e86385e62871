/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/verdict.h"

#include "base/memory.h"
#include "base/public.h"

COGMIG_PUBLIC void cogmig_verdict_free(cogmig_verdict **verdict)
{
    if (verdict == NULL || *verdict == NULL)
        return;
    cogmig_user_free(&(*verdict)->user);
    memory_free((*verdict)->response);
    memory_free(*verdict);
    *verdict = NULL;
}

/* cogmig_engine_poll() gives NULL when none waits: whoever overlooks it must not find an OK. */
static const cogmig_verdict *known(const cogmig_verdict *verdict)
{
    static const cogmig_verdict none = {
        .status = COGMIG_INVALID_ARGUMENT,
        .error = {.status = COGMIG_INVALID_ARGUMENT, .message = "There is no verdict."}};
    return verdict == NULL ? &none : verdict;
}

COGMIG_PUBLIC int64_t cogmig_verdict_job(const cogmig_verdict *verdict)
{
    return known(verdict)->job;
}

COGMIG_PUBLIC void *cogmig_verdict_job_data(const cogmig_verdict *verdict)
{
    return known(verdict)->job_data;
}

COGMIG_PUBLIC cogmig_status cogmig_verdict_status(const cogmig_verdict *verdict)
{
    return known(verdict)->status;
}

COGMIG_PUBLIC const cogmig_error *cogmig_verdict_error(const cogmig_verdict *verdict)
{
    return &known(verdict)->error;
}

COGMIG_PUBLIC const cogmig_user *cogmig_verdict_user(const cogmig_verdict *verdict)
{
    return known(verdict)->user;
}

COGMIG_PUBLIC bool cogmig_verdict_password_cut(const cogmig_verdict *verdict)
{
    return known(verdict)->password_cut;
}

COGMIG_PUBLIC const char *cogmig_verdict_response(const cogmig_verdict *verdict, size_t *ret_len)
{
    if (ret_len != NULL)
        *ret_len = known(verdict)->response_len;
    return known(verdict)->response;
}
