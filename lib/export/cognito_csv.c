/* SPDX-License-Identifier: Apache-2.0
 * The CSV of Cognito's user import: nothing is quoted, so what its rules cannot carry is refused
 * rather than changed. */
#include "export/format.h"
#include "status/error.h"
#include "store/scan_flags.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_ROWS = 500000,
    MAX_BYTES = 100 * 1000 * 1000,
    MAX_ROW_CHARACTERS = 16000,
    MAX_VALUE_CHARACTERS = 2048,
    MAX_USERNAME_CHARACTERS = 128,
    MAX_PHONE_DIGITS = 15
};

/* What GetCSVHeader says of a pool whose one attribute of its own is custom:legacy_id. */
static const char usual_header[] =
    "cognito:username,name,given_name,family_name,middle_name,nickname,preferred_username,profile,"
    "picture,website,email,email_verified,gender,birthdate,zoneinfo,locale,phone_number,"
    "phone_number_verified,address,updated_at,cognito:mfa_enabled,custom:legacy_id";

/* ---- values ---- */

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static struct span from(struct span text, size_t at)
{
    return (struct span){text.bytes + at, text.len - at};
}

/* Unicode's line ends, at which a reader may end the row, and its other control characters. */
static bool is_control_beyond_ascii(struct span text)
{
    return span_starts_with(text, "\u2028") || span_starts_with(text, "\u2029") ||
           (text.bytes[0] == '\xC2' && text.len > 1 && (unsigned char)text.bytes[1] < 0xA0);
}

static bool has_control_character(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        if (c < ' ' || c == 0x7F || (c >= 0x80 && is_control_beyond_ascii(from(text, i))))
            return true;
    }
    return false;
}

/* ASCII's, and what an editor puts in beside it. */
static bool has_blank_ends(struct span text)
{
    static const char *const blanks[] = {"\u00A0", "\u2002", "\u2003", "\u2007",
                                         "\u2009", "\u202F", "\u3000", "\uFEFF"};
    if (span_trim(text).len != text.len)
        return true;
    for (size_t i = 0; i < COUNT(blanks); i++) {
        size_t len = strlen(blanks[i]);
        if (span_starts_with(text, blanks[i]) ||
            (text.len >= len && span_equal_text(from(text, text.len - len), blanks[i])))
            return true;
    }
    return false;
}

static const char *text_fault(struct span text)
{
    if (has_control_character(text))
        return "It holds a line end or another control character, which the import cannot carry.";
    if (text.len > 0 && memchr(text.bytes, '\\', text.len) != NULL)
        return "It holds a backslash, which the import would take for an escape.";
    if (has_blank_ends(text))
        return "It begins or ends with white space, which the import would cut off.";
    if (span_count_code_points(text) > MAX_VALUE_CHARACTERS)
        return "It is longer than the 2048 characters of an attribute.";
    return NULL;
}

static void add_escaped(struct buffer *out, struct span text)
{
    const char *end = text.bytes + text.len, *comma;
    while (text.len > 0 && (comma = memchr(text.bytes, ',', text.len)) != NULL) {
        buffer_add(out, (struct span){text.bytes, (size_t)(comma - text.bytes)});
        buffer_add_text(out, "\\,");
        text = (struct span){comma + 1, (size_t)(end - comma - 1)};
    }
    buffer_add(out, text);
}

static const char *add_text(struct buffer *out, const struct scan_value *value)
{
    char digits[TIMESTAMP_MAX_SIZE];
    struct span text = value->text;
    if (value->kind == VALUE_TIME)
        text = time_text(value->unix_ms, digits);
    else if (value->kind == VALUE_FLAG)
        text = span_of(value->flag ? "true" : "false");
    else if (value->kind != VALUE_TEXT)
        return NULL;
    add_escaped(out, text);
    return text_fault(text);
}

static const char *add_flag(struct buffer *out, const struct scan_value *value)
{
    buffer_add_text(out, value_is_verified(value) ? "TRUE" : "FALSE");
    return NULL;
}

static bool read_time(const struct scan_value *value, int64_t *ret_unix_ms)
{
    *ret_unix_ms = value->unix_ms;
    if (value->kind == VALUE_TEXT)
        return timestamp_read(value->text, ret_unix_ms);
    return value->kind == VALUE_TIME && value->unix_ms != TIME_INFINITE &&
           value->unix_ms != TIME_MINUS_INFINITE;
}

static bool is_empty(const struct scan_value *value)
{
    return value->kind == VALUE_NULL || value->kind == VALUE_MISSING ||
           (value->kind == VALUE_TEXT && value->text.len == 0);
}

static const char *add_epoch(struct buffer *out, const struct scan_value *value)
{
    int64_t unix_ms;
    char text[32];
    if (is_empty(value))
        return NULL;
    if (!read_time(value, &unix_ms) || unix_ms < 0)
        return "It is not a time since 1970, which the import wants.";
    snprintf(text, sizeof text, "%" PRId64, unix_ms / 1000);
    buffer_add_text(out, text);
    return NULL;
}

