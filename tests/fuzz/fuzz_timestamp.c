/* SPDX-License-Identifier: Apache-2.0
 * Any text in a column of times: what is understood is written in one form, which is understood as
 * the same time. */
#include "fuzz.h"
#include "store/timestamp.h"

#include <string.h>

static void write_and_read_again(int64_t unix_ms)
{
    char digits[TIMESTAMP_MAX_SIZE];
    int64_t again;
    size_t len = timestamp_write(unix_ms, digits);
    HOLDS(len < sizeof digits && (len == 0 || digits[len] == '\0'));
    if (len == TIMESTAMP_SIZE - 1 && memcmp(digits, "0000", 4) != 0) /* no year 0 is read */
        HOLDS(timestamp_read((struct span){digits, len}, &again) && again == unix_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = {(const char *)data, size};
    char normal[TIMESTAMP_SIZE];
    int64_t unix_ms = 0, of_normal;
    bool read = timestamp_read(text, &unix_ms);
    if (read)
        write_and_read_again(unix_ms);
    if (timestamp_normalise(text, normal)) {
        HOLDS(strlen(normal) == TIMESTAMP_SIZE - 1 && read);
        HOLDS(timestamp_read(span_of(normal), &of_normal) && of_normal == unix_ms);
    }
    (void)timestamp_begins_date(text);
    return 0;
}
