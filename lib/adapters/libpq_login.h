/* SPDX-License-Identifier: Apache-2.0
 * Which server of a URL is connected to, and with which password. */
#ifndef ADAPTERS_LIBPQ_LOGIN_H
#define ADAPTERS_LIBPQ_LOGIN_H

#include "adapters/libpq_connection.h"

#include <cogmig/store.h>

struct libpq_login {
    const char *url;
    const char *options;               /* NULL: the session is left as it is */
    bool is_read_only;                 /* by its options */
    cogmig_store_password_fn password; /* NULL: the URL's */
    void *user_data;
};

void libpq_release_options(PQconninfoOption **options);
const char *libpq_option(const PQconninfoOption *options, const char *keyword);

/* What a session starts with: a limit, which the URL and the environment outrank, what these ask
 * for, and then settings that outrank them. NULL: no memory.
 *
 * limit  statement_timeout or lock_timeout */
char *libpq_session_options(const char *url, const char *limit, int32_t limit_ms,
                            const char *settings);

/* The first server that takes the login and is of the kind that target_session_attrs wants. Each
 * has its share of the time that is left, at most connect_timeout: one that swallows packets does
 * not keep the others from being asked. */
cogmig_status libpq_log_in(const struct libpq_login *login, struct deadline deadline,
                           struct libpq_connection *ret_connection, cogmig_error *err);

#endif
