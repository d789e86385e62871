/* SPDX-License-Identifier: Apache-2.0
 * Linked with --wrap for calloc and free, which the library calls in one file. */
#include "refusal.h"

#include "cmocka_all.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_long countdown; /* allocations until one is refused; below 0: none is */
static atomic_bool all_that_follow;
static atomic_bool refused;
static atomic_long live;

bool refusal_is_due(void)
{
    if (atomic_load(&countdown) < 0)
        return false;
    if (atomic_load(&countdown) > 0) {
        atomic_fetch_sub(&countdown, 1);
        return false;
    }
    if (!atomic_load(&all_that_follow))
        atomic_store(&countdown, -1);
    atomic_store(&refused, true);
    return true;
}

/* ---- the library's own ---- */

void *__real_calloc(size_t count, size_t size);
void __real_free(void *block);
void *__wrap_calloc(size_t count, size_t size);
void __wrap_free(void *block);

void *__wrap_calloc(size_t count, size_t size)
{
    void *block = refusal_is_due() ? NULL : __real_calloc(count, size);
    atomic_fetch_add(&live, block != NULL);
    return block;
}

void __wrap_free(void *block)
{
    atomic_fetch_sub(&live, block != NULL);
    __real_free(block);
}

long live_blocks(void)
{
    return atomic_load(&live);
}

/* ---- OpenSSL's ---- */

static void *openssl_allocate(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return refusal_is_due() ? NULL : malloc(size);
}

static void *openssl_resize(void *block, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return refusal_is_due() ? NULL : realloc(block, size);
}

static void openssl_release(void *block, const char *file, int line)
{
    (void)file, (void)line;
    __real_free(block);
}

void refusal_prepare(void)
{
    atomic_store(&countdown, -1);
    if (CRYPTO_set_mem_functions(openssl_allocate, openssl_resize, openssl_release) == 1)
        return;
    fputs("OpenSSL allocated before it could be watched\n", stderr);
    exit(1);
}

/* ---- libcurl's ---- */

static bool with_libcurl;

static bool curl_is_refused(void)
{
    return with_libcurl && refusal_is_due();
}

void refusal_include_libcurl(void)
{
    with_libcurl = true;
}

static void *curl_new(size_t size)
{
    return curl_is_refused() ? NULL : malloc(size);
}

static void *curl_resize(void *block, size_t size)
{
    return curl_is_refused() ? NULL : realloc(block, size);
}

static void curl_release(void *block)
{
    __real_free(block);
}

static char *curl_copy(const char *text)
{
    return curl_is_refused() ? NULL : strdup(text);
}

static void *curl_new_zeroed(size_t count, size_t size)
{
    return curl_is_refused() ? NULL : __real_calloc(count, size);
}

void refusal_prepare_libcurl(void)
{
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, curl_new, curl_release, curl_resize, curl_copy,
                             curl_new_zeroed) == CURLE_OK)
        return;
    fputs("libcurl was used before it could be watched\n", stderr);
    exit(1);
}

/* ---- one allocation after the other ---- */

static cogmig_status call_refusing(const struct step *step, long nth, bool all)
{
    atomic_store(&refused, false);
    atomic_store(&all_that_follow, all);
    atomic_store(&countdown, nth);
    cogmig_status status = step->call();
    atomic_store(&countdown, -1);
    return status;
}

static bool is_outage(cogmig_status status)
{
    return with_libcurl && cogmig_status_kind(status) == COGMIG_KIND_UNAVAILABLE;
}

static void judge(const struct world *world, const struct step *step, cogmig_status status,
                  long nth, bool all)
{
    if (status == step->expected)
        return;
    const char *what = all ? "and all that follow" : "alone";
    if (!atomic_load(&refused))
        fail_msg("%s: %s\n", step->name, cogmig_status_name(status));
    if (status != COGMIG_OUT_OF_MEMORY && !is_outage(status))
        fail_msg("%s: allocation %ld %s refused: %s\n", step->name, nth, what,
                 cogmig_status_name(status));
    if (world->wait != NULL)
        world->wait();
    status = step->call();
    if (status != step->expected)
        fail_msg("%s: after allocation %ld %s was refused: %s\n", step->name, nth, what,
                 cogmig_status_name(status));
}

/* False: it has fewer allocations. */
static bool refuse_one(const struct world *world, const struct step *step, long nth, bool all)
{
    long before = live_blocks();
    world->make();
    cogmig_status status = call_refusing(step, nth, all);
    bool was_refused = atomic_load(&refused);
    judge(world, step, status, nth, all);
    world->check();
    world->release();
    if (live_blocks() != before)
        fail_msg("%s: allocation %ld refused: %ld blocks are left\n", step->name, nth,
                 live_blocks() - before);
    return was_refused;
}

static bool goes_on(const struct step *step, long nth)
{
    return step->at_most == 0 || nth < step->at_most;
}

void sweep(const struct world *world, const struct step steps[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int all = 0; all < 2; all++)
            for (long nth = 0; goes_on(&steps[i], nth); nth++)
                if (!refuse_one(world, &steps[i], nth, all))
                    break;
}
