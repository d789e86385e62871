/* SPDX-License-Identifier: Apache-2.0 */
#include "store/url.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/span.h"
#include "status/error.h"

#include <string.h>

enum {
    MAX_URL = 8 * 1024,
    MAX_SCHEME = 32
};

#define ACCEPTED "Accepted are postgresql://…, postgres://…, file:./dev.db and sqlite:./dev.db."

static const struct store_url nothing = {
    .kind = STORE_URL_POSTGRESQL, .connection_limit = -1, .pool_timeout_ms = -1};

static struct span rest_after(struct span s, size_t len)
{
    return (struct span){s.bytes + len, s.len - len};
}

/* Up to the byte, which is dropped; all of it when the byte is not there. */
static struct span take_until(struct span *s, char byte)
{
    const char *found = s->len == 0 ? NULL : memchr(s->bytes, byte, s->len);
    struct span front = {s->bytes, found == NULL ? s->len : (size_t)(found - s->bytes)};
    *s = rest_after(*s, found == NULL ? s->len : front.len + 1);
    return front;
}

static bool contains(struct span s, char byte)
{
    return s.len > 0 && memchr(s.bytes, byte, s.len) != NULL;
}

static bool is_scheme_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.';
}

/* Empty unless :// follows: what stands before a lone colon may be anything, even a secret. */
static struct span scheme_of(struct span url)
{
    struct span scheme = {url.bytes, 0};
    while (scheme.len < url.len && is_scheme_byte(url.bytes[scheme.len]))
        scheme.len++;
    if (scheme.len > MAX_SCHEME || !span_starts_with(rest_after(url, scheme.len), "://"))
        scheme.len = 0;
    return scheme;
}

static cogmig_status refuse_scheme(struct span url, cogmig_error *err)
{
    struct span scheme = scheme_of(url);
    if (span_equal_text(scheme, "prisma") || span_equal_text(scheme, "prisma+postgres"))
        return fail(err, COGMIG_STORE_URL_INVALID,
                    "The store's URL begins with %.*s://, which only Prisma's own service "
                    "understands; give the database's own URL (often DIRECT_URL). " ACCEPTED,
                    (int)scheme.len, scheme.bytes);
    if (scheme.len > 0)
        return fail(
            err, COGMIG_STORE_URL_INVALID,
            "The store's URL begins with %.*s://, a database that is not supported. " ACCEPTED,
            (int)scheme.len, scheme.bytes);
    if (url.bytes[0] == '"' || url.bytes[0] == '\'')
        return fail(
            err, COGMIG_STORE_URL_INVALID,
            "The store's URL begins with a quotation mark; leave the quotes out. " ACCEPTED);
    return fail(err, COGMIG_STORE_URL_INVALID, "The store's URL has no known beginning. " ACCEPTED);
}

static bool is_postgresql(struct span url)
{
    return span_starts_with(url, "postgresql://") || span_starts_with(url, "postgres://");
}

static bool is_one_of(struct span name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_equal_text(name, list[i]))
            return true;
    return false;
}

/* Parameters of Prisma's own connection handling. */
static bool is_without_meaning(struct span name)
{
    static const char *const names[] = {"socket_timeout", "statement_cache_size"};
    return is_one_of(name, names, sizeof names / sizeof names[0]);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool decode_percent(struct span text, struct buffer *out)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.bytes[i] != '%') {
            buffer_add_byte(out, text.bytes[i]);
            continue;
        }
        if (text.len - i < 3)
            return false;
        int upper = hex_value(text.bytes[i + 1]);
        int lower = hex_value(text.bytes[i + 2]);
        if (upper < 0 || lower < 0)
            return false;
        buffer_add_byte(out, (char)(upper * 16 + lower));
        i += 2;
    }
    return true;
}

static cogmig_status read_schema(struct span value, struct store_url *url, cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer schema = buffer_with_max(value.len);
    bool decoded = decode_percent(value, &schema);
    if (schema.state == BUFFER_REFUSED)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (!decoded || schema.len == 0 || schema.len > 255 ||
        span_contains_nul((struct span){schema.bytes, schema.len}) ||
        !span_is_utf8((struct span){schema.bytes, schema.len}))
        return fail(
            err, COGMIG_STORE_URL_INVALID,
            "The store's URL has a schema= that cannot be a schema: it is 1 to 255 bytes of "
            "UTF-8, percent-encoded.");
    memory_free(url->schema);
    url->schema = buffer_take(&schema, NULL);
    return url->schema == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}

