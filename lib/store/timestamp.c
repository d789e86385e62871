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

/* A date and a time of day as they are written, and how far they are ahead of UTC. */
struct moment {
    struct date date;
    int32_t hour, minute, second, ms;
    int32_t offset_minutes;
};

/* ---- reading ---- */

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

static bool take_date(struct span *s, struct date *date)
{
    return take_number(s, 4, &date->year) && take_byte(s, '-') && take_number(s, 2, &date->month) &&
           take_byte(s, '-') && take_number(s, 2, &date->day) && date->year >= 1 &&
           date->month >= 1 && date->month <= 12 && date->day >= 1 &&
           date->day <= days_in_month(date->year, date->month);
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

static bool take_time(struct span *s, struct moment *moment)
{
    if (!take_number(s, 2, &moment->hour) || !take_byte(s, ':') ||
        !take_number(s, 2, &moment->minute))
        return false;
    if (take_byte(s, ':') && !take_number(s, 2, &moment->second))
        return false;
    if (take_byte(s, '.') && !take_fraction(s, &moment->ms))
        return false;
    return moment->hour <= 23 && moment->minute <= 59 && moment->second <= 59;
}

static bool take_offset(struct span *s, int32_t *ret_minutes)
{
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
    *ret_minutes = (hours * 60 + minutes) * (behind ? -1 : 1);
    return true;
}

static bool read_text(struct span s, struct moment *moment)
{
    *moment = (struct moment){.hour = 0};
    if (!take_date(&s, &moment->date))
        return false;
    if (s.len == 0)
        return true;
    if (!take_byte(&s, 'T') && !take_byte(&s, ' '))
        return false;
    if (!take_time(&s, moment))
        return false;
    take_byte(&s, ' ');
    return take_offset(&s, &moment->offset_minutes) && s.len == 0;
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

/* ---- counting ---- */

static int64_t days_since_1970(struct date date)
{
    int32_t y = date.year - 1;
    int64_t days = (int64_t)y * 365 + y / 4 - y / 100 + y / 400 + date.day - 1 - DAYS_BEFORE_1970;
    for (int32_t m = 1; m < date.month; m++)
        days += days_in_month(date.year, m);
    return days;
}

static int64_t unix_ms_of(const struct moment *moment)
{
    int64_t minutes = (int64_t)moment->hour * 60 + moment->minute - moment->offset_minutes;
    return days_since_1970(moment->date) * MS_PER_DAY + minutes * MS_PER_MINUTE +
           moment->second * 1000 + moment->ms;
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

/* In UTC. False for what no database has. */
static bool moment_of(int64_t unix_ms, struct moment *moment)
{
    if (unix_ms < -TIMESTAMP_FURTHEST_MS || unix_ms > TIMESTAMP_FURTHEST_MS)
        return false;
    int32_t ms = (int32_t)(unix_ms - floor_divide(unix_ms, MS_PER_DAY) * MS_PER_DAY);
    *moment = (struct moment){.date = timestamp_date(unix_ms),
                              .hour = ms / (60 * MS_PER_MINUTE),
                              .minute = ms / MS_PER_MINUTE % 60,
                              .second = ms / 1000 % 60,
                              .ms = ms % 1000};
    return true;
}

/* ---- writing ---- */

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

static char *write_pair(char *out, char before, int32_t number)
{
    *out = before;
    return write_number(out + 1, number, 2);
}

static size_t write_moment(const struct moment *moment, char *out)
{
    char *end = write_year(out, moment->date.year);
    end = write_pair(end, '-', moment->date.month);
    end = write_pair(end, '-', moment->date.day);
    end = write_pair(end, 'T', moment->hour);
    end = write_pair(end, ':', moment->minute);
    end = write_pair(end, ':', moment->second);
    *end++ = '.';
    end = write_number(end, moment->ms, 3);
    *end++ = 'Z';
    *end = '\0';
    return (size_t)(end - out);
}

/* ---- */

bool timestamp_read(struct span text, int64_t *ret_unix_ms)
{
    struct moment moment;
    if (read_digits(text, ret_unix_ms))
        return true;
    if (!read_text(text, &moment))
        return false;
    *ret_unix_ms = unix_ms_of(&moment);
    return true;
}

size_t timestamp_write(int64_t unix_ms, char out[TIMESTAMP_MAX_SIZE])
{
    struct moment moment;
    return moment_of(unix_ms, &moment) ? write_moment(&moment, out) : 0;
}

/* What is written in UTC need not be counted. */
static bool read_in_utc(struct span text, struct moment *moment)
{
    int64_t unix_ms;
    if (read_digits(text, &unix_ms))
        return moment_of(unix_ms, moment);
    if (!read_text(text, moment))
        return false;
    return moment->offset_minutes == 0 || moment_of(unix_ms_of(moment), moment);
}

bool timestamp_normalise(struct span text, char out[TIMESTAMP_SIZE])
{
    struct moment moment;
    if (!read_in_utc(text, &moment) || moment.date.year < 1 || moment.date.year > 9999)
        return false;
    write_moment(&moment, out);
    return true;
}

bool timestamp_begins_date(struct span text)
{
    struct date date;
    return take_date(&text, &date);
}
