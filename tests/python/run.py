#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py FILE...: pytest, whose results are told to Meson as TAP."""

import os
import sys

import pytest


class Tap:
    """One line for each test; what a failed one says is behind it."""

    def __init__(self):
        # What pytest itself has to say of it goes nowhere.
        self.out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
        self.number = 0
        self.failed = {}

    def say(self, line):
        print(line, file=self.out, flush=True)

    def pytest_collectreport(self, report):
        if report.failed:
            self.say("Bail out! " + " ".join(str(report.longrepr).split()))

    def pytest_collection_finish(self, session):
        self.say(f"1..{len(session.items)}")

    def pytest_runtest_logreport(self, report):
        if report.failed or report.skipped:
            self.failed[report.nodeid] = f"{report.outcome} in {report.when}\n{report.longreprtext}"
        if report.when == "teardown":
            self.finish(report.nodeid)

    def finish(self, name):
        self.number += 1
        said = self.failed.pop(name, None)
        self.say(f"{'ok' if said is None else 'not ok'} {self.number} - "
                 f"{name.replace('#', '')}")
        for line in (said or "").splitlines():
            self.say(f"# {line}")


sys.exit(pytest.main(["-p", "no:cacheprovider", "-W", "error", "--rootdir",
                      os.environ["COGMIG_SOURCE_DIR"], *sys.argv[1:]], plugins=[Tap()]))
