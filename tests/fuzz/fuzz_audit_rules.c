/* SPDX-License-Identifier: Apache-2.0
 * Any address, telephone number and beginning of a hash in a row that is audited. */
#include "audit_rules.h"
#include "base/memory.h"
#include "fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = memory_copy_bytes((const char *)data, size);
    HOLDS(text != NULL);
    if (email_fault(text) == NULL)
        HOLDS(strchr(text, '@') != NULL && strlen(text) <= 2048);
    if (is_e164(text))
        HOLDS(text[0] == '+' && strlen(text) >= 3 && strlen(text) <= 16);
    (void)is_longer_than(text, COGNITO_MAX_NAME_CHARACTERS);
    const struct hash_rules rules = {.max_cost = 15, .allow_2x = true, .allow_2 = true};
    struct hash_reading reading = read_hash(text, (int64_t)size, &rules);
    HOLDS(reading.scheme != NULL && reading.cost >= 0);
    HOLDS(reading.worth != HASH_USABLE ||
          ((size == 60 || size == 59) && reading.cost >= 4 && reading.cost <= 15));
    memory_free(text);
    return 0;
}
