/* SPDX-License-Identifier: Apache-2.0 */
/* region: program */
#include <cogmig/cogmig.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    cogmig_store *store = NULL;
    cogmig_engine *engine = NULL;
    cogmig_verdict *verdict = NULL;
    const char *password = "Correct-Horse-10";
    if (cogmig_store_open_from_env(&store, NULL) != COGMIG_OK ||
        cogmig_engine_new(NULL, &engine, NULL) != COGMIG_OK ||
        cogmig_engine_submit_sign_in(engine, store, "verified@example.com", password,
                                     strlen(password), 0, NULL, NULL, NULL) != COGMIG_OK)
        return 2;
    struct pollfd readable = {.fd = cogmig_engine_fd(engine), .events = POLLIN};
    poll(&readable, 1, -1);
    if (cogmig_engine_poll(engine, &verdict, NULL) == COGMIG_OK && verdict != NULL)
        puts(cogmig_status_name(cogmig_verdict_status(verdict)));
    cogmig_verdict_free(&verdict);
    cogmig_engine_free(&engine);
    cogmig_store_free(&store);
    return 0;
}
/* end region */
