/* SPDX-License-Identifier: Apache-2.0
 * Any shared file of the AWS CLI, and any text where a time or an address is expected: what is
 * found lies in the file. */
#include "base/memory.h"
#include "cognito/metadata.h"
#include "cognito/profile.h"
#include "fuzz.h"

#include <string.h>

static void find_in(struct span file, enum profile_file kind, const char *profile, const char *key)
{
    struct span value = profile_value(file, kind, profile, key);
    HOLDS(value.len == 0 || profile_is_in(file, kind, profile));
    HOLDS(value.len == 0 ||
          (value.bytes >= file.bytes && value.bytes + value.len <= file.bytes + file.len));
    HOLDS(memchr(value.bytes == NULL ? "" : value.bytes, '\n', value.len) == NULL);
}

static void find(struct span file, const char *profile, const char *key)
{
    find_in(file, CREDENTIALS_FILE, profile, key);
    find_in(file, CONFIG_FILE, profile, key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span file = {(const char *)data, size};
    find(file, "default", "aws_access_key_id");
    find(file, "p", "aws_session_token");
    find(file, "", "");
    char *text = memory_copy_bytes(file.bytes, file.len);
    HOLDS(text != NULL);
    (void)metadata_expiry_s(text);
    if (metadata_url_is_allowed(text))
        HOLDS(strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0);
    memory_free(text);
    return 0;
}
