/* SPDX-License-Identifier: Apache-2.0
 * Any file in the place of a saved listing: as it is, and behind a heading that is right. One that
 * is refused stays as it was. */
#include "fuzz.h"
#include "reconcile/listing_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cogmig_status take(void *user_data, const struct account *user, cogmig_error *err)
{
    (void)user_data, (void)err;
    HOLDS(user->texts[ACCOUNT_SUB].len > 0);
    for (size_t i = 0; i < ACCOUNT_TEXT_COUNT; i++)
        HOLDS(span_is_utf8(user->texts[i]));
    return COGMIG_OK;
}

/* A new file of its own each time: one that is a link would not be opened. */
static int write_down(char path[], const char *heading, const uint8_t *data, size_t size)
{
    int descriptor = mkstemp(path);
    HOLDS(descriptor >= 0);
    HOLDS(write(descriptor, heading, strlen(heading)) == (ssize_t)strlen(heading));
    HOLDS(write(descriptor, data, size) == (ssize_t)size);
    return descriptor;
}

static void try(const char *heading, const uint8_t *data, size_t size)
{
    char path[] = "/tmp/cogmig-listing-XXXXXX";
    int descriptor = write_down(path, heading, data, size);
    struct listing_file file;
    struct listing_place place;
    static const struct listing_subject subject = {"p", "a"};
    cogmig_status status = listing_file_open(path, &subject, take, NULL, &file, &place, NULL);
    off_t len = lseek(descriptor, 0, SEEK_END);
    unlink(path);
    HOLDS(status == COGMIG_OK || len == (off_t)(strlen(heading) + size));
    HOLDS(status != COGMIG_OK || heading[0] != '\0' || size == 0 || data[0] == '{');
    listing_file_close(&file);
    buffer_release(&place.next);
    close(descriptor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try("", data, size);
    try("{\"listing\":1,\"pool\":\"p\",\"legacy_id_attribute\":\"a\"}\n", data, size);
    return 0;
}
