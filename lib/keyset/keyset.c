/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/keyset.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "keyset/file.h"
#include "keyset/pem.h"
#include "status/error.h"

#include <stdint.h>

/* ---- counting who holds it ---- */

cogmig_keyset *keyset_hold(cogmig_keyset *keyset)
{
    atomic_fetch_add_explicit(&keyset->holders, 1, memory_order_relaxed);
    return keyset;
}

static void destroy(cogmig_keyset *keyset)
{
    for (size_t i = 0; i < keyset->count; i++)
        jwk_release(&keyset->keys[i]);
    memory_free(keyset);
}

void keyset_release(cogmig_keyset **keyset)
{
    cogmig_keyset *held = *keyset;
    *keyset = NULL;
    if (held != NULL && atomic_fetch_sub_explicit(&held->holders, 1, memory_order_acq_rel) == 1)
        destroy(held);
}

COGMIG_PUBLIC void cogmig_keyset_free(cogmig_keyset **keyset)
{
    if (keyset != NULL)
        keyset_release(keyset);
}

/* ---- reading a document ---- */

static size_t count_elements(struct json_value array)
{
    struct json_cursor cursor = json_enter(array);
    struct json_value element;
    size_t count = 0;
    while (json_next_element(&cursor, &element))
        count++;
    return count;
}

static cogmig_keyset *new_with_room_for(size_t keys)
{
    cogmig_keyset *keyset = memory_new(sizeof *keyset + keys * sizeof keyset->keys[0]);
    if (keyset != NULL)
        atomic_init(&keyset->holders, 1);
    return keyset;
}

static const struct key *find_bytes(const cogmig_keyset *keyset, struct span kid)
{
    for (size_t i = 0; i < keyset->count; i++)
        if (span_equal((struct span){keyset->keys[i].kid, keyset->keys[i].kid_len}, kid))
            return &keyset->keys[i];
    return NULL;
}

/* The last of the set has just been read. A repetition is dropped; another key under the same kid
 * leaves no telling which one the issuer means. */
static cogmig_status settle_last(cogmig_keyset *keyset, cogmig_error *err)
{
    struct key *last = &keyset->keys[keyset->count];
    const struct key *earlier = find_bytes(keyset, (struct span){last->kid, last->kid_len});
    if (earlier == NULL) {
        keyset->count++;
        return COGMIG_OK;
    }
    bool same = key_is_same(earlier, last);
    jwk_release(last);
    return same ? COGMIG_OK
                : fail(err, COGMIG_JWKS_MALFORMED,
                       "The JWKS document has two different keys under the kid \"%s\".",
                       earlier->kid);
}

static cogmig_status read_one(cogmig_keyset *keyset, struct json_value jwk, uint32_t algorithms,
                              const char **first_reason, cogmig_error *err)
{
    const char *reason = NULL;
    if (jwk.type != JSON_OBJECT)
        return fail(err, COGMIG_JWKS_MALFORMED,
                    "The JWKS document has something in \"keys\" that is not an object.");
    cogmig_status status = jwk_read(jwk, algorithms, &keyset->keys[keyset->count], &reason);
    if (status == COGMIG_OK)
        return settle_last(keyset, err);
    if (status != COGMIG_JWKS_NO_USABLE_KEY)
        return fail_plainly(err, status);
    if (*first_reason == NULL)
        *first_reason = reason;
    return COGMIG_OK;
}

static cogmig_status read_all(cogmig_keyset *keyset, struct json_value array, uint32_t algorithms,
                              cogmig_error *err)
{
    const char *first_reason = NULL;
    struct json_cursor cursor = json_enter(array);
    struct json_value jwk;
    size_t seen = 0;
    for (; json_next_element(&cursor, &jwk); seen++) {
        cogmig_status status = read_one(keyset, jwk, algorithms, &first_reason, err);
        if (status != COGMIG_OK)
            return status;
    }
    if (keyset->count > 0)
        return COGMIG_OK;
    if (seen == 0)
        return fail(err, COGMIG_JWKS_NO_USABLE_KEY, "The JWKS document's \"keys\" is empty.");
    return fail(err, COGMIG_JWKS_NO_USABLE_KEY,
                "None of the %zu keys of the JWKS document can be used; of the first: %s.", seen,
                first_reason);
}

static cogmig_status find_keys(struct span document, struct json_value *ret_keys, cogmig_error *err)
{
    struct json_value root;
    struct json_fault fault;
    if (document.len > JWKS_MAX_BYTES)
        return fail(err, COGMIG_JWKS_MALFORMED, "The JWKS document has %zu bytes; at most %d.",
                    document.len, JWKS_MAX_BYTES);
    if (!json_check(document, &root, &fault))
        return fail(err, COGMIG_JWKS_MALFORMED,
                    "The JWKS document is not strict JSON: %s, at byte %zu.", fault.reason,
                    fault.offset);
    if (!json_find(root, "keys", ret_keys) || ret_keys->type != JSON_ARRAY)
        return fail(err, COGMIG_JWKS_MALFORMED,
                    "The JWKS document is not an object with an array \"keys\".");
    return COGMIG_OK;
}

