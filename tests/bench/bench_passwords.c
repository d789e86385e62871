/* SPDX-License-Identifier: Apache-2.0
 * Verifying passwords, against libxcrypt. */
#include "ratio.h"

#include <cogmig/password.h>
#include <crypt.h>
#include <string.h>

static const char password[] = "Correct-Horse-10";
static char stored[64];
static struct crypt_data work;

static void verify_ours(void)
{
    must(cogmig_password_verify(password, strlen(password), stored, NULL) == COGMIG_OK,
         "the password verifies");
}

static void verify_libxcrypt(void)
{
    const char *computed = crypt_r(password, stored, &work);
    must(computed != NULL && strcmp(computed, stored) == 0, "libxcrypt verifies the password");
}

int main(void)
{
    const char *made = crypt_r(password, "$2b$10$CCCCCCCCCCCCCCCCCCCCC.", &work);
    must(made != NULL && strlen(made) < sizeof stored, "libxcrypt makes a hash");
    strcpy(stored, made);
    run_contest(&(struct contest){.name = "passwords.one",
                                  .target = "<= 1.05",
                                  .ours = verify_ours,
                                  .reference = verify_libxcrypt,
                                  .operations = 1,
                                  .rounds = 25});
    return 0;
}
