/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <string.h>

static int answer(cogmig_store *store, const char *event, size_t event_len)
{
    const char *said = "";
    /* region: handle */
    cogmig_migration *migration = NULL;
    cogmig_migration_new(NULL, store, &migration, err);

    char *response = NULL;
    size_t len = 0;
    cogmig_status status =
        cogmig_migration_handle(migration, event, event_len, &response, &len, err);
    if (status == COGMIG_OK) {
        said = response; /* send it; when err holds something, it says why, for your log */
    } else if (cogmig_status_kind(status) == COGMIG_KIND_DENIED) {
        said = cogmig_error_message(err); /* fail the invocation: it is for who signs up */
    } else {
        said = "no answer"; /* fail the invocation: Cognito asks again */
    }
    puts(said);
    cogmig_free(response);
    cogmig_migration_free(&migration);
    /* end region */
    return (int)cogmig_status_kind(status);
}

int main(void)
{
    static const char sign_in[] =
        "{\"triggerSource\":\"UserMigration_Authentication\",\"userName\":\"" EMAIL "\","
        "\"request\":{\"password\":\"" PASSWORD "\"},\"response\":{}}";
    static const char sign_up[] =
        "{\"triggerSource\":\"PreSignUp_SignUp\",\"userName\":\"x\",\"request\":{"
        "\"userAttributes\":{\"email\":\"" EMAIL "\"}},\"response\":{}}";
    cogmig_store *store = open_store();
    check(answer(store, sign_in, strlen(sign_in)) == COGMIG_KIND_OK, "the user migrates");
    check(answer(store, sign_up, strlen(sign_up)) == COGMIG_KIND_DENIED, "the address is taken");
    check(answer(store, "{", 1) == COGMIG_KIND_INVALID, "no event, no answer");
    cogmig_store_free(&store);
    return 0;
}
