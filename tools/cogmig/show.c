/* SPDX-License-Identifier: Apache-2.0 */
#include "show.h"

#include <stdbool.h>
#include <stdio.h>

/* Of U+2000 to U+206F, those whose second and third byte are these. */
static bool is_punctuation(const char *text, unsigned second, unsigned low, unsigned high)
{
    const unsigned char *at = (const unsigned char *)text;
    return at[0] == 0xE2 && at[1] == second && at[2] >= low && at[2] <= high;
}

/* Control characters of ASCII and Latin-1 (C2 80 to C2 9F in UTF-8); what ends a line or turns the
 * direction of the text around it: U+061C, U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069. */
static int control_length(const char *at)
{
    unsigned char first = (unsigned char)at[0], second = (unsigned char)at[1];
    if (first < ' ' || first == 0x7F)
        return 1;
    if ((first == 0xC2 && second >= 0x80 && second <= 0x9F) || (first == 0xD8 && second == 0x9C))
        return 2;
    bool turns = is_punctuation(at, 0x80, 0x8E, 0x8F) || is_punctuation(at, 0x80, 0xA8, 0xAE) ||
                 is_punctuation(at, 0x81, 0xA6, 0xA9);
    return turns ? 3 : 0;
}

void show_text(const char *text)
{
    while (*text != '\0') {
        int control = control_length(text);
        putchar(control > 0 ? '?' : *text);
        text += control > 0 ? control : 1;
    }
}

void show_line(int width, const char *label, const char *text)
{
    if (text == NULL)
        return;
    printf("%-*s ", width, label);
    show_text(text);
    putchar('\n');
}

json_t *text_or_null(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}
