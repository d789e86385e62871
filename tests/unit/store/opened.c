/* SPDX-License-Identifier: Apache-2.0 */
#include "opened.h"

#include <string.h>

void assert_status(cogmig_status actual, cogmig_status expected, const cogmig_error *err)
{
    if (actual != expected)
        fail_msg("%s instead of %s: %s\n", cogmig_status_name(actual), cogmig_status_name(expected),
                 cogmig_error_message(err));
    if (actual != COGMIG_OK)
        assert_int_equal(cogmig_error_status(err), expected);
}

void assert_mentions(const cogmig_error *err, const char *words)
{
    if (strstr(cogmig_error_message(err), words) == NULL)
        fail_msg("no \"%s\" in: %s\n", words, cogmig_error_message(err));
}

void assert_silent_about(const cogmig_error *err, const char *words)
{
    if (strstr(cogmig_error_message(err), words) != NULL)
        fail_msg("\"%s\" in: %s\n", words, cogmig_error_message(err));
}

cogmig_store_config *new_config(const char *url)
{
    struct cogmig_error err = {0};
    cogmig_store_config *config = NULL;
    assert_status(cogmig_store_config_new(&config, &err), COGMIG_OK, &err);
    if (url != NULL)
        assert_status(cogmig_store_config_set_url(config, url, &err), COGMIG_OK, &err);
    return config;
}

cogmig_store *open_config(cogmig_store_config *config)
{
    struct cogmig_error err = {0};
    cogmig_store *store = NULL;
    assert_status(cogmig_store_open(config, &store, &err), COGMIG_OK, &err);
    cogmig_store_config_free(&config);
    assert_null(config);
    return store;
}

void assert_opening_fails(cogmig_store_config *config, cogmig_status expected,
                          struct cogmig_error *err)
{
    cogmig_store *store = (cogmig_store *)config;
    assert_status(cogmig_store_open(config, &store, err), expected, err);
    assert_null(store);
    cogmig_store_config_free(&config);
}

cogmig_user *found_by_email(cogmig_store *store, const char *email)
{
    struct cogmig_error err = {0};
    cogmig_user *user = NULL;
    assert_status(cogmig_store_find_by_email(store, email, &user, &err), COGMIG_OK, &err);
    return user;
}

cogmig_user *found_by_id(cogmig_store *store, const char *id)
{
    struct cogmig_error err = {0};
    cogmig_user *user = NULL;
    assert_status(cogmig_store_find_by_id(store, id, &user, &err), COGMIG_OK, &err);
    return user;
}

void assert_email_leads_to(cogmig_store *store, const char *email, const char *id)
{
    cogmig_user *user = found_by_email(store, email);
    assert_string_equal(cogmig_user_id(user), id);
    cogmig_user_free(&user);
    assert_null(user);
}

void assert_finding_fails(cogmig_store *store, const char *email, cogmig_status expected,
                          struct cogmig_error *err)
{
    cogmig_user *user = (cogmig_user *)store;
    assert_status(cogmig_store_find_by_email(store, email, &user, err), expected, err);
    assert_null(user);
}

void assert_finding_id_fails(cogmig_store *store, const char *id, cogmig_status expected,
                             struct cogmig_error *err)
{
    cogmig_user *user = (cogmig_user *)store;
    assert_status(cogmig_store_find_by_id(store, id, &user, err), expected, err);
    assert_null(user);
}
