/* SPDX-License-Identifier: Apache-2.0 */
#include "password/key_schedule.h"

#include <string.h>

/* ---- words ---- */

static uint32_t byte_of_key(struct span password, size_t key_len, size_t index)
{
    index %= key_len;
    return index < password.len ? (unsigned char)password.bytes[index] : 0;
}

/* $2x$ took bytes above 127 for negative numbers, whose sign overwrote the bytes before them. */
static uint32_t sign_extended(uint32_t byte)
{
    return byte < 0x80 ? byte : byte | 0xFFFFFF00u;
}

void key_words_of_password(struct span password, enum key_form form, struct key_words *ret_words)
{
    size_t key_len = password.len + (form == KEY_WITHOUT_NUL ? 0 : 1);
    if (key_len == 0)
        key_len = 1; /* nothing at all: one zero byte, as node's bcrypt has it */
    size_t next = 0;
    for (size_t i = 0; i < BLOWFISH_SUBKEYS; i++) {
        uint32_t word = 0;
        for (size_t j = 0; j < 4; j++) {
            uint32_t byte = byte_of_key(password, key_len, next++);
            word = word << 8 | (form == KEY_SIGN_EXTENDED ? sign_extended(byte) : byte);
        }
        ret_words->at[i] = word;
    }
}

struct key_words key_words_of_salt(const unsigned char salt[BCRYPT_SALT_BYTES])
{
    struct key_words words;
    for (size_t i = 0; i < BLOWFISH_SUBKEYS; i++) {
        const unsigned char *four = salt + i % 4 * 4;
        words.at[i] = (uint32_t)four[0] << 24 | (uint32_t)four[1] << 16 | (uint32_t)four[2] << 8 |
                      (uint32_t)four[3];
    }
    return words;
}

/* ---- steps ---- */

void key_schedule_mix(struct blowfish *state, const struct key_words *words)
{
    for (size_t i = 0; i < BLOWFISH_SUBKEYS; i++)
        state->p[i] ^= words->at[i];
}

/* Salt goes into each block before it is encrypted: words 0 and 1, then 2 and 3, in turn. */
static struct blowfish_block next_block(const struct blowfish *state, struct blowfish_block block,
                                        const struct key_words *salt, size_t turn)
{
    block.left ^= salt->at[turn % 2 * 2];
    block.right ^= salt->at[turn % 2 * 2 + 1];
    return blowfish_encrypt(state, block);
}

void key_schedule_begin(struct blowfish *state, const struct key_words *password,
                        const struct key_words *salt)
{
    *state = blowfish_initial;
    key_schedule_mix(state, password);
    struct blowfish_block block = {0, 0};
    size_t turn = 0;
    for (size_t i = 0; i < BLOWFISH_SUBKEYS; i += 2) {
        block = next_block(state, block, salt, turn++);
        state->p[i] = block.left;
        state->p[i + 1] = block.right;
    }
    for (size_t box = 0; box < 4; box++) {
        for (size_t i = 0; i < 256; i += 2) {
            block = next_block(state, block, salt, turn++);
            state->s[box][i] = block.left;
            state->s[box][i + 1] = block.right;
        }
    }
}
