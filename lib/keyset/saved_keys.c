/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/saved_keys.h"

#include "adapters/openssl_sha256.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "keyset/keyset.h"
#include "keyset/policy.h"
#include "status/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    DIGEST_LEN = 2 * OPENSSL_SHA256_BYTES,
    CLOCKS_DIFFER_S = 60, /* among those who share a file */
    TRUSTED_FOR_S = KEYS_TRUSTED_FOR_MS / 1000
};

static const char name[] = "cogmig-keys ";
static const char version[] = "1 ";

/* ---- digests, in hexadecimal ---- */

struct digest {
    char text[DIGEST_LEN + 1];
};

static bool digest_of(struct span bytes, struct digest *ret_digest)
{
    unsigned char raw[OPENSSL_SHA256_BYTES];
    if (!openssl_sha256(bytes, raw))
        return false;
    for (size_t i = 0; i < sizeof raw; i++)
        snprintf(ret_digest->text + 2 * i, 3, "%02x", raw[i]);
    return true;
}

/* ---- the first line ---- */

static cogmig_status refuse(const char *why, cogmig_error *err)
{
    return fail(err, COGMIG_KEY_FILE_REFUSED, "%s", why);
}

static cogmig_status check_first_line(struct span content, struct span *ret_rest, cogmig_error *err)
{
    const size_t before = sizeof name - 1 + sizeof version - 1, line = before + DIGEST_LEN + 1;
    struct digest digest;
    if (!span_starts_with(content, name))
        return refuse("it is no key file", err);
    if (!span_starts_with(
            (struct span){content.bytes + sizeof name - 1, content.len - (sizeof name - 1)},
            version))
        return refuse("it was written in another version of the format", err);
    if (content.len < line)
        return refuse("it was cut off", err);
    *ret_rest = (struct span){content.bytes + line, content.len - line};
    if (!digest_of(*ret_rest, &digest))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (memcmp(content.bytes + before, digest.text, DIGEST_LEN) != 0 ||
        content.bytes[line - 1] != '\n')
        return refuse("it was cut off or changed", err);
    return COGMIG_OK;
}

static cogmig_status find_entries(struct span content, struct json_value *ret_entries,
                                  cogmig_error *err)
{
    struct span rest;
    struct json_value root;
    struct json_fault fault;
    cogmig_status status = check_first_line(content, &rest, err);
    if (status != COGMIG_OK)
        return status;
    if (!json_check(rest, &root, &fault) || !json_find(root, "keys_of", ret_entries) ||
        ret_entries->type != JSON_ARRAY)
        return refuse("it has not the form of a key file", err);
    return COGMIG_OK;
}

/* ---- one entry: the keys of one address ---- */

struct entry {
    struct json_value address, jwks;
    int64_t fetched_at_s, max_age_s;
    char etag[ETAG_MAX_BYTES + 1];
};

static bool read_integer(struct json_value object, const char *member, int64_t *ret_integer)
{
    struct json_value value;
    return json_find(object, member, &value) && value.type == JSON_NUMBER &&
           json_integer(value, ret_integer);
}

static bool read_etag(struct json_value object, char *ret_etag)
{
    struct json_value value;
    char decoded[6 * ETAG_MAX_BYTES + 2]; /* each byte may be written as \u00XX */
    if (!json_find(object, "etag", &value) || value.type != JSON_STRING ||
        value.text.len > sizeof decoded)
        return false;
    size_t len = json_string_decode_into(value, decoded);
    if (len > ETAG_MAX_BYTES)
        return false;
    memcpy(ret_etag, decoded, len);
    ret_etag[len] = '\0';
    return len == 0 || (strlen(ret_etag) == len && etag_is_valid(ret_etag));
}

static bool read_entry(struct json_value object, struct entry *entry)
{
    return json_find(object, "address", &entry->address) && entry->address.type == JSON_STRING &&
           json_find(object, "jwks", &entry->jwks) && read_etag(object, entry->etag) &&
           read_integer(object, "fetched_at_s", &entry->fetched_at_s) &&
           read_integer(object, "max_age_s", &entry->max_age_s) && entry->fetched_at_s >= 0 &&
           entry->max_age_s >= MAX_AGE_UNKNOWN;
}

static bool is_from_the_future(const struct entry *entry, int64_t now_s)
{
    return entry->fetched_at_s - CLOCKS_DIFFER_S > now_s;
}

static bool is_trusted(const struct entry *entry, int64_t now_s)
{
    return !is_from_the_future(entry, now_s) && now_s - entry->fetched_at_s < TRUSTED_FOR_S;
}

/* ---- reading ---- */

