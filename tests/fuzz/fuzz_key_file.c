/* SPDX-License-Identifier: Apache-2.0
 * Any key file. Its first line vouches for the rest, so that a second file is made of the same
 * bytes with a line that is right: what is behind it must be read as strictly. */
#include "adapters/openssl_sha256.h"
#include "base/cleanup.h"
#include "fuzz.h"
#include "keyset/keyset.h"
#include "keyset/saved_keys.h"

#include <stdio.h>
#include <string.h>

enum {
    NOW_S = 1700000000
};

static const char url[] = "https://issuer.example/jwks.json";

static cogmig_status read(struct span content, struct saved_keys *ret_saved)
{
    const struct saved_question question = {
        .url = url, .algorithms = SIGNATURE_ALL, .now_s = NOW_S, .later_than_s = 0};
    return saved_keys_read(content, &question, ret_saved, NULL);
}

/* What is written with keys that were read says the same of them. */
static void write_and_read_again(struct span former, const struct saved_keys *saved)
{
    SCOPED(buffer_release) struct buffer content = buffer_with_max(KEY_FILE_MAX_BYTES);
    struct saved_keys again;
    HOLDS(saved_keys_write(former, url, saved, NOW_S, &content));
    if (content.state != BUFFER_GOOD)
        return;
    HOLDS(read((struct span){content.bytes, content.len}, &again) == COGMIG_OK);
    HOLDS(again.keyset != NULL);
    HOLDS(cogmig_keyset_size(again.keyset) == cogmig_keyset_size(saved->keyset));
    HOLDS(again.fetched_at_s == saved->fetched_at_s && again.max_age_s == saved->max_age_s);
    HOLDS(strcmp(again.etag, saved->etag) == 0);
    keyset_release(&again.keyset);
}

static void try(struct span content)
{
    struct saved_keys saved;
    cogmig_status status = read(content, &saved);
    HOLDS(status == COGMIG_OK || (status == COGMIG_KEY_FILE_REFUSED && saved.keyset == NULL));
    if (saved.keyset == NULL)
        return;
    HOLDS(cogmig_keyset_size(saved.keyset) > 0);
    HOLDS(saved.fetched_at_s > 0 && strlen(saved.etag) <= ETAG_MAX_BYTES);
    write_and_read_again(content, &saved);
    keyset_release(&saved.keyset);
}

static void add_right_first_line(struct buffer *file, struct span rest)
{
    unsigned char digest[OPENSSL_SHA256_BYTES];
    char digits[3];
    HOLDS(openssl_sha256(rest, digest));
    buffer_add_text(file, "cogmig-keys 1 ");
    for (size_t i = 0; i < sizeof digest; i++) {
        snprintf(digits, sizeof digits, "%02x", digest[i]);
        buffer_add_text(file, digits);
    }
    buffer_add_byte(file, '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCOPED(buffer_release) struct buffer file = buffer_with_max(KEY_FILE_MAX_BYTES);
    struct span bytes = {(const char *)data, size};
    try(bytes);
    add_right_first_line(&file, bytes);
    buffer_add(&file, bytes);
    if (file.state == BUFFER_GOOD)
        try((struct span){file.bytes, file.len});
    return 0;
}
