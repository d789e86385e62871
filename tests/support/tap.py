# SPDX-License-Identifier: Apache-2.0
"""Tests in Python that speak TAP to Meson."""
import sys
import traceback

_tests = []


def test(function):
    """Registers a test; its name says what must hold."""
    _tests.append(function)
    return function


def equal(actual, expected, about=""):
    if actual != expected:
        raise AssertionError(f"{about}\n  is     {actual!r}\n  not    {expected!r}")


def nothing(faults, about=""):
    """Every fault found is told, not just the first."""
    faults = list(faults)
    if faults:
        raise AssertionError(about + "".join(f"\n  {fault}" for fault in faults))


def run():
    print(f"1..{len(_tests)}")
    failed = 0
    for number, function in enumerate(_tests, 1):
        name = function.__name__.replace("_", " ")
        try:
            function()
            print(f"ok {number} - {name}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {number} - {name}")
            print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()), flush=True)
    sys.exit(1 if failed else 0)
