/* SPDX-License-Identifier: Apache-2.0 */
#include "idmap/key.h"

#include "status/error.h"

#include <string.h>

static const char alphanumeric[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* API reference: [\w-]+_[0-9a-zA-Z]+ */
static bool is_pool_id(struct span id)
{
    size_t start = id.len;
    while (start > 0 && memchr(alphanumeric, id.bytes[start - 1], sizeof alphanumeric - 1) != NULL)
        start--;
    if (start == id.len || start < 2 || id.bytes[start - 1] != '_')
        return false;
    for (size_t i = 0; i < start - 1; i++)
        if (memchr(alphanumeric, id.bytes[i], sizeof alphanumeric - 1) == NULL &&
            id.bytes[i] != '-' && id.bytes[i] != '_')
            return false;
    return id.len <= POOL_ID_MAX_BYTES;
}

cogmig_status idmap_check_pool_id(struct span pool_id, cogmig_error *err)
{
    if (is_pool_id(pool_id))
        return COGMIG_OK;
    return fail(err, COGMIG_POOL_ID_INVALID,
                "\"%.*s\" is not the id of a user pool, such as eu-central-1_AbCdEfGhI.",
                pool_id.len < 64 ? (int)pool_id.len : 64, pool_id.bytes);
}

static cogmig_status check_text(const char *id, const char *what, cogmig_error *err)
{
    if (id == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "The %s is NULL.", what);
    struct span text = {id, strnlen(id, ID_MAX_BYTES + 1)};
    if (text.len == 0 || text.len > ID_MAX_BYTES || !span_is_utf8(text))
        return fail(err, COGMIG_INVALID_ARGUMENT, "The %s is not 1 to %d bytes of UTF-8.", what,
                    ID_MAX_BYTES);
    return COGMIG_OK;
}

/* RFC 9562: 8-4-4-4-12 hexadecimal digits, of whatever version. */
static bool is_uuid(const char *id)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (strlen(id) != sizeof form - 1)
        return false;
    for (size_t i = 0; form[i] != '\0'; i++)
        if (form[i] == '-' ? id[i] != '-' : strchr("0123456789abcdefABCDEF", id[i]) == NULL)
            return false;
    return true;
}

cogmig_status idmap_check_legacy_id(const char *legacy_id, bool as_uuid, cogmig_error *err)
{
    cogmig_status status = check_text(legacy_id, "legacy id", err);
    if (status == COGMIG_OK && as_uuid && !is_uuid(legacy_id))
        return fail(err, COGMIG_IDMAP_ID_INVALID,
                    "The legacy id \"%.64s\" is no UUID, and only those are taken.", legacy_id);
    return status;
}

cogmig_status idmap_check_sub(const char *sub, cogmig_error *err)
{
    return check_text(sub, "sub", err);
}