/* mm/dd/yyyy, and a day that there was: one with day and month in the other order is none. */
static bool is_day(struct span text)
{
    static const char form[] = "00/00/0000";
    if (text.len != sizeof form - 1)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (form[i] == '/' ? text.bytes[i] != '/' : text.bytes[i] < '0' || text.bytes[i] > '9')
            return false;
    char day[sizeof "0000-00-00"];
    int64_t unix_ms;
    snprintf(day, sizeof day, "%.4s-%.2s-%.2s", text.bytes + 6, text.bytes, text.bytes + 3);
    return timestamp_read(span_of(day), &unix_ms);
}

static const char *add_birthdate(struct buffer *out, const struct scan_value *value)
{
    static const char fault[] = "It is not a date, which the import wants as mm/dd/yyyy.";
    char text[32];
    int64_t unix_ms;
    if (is_empty(value))
        return NULL;
    if (value->kind == VALUE_TEXT && is_day(value->text))
        return add_text(out, value);
    if (!read_time(value, &unix_ms))
        return fault;
    struct date date = timestamp_date(unix_ms);
    if (date.year < 1 || date.year > 9999)
        return fault;
    snprintf(text, sizeof text, "%02d/%02d/%04d", (int)date.month, (int)date.day, (int)date.year);
    buffer_add_text(out, text);
    return NULL;
}

static bool is_e164(struct span text)
{
    for (size_t i = 1; i < text.len; i++)
        if (text.bytes[i] < '0' || text.bytes[i] > '9')
            return false;
    return text.len > 2 && text.len <= 1 + MAX_PHONE_DIGITS && text.bytes[0] == '+' &&
           text.bytes[1] != '0';
}

static const char *add_phone(struct buffer *out, const struct scan_value *value)
{
    if (value->kind == VALUE_TEXT && value->text.len > 0 && !is_e164(value->text))
        return "It is not a telephone number like +4930123456 (E.164).";
    return add_text(out, value);
}

static const char *add_email(struct buffer *out, const struct scan_value *value)
{
    struct span text = value->kind == VALUE_TEXT ? value->text : (struct span){NULL, 0};
    const char *at = text.len == 0 ? NULL : memchr(text.bytes, '@', text.len);
    bool has_both_sides = at != NULL && at > text.bytes && at + 1 < text.bytes + text.len;
    if (text.len > 0 && (!has_both_sides || memchr(text.bytes, ' ', text.len) != NULL))
        return "It is not an e-mail address.";
    return add_text(out, value);
}

static const char *add_username(struct buffer *out, const struct scan_value *value)
{
    if (value->kind != VALUE_TEXT || value->text.len == 0)
        return "It is empty.";
    if (memchr(value->text.bytes, ' ', value->text.len) != NULL)
        return "It holds a space, which a user name may not.";
    if (span_count_code_points(value->text) > MAX_USERNAME_CHARACTERS)
        return "It is longer than the 128 characters of a user name.";
    return add_text(out, value);
}

static const struct {
    const char *name;
    const char *(*add)(struct buffer *out, const struct scan_value *value);
} special[] = {
    {"cognito:username", add_username}, {"cognito:mfa_enabled", add_flag},
    {"email_verified", add_flag},       {"phone_number_verified", add_flag},
    {"updated_at", add_epoch},          {"birthdate", add_birthdate},
    {"phone_number", add_phone},        {"email", add_email},
};

/* ---- the header ---- */

static struct cognito_field field_named(struct span name, const struct export_columns *columns)
{
    struct cognito_field field = {name, NO_COLUMN, add_text};
    for (size_t i = 0; i < columns->count; i++)
        if (span_equal_text(name, columns->names[i]))
            field.column = i;
    for (size_t i = 0; i < COUNT(special); i++)
        if (span_equal_text(name, special[i].name))
            field.add = special[i].add;
    return field;
}

static bool read_header(struct layout *layout)
{
    const char *rest = layout->cognito_header == NULL ? usual_header : layout->cognito_header;
    for (layout->field_count = 0; layout->field_count < COGNITO_MAX_FIELDS;) {
        size_t len = strcspn(rest, ",");
        struct span name = span_trim((struct span){rest, len});
        layout->fields[layout->field_count++] = field_named(name, layout->columns);
        if (rest[len] == '\0')
            return true;
        rest += len + 1;
    }
    return false;
}

static const struct cognito_field *find_field(const struct layout *layout, const char *name)
{
    for (size_t i = 0; i < layout->field_count; i++)
        if (span_equal_text(layout->fields[i].name, name))
            return &layout->fields[i];
    return NULL;
}

/* A name that is empty or stands there twice: no pool's header has one. */
static const struct cognito_field *odd_field(const struct layout *layout)
{
    for (size_t i = 0; i < layout->field_count; i++)
        for (size_t j = 0; j <= i; j++)
            if (layout->fields[i].name.len == 0 ||
                (j < i && span_equal(layout->fields[i].name, layout->fields[j].name)))
                return &layout->fields[i];
    return NULL;
}

