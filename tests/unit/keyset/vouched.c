/* SPDX-License-Identifier: Apache-2.0 */
#include "vouched.h"

#include "adapters/openssl_sha256.h"
#include "cmocka_all.h"
#include "keyset/saved_keys.h"

#include <stdio.h>

struct buffer vouched(struct span json)
{
    unsigned char digest[OPENSSL_SHA256_BYTES];
    struct buffer file = buffer_with_max(KEY_FILE_MAX_BYTES);
    char hex[3];
    assert_true(openssl_sha256(json, digest));
    buffer_add_text(&file, "cogmig-keys 1 ");
    for (size_t i = 0; i < sizeof digest; i++) {
        snprintf(hex, sizeof hex, "%02x", digest[i]);
        buffer_add_text(&file, hex);
    }
    buffer_add_byte(&file, '\n');
    buffer_add(&file, json);
    return file;
}
