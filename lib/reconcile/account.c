/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/account.h"

#include <stdint.h>
#include <string.h>

enum {
    FLAG_EMAIL_VERIFIED = 1,
    FLAG_DISABLED = 2,
    FLAG_CONTESTED = 4
};

static const uint32_t no_text = UINT32_MAX;

static void write_text(struct span text, struct buffer *out)
{
    uint32_t length = text.bytes == NULL ? no_text : (uint32_t)text.len;
    buffer_add(out, (struct span){(const char *)&length, sizeof length});
    buffer_add(out, text);
}

void account_write(const struct account *account, struct buffer *out)
{
    buffer_add_byte(out, (char)((account->email_verified ? FLAG_EMAIL_VERIFIED : 0) |
                                (account->disabled ? FLAG_DISABLED : 0) |
                                (account->is_contested ? FLAG_CONTESTED : 0)));
    for (size_t i = 0; i < ACCOUNT_TEXT_COUNT; i++)
        write_text(account->texts[i], out);
}

static const char *read_text(const char *at, struct span *ret_text)
{
    uint32_t length;
    memcpy(&length, at, sizeof length);
    at += sizeof length;
    if (length == no_text) {
        *ret_text = (struct span){0};
        return at;
    }
    *ret_text = (struct span){at, length};
    return at + length;
}

struct account account_read(struct span content)
{
    struct account account = {.email_verified = (content.bytes[0] & FLAG_EMAIL_VERIFIED) != 0,
                              .disabled = (content.bytes[0] & FLAG_DISABLED) != 0,
                              .is_contested = (content.bytes[0] & FLAG_CONTESTED) != 0};
    const char *at = content.bytes + 1;
    for (size_t i = 0; i < ACCOUNT_TEXT_COUNT; i++)
        at = read_text(at, &account.texts[i]);
    return account;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

void account_write_email_key(const struct account *account, struct buffer *out)
{
    struct span email = span_trim(account->texts[ACCOUNT_EMAIL]);
    for (size_t i = 0; i < email.len; i++)
        buffer_add_byte(out, lower(email.bytes[i]));
}
