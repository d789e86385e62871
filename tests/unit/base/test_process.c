/* SPDX-License-Identifier: Apache-2.0
 * Linked with --wrap for getpid: how often the system is asked. */
#include "base/process.h"
#include "cmocka_all.h"
#include "end_child.h"

#include <sys/wait.h>
#include <unistd.h>

static int times_asked;

pid_t __real_getpid(void);
pid_t __wrap_getpid(void);

pid_t __wrap_getpid(void)
{
    times_asked++;
    return __real_getpid();
}

static void the_system_is_asked_once(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(process_id(), __real_getpid());
    assert_int_equal(times_asked, 1);
}

static int ask_in_child(void)
{
    return process_id() == __real_getpid() ? 0 : 1;
}

static int ask_in_child_of_child(void)
{
    int ended = 1;
    pid_t child = fork();
    if (child == 0)
        end_child(ask_in_child());
    return child > 0 && waitpid(child, &ended, 0) == child && ended == 0 ? ask_in_child() : 1;
}

static void each_child_of_a_fork_has_its_own(void **state)
{
    (void)state;
    int ended = 1;
    pid_t child = fork();
    if (child == 0)
        end_child(ask_in_child_of_child());
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_int_equal(ended, 0);
    assert_int_equal(process_id(), __real_getpid());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_system_is_asked_once),
        cmocka_unit_test(each_child_of_a_fork_has_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
