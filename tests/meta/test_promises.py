# SPDX-License-Identifier: Apache-2.0
"""docs/promises.md: each promise is claimed by a test, each claim is of a promise.

A test claims what it shows in a comment of its own line, right above it: `promise 12`, or
`promises 3, 12`."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import source
import tap

CLAIM = re.compile(r"(?:#|/\*) promises? (\d+(?:, \d+)*)(?: \*/)?")
PROMISE = re.compile(r"^(\d+)\. \*\*(.+?)\*\*", re.M | re.S)
C_TEST = re.compile(r"static void (\w+)\(void \*\*")
PYTHON_TEST = re.compile(r"def (\w+)\(")


def promises():
    return [int(number) for number, _ in PROMISE.findall(source.read("docs/promises.md"))]


def test_below(lines, python):
    """The name of the test that begins in these lines, decorators and comments passed over."""
    decorated = False
    for line in lines:
        found = (PYTHON_TEST if python else C_TEST).match(line)
        if found:
            name = found.group(1)
            return name if not python or decorated or name.startswith("test_") else None
        decorated = decorated or line in ("@test", "@tap.test")
        if not line.startswith(("@", "#", "/*", " *")):
            return None
    return None


def claims(name, text):
    """Pairs of a promise's number and the test that shows it; None where there is no such test."""
    lines = text.splitlines()
    for at, line in enumerate(lines):
        claimed = CLAIM.fullmatch(line.strip()) if line == line.lstrip() else None
        if claimed:
            test = test_below(lines[at + 1:], name.endswith(".py"))
            run = test is not None and (name.endswith(".py") or
                                        len(re.findall(rf"\b{test}\b", text)) > 1)
            for number in claimed.group(1).split(", "):
                yield int(number), test if run else None


def all_claims():
    for name in source.files_under("tests", ".c", ".py"):
        if "node_modules" not in name and not name.endswith("meta/test_promises.py"):
            for number, test in claims(name, source.read(name)):
                yield name, number, test


def build_files():
    return "".join(source.read(name) for name in source.files_under("tests", "meson.build"))


@tap.test
def promises_are_numbered_from_1_without_gaps():
    tap.equal(promises(), list(range(1, len(promises()) + 1)))


@tap.test
def every_promise_is_claimed_by_a_test_and_every_claim_is_of_a_promise():
    claimed = {number for _, number, test in all_claims() if test}
    tap.equal(sorted(set(promises()) - claimed), [], "claimed by no test")
    tap.equal(sorted(claimed - set(promises())), [], "claimed, but not promised")


@tap.test
def every_claim_stands_above_a_test_that_is_run():
    tap.nothing(f"{name}: promise {number}" for name, number, test in all_claims() if not test)
    built = build_files()
    listed = {name for name, _, _ in all_claims() if not name.startswith("tests/python/")}
    tap.nothing(name for name in sorted(listed) if not in_build(os.path.basename(name), built))


def in_build(file, built):
    """Named in a meson.build, whole or without what all tests begin and end with."""
    stem = re.sub(r"^test_|\.\w+$", "", file)
    return file in built or re.search(rf"'{stem}'", built) is not None


@tap.test
def the_threat_model_counts_on_promises_that_there_are():
    shown = re.findall(r"^\|(?:[^|]*\|){2}([^|]*)\|$", source.read("SECURITY.md"), re.M)
    numbers = {int(n) for cell in shown for n in re.findall(r"(?<![\w`/-])\d+(?![\w`])", cell)}
    tap.equal(len(numbers) > 25, True, "the tables were read")
    tap.nothing(sorted(numbers - set(promises())))


@tap.test
def each_flaw_of_a_claim_is_found():
    c = "/* promise 1 */\nstatic void a(void **state)\n{\n}\nunit_test(a)\n"
    tap.equal(list(claims("x.c", c)), [(1, "a")])
    tap.equal(list(claims("x.c", c.replace("/* promise 1 */", "/* promises 1, 2 */\n/* why */"))),
              [(1, "a"), (2, "a")])
    tap.equal(list(claims("x.c", c.replace("unit_test(a)", ""))), [(1, None)])
    tap.equal(list(claims("x.c", c.replace("\nstatic", "\nint x;\nstatic"))), [(1, None)])
    python = "# promise 1\n@test\ndef a():\n    pass\n"
    tap.equal(list(claims("x.py", python)), [(1, "a")])
    tap.equal(list(claims("x.py", python.replace("@test\n", ""))), [(1, None)])
    tap.equal(list(claims("x.py", python.replace("@test\ndef a", "def test_a"))), [(1, "test_a")])
    tap.equal(in_build("test_x.c", "foreach name : ['x', 'y']"), True)
    tap.equal(in_build("test_x.c", "foreach name : ['xx', 'y']"), False)


tap.run()
