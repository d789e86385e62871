/* SPDX-License-Identifier: Apache-2.0
 * Any header line of a JWKS response: the ETag that is kept can be sent again. */
#include "adapters/libcurl_header.h"
#include "fuzz.h"
#include "keyset/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cogmig_jwks_reply reply = reply_empty(NULL);
    struct response_headers headers = {.reply = &reply};
    libcurl_take_header(&headers, (struct span){(const char *)data, size});
    HOLDS(reply.etag[0] == '\0' || etag_is_valid(reply.etag));
    HOLDS(reply.body.len == 0 && reply.http_status == 0);
    reply_release(&reply);
    return 0;
}
