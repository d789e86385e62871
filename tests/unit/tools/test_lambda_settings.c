/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "settings.h"

#include <stdlib.h>
#include <string.h>

#define AUTHORITIES "/etc/pki/tls/certs/ca-bundle.crt"
#define PLAIN "postgresql://h/d?sslmode=require"
#define VERIFIED "postgresql://h/d?sslmode=verify-full"

static const char *const variables[] = {"DATABASE_URL", "COGMIG_IDMAP_URL", "PGSSLMODE",
                                        "PGSSLROOTCERT"};

static void set(const char *name, const char *value)
{
    if (value == NULL)
        unsetenv(name);
    else
        setenv(name, value, 1);
}

static void assert_is(const char *name, const char *expected)
{
    const char *value = getenv(name);
    if (expected == NULL)
        assert_null(value);
    else
        assert_string_equal(value == NULL ? "" : value, expected);
}

/* Who is trusted for both databases, and what the map's URL is then. */
static const struct {
    const char *given[4];
    const char *trusted, *map;
} cases[] = {
    {{PLAIN, NULL, NULL, NULL}, NULL, NULL},
    {{VERIFIED, NULL, NULL, NULL}, AUTHORITIES, NULL},
    {{PLAIN, NULL, "verify-ca", NULL}, AUTHORITIES, NULL},
    {{VERIFIED, NULL, NULL, "/mine"}, "/mine", NULL},
    {{PLAIN, PLAIN, NULL, NULL}, NULL, PLAIN},
    {{PLAIN, VERIFIED, NULL, NULL}, NULL, VERIFIED "&sslrootcert=" AUTHORITIES},
    {{PLAIN, VERIFIED "&sslrootcert=/own", NULL, NULL}, NULL, VERIFIED "&sslrootcert=/own"},
    {{PLAIN, VERIFIED, NULL, "/mine"}, "/mine", VERIFIED},
    {{VERIFIED, VERIFIED, NULL, NULL}, AUTHORITIES, VERIFIED},
};

static void who_is_trusted_follows_from_what_is_to_be_verified(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t v = 0; v < sizeof variables / sizeof variables[0]; v++)
            set(variables[v], cases[i].given[v]);
        settings_fill_in();
        assert_is("DATABASE_URL", cases[i].given[0]);
        assert_is("COGMIG_IDMAP_URL", cases[i].map);
        assert_is("PGSSLROOTCERT", cases[i].trusted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_trusted_follows_from_what_is_to_be_verified),
    };
    return cmocka_run_group_tests_name("lambda settings", tests, NULL, NULL);
}
