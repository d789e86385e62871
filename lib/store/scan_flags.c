/* SPDX-License-Identifier: Apache-2.0 */
#include "store/scan_flags.h"

static bool is_one_of(struct span text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (span_equal_ascii_case(text, span_of(*words)))
            return true;
    return false;
}

static bool is_set(const struct scan_value *value)
{
    return value->kind != VALUE_NULL && value->kind != VALUE_MISSING;
}

static bool is_true(const struct scan_value *value)
{
    static const char *const noes[] = {"false", "f", "no", "0", "", NULL};
    switch (value->kind) {
    case VALUE_FLAG:
        return value->flag;
    case VALUE_TEXT:
        return !is_one_of(value->text, noes);
    default:
        return is_set(value);
    }
}

static bool is_false(const struct scan_value *value)
{
    static const char *const yeses[] = {"true", "t", "yes", "1", NULL};
    switch (value->kind) {
    case VALUE_FLAG:
        return !value->flag;
    case VALUE_TEXT:
        return !is_one_of(value->text, yeses);
    default:
        return value->kind != VALUE_MISSING;
    }
}

static bool is_in_future(const struct scan_value *value, int64_t now_unix_ms)
{
    int64_t unix_ms = value->unix_ms;
    if (value->kind == VALUE_TEXT && !timestamp_read(value->text, &unix_ms))
        return true;
    return is_set(value) && unix_ms > now_unix_ms;
}

static bool flag_disables(const struct scan_flag *flag, const struct scan_value *value,
                          int64_t now_unix_ms)
{
    switch (flag->when) {
    case COGMIG_DISABLED_WHEN_TRUE:
        return is_true(value);
    case COGMIG_DISABLED_WHEN_FALSE:
        return is_false(value);
    case COGMIG_DISABLED_WHEN_FUTURE:
        return is_in_future(value, now_unix_ms);
    default:
        return is_set(value);
    }
}

bool user_is_disabled(const struct scan_columns *columns, const struct scan_value *values,
                      int64_t now_unix_ms)
{
    for (size_t i = 0; i < columns->flag_count; i++) {
        const struct scan_flag *flag = &columns->flags[i];
        bool is_over = flag->until != NO_COLUMN && is_set(&values[flag->until]) &&
                       !is_in_future(&values[flag->until], now_unix_ms);
        if (flag_disables(flag, &values[flag->column], now_unix_ms) && !is_over)
            return true;
    }
    return false;
}

bool user_is_skipped(const struct scan_columns *columns, const struct scan_value *values)
{
    return columns->skipped != NO_COLUMN && is_true(&values[columns->skipped]);
}

bool value_is_verified(const struct scan_value *value)
{
    if (value->is_integer)
        return !span_equal_text(value->text, "0");
    switch (value->kind) {
    case VALUE_FLAG:
        return value->flag;
    case VALUE_TIME:
        return true;
    case VALUE_TEXT:
        return verified_by_text(value->text);
    default:
        return false;
    }
}
