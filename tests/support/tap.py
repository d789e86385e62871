# SPDX-License-Identifier: Apache-2.0
"""Test functions in, TAP out: a test is a function whose name says what holds."""

import sys
import traceback


def run(tests, *arguments):
    """Run every test with these arguments and return the exit code."""
    print(f"1..{len(tests)}", flush=True)
    return max([report(number, test, arguments) for number, test in enumerate(tests, 1)], default=1)


def report(number, test, arguments):
    name = test.__name__.replace("_", " ")
    try:
        test(*arguments)
    except Exception:
        print(f"not ok {number} - {name}")
        print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()), end="", flush=True)
        return 1
    print(f"ok {number} - {name}", flush=True)
    return 0


def main(tests, *arguments):
    sys.exit(run(tests, *arguments))
