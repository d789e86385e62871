/* SPDX-License-Identifier: Apache-2.0
 * Verifying passwords, against libxcrypt. */
#include "ratio.h"

#include <cogmig/password.h>
#include <crypt.h>
#include <stdio.h>
#include <string.h>

enum {
    MANY = 12, /* of cost 10 */
    MIXED = 32 /* a quarter of each cost */
};

static const char password[] = "Correct-Horse-10";
static struct crypt_data work;

/* ---- hashes ---- */

struct hashes {
    char text[MIXED][64];
    size_t count;
};

static struct hashes many, mixed;

static void add(struct hashes *hashes, int cost)
{
    char setting[32];
    snprintf(setting, sizeof setting, "$2b$%02d$CCCCCCCCCCCCCCCCCCCCC.", cost);
    const char *made = crypt_r(password, setting, &work);
    must(made != NULL && strlen(made) < sizeof hashes->text[0], "libxcrypt makes a hash");
    strcpy(hashes->text[hashes->count++], made);
}

static void make_hashes(void)
{
    static const int costs[] = {4, 8, 10, 12};
    for (int i = 0; i < MANY; i++)
        add(&many, 10);
    for (int i = 0; i < MIXED; i++)
        add(&mixed, costs[i % 4]);
}

/* ---- ours and libxcrypt's ---- */

static void verify_ours(const struct hashes *hashes)
{
    const char *passwords[MIXED], *stored[MIXED];
    size_t lens[MIXED];
    cogmig_status statuses[MIXED];
    for (size_t i = 0; i < hashes->count; i++) {
        passwords[i] = password;
        lens[i] = strlen(password);
        stored[i] = hashes->text[i];
    }
    must(cogmig_password_verify_many(passwords, lens, stored, hashes->count, statuses, NULL) ==
             COGMIG_OK,
         "the list is judged");
    for (size_t i = 0; i < hashes->count; i++)
        must(statuses[i] == COGMIG_OK, "each password verifies");
}

static void verify_libxcrypt(const struct hashes *hashes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *computed = crypt_r(password, hashes->text[i], &work);
        must(computed != NULL && strcmp(computed, hashes->text[i]) == 0,
             "libxcrypt verifies the password");
    }
}

static void one_ours(void)
{
    must(cogmig_password_verify(password, strlen(password), many.text[0], NULL) == COGMIG_OK,
         "the password verifies");
}

static void one_libxcrypt(void)
{
    verify_libxcrypt(&many, 1);
}

static void many_ours(void)
{
    verify_ours(&many);
}

static void many_libxcrypt(void)
{
    verify_libxcrypt(&many, many.count);
}

static void mixed_ours(void)
{
    verify_ours(&mixed);
}

static void mixed_libxcrypt(void)
{
    verify_libxcrypt(&mixed, mixed.count);
}

int main(void)
{
    make_hashes();
    run_contest(&(struct contest){.name = "passwords.many",
                                  .target = ">= 2.5",
                                  .ours = many_ours,
                                  .reference = many_libxcrypt,
                                  .operations = MANY,
                                  .rounds = 9,
                                  .throughput = true});
    run_contest(&(struct contest){.name = "passwords.mixed",
                                  .target = ">= 2.3",
                                  .ours = mixed_ours,
                                  .reference = mixed_libxcrypt,
                                  .operations = MIXED,
                                  .rounds = 3,
                                  .throughput = true});
    run_contest(&(struct contest){.name = "passwords.one",
                                  .target = "<= 1.05",
                                  .ours = one_ours,
                                  .reference = one_libxcrypt,
                                  .operations = 1,
                                  .rounds = 25});
    return 0;
}
