/* SPDX-License-Identifier: Apache-2.0
 * What would become of these sign-ins? Recorded trigger events, one on each line, are answered from
 * the store (DATABASE_URL) as Cognito would be answered, and nothing is written anywhere:
 *
 *     cogmig-dry-run < events.ndjson
 *
 * `cogmig migrate --dry-run` does the same and tells more. */
#include <cogmig/cogmig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tally {
    int migrated, refused, unanswered;
};

/* region: answer */
static void answer(cogmig_migration *migration, const char *event, size_t len, struct tally *tally,
                   cogmig_error *err)
{
    char *response = NULL;
    size_t response_len = 0;
    cogmig_status status =
        cogmig_migration_handle(migration, event, len, &response, &response_len, err);
    if (status != COGMIG_OK)
        tally->unanswered++; /* Cognito would ask again */
    else if (response_len == len && memcmp(response, event, len) == 0)
        tally->refused++; /* a "no" is the event as it came */
    else
        tally->migrated++;
    if (cogmig_error_status(err) != COGMIG_OK)
        printf("%s: %s\n", cogmig_status_name(cogmig_error_status(err)), cogmig_error_message(err));
    else
        puts("OK");
    cogmig_free(response);
}
/* end region */

static void answer_all(cogmig_migration *migration, struct tally *tally, cogmig_error *err)
{
    char *line = NULL;
    size_t room = 0;
    for (ssize_t len; (len = getline(&line, &room, stdin)) >= 0;) {
        if (len > 0 && line[len - 1] == '\n')
            len--;
        answer(migration, line, (size_t)len, tally, err);
    }
    if (line != NULL)
        explicit_bzero(line, room); /* passwords were in it */
    free(line);
}

/* region: store-alone */
/* All as the environment says, but without the identity map: then nothing is recorded. */
static cogmig_status make_migration(cogmig_migration **ret_migration, cogmig_error *err)
{
    cogmig_store *store = NULL;
    cogmig_migration_config *config = NULL;
    unsetenv("COGMIG_IDMAP");
    unsetenv("COGMIG_IDMAP_URL");
    cogmig_status status = cogmig_store_open_from_env(&store, err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_new_from_env(&config, err);
    if (status == COGMIG_OK)
        status = cogmig_migration_new(config, store, ret_migration, err);
    cogmig_migration_config_free(&config);
    cogmig_store_free(&store);
    return status;
}
/* end region */

int main(void)
{
    cogmig_error *err = NULL;
    cogmig_migration *migration = NULL;
    struct tally tally = {0};
    if (cogmig_error_new(&err) != COGMIG_OK || make_migration(&migration, err) != COGMIG_OK) {
        fprintf(stderr, "%s\n", cogmig_error_message(err));
        cogmig_error_free(&err);
        return 1;
    }
    answer_all(migration, &tally, err);
    printf("%d would migrate, %d are refused, %d get no answer\n", tally.migrated, tally.refused,
           tally.unanswered);
    cogmig_migration_free(&migration);
    cogmig_error_free(&err);
    return tally.unanswered == 0 ? 0 : 1;
}
