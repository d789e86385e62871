/* SPDX-License-Identifier: Apache-2.0
 * Can this URL be used at all? Found out without asking a server. */
#ifndef ADAPTERS_LIBPQ_URL_H
#define ADAPTERS_LIBPQ_URL_H

#include <cogmig/error.h>

/* A value that no server could ever make good is a wrong setting, and not an outage. */
cogmig_status libpq_check_url(const char *url, cogmig_error *err);

#endif
