/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *decode_part(const char *part, size_t len)
{
    size_t padded = (len + 3) / 4 * 4;
    unsigned char *standard = malloc(padded);
    unsigned char *bytes = calloc(1, padded + 1);
    assert_non_null(standard);
    assert_non_null(bytes);
    for (size_t i = 0; i < padded; i++)
        standard[i] = (unsigned char)(i >= len         ? '='
                                      : part[i] == '-' ? '+'
                                      : part[i] == '_' ? '/'
                                                       : part[i]);
    int decoded = EVP_DecodeBlock(bytes, standard, (int)padded);
    assert_true(decoded >= 0);
    bytes[(size_t)decoded - (padded - len)] = '\0';
    free(standard);
    return (char *)bytes;
}

struct decoded decode(const char *jwt)
{
    const char *first = strchr(jwt, '.');
    assert_non_null(first);
    const char *second = strchr(first + 1, '.');
    assert_non_null(second);
    assert_null(strpbrk(jwt, "+/="));
    struct decoded d = {.header_text = decode_part(jwt, (size_t)(first - jwt)),
                        .claims_text = decode_part(first + 1, (size_t)(second - first - 1)),
                        .signature_text = strdup(second + 1)};
    d.header = json_loads(d.header_text, JSON_REJECT_DUPLICATES, NULL);
    d.claims = json_loads(d.claims_text, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    assert_non_null(d.header);
    assert_non_null(d.claims);
    return d;
}

void decoded_release(struct decoded *decoded)
{
    free(decoded->header_text);
    free(decoded->claims_text);
    free(decoded->signature_text);
    json_decref(decoded->header);
    json_decref(decoded->claims);
}
