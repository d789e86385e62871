/* SPDX-License-Identifier: Apache-2.0 */
#include "store/timestamp.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

enum {
    MS_PER_MINUTE = 60 * 1000,
    MS_PER_DAY = 24 * 60 * MS_PER_MINUTE,
    DAYS_BEFORE_1970 = 719162 /* from 0001-01-01 */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Exactly so many digits; takes them off the front. */
static bool take_number(struct span *s, size_t digits, int32_t *ret_number)
{
    if (s->len < digits)
        return false;
    *ret_number = 0;
    for (size_t i = 0; i < digits; i++) {
        if (!is_digit(s->bytes[i]))
            return false;
        *ret_number = *ret_number * 10 + (s->bytes[i] - '0');
    }
    *s = (struct span){s->bytes + digits, s->len - digits};
    return true;
}

static bool take_byte(struct span *s, char byte)
{
    if (s->len == 0 || s->bytes[0] != byte)
        return false;
    *s = (struct span){s->bytes + 1, s->len - 1};
    return true;
}

static bool is_leap(int32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int32_t days_in_month(int32_t year, int32_t month)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

static int64_t days_before_year(int32_t year)
{
    int32_t y = year - 1;
    return (int64_t)y * 365 + y / 4 - y / 100 + y / 400;
}

static bool take_date(struct span *s, int64_t *ret_days_since_1970)
{
    int32_t year, month, day;
    if (!take_number(s, 4, &year) || !take_byte(s, '-') || !take_number(s, 2, &month) ||
        !take_byte(s, '-') || !take_number(s, 2, &day))
        return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    int64_t days = days_before_year(year) + day - 1 - DAYS_BEFORE_1970;
    for (int32_t m = 1; m < month; m++)
        days += days_in_month(year, m);
    *ret_days_since_1970 = days;
    return true;
}

static bool take_fraction(struct span *s, int32_t *ret_ms)
{
    size_t digits = 0;
    for (*ret_ms = 0; s->len > 0 && is_digit(s->bytes[0]); digits++) {
        int32_t digit;
        take_number(s, 1, &digit);
        if (digits < 3)
            *ret_ms = *ret_ms * 10 + digit;
    }
    for (size_t i = digits; i < 3; i++)
        *ret_ms *= 10;
    return digits > 0;
}

static bool take_time(struct span *s, int64_t *ret_ms)
{
    int32_t hour, minute, second = 0, ms = 0;
    if (!take_number(s, 2, &hour) || !take_byte(s, ':') || !take_number(s, 2, &minute))
        return false;
    if (take_byte(s, ':') && !take_number(s, 2, &second))
        return false;
    if (take_byte(s, '.') && !take_fraction(s, &ms))
        return false;
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    *ret_ms = (int64_t)(hour * 60 + minute) * MS_PER_MINUTE + second * 1000 + ms;
    return true;
}

/* How far the text is ahead of UTC. */
static bool take_offset(struct span *s, int64_t *ret_ms)
{
    *ret_ms = 0;
    if (s->len == 0 || take_byte(s, 'Z'))
        return true;
    bool behind = take_byte(s, '-');
    if (!behind && !take_byte(s, '+'))
        return false;
    int32_t hours, minutes = 0;
    if (!take_number(s, 2, &hours))
        return false;
    bool more = take_byte(s, ':') || s->len > 0;
    if ((more && !take_number(s, 2, &minutes)) || hours > 23 || minutes > 59)
        return false;
    *ret_ms = (int64_t)(hours * 60 + minutes) * MS_PER_MINUTE * (behind ? -1 : 1);
    return true;
}

static bool read_text(struct span s, int64_t *ret_unix_ms)
{
    int64_t days, time = 0, offset = 0;
    if (!take_date(&s, &days))
        return false;
    if (s.len > 0) {
        if (!take_byte(&s, 'T') && !take_byte(&s, ' '))
            return false;
        if (!take_time(&s, &time))
            return false;
        take_byte(&s, ' ');
        if (!take_offset(&s, &offset))
            return false;
    }
    *ret_unix_ms = days * MS_PER_DAY + time - offset;
    return s.len == 0;
}

static bool read_digits(struct span s, int64_t *ret_unix_ms)
{
    bool negative = take_byte(&s, '-');
    if (s.len == 0 || s.len > 18)
        return false;
    int64_t number = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!is_digit(s.bytes[i]))
            return false;
        number = number * 10 + (s.bytes[i] - '0');
    }
    *ret_unix_ms = negative ? -number : number;
    return true;
}

static int32_t year_of(int64_t days_since_year_1)
{
    int32_t year = (int32_t)(days_since_year_1 / 366) + 1;
    while (days_before_year(year + 1) <= days_since_year_1)
        year++;
    return year;
}

static bool write_text(int64_t unix_ms, char out[TIMESTAMP_SIZE])
{
    int64_t ms = unix_ms + (int64_t)DAYS_BEFORE_1970 * MS_PER_DAY;
    if (ms < 0 || ms >= days_before_year(10000) * MS_PER_DAY)
        return false;
    int32_t year = year_of(ms / MS_PER_DAY);
    int32_t day = (int32_t)(ms / MS_PER_DAY - days_before_year(year));
    int32_t month = 1;
    for (; day >= days_in_month(year, month); month++)
        day -= days_in_month(year, month);
    int32_t in_day = (int32_t)(ms % MS_PER_DAY);
    int32_t minutes = in_day / MS_PER_MINUTE;
    int32_t in_minute = in_day % MS_PER_MINUTE;
    int written = snprintf(out, TIMESTAMP_SIZE,
                           "%04" PRId32 "-%02" PRId32 "-%02" PRId32 "T%02" PRId32 ":%02" PRId32
                           ":%02" PRId32 ".%03" PRId32 "Z",
                           year, month, day + 1, minutes / 60, minutes % 60, in_minute / 1000,
                           in_minute % 1000);
    return written == TIMESTAMP_SIZE - 1;
}

bool timestamp_normalise(struct span text, char out[TIMESTAMP_SIZE])
{
    int64_t unix_ms;
    return (read_digits(text, &unix_ms) || read_text(text, &unix_ms)) && write_text(unix_ms, out);
}

bool timestamp_begins_date(struct span text)
{
    int64_t days;
    return take_date(&text, &days);
}
