/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/pem.h"

#include "base/base64url.h"

#include <string.h>

enum {
    NUMBER_BYTES = 32,
    PREFIX_BYTES = 27,
    KEY_BYTES = PREFIX_BYTES + 2 * NUMBER_BYTES,
    KEY_DIGITS = 122 /* and two characters of padding */
};

/* RFC 5480 section 2: what stands before the point of a P-256 key that names its curve and is not
 * compressed. There is one such encoding, so nothing needs to be parsed. */
static const unsigned char prefix[PREFIX_BYTES] = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06,
    0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};

static const char begin[] = "-----BEGIN PUBLIC KEY-----";
static const char end[] = "-----END PUBLIC KEY-----";

static bool take_frame(struct span *document)
{
    struct span whole = span_trim(*document);
    size_t frame = sizeof begin - 1 + sizeof end - 1;
    if (whole.len < frame || !span_starts_with(whole, begin) ||
        memcmp(whole.bytes + whole.len - (sizeof end - 1), end, sizeof end - 1) != 0)
        return false;
    *document = (struct span){whole.bytes + sizeof begin - 1, whole.len - frame};
    return true;
}

static char url_digit(char digit)
{
    if (digit == '+')
        return '-';
    return digit == '/' ? '_' : digit;
}

/* RFC 7468 section 3: lines of any length. */
static size_t collect_digits(struct span lines, char digits[KEY_DIGITS + 2])
{
    size_t count = 0;
    for (size_t i = 0; i < lines.len; i++) {
        char c = lines.bytes[i];
        if (c == '\n' || c == '\r')
            continue;
        if (count == KEY_DIGITS + 2 || c == '-' || c == '_')
            return 0;
        digits[count++] = url_digit(c);
    }
    return count;
}

static bool decode(struct span document, unsigned char key[KEY_BYTES + 3])
{
    char digits[KEY_DIGITS + 2];
    size_t len;
    return take_frame(&document) && collect_digits(document, digits) == KEY_DIGITS + 2 &&
           memcmp(digits + KEY_DIGITS, "==", 2) == 0 &&
           base64url_decode((struct span){digits, KEY_DIGITS}, key, &len) && len == KEY_BYTES &&
           memcmp(key, prefix, sizeof prefix) == 0;
}

cogmig_status pem_read(struct span document, const char *kid, struct key *ret_key,
                       const char **ret_reason)
{
    unsigned char key[KEY_BYTES + 3]; /* as base64url_max_decoded() asks */
    *ret_reason = "it is no PEM of a P-256 public key";
    size_t kid_len = strnlen(kid, KID_MAX_BYTES + 1);
    if (!decode(document, key) || kid_len == 0 || kid_len > KID_MAX_BYTES)
        return COGMIG_JWKS_NO_USABLE_KEY;
    struct span x = {(const char *)key + PREFIX_BYTES, NUMBER_BYTES};
    struct span y = {x.bytes + NUMBER_BYTES, NUMBER_BYTES};
    cogmig_status status =
        openssl_public_key_new(SIGNATURE_ES256, x, y, &ret_key->other, ret_reason);
    if (status != COGMIG_OK)
        return status;
    memcpy(ret_key->kid, kid, kid_len + 1);
    ret_key->kid_len = kid_len;
    ret_key->algorithm = SIGNATURE_ES256;
    ret_key->life = key_life_new();
    if (ret_key->life != NULL)
        return COGMIG_OK;
    jwk_release(ret_key);
    return COGMIG_OUT_OF_MEMORY;
}
