/* SPDX-License-Identifier: Apache-2.0
 * A store that libcogmig does not know: users in a text file, one on each line,
 *
 *     ID:EMAIL:verified|unverified:HASH
 *
 * Answers one trigger event from standard input on standard output:
 *
 *     cogmig-custom-store users.txt < event.json */
#include <cogmig/cogmig.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct entry {
    const char *id, *email, *hash;
    bool verified;
};

/* Cuts the line up; false for one that is none of ours. */
static bool parse(char *line, struct entry *ret_entry)
{
    char *verified;
    line[strcspn(line, "\n")] = '\0';
    ret_entry->id = strsep(&line, ":");
    ret_entry->email = strsep(&line, ":");
    verified = strsep(&line, ":");
    ret_entry->hash = line != NULL && *line != '\0' ? line : NULL;
    if (verified == NULL)
        return false;
    ret_entry->verified = strcmp(verified, "verified") == 0;
    return true;
}

static bool fits(const struct entry *entry, int32_t question, const char *key)
{
    switch (question) {
    case COGMIG_FIND_BY_EMAIL:
        return strcmp(entry->email, key) == 0;
    case COGMIG_FIND_BY_EMAIL_ANY_CASE:
        return strcasecmp(entry->email, key) == 0;
    case COGMIG_FIND_BY_ID:
        return strcmp(entry->id, key) == 0;
    default:
        return false;
    }
}

/* region: find */
/* Called by several threads at a time: what it uses is its own, or does not change. */
static cogmig_status find(void *path, int32_t question, const char *key, size_t key_len,
                          int32_t timeout_ms, cogmig_store_answer *answer)
{
    (void)key_len, (void)timeout_ms;
    FILE *users = fopen(path, "r");
    if (users == NULL)
        return COGMIG_STORE_UNREACHABLE; /* an outage must not look like a missing user */

    char *line = NULL;
    size_t room = 0;
    cogmig_status status = COGMIG_OK;
    while (status == COGMIG_OK && getline(&line, &room, users) >= 0) {
        struct entry entry;
        if (!parse(line, &entry))
            status = COGMIG_STORE_ROW_INVALID;
        else if (fits(&entry, question, key)) /* all who fit: two are USER_AMBIGUOUS */
            status = cogmig_store_answer_add_user(answer, entry.id, entry.email, entry.hash,
                                                  entry.verified, NULL);
    }
    if (ferror(users))
        status = COGMIG_STORE_UNREACHABLE;
    if (line != NULL)
        explicit_bzero(line, room);
    free(line);
    fclose(users);
    return status; /* nobody added and COGMIG_OK: there is no such user */
}
/* end region */

static cogmig_status make_migration(char *path, cogmig_migration **ret_migration, cogmig_error *err)
{
    /* region: open */
    cogmig_store_config *config = NULL;
    cogmig_store *store = NULL;
    cogmig_status status = cogmig_store_config_new(&config, err);
    if (status == COGMIG_OK)
        status = cogmig_store_config_set_callback(config, find, path, err);
    if (status == COGMIG_OK)
        status = cogmig_store_open(config, &store, err);
    if (status == COGMIG_OK)
        status = cogmig_migration_new(NULL, store, ret_migration, err);
    cogmig_store_free(&store); /* the migration keeps it */
    cogmig_store_config_free(&config);
    /* end region */
    return status;
}

static int answer_event(cogmig_migration *migration, const char *event, size_t len,
                        cogmig_error *err)
{
    char *response = NULL;
    size_t response_len = 0;
    cogmig_status status =
        cogmig_migration_handle(migration, event, len, &response, &response_len, err);
    if (cogmig_error_status(err) != COGMIG_OK) /* a "no" has its reason too */
        fprintf(stderr, "%s: %s\n", cogmig_status_name(cogmig_error_status(err)),
                cogmig_error_message(err));
    if (status == COGMIG_OK)
        fwrite(response, 1, response_len, stdout);
    cogmig_free(response);
    return (int)cogmig_status_kind(status);
}

int main(int argc, char **argv)
{
    static char event[64 * 1024];
    cogmig_error *err = NULL;
    cogmig_migration *migration = NULL;
    int code = 3;
    if (argc != 2) {
        fprintf(stderr, "cogmig-custom-store USERS < event.json\n");
        return code;
    }
    size_t len = fread(event, 1, sizeof event, stdin);
    if (cogmig_error_new(&err) == COGMIG_OK &&
        make_migration(argv[1], &migration, err) == COGMIG_OK)
        code = answer_event(migration, event, len, err);
    else
        fprintf(stderr, "%s\n", cogmig_error_message(err));
    explicit_bzero(event, sizeof event); /* the password was in it */
    cogmig_migration_free(&migration);
    cogmig_error_free(&err);
    return code;
}