cogmig_status keyset_parse_for(uint32_t algorithms, struct span document,
                               cogmig_keyset **ret_keyset, cogmig_error *err)
{
    struct json_value array;
    cogmig_status status = find_keys(document, &array, err);
    if (status != COGMIG_OK)
        return status;
    size_t elements = count_elements(array);
    if (elements > JWKS_MAX_KEYS)
        return fail(err, COGMIG_JWKS_MALFORMED, "The JWKS document has %zu keys; at most %d.",
                    elements, JWKS_MAX_KEYS);
    SCOPED(keyset_release) cogmig_keyset *keyset = new_with_room_for(elements);
    if (keyset == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    status = read_all(keyset, array, algorithms, err);
    if (status != COGMIG_OK)
        return status;
    *ret_keyset = keyset_hold(keyset);
    return COGMIG_OK;
}

cogmig_status keyset_of_pem(struct span document, const char *kid, cogmig_keyset **ret_keyset,
                            cogmig_error *err)
{
    const char *reason;
    SCOPED(keyset_release) cogmig_keyset *keyset = new_with_room_for(1);
    if (keyset == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = pem_read(document, kid, &keyset->keys[0], &reason);
    if (status == COGMIG_JWKS_NO_USABLE_KEY)
        return fail(err, status, "%s.", reason);
    if (status != COGMIG_OK)
        return fail_plainly(err, status);
    keyset->count = 1;
    *ret_keyset = keyset_hold(keyset);
    return COGMIG_OK;
}

cogmig_status keyset_parse(struct span document, cogmig_keyset **ret_keyset, cogmig_error *err)
{
    return keyset_parse_for(SIGNATURE_RS256, document, ret_keyset, err);
}

COGMIG_PUBLIC cogmig_status cogmig_keyset_parse(const char *jwks, size_t len,
                                                cogmig_keyset **ret_keyset, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_keyset != NULL)
        *ret_keyset = NULL;
    if (jwks == NULL || ret_keyset == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "jwks and ret_keyset must not be NULL.");
    return keyset_parse((struct span){jwks, len}, ret_keyset, err);
}

COGMIG_PUBLIC cogmig_status cogmig_keyset_parse_file(const char *path, cogmig_keyset **ret_keyset,
                                                     cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_keyset != NULL)
        *ret_keyset = NULL;
    if (path == NULL || ret_keyset == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "path and ret_keyset must not be NULL.");
    SCOPED(buffer_release) struct buffer content = buffer_with_max(JWKS_MAX_BYTES);
    cogmig_status status = jwks_file_read(path, &content, err);
    if (status != COGMIG_OK)
        return status;
    return keyset_parse((struct span){content.bytes, content.len}, ret_keyset, err);
}

void keyset_write(const cogmig_keyset *keyset, struct buffer *document)
{
    buffer_add_text(document, "{\"keys\":[");
    for (size_t i = 0; i < keyset->count; i++) {
        if (i > 0)
            buffer_add_byte(document, ',');
        buffer_add_text(document, keyset->keys[i].jwk);
    }
    buffer_add_text(document, "]}");
}

/* ---- one set after another ---- */

static struct key *find_equal(cogmig_keyset *keyset, const struct key *key)
{
    for (size_t i = 0; i < keyset->count; i++)
        if (key_equal(&keyset->keys[i], key))
            return &keyset->keys[i];
    return NULL;
}

void keyset_succeed(const cogmig_keyset *former, cogmig_keyset *next)
{
    for (size_t i = 0; former != NULL && i < former->count; i++) {
        struct key *same = find_equal(next, &former->keys[i]);
        if (same == NULL)
            key_life_end(former->keys[i].life);
        else
            key_verify_as(same, &former->keys[i]);
    }
}

/* ---- asking it ---- */

const struct key *keyset_find(const cogmig_keyset *keyset, struct json_value kid)
{
    for (size_t i = 0; i < keyset->count; i++)
        if (json_string_equals(kid, (struct span){keyset->keys[i].kid, keyset->keys[i].kid_len}))
            return &keyset->keys[i];
    return NULL;
}

COGMIG_PUBLIC size_t cogmig_keyset_size(const cogmig_keyset *keyset)
{
    return keyset == NULL ? 0 : keyset->count;
}

COGMIG_PUBLIC const char *cogmig_keyset_kid(const cogmig_keyset *keyset, size_t index)
{
    return index < cogmig_keyset_size(keyset) ? keyset->keys[index].kid : NULL;
}
