/* SPDX-License-Identifier: Apache-2.0
 * A server in a thread of the test itself, which answers by what stands in a request. It allocates
 * nothing, so that refused memory is the library's alone. */
#ifndef TESTS_OOM_API_SERVER_H
#define TESTS_OOM_API_SERVER_H

#include <stddef.h>

struct api_answer {
    const char *request; /* stands in the request, headers and body */
    int http_status;
    const char *body;
};

/* The first answer that fits is given; 404 when none does. Returns http://127.0.0.1:PORT. */
const char *api_server_start(const struct api_answer *answers, size_t count);

void api_server_stop(void);

#endif