enum {
    MAX_CONNECTION_LIMIT = 1000,
    MAX_POOL_TIMEOUT_S = 600
};

static bool read_number(struct span text, int32_t highest, int32_t *ret_number)
{
    int32_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9' || number > highest)
            return false;
        number = number * 10 + (text.bytes[i] - '0');
    }
    *ret_number = number;
    return text.len > 0 && number <= highest;
}

static cogmig_status read_connection_limit(struct span value, struct store_url *url,
                                           cogmig_error *err)
{
    if (read_number(value, MAX_CONNECTION_LIMIT, &url->connection_limit) &&
        url->connection_limit > 0)
        return COGMIG_OK;
    return fail(err, COGMIG_STORE_URL_INVALID,
                "The store's URL has a connection_limit= that is not a number from 1 to %d.",
                MAX_CONNECTION_LIMIT);
}

/* 0 is no limit of its own, as Prisma has it. */
static cogmig_status read_pool_timeout(struct span value, struct store_url *url, cogmig_error *err)
{
    int32_t seconds;
    if (!read_number(value, MAX_POOL_TIMEOUT_S, &seconds))
        return fail(err, COGMIG_STORE_URL_INVALID,
                    "The store's URL has a pool_timeout= that is not a number of seconds up to %d.",
                    MAX_POOL_TIMEOUT_S);
    url->pool_timeout_ms = (seconds == 0 ? MAX_POOL_TIMEOUT_S : seconds) * 1000;
    return COGMIG_OK;
}

/* What Prisma says of its pool holds for ours. */
static bool is_of_the_pool(struct span name, struct span value, struct store_url *url,
                           cogmig_status *ret_status, cogmig_error *err)
{
    bool limit = span_equal_text(name, "connection_limit");
    if (!limit && !span_equal_text(name, "pool_timeout"))
        return false;
    *ret_status =
        limit ? read_connection_limit(value, url, err) : read_pool_timeout(value, url, err);
    return true;
}

static cogmig_status read_sslaccept(struct span value, cogmig_error *err)
{
    if (span_equal_text(value, "accept_invalid_certs"))
        return COGMIG_OK;
    return fail(err, COGMIG_STORE_URL_INVALID,
                "The store's URL has sslaccept=, which only Prisma understands; to check the "
                "server's certificate write sslmode=verify-full&sslrootcert=/path/to/ca.pem.");
}

static cogmig_status read_pgbouncer(struct span value, struct store_url *url, cogmig_error *err)
{
    url->through_pgbouncer = span_equal_text(value, "true");
    if (url->through_pgbouncer || span_equal_text(value, "false"))
        return COGMIG_OK;
    return fail(err, COGMIG_STORE_URL_INVALID,
                "The store's URL has a pgbouncer= that is neither true nor false.");
}

static void keep_parameter(struct span parameter, bool *first, struct buffer *target)
{
    buffer_add_byte(target, *first ? '?' : '&');
    buffer_add(target, parameter);
    *first = false;
}

static cogmig_status read_parameter(struct span parameter, bool *first, struct buffer *target,
                                    struct store_url *url, cogmig_error *err)
{
    struct span value = parameter;
    struct span name = take_until(&value, '=');
    cogmig_status status;
    if (is_of_the_pool(name, value, url, &status, err))
        return status;
    if (span_equal_text(name, "schema"))
        return read_schema(value, url, err);
    if (span_equal_text(name, "sslaccept"))
        return read_sslaccept(value, err);
    if (span_equal_text(name, "sslidentity"))
        return fail(err, COGMIG_STORE_URL_INVALID,
                    "The store's URL has sslidentity=, which only Prisma understands; for a client "
                    "certificate write sslcert=/path/to/client.pem&sslkey=/path/to/client.key.");
    if (span_equal_text(name, "pgbouncer"))
        return read_pgbouncer(value, url, err);
    if (!is_without_meaning(name))
        keep_parameter(parameter, first, target);
    return COGMIG_OK;
}

/* As libpq reads it: user and password, which may hold a question mark, end at the first @ that
 * comes before any slash. */
static size_t credentials_length(struct span authority_and_path)
{
    struct span authority = take_until(&authority_and_path, '/');
    return contains(authority, '@') ? take_until(&authority, '@').len + 1 : 0;
}

