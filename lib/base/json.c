/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <endian.h>
#include <string.h>

/* ---- the text: where the scanner stands ---- */

struct scanner {
    const char *start;
    const char *at;
    const char *end;
    const char *reason; /* set once: what is wrong at `at` */
    size_t escapes;     /* so far */
    json_member_fn visit;
    void *user_data;
};

static bool fault(struct scanner *s, const char *reason)
{
    if (s->reason == NULL)
        s->reason = reason;
    return false;
}

static bool at_end(const struct scanner *s)
{
    return s->at == s->end;
}

static bool next_is(const struct scanner *s, char c)
{
    return !at_end(s) && *s->at == c;
}

static bool take(struct scanner *s, char c)
{
    if (!next_is(s, c))
        return false;
    s->at++;
    return true;
}

static const char *skip_white_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    return at;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- strings ---- */

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Four hexadecimal digits, or -1. */
static int32_t hex4(const char *at, const char *end)
{
    if (end - at < 4)
        return -1;
    int32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(at[i]);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

static bool is_high_surrogate(int32_t unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low_surrogate(int32_t unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* The escape whose backslash is at `at`: its bytes, 0 when it is none. */
static size_t escape_length(const char *at, const char *end, uint32_t *ret_code_point)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    if (end - at < 2)
        return 0;
    if (at[1] != 'u') {
        const char *found = at[1] == '\0' ? NULL : strchr(letters, at[1]);
        if (found == NULL)
            return 0;
        *ret_code_point = (uint32_t)(unsigned char)meanings[found - letters];
        return 2;
    }
    int32_t unit = hex4(at + 2, end);
    if (unit < 0 || is_low_surrogate(unit))
        return 0;
    if (!is_high_surrogate(unit)) {
        *ret_code_point = (uint32_t)unit;
        return 6;
    }
    if (end - at < 12 || at[6] != '\\' || at[7] != 'u')
        return 0;
    int32_t low = hex4(at + 8, end);
    if (!is_low_surrogate(low))
        return 0;
    *ret_code_point = 0x10000u + (((uint32_t)unit - 0xD800u) << 10) + ((uint32_t)low - 0xDC00u);
    return 12;
}

static uint64_t repeated(unsigned char byte)
{
    return byte * UINT64_C(0x0101010101010101);
}

/* The top bit of the first byte below that one, which is at most 128, and maybe of others behind
 * it; bytes above 127 do not count. */
static uint64_t bytes_below(uint64_t word, unsigned char byte)
{
    return (word - repeated(byte)) & ~word & repeated(0x80);
}

/* Of eight bytes, the first one in the lowest bits: the top bit of the first that is not plain. */
static uint64_t special_bytes(uint64_t word)
{
    return (word & repeated(0x80)) | bytes_below(word, 0x20) |
           bytes_below(word ^ repeated('"'), 1) | bytes_below(word ^ repeated('\\'), 1);
}

/* Most of a document: ASCII that stands for itself. */
static const char *skip_plain(const char *at, const char *end)
{
    uint64_t word;
    for (; end - at >= (ptrdiff_t)sizeof word; at += sizeof word) {
        memcpy(&word, at, sizeof word);
        uint64_t special = special_bytes(le64toh(word));
        if (special != 0)
            return at + __builtin_ctzll(special) / 8;
    }
    while (at < end && (unsigned char)(*at - 0x20) < 0x60 && *at != '"' && *at != '\\')
        at++;
    return at;
}

/* What is not plain: an escape, or a character of several bytes. */
static bool scan_special(struct scanner *s)
{
    unsigned char c = (unsigned char)*s->at;
    uint32_t code_point;
    size_t length;
    if (c < 0x20)
        return fault(s, "a control character in a string");
    if (c == '\\')
        length = escape_length(s->at, s->end, &code_point);
    else
        length = utf8_sequence_length(s->at, (size_t)(s->end - s->at));
    s->escapes += c == '\\';
    if (length == 0)
        return fault(s, c == '\\' ? "an escape that is none" : "bytes that are not UTF-8");
    s->at += length;
    return true;
}

static bool scan_string(struct scanner *s)
{
    if (!take(s, '"'))
        return fault(s, "a string must begin here");
    for (;;) {
        s->at = skip_plain(s->at, s->end);
        if (at_end(s))
            return fault(s, "a string without end");
        if (take(s, '"'))
            return true;
        if (!scan_special(s))
            return false;
    }
}

/* Reads a checked string byte by byte, unescaped. */
struct string_reader {
    const char *at;
    const char *end;
    char escaped[UTF8_MAX_SEQUENCE]; /* what the last escape stands for */
    size_t escaped_len;
    size_t escaped_read;
};

static struct string_reader read_string(struct json_value string)
{
    return (struct string_reader){.at = string.text.bytes + 1,
                                  .end = string.text.bytes + string.text.len - 1};
}

static bool read_byte(struct string_reader *r, char *ret_byte)
{
    if (r->escaped_read == r->escaped_len && r->at < r->end && *r->at == '\\') {
        uint32_t code_point = 0;
        r->at += escape_length(r->at, r->end, &code_point);
        r->escaped_len = utf8_encode(code_point, r->escaped);
        r->escaped_read = 0;
    }
    if (r->escaped_read < r->escaped_len) {
        *ret_byte = r->escaped[r->escaped_read++];
        return true;
    }
    if (r->at == r->end)
        return false;
    *ret_byte = *r->at++;
    return true;
}

static bool has_escapes(struct json_value string)
{
    return memchr(string.text.bytes, '\\', string.text.len) != NULL;
}

static struct span inside_quotes(struct json_value string)
{
    return (struct span){string.text.bytes + 1, string.text.len - 2};
}

/* An escape is longer than what it stands for: lengths tell nearly always. */
bool json_string_equals(struct json_value string, struct span bytes)
{
    struct span raw = inside_quotes(string);
    if (raw.len <= bytes.len)
        return span_equal(raw, bytes) && !has_escapes(string);
    if (!has_escapes(string))
        return false;
    struct string_reader reader = read_string(string);
    size_t read = 0;
    char byte;
    while (read_byte(&reader, &byte)) {
        if (read == bytes.len || bytes.bytes[read] != byte)
            return false;
        read++;
    }
    return read == bytes.len;
}

static bool same_string(struct json_value a, struct json_value b)
{
    if (!has_escapes(a))
        return json_string_equals(b, inside_quotes(a));
    struct string_reader left = read_string(a), right = read_string(b);
    for (;;) {
        char x, y;
        bool more = read_byte(&left, &x);
        if (more != read_byte(&right, &y))
            return false;
        if (!more)
            return true;
        if (x != y)
            return false;
    }
}

size_t json_string_decode_into(struct json_value string, char *out)
{
    struct span raw = inside_quotes(string);
    const char *at = raw.bytes, *end = raw.bytes + raw.len;
    char *to = out;
    while (at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((escape == NULL ? end : escape) - at);
        memcpy(to, at, plain);
        to += plain;
        at += plain;
        if (escape == NULL)
            break;
        uint32_t code_point = 0;
        at += escape_length(at, end, &code_point);
        to += utf8_encode(code_point, to);
    }
    return (size_t)(to - out);
}

/* Checked: the quote is there. One without a backslash before it cannot be an escaped one. */
static const char *end_of_string(const char *at, const char *end)
{
    const char *quote = memchr(at + 1, '"', (size_t)(end - at - 1));
    if (quote[-1] != '\\')
        return quote + 1;
    for (at++; *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at + 1;
}

/* ---- numbers and literals ---- */

static bool scan_digits(struct scanner *s)
{
    const char *first = s->at;
    while (!at_end(s) && is_digit(*s->at))
        s->at++;
    return s->at > first || fault(s, "a digit must stand here");
}

static bool scan_number(struct scanner *s)
{
    take(s, '-');
    if (!take(s, '0') && !scan_digits(s))
        return false;
    if (take(s, '.') && !scan_digits(s))
        return false;
    if (take(s, 'e') || take(s, 'E')) {
        if (!take(s, '+'))
            take(s, '-');
        return scan_digits(s);
    }
    return true;
}

bool json_integer(struct json_value number, int64_t *ret_integer)
{
    const char *at = number.text.bytes, *end = at + number.text.len;
    bool negative = *at == '-';
    uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    uint64_t sum = 0;
    for (at += negative; at < end; at++) {
        if (!is_digit(*at))
            return false;
        uint64_t digit = (uint64_t)(*at - '0');
        if (sum > (limit - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *ret_integer = negative ? (int64_t)(0 - sum) : (int64_t)sum;
    return true;
}

static bool scan_literal(struct scanner *s, const char *literal)
{
    size_t len = strlen(literal);
    if ((size_t)(s->end - s->at) < len || memcmp(s->at, literal, len) != 0)
        return fault(s, "a value must stand here");
    s->at += len;
    return true;
}

/* ---- containers ---- */

static enum json_type type_by_first_byte(char c)
{
    switch (c) {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
    case '"':
        return JSON_STRING;
    case 't':
        return JSON_TRUE;
    case 'f':
        return JSON_FALSE;
    case 'n':
        return JSON_NULL;
    default:
        return JSON_NUMBER;
    }
}

static struct json_value value_between(const char *start, const char *end)
{
    return (struct json_value){type_by_first_byte(*start), {start, (size_t)(end - start)}};
}

static bool scan_value(struct scanner *s, int depth);

static void skip(struct scanner *s)
{
    s->at = skip_white_space(s->at, s->end);
}

/* The names of one object so far. Offsets keep it small: one of these is on the stack for each
 * level of nesting. */
struct names {
    uint32_t count;
    bool escapes; /* in any of them */
    struct {
        uint32_t offset;
        uint32_t mark; /* its length; as soon as any has escapes, mark_of() of each */
    } at[JSON_MAX_MEMBERS];
};

static struct json_value name_at(const struct scanner *s, const struct names *names, uint32_t index)
{
    const char *start = s->start + names->at[index].offset;
    return value_between(start, end_of_string(start, s->end));
}

/* Equal names have equal marks, and others nearly never, whoever chose them: the factor is not to
 * be known. Two hundred names with escapes would else take a hundred times as long as a signature.
 */
static uint32_t mark_of(const struct scanner *s, struct json_value name)
{
    struct string_reader reader = read_string(name);
    uint64_t factor = (uint64_t)(uintptr_t)s * UINT64_C(0x9E3779B97F4A7C15) | 1, sum = 0;
    char byte;
    while (read_byte(&reader, &byte))
        sum = (sum + (unsigned char)byte + 1) * factor;
    return (uint32_t)(sum >> 32);
}

static void mark_all_anew(const struct scanner *s, struct names *names)
{
    for (uint32_t i = 0; i < names->count; i++)
        names->at[i].mark = mark_of(s, name_at(s, names, i));
    names->escapes = true;
}

/* Without escapes, and that is nearly always, names of different lengths differ, and most others by
 * their last letter. */
static bool same_name(const struct scanner *s, const struct names *names, uint32_t a, uint32_t b)
{
    uint32_t mark = names->at[a].mark;
    if (mark != names->at[b].mark)
        return false;
    if (names->escapes)
        return same_string(name_at(s, names, a), name_at(s, names, b));
    const char *x = s->start + names->at[a].offset, *y = s->start + names->at[b].offset;
    return x[mark - 2] == y[mark - 2] && memcmp(x, y, mark) == 0;
}

static bool remember_name(struct scanner *s, struct names *names, const char *start, bool escaped)
{
    uint32_t last = names->count;
    if (escaped && !names->escapes)
        mark_all_anew(s, names);
    names->at[last].offset = (uint32_t)(start - s->start);
    names->at[last].mark =
        names->escapes ? mark_of(s, value_between(start, s->at)) : (uint32_t)(s->at - start);
    for (uint32_t i = 0; i < last; i++)
        if (same_name(s, names, i, last))
            return fault(s, "a second member of the same name");
    names->count++;
    return true;
}

static bool scan_member(struct scanner *s, int depth, struct names *names)
{
    if (names->count == JSON_MAX_MEMBERS)
        return fault(s, "too many members in one object");
    const char *start = s->at;
    size_t escapes = s->escapes;
    if (!scan_string(s) || !remember_name(s, names, start, s->escapes > escapes))
        return false;
    struct json_value name = value_between(start, s->at);
    skip(s);
    if (!take(s, ':'))
        return fault(s, "a colon must stand here");
    skip(s);
    start = s->at;
    if (!scan_value(s, depth))
        return false;
    if (s->visit != NULL && depth == 1)
        s->visit(s->user_data,
                 &(struct json_member){name, value_between(start, s->at), s->escapes > escapes});
    return true;
}

static bool scan_object(struct scanner *s, int depth)
{
    struct names names;
    names.count = 0;
    names.escapes = false;
    s->at++;
    skip(s);
    if (take(s, '}'))
        return true;
    for (;;) {
        if (!scan_member(s, depth, &names))
            return false;
        skip(s);
        if (take(s, '}'))
            return true;
        if (!take(s, ','))
            return fault(s, "a comma or the object's end must stand here");
        skip(s);
    }
}

static bool scan_array(struct scanner *s, int depth)
{
    s->at++;
    skip(s);
    if (take(s, ']'))
        return true;
    for (;;) {
        if (!scan_value(s, depth))
            return false;
        skip(s);
        if (take(s, ']'))
            return true;
        if (!take(s, ','))
            return fault(s, "a comma or the array's end must stand here");
        skip(s);
    }
}

static bool scan_value(struct scanner *s, int depth)
{
    if (at_end(s))
        return fault(s, "a value must stand here");
    switch (*s->at) {
    case '{':
        return depth < JSON_MAX_DEPTH ? scan_object(s, depth + 1) : fault(s, "nested too deep");
    case '[':
        return depth < JSON_MAX_DEPTH ? scan_array(s, depth + 1) : fault(s, "nested too deep");
    case '"':
        return scan_string(s);
    case 't':
        return scan_literal(s, "true");
    case 'f':
        return scan_literal(s, "false");
    case 'n':
        return scan_literal(s, "null");
    default:
        if (*s->at == '-' || is_digit(*s->at))
            return scan_number(s);
        return fault(s, "a value must stand here");
    }
}

bool json_check_and_visit(struct span document, json_member_fn visit, void *user_data,
                          struct json_value *ret_root, struct json_fault *ret_fault)
{
    struct scanner s = {.start = document.bytes,
                        .at = document.bytes,
                        .end = document.bytes + document.len,
                        .visit = visit,
                        .user_data = user_data};
    skip(&s);
    const char *start = s.at;
    if (document.len > UINT32_MAX) {
        fault(&s, "the document is too large");
    } else if (scan_value(&s, 0)) {
        *ret_root = value_between(start, s.at);
        skip(&s);
        if (at_end(&s))
            return true;
        fault(&s, "something follows the value");
    }
    if (ret_fault != NULL)
        *ret_fault = (struct json_fault){s.reason, (size_t)(s.at - s.start)};
    return false;
}

bool json_check(struct span document, struct json_value *ret_root, struct json_fault *ret_fault)
{
    return json_check_and_visit(document, NULL, NULL, ret_root, ret_fault);
}

/* ---- reading what was checked ---- */

static const char *end_of_container(const char *at, const char *end)
{
    int depth = 0;
    for (;;) {
        if (*at == '"') {
            at = end_of_string(at, end);
            continue;
        }
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        at++;
        if (depth == 0)
            return at;
    }
}

static const char *end_of_scalar(const char *at, const char *end)
{
    while (at < end && *at != ',' && *at != '}' && *at != ']' && (unsigned char)*at > ' ')
        at++;
    return at;
}

static struct json_value read_value(struct json_cursor *cursor)
{
    const char *start = cursor->at;
    if (*start == '"')
        cursor->at = end_of_string(start, cursor->end);
    else if (*start == '{' || *start == '[')
        cursor->at = end_of_container(start, cursor->end);
    else
        cursor->at = end_of_scalar(start, cursor->end);
    return value_between(start, cursor->at);
}

struct json_cursor json_enter(struct json_value container)
{
    return (struct json_cursor){container.text.bytes + 1,
                                container.text.bytes + container.text.len - 1};
}

static bool find_next(struct json_cursor *cursor)
{
    cursor->at = skip_white_space(cursor->at, cursor->end);
    if (cursor->at < cursor->end && *cursor->at == ',')
        cursor->at = skip_white_space(cursor->at + 1, cursor->end);
    return cursor->at < cursor->end;
}

bool json_next_element(struct json_cursor *cursor, struct json_value *ret_value)
{
    if (!find_next(cursor))
        return false;
    *ret_value = read_value(cursor);
    return true;
}

bool json_next_member(struct json_cursor *cursor, struct json_value *ret_name,
                      struct json_value *ret_value)
{
    if (!find_next(cursor))
        return false;
    *ret_name = read_value(cursor);
    cursor->at = skip_white_space(cursor->at, cursor->end) + 1; /* the colon */
    cursor->at = skip_white_space(cursor->at, cursor->end);
    *ret_value = read_value(cursor);
    return true;
}

bool json_find(struct json_value object, const char *name, struct json_value *ret_value)
{
    if (object.type != JSON_OBJECT)
        return false;
    struct json_cursor cursor = json_enter(object);
    struct json_value key, value;
    while (json_next_member(&cursor, &key, &value)) {
        if (json_string_equals(key, span_of(name))) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}
