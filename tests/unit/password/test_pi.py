# SPDX-License-Identifier: Apache-2.0
"""Blowfish's initial state is the fractional part of pi: computed anew, by Machin's formula."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
from tap import equal, run, test  # noqa: E402

WORDS = 18 + 4 * 256
GUARD_BITS = 64


def arctangent_of_inverse(x, one):
    """arctan(1/x) in fixed point."""
    power = one // x
    total, divisor, sign = power, 1, 1
    while power:
        power //= x * x
        divisor += 2
        sign = -sign
        total += sign * (power // divisor)
    return total


def words_of_pi():
    bits = 32 * WORDS + GUARD_BITS
    one = 1 << bits
    pi = 4 * (4 * arctangent_of_inverse(5, one) - arctangent_of_inverse(239, one))
    fraction = (pi - 3 * one) >> GUARD_BITS
    return [fraction >> 32 * (WORDS - 1 - i) & 0xFFFFFFFF for i in range(WORDS)]


@test
def the_table_holds_the_first_33344_bits_of_pi():
    source = Path(sys.argv[1]).read_text("utf-8")
    table = [int(word, 16) for word in re.findall(r"0x([0-9A-F]{8})\b", source)]
    equal(table, words_of_pi())


run()