static size_t length_before_host(struct span url)
{
    struct span rest = url;
    size_t scheme = take_until(&rest, ':').len + strlen("://");
    return scheme + credentials_length(rest_after(url, scheme));
}

static cogmig_status parse_postgresql(struct span rest, struct store_url *url, cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer target = buffer_with_max(MAX_URL);
    struct span front = {rest.bytes, length_before_host(rest)};
    rest = rest_after(rest, front.len);
    struct span host_and_path = take_until(&rest, '?');
    if (contains(host_and_path, '@'))
        return fail(
            err, COGMIG_STORE_URL_INVALID,
            "The store's URL has an @ behind its host; a special character of the user name "
            "or password must be percent-encoded (@ is %%40, / is %%2F, : is %%3A, ? is "
            "%%3F).");
    buffer_add(&target, front);
    buffer_add(&target, host_and_path);
    cogmig_status status = COGMIG_OK;
    bool first = true;
    while (rest.len > 0 && status == COGMIG_OK)
        status = read_parameter(take_until(&rest, '&'), &first, &target, url, err);
    if (status != COGMIG_OK)
        return status;
    url->target = buffer_take(&target, NULL);
    return url->target == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}

static cogmig_status read_sqlite_parameters(struct span query, struct store_url *url,
                                            cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    while (query.len > 0 && status == COGMIG_OK) {
        struct span parameter = take_until(&query, '&');
        struct span name = take_until(&parameter, '=');
        if (!is_of_the_pool(name, parameter, url, &status, err) && !is_without_meaning(name))
            return fail(
                err, COGMIG_STORE_URL_INVALID,
                "The store's URL has the parameter %.*s, which has no meaning for an SQLite "
                "file; leave it out.",
                (int)(name.len < 64 ? name.len : 64), name.bytes);
    }
    return status;
}

static cogmig_status parse_sqlite(struct span path, struct store_url *url, cogmig_error *err)
{
    struct span query = path;
    path = take_until(&query, '?');
    cogmig_status status = read_sqlite_parameters(query, url, err);
    if (status != COGMIG_OK)
        return status;
    if (span_starts_with(path, "///"))
        path = rest_after(path, 2);
    else if (span_starts_with(path, "//"))
        return fail(err, COGMIG_STORE_URL_INVALID,
                    "The store's URL names a host; an SQLite file is file:./dev.db or "
                    "file:///absolute/path/dev.db.");
    if (path.len == 0 || span_equal_text(path, ":memory:"))
        return fail(err, COGMIG_STORE_URL_INVALID,
                    "The store's URL names no SQLite file; it looks like file:./dev.db.");
    url->kind = STORE_URL_SQLITE;
    url->target = memory_copy_bytes(path.bytes, path.len);
    return url->target == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}

static bool has_control_or_blank_ends(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.bytes[i] < 0x20 || text.bytes[i] == 0x7F)
            return true;
    return span_trim(text).len != text.len;
}

static cogmig_status parse(struct span text, struct store_url *url, cogmig_error *err)
{
    if (text.len == 0)
        return fail(err, COGMIG_STORE_URL_INVALID, "The store's URL is empty. " ACCEPTED);
    if (text.len > MAX_URL)
        return fail(err, COGMIG_STORE_URL_INVALID, "The store's URL is longer than 8 KiB.");
    if (has_control_or_blank_ends(text))
        return fail(err, COGMIG_STORE_URL_INVALID,
                    "The store's URL begins or ends with white space or holds a control character; "
                    "is there a line break in it?");
    if (is_postgresql(text))
        return parse_postgresql(text, url, err);
    if (span_starts_with(text, "file:"))
        return parse_sqlite(rest_after(text, strlen("file:")), url, err);
    if (span_starts_with(text, "sqlite:"))
        return parse_sqlite(rest_after(text, strlen("sqlite:")), url, err);
    return refuse_scheme(text, err);
}

cogmig_status store_url_parse(const char *text, struct store_url *ret_url, cogmig_error *err)
{
    *ret_url = nothing;
    cogmig_status status = parse(span_of(text), ret_url, err);
    if (status != COGMIG_OK)
        store_url_release(ret_url);
    return status;
}

void store_url_release(struct store_url *url)
{
    memory_free(url->target);
    memory_free(url->schema);
    *url = nothing;
}
