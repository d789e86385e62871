/* SPDX-License-Identifier: Apache-2.0 */
#include "testing/openssl_encoding.h"

#include "testing/heap.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

static void make_url_safe(char *text)
{
    text[strcspn(text, "=")] = '\0';
    for (; *text != '\0'; text++) {
        if (*text == '+')
            *text = '-';
        else if (*text == '/')
            *text = '_';
    }
}

char *encode_base64url(const unsigned char *bytes, size_t len)
{
    if (len > INT_MAX / 2)
        return NULL;
    char *text = heap_new((len + 2) / 3 * 4 + 1);
    if (text == NULL)
        return NULL;
    EVP_EncodeBlock((unsigned char *)text, bytes, (int)len);
    make_url_safe(text);
    return text;
}

bool random_kid(char out[KID_ROOM])
{
    unsigned char bytes[KID_BYTES];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    EVP_EncodeBlock((unsigned char *)out, bytes, sizeof bytes);
    return true;
}

bool random_uuid(char out[UUID_ROOM])
{
    unsigned char b[16];
    if (RAND_bytes(b, sizeof b) != 1)
        return false;
    b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
    snprintf(out, UUID_ROOM, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
             b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
             b[14], b[15]);
    return true;
}
