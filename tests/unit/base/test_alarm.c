/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alarm.h"
#include "cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
    A_WHILE_MS = 60,
    LONG_MS = 60 * 1000
};

static bool has_descriptors = true;
static int times_armed;

int __real_timerfd_create(int clock, int flags);
int __wrap_timerfd_create(int clock, int flags);
int __real_timerfd_settime(int fd, int flags, const struct itimerspec *at, struct itimerspec *was);
int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *at, struct itimerspec *was);

int __wrap_timerfd_create(int clock, int flags)
{
    errno = EMFILE;
    return has_descriptors ? __real_timerfd_create(clock, flags) : -1;
}

int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *at, struct itimerspec *was)
{
    times_armed++;
    return __real_timerfd_settime(fd, flags, at, was);
}

static int polls;

int __real_poll(struct pollfd *watched, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *watched, nfds_t count, int timeout_ms);

int __wrap_poll(struct pollfd *watched, nfds_t count, int timeout_ms)
{
    polls++;
    return __real_poll(watched, count, timeout_ms);
}

struct world {
    struct alarm alarm;
    int silent[2], ready[2]; /* pipes */
};

static struct world open_world(void)
{
    struct world world;
    assert_int_equal(pipe(world.silent), 0);
    assert_int_equal(pipe(world.ready), 0);
    assert_int_equal(write(world.ready[1], "x", 1), 1);
    alarm_make(&world.alarm);
    times_armed = polls = 0;
    return world;
}

static void close_world(struct world *world)
{
    alarm_release(&world->alarm);
    alarm_release(&world->alarm); /* twice is as good as once */
    for (int i = 0; i < 2; i++) {
        close(world->silent[i]);
        close(world->ready[i]);
    }
}

static void assert_ready(struct world *world, int32_t ms)
{
    assert_true(alarm_wait(&world->alarm, world->ready[0], POLLIN, deadline_in_ms(ms)));
}

static void assert_times_out(struct world *world, int32_t ms)
{
    int64_t begin = clock_steady_ms();
    assert_false(alarm_wait(&world->alarm, world->silent[0], POLLIN, deadline_in_ms(ms)));
    assert_in_range(clock_steady_ms() - begin, ms, LONG_MS - 1);
}

static void what_is_ready_ends_the_wait(void **state)
{
    (void)state;
    struct world world = open_world();
    assert_ready(&world, LONG_MS);
    assert_true(alarm_wait(&world.alarm, world.silent[1], POLLOUT, deadline_in_ms(LONG_MS)));
    close_world(&world);
}

static void what_hangs_up_ends_the_wait(void **state)
{
    (void)state;
    struct world world = open_world();
    close(world.silent[1]);
    assert_true(alarm_wait(&world.alarm, world.silent[0], POLLIN, deadline_in_ms(LONG_MS)));
    assert_true(alarm_wait(&world.alarm, 1 << 20, POLLIN, deadline_in_ms(LONG_MS))); /* nothing */
    close_world(&world);
}

static void each_deadline_is_kept_whatever_was_before(void **state)
{
    (void)state;
    struct world world = open_world();
    assert_ready(&world, LONG_MS);
    assert_times_out(&world, A_WHILE_MS);
    assert_ready(&world, A_WHILE_MS);
    assert_times_out(&world, 2 * A_WHILE_MS); /* rings once too early */
    assert_times_out(&world, A_WHILE_MS);
    assert_ready(&world, LONG_MS);
    close_world(&world);
}

static void a_deadline_that_passed_is_not_waited_for(void **state)
{
    (void)state;
    struct world world = open_world();
    assert_false(alarm_wait(&world.alarm, world.ready[0], POLLIN, deadline_in_ms(0)));
    assert_false(alarm_wait(&world.alarm, world.ready[0], POLLIN, deadline_in_ms(-5)));
    assert_int_equal(times_armed, 0);
    close_world(&world);
}

static void many_waits_arm_one_timer(void **state)
{
    (void)state;
    struct world world = open_world();
    for (int i = 0; i < 1000; i++)
        assert_ready(&world, LONG_MS);
    assert_int_equal(times_armed, 1);
    close_world(&world);
}

static void without_a_descriptor_each_wait_has_its_own(void **state)
{
    (void)state;
    has_descriptors = false;
    struct world world = open_world();
    has_descriptors = true;
    assert_ready(&world, LONG_MS);
    assert_times_out(&world, A_WHILE_MS);
    assert_int_equal(times_armed, 0);
    close_world(&world);
}

static void standard_input_is_no_alarm(void **state)
{
    (void)state;
    struct alarm alarm;
    int input = dup(STDIN_FILENO);
    close(STDIN_FILENO);
    alarm_make(&alarm);
    assert_int_equal(alarm.fd, 0);
    assert_int_equal(fcntl(STDIN_FILENO, F_GETFD), -1); /* it is free */
    assert_int_equal(dup2(input, STDIN_FILENO), STDIN_FILENO);
    close(input);
}

/* What it was armed for before: it is to be armed again, or not. */
static const int32_t armed_for_ms[] = {LONG_MS, 2 * A_WHILE_MS};

static void an_alarm_that_somebody_closed_delays_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct world world = open_world();
        assert_ready(&world, armed_for_ms[i]);
        close(world.alarm.fd);
        assert_times_out(&world, 3 * A_WHILE_MS);
        assert_in_range(polls, 2, 4); /* none in vain, again and again */
        assert_int_equal(world.alarm.fd, 0);
        close_world(&world);
    }
}

static void an_alarm_whose_number_is_another_file_is_left_alone(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct world world = open_world();
        assert_ready(&world, armed_for_ms[i]);
        int other = world.alarm.fd;
        assert_int_equal(dup2(world.ready[0], other), other);
        assert_times_out(&world, 3 * A_WHILE_MS);
        assert_in_range(polls, 2, 4); /* none in vain, again and again */
        close_world(&world);
        assert_int_equal(close(other), 0); /* nobody has */
    }
}

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
    (void)number;
    signals++;
}

static void signals_do_not_end_the_wait(void **state)
{
    (void)state;
    struct world world = open_world();
    struct sigaction action = {.sa_handler = count_signal}, before;
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    struct itimerval often = {{0, 5000}, {0, 5000}}, never = {{0, 0}, {0, 0}};
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
    assert_times_out(&world, 2 * A_WHILE_MS);
    alarm_release(&world.alarm);
    assert_times_out(&world, 2 * A_WHILE_MS); /* by a timer of its own */
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
    assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
    assert_true(signals > 1);
    close_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_ready_ends_the_wait),
        cmocka_unit_test(what_hangs_up_ends_the_wait),
        cmocka_unit_test(each_deadline_is_kept_whatever_was_before),
        cmocka_unit_test(a_deadline_that_passed_is_not_waited_for),
        cmocka_unit_test(many_waits_arm_one_timer),
        cmocka_unit_test(without_a_descriptor_each_wait_has_its_own),
        cmocka_unit_test(standard_input_is_no_alarm),
        cmocka_unit_test(an_alarm_that_somebody_closed_delays_nothing),
        cmocka_unit_test(an_alarm_whose_number_is_another_file_is_left_alone),
        cmocka_unit_test(signals_do_not_end_the_wait),
    };
    return cmocka_run_group_tests_name("base: alarm", tests, NULL, NULL);
}
