/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"
#include "cmocka_all.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum advice {
    HEEDED,  /* by this kernel, if it knows it */
    REFUSED, /* as by kernels before Linux 4.14 */
    IGNORED  /* as by an emulator that takes any */
};

static enum advice advice;

int __real_madvise(void *start, size_t size, int what);
int __wrap_madvise(void *start, size_t size, int what);

int __wrap_madvise(void *start, size_t size, int what)
{
    if (advice == HEEDED)
        return __real_madvise(start, size, what);
    errno = EINVAL;
    return advice == REFUSED ? -1 : 0;
}

static bool ends_well(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Before and after it is known, in each generation. */
static bool is_right(int generations)
{
    if (process_id() != getpid() || process_id() != getpid())
        return false;
    if (generations == 0)
        return true;
    pid_t child = fork();
    if (child == 0)
        _exit(is_right(generations - 1) ? 0 : 1);
    return ends_well(child) && process_id() == getpid();
}

/* What a process has found out it keeps, so each way has a process of its own. */
static bool is_right_in_a_process_with(enum advice given)
{
    pid_t child = fork();
    if (child == 0) {
        advice = given;
        _exit(is_right(3) ? 0 : 1);
    }
    return ends_well(child);
}

static void a_child_is_another_process_than_its_parent(void **state)
{
    (void)state;
    assert_true(is_right_in_a_process_with(HEEDED));
}

static void a_kernel_that_cannot_empty_pages_is_asked_each_time(void **state)
{
    (void)state;
    assert_true(is_right_in_a_process_with(REFUSED));
}

static void an_emulator_that_takes_any_advice_is_not_believed(void **state)
{
    (void)state;
    assert_true(is_right_in_a_process_with(IGNORED));
}

/* Two children of one parent, of which the second knows no more than the first. */
static void a_child_does_not_see_what_its_sibling_found_out(void **state)
{
    (void)state;
    assert_true(is_right(1));
    assert_true(is_right(1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_is_another_process_than_its_parent),
        cmocka_unit_test(a_kernel_that_cannot_empty_pages_is_asked_each_time),
        cmocka_unit_test(an_emulator_that_takes_any_advice_is_not_believed),
        cmocka_unit_test(a_child_does_not_see_what_its_sibling_found_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