static cogmig_status take_keys(const struct entry *entry, const struct saved_question *question,
                               struct saved_keys *ret_saved, cogmig_error *err)
{
    struct cogmig_error detail = {.status = COGMIG_OK};
    cogmig_status status =
        keyset_parse_for(question->algorithms, entry->jwks.text, &ret_saved->keyset, &detail);
    if (status == COGMIG_JWKS_MALFORMED || status == COGMIG_JWKS_NO_USABLE_KEY)
        return fail(err, COGMIG_KEY_FILE_REFUSED, "it holds no keys: %.200s", detail.message);
    if (status != COGMIG_OK)
        return fail_plainly(err, status);
    ret_saved->fetched_at_s = entry->fetched_at_s;
    ret_saved->max_age_s = entry->max_age_s;
    memcpy(ret_saved->etag, entry->etag, sizeof ret_saved->etag);
    return COGMIG_OK;
}

static cogmig_status judge_entry(const struct entry *entry, const struct saved_question *question,
                                 struct saved_keys *ret_saved, cogmig_error *err)
{
    if (is_from_the_future(entry, question->now_s))
        return fail(err, COGMIG_KEY_FILE_REFUSED,
                    "its keys were fetched at %" PRId64 ", which is in the future: now is %" PRId64,
                    entry->fetched_at_s, question->now_s);
    if (!is_trusted(entry, question->now_s) || entry->fetched_at_s <= question->later_than_s)
        return COGMIG_OK;
    return take_keys(entry, question, ret_saved, err);
}

cogmig_status saved_keys_read(struct span content, const struct saved_question *question,
                              struct saved_keys *ret_saved, cogmig_error *err)
{
    struct digest address;
    struct json_value entries, object;
    ret_saved->keyset = NULL;
    cogmig_status status = find_entries(content, &entries, err);
    if (status != COGMIG_OK)
        return status;
    if (!digest_of(span_of(question->url), &address))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    struct json_cursor cursor = json_enter(entries);
    while (json_next_element(&cursor, &object)) {
        struct entry entry;
        if (!read_entry(object, &entry))
            return refuse("it has not the form of a key file", err);
        if (json_string_equals(entry.address, span_of(address.text)))
            return judge_entry(&entry, question, ret_saved, err);
    }
    return COGMIG_OK;
}

/* ---- writing ---- */

static void add_integer(struct buffer *json, const char *member, int64_t value)
{
    char text[64];
    snprintf(text, sizeof text, ",\"%s\":%" PRId64, member, value);
    buffer_add_text(json, text);
}

static void add_entry(struct buffer *json, const struct digest *address,
                      const struct saved_keys *saved)
{
    struct span etag = span_of(saved->etag);
    buffer_add_text(json, "{\"keys_of\":[{\"address\":\"");
    buffer_add_text(json, address->text);
    buffer_add_byte(json, '"');
    add_integer(json, "fetched_at_s", saved->fetched_at_s);
    add_integer(json, "max_age_s", saved->max_age_s);
    buffer_add_text(json, ",\"etag\":");
    buffer_add_json_string(json, span_is_utf8(etag) ? etag : span_of(""));
    buffer_add_text(json, ",\"jwks\":");
    keyset_write(saved->keyset, json);
    buffer_add_byte(json, '}');
}

/* False: one of the same address is later. */
static bool add_others(struct buffer *json, struct span former, const struct digest *address,
                       const struct saved_keys *saved, int64_t now_s)
{
    struct json_value entries, object;
    if (find_entries(former, &entries, NULL) != COGMIG_OK)
        return true;
    struct json_cursor cursor = json_enter(entries);
    while (json_next_element(&cursor, &object)) {
        struct entry entry;
        if (!read_entry(object, &entry) || !is_trusted(&entry, now_s))
            continue;
        if (json_string_equals(entry.address, span_of(address->text))) {
            if (entry.fetched_at_s > saved->fetched_at_s)
                return false;
            continue;
        }
        buffer_add_byte(json, ',');
        buffer_add(json, object.text);
    }
    return true;
}

static void put_together(struct buffer *json, struct buffer *ret_content)
{
    struct digest digest;
    buffer_add_text(json, "]}\n");
    if (json->state != BUFFER_GOOD || !digest_of((struct span){json->bytes, json->len}, &digest)) {
        ret_content->state = json->state == BUFFER_GOOD ? BUFFER_REFUSED : json->state;
        return;
    }
    buffer_add_text(ret_content, name);
    buffer_add_text(ret_content, version);
    buffer_add_text(ret_content, digest.text);
    buffer_add_byte(ret_content, '\n');
    buffer_add(ret_content, (struct span){json->bytes, json->len});
}

bool saved_keys_write(struct span former, const char *url, const struct saved_keys *saved,
                      int64_t now_s, struct buffer *ret_content)
{
    struct digest address;
    SCOPED(buffer_release) struct buffer json = buffer_with_max(ret_content->max);
    if (!digest_of(span_of(url), &address)) {
        ret_content->state = BUFFER_REFUSED;
        return true;
    }
    add_entry(&json, &address, saved);
    if (!add_others(&json, former, &address, saved, now_s))
        return false;
    put_together(&json, ret_content);
    return true;
}
