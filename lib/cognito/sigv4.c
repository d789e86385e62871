/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/sigv4.h"

#include "adapters/openssl_hmac.h"
#include "adapters/openssl_sha256.h"
#include "base/cleanup.h"
#include "base/memory.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    DIGEST_BYTES = OPENSSL_SHA256_BYTES,
    HEX_SIZE = 2 * DIGEST_BYTES + 1,
    DAY_LENGTH = sizeof "20150830" - 1,
    MAX_CANONICAL = 32 * 1024
};

void sigv4_date(int64_t unix_s, char out[SIGV4_DATE_SIZE])
{
    time_t at = (time_t)unix_s;
    struct tm utc = {.tm_mday = 1};
    gmtime_r(&at, &utc);
    strftime(out, SIGV4_DATE_SIZE, "%Y%m%dT%H%M%SZ", &utc);
}

static void write_hex(const unsigned char digest[DIGEST_BYTES], char out[HEX_SIZE])
{
    for (size_t i = 0; i < DIGEST_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static bool hash(struct span bytes, char out[HEX_SIZE])
{
    unsigned char digest[DIGEST_BYTES];
    if (!openssl_sha256(bytes, digest))
        return false;
    write_hex(digest, out);
    return true;
}

static void add_header_names(struct buffer *b, const struct http_header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buffer_add_text(b, i == 0 ? "" : ";");
        buffer_add_text(b, headers[i].name);
    }
}

static void add_line(struct buffer *b, const char *text)
{
    buffer_add_text(b, text);
    buffer_add_byte(b, '\n');
}

/* White space inside of a header's value is not folded: ours have none. */
static bool add_canonical_request(struct buffer *b, const struct sigv4_request *request)
{
    char body_hash[HEX_SIZE];
    add_line(b, request->method);
    add_line(b, request->path);
    add_line(b, request->query);
    for (size_t i = 0; i < request->header_count; i++) {
        buffer_add_text(b, request->headers[i].name);
        buffer_add_byte(b, ':');
        buffer_add(b, span_trim(span_of(request->headers[i].value)));
        buffer_add_byte(b, '\n');
    }
    buffer_add_byte(b, '\n');
    add_header_names(b, request->headers, request->header_count);
    buffer_add_byte(b, '\n');
    bool hashed = hash(request->body, body_hash);
    buffer_add_text(b, hashed ? body_hash : "");
    return hashed && b->state == BUFFER_GOOD;
}

static void add_scope(struct buffer *b, const struct sigv4_scope *scope)
{
    buffer_add(b, (struct span){scope->date, DAY_LENGTH});
    buffer_add_byte(b, '/');
    buffer_add_text(b, scope->region);
    buffer_add_byte(b, '/');
    buffer_add_text(b, scope->service);
    buffer_add_text(b, "/aws4_request");
}

static bool add_string_to_sign(struct buffer *b, const struct sigv4_scope *scope,
                               const struct buffer *canonical_request)
{
    char request_hash[HEX_SIZE];
    if (!hash((struct span){canonical_request->bytes, canonical_request->len}, request_hash))
        return false;
    buffer_add_text(b, "AWS4-HMAC-SHA256\n");
    buffer_add_text(b, scope->date);
    buffer_add_byte(b, '\n');
    add_scope(b, scope);
    buffer_add_byte(b, '\n');
    buffer_add_text(b, request_hash);
    return b->state == BUFFER_GOOD;
}

/* Each key signs the next: secret, day, region, service, string. */
static bool sign(const struct sigv4_scope *scope, const char *secret, struct span string,
                 char out[HEX_SIZE])
{
    unsigned char key[DIGEST_BYTES], next[DIGEST_BYTES];
    const struct span steps[] = {
        {scope->date, DAY_LENGTH},
        span_of(scope->region),
        span_of(scope->service),
        span_of("aws4_request"),
        string,
    };
    SCOPED(buffer_release) struct buffer first = buffer_with_max(MAX_CANONICAL);
    buffer_add_text(&first, "AWS4");
    buffer_add_text(&first, secret);
    bool good = first.state == BUFFER_GOOD;
    struct span by = {first.bytes, first.len};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && good; i++) {
        good = openssl_hmac_sha256(by, steps[i], next);
        if (good)
            memcpy(key, next, sizeof key);
        by = (struct span){(const char *)key, sizeof key};
    }
    if (good)
        write_hex(key, out);
    memory_wipe(key, sizeof key);
    memory_wipe(next, sizeof next);
    return good;
}

static cogmig_status write_authorization(const struct sigv4_scope *scope,
                                         const struct sigv4_request *request,
                                         const char *access_key_id, const char *signature,
                                         char out[SIGV4_MAX_AUTHORIZATION])
{
    SCOPED(buffer_release) struct buffer b = buffer_with_max(SIGV4_MAX_AUTHORIZATION - 1);
    buffer_add_text(&b, "AWS4-HMAC-SHA256 Credential=");
    buffer_add_text(&b, access_key_id);
    buffer_add_byte(&b, '/');
    add_scope(&b, scope);
    buffer_add_text(&b, ", SignedHeaders=");
    add_header_names(&b, request->headers, request->header_count);
    buffer_add_text(&b, ", Signature=");
    buffer_add_text(&b, signature);
    if (b.state != BUFFER_GOOD)
        return b.state == BUFFER_FULL ? COGMIG_CONFIG_INVALID : COGMIG_OUT_OF_MEMORY;
    memcpy(out, b.bytes, b.len + 1);
    return COGMIG_OK;
}

cogmig_status sigv4_sign(const struct sigv4_scope *scope, const struct sigv4_request *request,
                         const struct credentials *credentials, char out[SIGV4_MAX_AUTHORIZATION])
{
    SCOPED(buffer_release) struct buffer canonical = buffer_with_max(MAX_CANONICAL);
    SCOPED(buffer_release) struct buffer string = buffer_with_max(MAX_CANONICAL);
    char signature[HEX_SIZE];
    if (!add_canonical_request(&canonical, request) ||
        !add_string_to_sign(&string, scope, &canonical) ||
        !sign(scope, credentials->secret_access_key, (struct span){string.bytes, string.len},
              signature))
        return canonical.state == BUFFER_FULL ? COGMIG_CONFIG_INVALID : COGMIG_OUT_OF_MEMORY;
    return write_authorization(scope, request, credentials->access_key_id, signature, out);
}
