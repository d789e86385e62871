/* SPDX-License-Identifier: Apache-2.0 */
#include "store/timestamp.h"

#include <stdint.h>
#include <string.h>

enum {
    MS_PER_MINUTE = 60 * 1000,
    MS_PER_DAY = 24 * 60 * MS_PER_MINUTE,
    DAYS_BEFORE_1970 = 719162, /* from 0001-01-01 */
    DAYS_FROM_MARCH_OF_YEAR_0 = 719468,
    DAYS_PER_ERA = 146097,
    YEARS_PER_ERA = 400
};

/* What a date of JavaScript and a timestamp of PostgreSQL can be is less. */
#define TIMESTAMP_FURTHEST_MS (INT64_C(300000) * 366 * MS_PER_DAY)

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

bool timestamp_read(struct span text, int64_t *ret_unix_ms)
{
    return read_digits(text, ret_unix_ms) || read_text(text, ret_unix_ms);
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Counted from the first of March, a leap day is the last day of its year, and the Gregorian
 * calendar repeats itself every 146097 days. */
struct date timestamp_date(int64_t unix_ms)
{
    int64_t day = floor_divide(unix_ms, MS_PER_DAY) + DAYS_FROM_MARCH_OF_YEAR_0;
    int64_t era = floor_divide(day, DAYS_PER_ERA);
    int32_t in_era = (int32_t)(day - era * DAYS_PER_ERA);
    int32_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int32_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int32_t month = (5 * in_year + 2) / 153; /* since March */
    return (struct date){
        .year = (int32_t)(era * YEARS_PER_ERA) + year + (month >= 10),
        .month = month < 10 ? month + 3 : month - 9,
        .day = in_year - (153 * month + 2) / 5 + 1,
    };
}

static char *write_number(char *out, int32_t number, int digits)
{
    for (int i = digits - 1; i >= 0; i--, number /= 10)
        out[i] = (char)('0' + number % 10);
    return out + digits;
}

static char *write_year(char *out, int32_t year)
{
    if (year >= 0 && year <= 9999)
        return write_number(out, year, 4);
    *out = year < 0 ? '-' : '+';
    return write_number(out + 1, year < 0 ? -year : year, 6);
}

static char *write_pair(char *out, char before, uint32_t number)
{
    out[0] = before;
    out[1] = (char)('0' + number / 10);
    out[2] = (char)('0' + number % 10);
    return out + 3;
}

size_t timestamp_write(int64_t unix_ms, char out[TIMESTAMP_MAX_SIZE])
{
    if (unix_ms < -TIMESTAMP_FURTHEST_MS || unix_ms > TIMESTAMP_FURTHEST_MS)
        return 0;
    struct date date = timestamp_date(unix_ms);
    uint32_t ms = (uint32_t)(unix_ms - floor_divide(unix_ms, MS_PER_DAY) * MS_PER_DAY);
    uint32_t s = ms / 1000;
    char *end = write_year(out, date.year);
    end = write_pair(end, '-', (uint32_t)date.month);
    end = write_pair(end, '-', (uint32_t)date.day);
    end = write_pair(end, 'T', s / 3600);
    end = write_pair(end, ':', s / 60 % 60);
    end = write_pair(end, ':', s % 60);
    *end++ = '.';
    end = write_number(end, (int32_t)(ms % 1000), 3);
    *end++ = 'Z';
    *end = '\0';
    return (size_t)(end - out);
}

bool timestamp_normalise(struct span text, char out[TIMESTAMP_SIZE])
{
    int64_t unix_ms;
    char written[TIMESTAMP_MAX_SIZE];
    if (!timestamp_read(text, &unix_ms) ||
        timestamp_write(unix_ms, written) != TIMESTAMP_SIZE - 1 ||
        span_starts_with(span_of(written), "0000"))
        return false;
    memcpy(out, written, TIMESTAMP_SIZE);
    return true;
}

bool timestamp_begins_date(struct span text)
{
    int64_t days;
    return take_date(&text, &days);
}