/* What is filled in by itself, a pool may do without. */
static bool may_be_left_out(const char *name)
{
    static const char *const names[] = {"name", "updated_at", "custom:legacy_id"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (span_equal_text(span_of(name), names[i]))
            return true;
    return false;
}

/* A column that the pool does not want would be left out in silence. */
static cogmig_status prepare(struct layout *layout, cogmig_error *err)
{
    static const char *const needed[] = {"cognito:username", "cognito:mfa_enabled"};
    if (!read_header(layout))
        return fail(err, COGMIG_CONFIG_INVALID, "The header has more than %d columns.",
                    COGNITO_MAX_FIELDS);
    const struct cognito_field *odd = odd_field(layout);
    if (odd != NULL)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "The header has a name that is empty or stands there twice (%.*s): is it "
                    "GetCSVHeader's?",
                    (int)odd->name.len, odd->name.bytes);
    for (size_t i = 0; i < COUNT(needed); i++)
        if (find_field(layout, needed[i]) == NULL)
            return fail(err, COGMIG_CONFIG_INVALID, "The header lacks %s: is it GetCSVHeader's?",
                        needed[i]);
    for (size_t i = 0; i < layout->columns->count; i++) {
        const char *name = layout->columns->names[i];
        if (find_field(layout, name) == NULL && !may_be_left_out(name))
            return fail(err, COGMIG_CONFIG_INVALID,
                        "The pool's import has no column %s; see its GetCSVHeader.", name);
    }
    return COGMIG_OK;
}

static void add_opening(struct buffer *out, const struct layout *layout)
{
    for (size_t i = 0; i < layout->field_count; i++) {
        buffer_add_text(out, i == 0 ? "" : ",");
        buffer_add(out, layout->fields[i].name);
    }
    buffer_add_byte(out, '\n');
}

/* ---- rows ---- */

/* The pool's rule where no column says it of each user. */
static const struct scan_value *value_of(const struct layout *layout,
                                         const struct cognito_field *field,
                                         const struct scan_value *values)
{
    static const struct scan_value none = {.kind = VALUE_NULL};
    static const struct scan_value yes = {.kind = VALUE_FLAG, .flag = true};
    if (field == NULL)
        return &none;
    if (field->column != NO_COLUMN)
        return &values[layout->columns->sources[field->column]];
    bool mfa = layout->cognito_mfa && span_equal_text(field->name, "cognito:mfa_enabled");
    return mfa ? &yes : &none;
}

static bool has_address(const struct layout *layout, const char *address,
                        const struct scan_value *values)
{
    const struct scan_value *value = value_of(layout, find_field(layout, address), values);
    return value->kind == VALUE_TEXT && value->text.len > 0;
}

static bool is_flagged(const struct layout *layout, const char *verified,
                       const struct scan_value *values)
{
    return value_is_verified(value_of(layout, find_field(layout, verified), values));
}

static const char *user_fault(const struct layout *layout, const struct scan_value *values)
{
    if (user_is_skipped(&layout->columns->scan, values))
        return "The store's model says that this row stands for nobody who signs in by password.";
    if (user_is_disabled(&layout->columns->scan, values, layout->now_unix_ms))
        return "The user is disabled in the store, and the import would enable him.";
    bool email = has_address(layout, "email", values);
    bool email_flagged = is_flagged(layout, "email_verified", values);
    bool phone = has_address(layout, "phone_number", values);
    bool phone_flagged = is_flagged(layout, "phone_number_verified", values);
    bool verified = (email && email_flagged) || (phone && phone_flagged);
    if (verified && ((email_flagged && !email) || (phone_flagged && !phone)))
        return "An address or telephone number that is missing is said to be verified.";
    if (verified)
        return NULL;
    return "Neither e-mail address nor telephone number is verified, and the import takes no other "
           "users; they migrate when they sign in.";
}

static void add_row(struct buffer *out, const struct layout *layout,
                    const struct scan_value *values, struct refusal *refusal)
{
    for (size_t i = 0; i < layout->field_count; i++) {
        const struct cognito_field *field = &layout->fields[i];
        buffer_add_text(out, i == 0 ? "" : ",");
        refusal->reason = field->add(out, value_of(layout, field, values));
        if (refusal->reason != NULL) {
            if (field->column != NO_COLUMN)
                refusal->column = layout->columns->names[field->column];
            return;
        }
    }
    refusal->reason = user_fault(layout, values);
    if (refusal->reason == NULL && out->state == BUFFER_GOOD &&
        span_count_code_points((struct span){out->bytes, out->len}) > MAX_ROW_CHARACTERS)
        refusal->reason = "The row is longer than the 16000 characters that the import takes.";
    buffer_add_byte(out, '\n');
}

/* One line each, and one before them. */
static void count_rows(struct span bytes, int64_t *rows, int *state)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.bytes[i] != '\n')
            continue;
        *rows += *state;
        *state = 1;
    }
}

const struct export_format cognito_csv_format = {
    .name = "cognito-csv",
    .before_first = "",
    .between = "",
    .after_last = "",
    .max_rows = MAX_ROWS,
    .max_bytes = MAX_BYTES,
    .prepare = prepare,
    .add_opening = add_opening,
    .add_row = add_row,
    .count_rows = count_rows,
};
