/* SPDX-License-Identifier: Apache-2.0
 * Any event: what is accepted gives an answer that is JSON again, and a no is the event itself. */
#include "base/memory.h"
#include "fuzz.h"
#include "migration/response.h"
#include "store/user.h"

#include <string.h>

static const struct cogmig_user row = {
    .id = (char *)"clx1", .email = (char *)"a@example.com", .name = (char *)"A \"B\"\n"};

static void answer_yes(struct span document, const struct event *event, enum answer answer)
{
    cogmig_migration_config config;
    migration_config_set_defaults(&config);
    config.with_name = true;
    char *response = NULL;
    size_t len = 0;
    struct json_value root;
    const struct cogmig_migration_answer none = {.config = &config};
    HOLDS(response_yes(&config, document, event, &row, answer, &none, &response, &len, NULL) ==
          COGMIG_OK);
    HOLDS(json_check((struct span){response, len}, &root, NULL) || strlen(response) != len);
    memory_free(response);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span document = {(const char *)data, size};
    struct event event;
    if (event_read(document, &event, NULL) != COGMIG_OK)
        return 0;
    answer_yes(document, &event, ANSWER_CONFIRM);
    answer_yes(document, &event, ANSWER_RESET);
    event_release(&event);
    return 0;
}
