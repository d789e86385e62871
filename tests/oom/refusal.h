/* SPDX-License-Identifier: Apache-2.0
 * Refuses one allocation, or one and all that follow: those of the library, which come through one
 * file, and those of OpenSSL. */
#ifndef TESTS_OOM_REFUSAL_H
#define TESTS_OOM_REFUSAL_H

#include <cogmig/status.h>
#include <stdbool.h>
#include <stddef.h>

/* Before anything else; ends the program when OpenSSL was used already. */
void refusal_prepare(void);

/* The same for libcurl, whose memory is refused from then on too. It may call that a connection
 * that broke, so a status of kind UNAVAILABLE will do. */
void refusal_prepare_libcurl(void);
void refusal_include_libcurl(void);

/* For another library's functions: is this allocation to be refused? */
bool refusal_is_due(void);

/* How many blocks of the library's own are not freed. */
long live_blocks(void);

/* One call under test, on a world that is made afresh each time. */
struct step {
    const char *name;
    cogmig_status (*call)(void);
    cogmig_status expected; /* when no memory is refused */
    long at_most;           /* allocations that are refused, of a call that takes long; 0: each */
};

#define STEP(call, expected)                                                                       \
    {                                                                                              \
#call, call, COGMIG_##expected, 0                                                          \
    }

/* A call that makes a handle, `made`: it is there if the call says so, and only then. */
#define MAKES(function, noun, call)                                                                \
    static cogmig_status function(void)                                                            \
    {                                                                                              \
        cogmig_##noun *made = NULL;                                                                \
        cogmig_status status = call;                                                               \
        assert_int_equal(status == COGMIG_OK, made != NULL);                                       \
        cogmig_##noun##_free(&made);                                                               \
        assert_null(made);                                                                         \
        return status;                                                                             \
    }

struct world {
    void (*make)(void);
    void (*check)(void); /* that what there is still works */
    void (*wait)(void);  /* until what failed may be tried again; NULL: at once */
    void (*release)(void);
};

/* For each allocation of the call in turn: the call does what it does else, or says OUT_OF_MEMORY
 * and then does it when asked again; the world still works, and nothing is left of it. */
void sweep(const struct world *world, const struct step steps[], size_t count);

#endif
