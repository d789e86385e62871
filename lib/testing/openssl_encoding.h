/* SPDX-License-Identifier: Apache-2.0
 * Bytes as text, and random text. */
#ifndef TESTING_OPENSSL_ENCODING_H
#define TESTING_OPENSSL_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

enum {
    KID_BYTES = 32, /* a kid of Cognito is the base64 of so many */
    KID_ROOM = 45,  /* as text, with its NUL */
    UUID_ROOM = 37
};

/* base64url without padding, or NULL when memory is refused; released with heap_release(). */
char *encode_base64url(const unsigned char *bytes, size_t len);

/* A fresh kid as Cognito makes them: standard base64, with its padding. */
bool random_kid(char out[KID_ROOM]);

/* A fresh UUID (RFC 9562, version 4). */
bool random_uuid(char out[UUID_ROOM]);

#endif
