/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64url.h"
#include "base/cleanup.h"
#include "bounded.h"
#include "cmocka_all.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static bool decode(struct span text, unsigned char *out, size_t *ret_len)
{
    SCOPED(bounded_release) struct span copy = bounded_copy(text);
    return base64url_decode(copy, out, ret_len);
}

static void vectors_of_rfc_4648_section_10_decode(void **state)
{
    (void)state;
    static const struct {
        const char *text, *bytes;
    } vectors[] = {{"", ""},           {"Zg", "f"},          {"Zm8", "fo"},         {"Zm9v", "foo"},
                   {"Zm9vYg", "foob"}, {"Zm9vYmE", "fooba"}, {"Zm9vYmFy", "foobar"}};
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        unsigned char out[16];
        size_t len;
        assert_true(decode(span_of(vectors[i].text), out, &len));
        assert_int_equal(len, strlen(vectors[i].bytes));
        assert_memory_equal(out, vectors[i].bytes, len);
    }
}

static size_t encode(const unsigned char *bytes, size_t len, char *out)
{
    size_t written = 0;
    unsigned bits = 0, held = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | bytes[i];
        for (held += 8; held >= 6; held -= 6)
            out[written++] = alphabet[bits >> (held - 6) & 63];
    }
    if (held > 0)
        out[written++] = alphabet[bits << (6 - held) & 63];
    return written;
}

static void bytes_of_every_length_come_back(void **state)
{
    (void)state;
    unsigned char bytes[300], out[310];
    char text[410];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 151 + 7);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        size_t decoded, text_len = encode(bytes, len, text);
        assert_true(base64url_max_decoded(text_len) >= len);
        assert_true(decode((struct span){text, text_len}, out, &decoded));
        assert_int_equal(decoded, len);
        assert_memory_equal(out, bytes, len);
    }
}

static void a_rest_of_one_character_is_refused(void **state)
{
    (void)state;
    unsigned char out[16];
    size_t len;
    static const char *const bad[] = {"A", "AAAAA", "AAAAAAAAA"};
    for (size_t i = 0; i < 3; i++)
        assert_false(decode(span_of(bad[i]), out, &len));
}

static bool in_alphabet(int byte)
{
    return byte != '\0' && strchr(alphabet, byte) != NULL;
}

static void every_byte_outside_of_the_alphabet_is_refused_in_every_place(void **state)
{
    (void)state;
    enum {
        MAX = 2 * 16 + 8 /* sixteen are decoded at a time */
    };
    for (size_t len = 2; len <= MAX; len++) {
        for (size_t place = 0; len % 4 != 1 && place < len; place++) {
            for (int byte = 0; byte < 256; byte++) {
                char text[MAX];
                unsigned char out[MAX];
                size_t decoded;
                memset(text, 'A', sizeof text);
                text[place] = (char)byte;
                bool last_of_rest = len % 4 != 0 && place == len - 1;
                if (last_of_rest && in_alphabet(byte) && byte != 'A')
                    continue; /* its unused bits have a test of their own */
                if (decode((struct span){text, len}, out, &decoded) != in_alphabet(byte))
                    fail_msg("byte %d at %zu of %zu\n", byte, place, len);
            }
        }
    }
}

/* So many texts as there are values: each value has one text. */
static void unused_bits_must_be_zero(void **state)
{
    (void)state;
    size_t of_one_byte = 0, of_two_bytes = 0, len;
    unsigned char out[6];
    for (int a = 0; a < 64; a++) {
        for (int b = 0; b < 64; b++) {
            char text[3] = {alphabet[a], alphabet[b]};
            of_one_byte += base64url_decode((struct span){text, 2}, out, &len);
            for (int c = 0; c < 64; c++) {
                text[2] = alphabet[c];
                of_two_bytes += base64url_decode((struct span){text, 3}, out, &len);
            }
        }
    }
    assert_int_equal(of_one_byte, 256);
    assert_int_equal(of_two_bytes, 65536);
}

static void padding_and_the_standard_alphabet_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "Zg==",  "Zm8=", "Zm9vYg==", "+A",    "A/AA", "Zm9v\n", " Zm9v",
        "Zm 9v", "=",    "====",     "Zm9v.", "Zh",   "Zm9"};
    unsigned char out[16];
    size_t len;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (decode(span_of(bad[i]), out, &len))
            fail_msg("accepted: %s\n", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_rfc_4648_section_10_decode),
        cmocka_unit_test(bytes_of_every_length_come_back),
        cmocka_unit_test(a_rest_of_one_character_is_refused),
        cmocka_unit_test(every_byte_outside_of_the_alphabet_is_refused_in_every_place),
        cmocka_unit_test(unused_bits_must_be_zero),
        cmocka_unit_test(padding_and_the_standard_alphabet_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
