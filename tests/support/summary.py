# SPDX-License-Identifier: Apache-2.0
"""Adds up what several runs of `meson test` wrote, and says so in one line."""

import argparse
import os
import sys
import xml.etree.ElementTree as xml


def outcome(case):
    for tag in ("failure", "error"):
        if case.find(tag) is not None:
            return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def add_up(path, sums, failures):
    """Count the cases of one file. A run that left no file, or an empty one, has failed."""
    cases = list(xml.parse(path).iter("testcase")) if os.path.exists(path) else []
    if not cases:
        sums["failed"] += 1
        failures.append(f"{path}: no test ran")
    for case in cases:
        result = outcome(case)
        sums[result] += 1
        if result != "passed":
            failures.append(f"{result}: {case.get('classname')}: {case.get('name')}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--failed", type=int, default=0, help="1: a phase failed as a whole")
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    sums = {"passed": 0, "failed": 0, "skipped": 0}
    failures = []
    for path in arguments.files:
        add_up(path, sums, failures)
    if arguments.failed and sums["failed"] == 0:
        sums["failed"] = 1
        failures.append("a phase failed as a whole; see above")
    for line in failures:
        print(line)
    print(f"{sums['passed']} passed, {sums['failed']} failed, {sums['skipped']} skipped")
    sys.exit(1 if sums["failed"] or sums["skipped"] or not sums["passed"] else 0)


main()
