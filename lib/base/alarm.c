/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alarm.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

void alarm_make(struct alarm *alarm)
{
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (fd == 0) /* which is standard input's, and none here */
        close(fd);
    *alarm = (struct alarm){.fd = fd < 0 ? 0 : fd};
}

void alarm_release(struct alarm *alarm)
{
    if (alarm->fd != 0)
        close(alarm->fd);
    *alarm = (struct alarm){.fd = 0};
}

/* Somebody closed what is not his, and by now the number may be another file's. */
static void forget(struct alarm *alarm)
{
    *alarm = (struct alarm){.fd = 0};
}

static bool rings_in_time(const struct alarm *alarm, int64_t now_ms, struct deadline deadline)
{
    return alarm->rings_at_ms > now_ms && alarm->rings_at_ms <= deadline.at_ms;
}

static bool arm(struct alarm *alarm, struct deadline deadline)
{
    struct itimerspec at = {.it_value = {.tv_sec = (time_t)(deadline.at_ms / 1000),
                                         .tv_nsec = (long)(deadline.at_ms % 1000) * 1000000}};
    if (alarm->fd == 0)
        return false;
    alarm->rings_at_ms = deadline.at_ms;
    if (timerfd_settime(alarm->fd, TFD_TIMER_ABSTIME, &at, NULL) != 0)
        forget(alarm);
    return alarm->fd != 0;
}

static bool wait_by_own_timer(struct pollfd *wanted, struct deadline deadline)
{
    for (int32_t left = deadline_left_ms(deadline); left > 0; left = deadline_left_ms(deadline)) {
        int ready = poll(wanted, 1, left);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return true;
    }
    return false;
}

static bool rings_too_early(const struct alarm *alarm, const struct pollfd *watched)
{
    return watched->revents != 0 && clock_steady_ms() < alarm->rings_at_ms;
}

bool alarm_wait(struct alarm *alarm, int fd, short events, struct deadline deadline)
{
    const int for_ever = -1;
    struct pollfd watched[] = {{.fd = fd, .events = events}, {.fd = alarm->fd, .events = POLLIN}};
    int64_t now_ms;
    while ((now_ms = clock_steady_ms()) < deadline.at_ms) {
        if (!rings_in_time(alarm, now_ms, deadline) && !arm(alarm, deadline))
            return wait_by_own_timer(watched, deadline);
        int ready = poll(watched, 2, for_ever);
        if (watched[0].revents != 0 || (ready < 0 && errno != EINTR))
            return true;
        if (rings_too_early(alarm, &watched[1]))
            forget(alarm);
    }
    return false;
}
