# SPDX-License-Identifier: Apache-2.0
"""Look-ups from 16 threads by tests/e2e/store_load.c, and what comes of them."""

import json
import os
import subprocess
import time

from tap import equal

GENEROUS_MS = 10000  # on a machine that does much else; what it was is printed
USERS = """CREATE TABLE "User" (id text PRIMARY KEY, email text UNIQUE, name text, password text,
    "emailVerified" timestamp, "createdAt" timestamp, "updatedAt" timestamp);
    INSERT INTO "User" (id, email) SELECT 'id' || i, 'user' || i || '@example.com'
    FROM generate_series(1, 200) i;"""


class Load:
    """Look-ups while the `with` block runs."""

    def __init__(self, program, url, **environment):
        self.running = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env={**os.environ, "DATABASE_URL": url, **environment})

    def __enter__(self):
        self.until_right("a start")
        return self

    def __exit__(self, *_):
        self.running.stdin.close()
        self.running.wait()

    def since_last(self):
        self.running.stdin.write(b"\n")
        self.running.stdin.flush()
        told = json.loads(self.running.stdout.readline())
        equal(told["wrong"], 0, "wrong answers")
        return told

    def until_right(self, what):
        """From now on until somebody is found again."""
        self.since_last()
        began = time.monotonic()
        while (time.monotonic() - began) * 1000 < GENEROUS_MS:
            time.sleep(0.05)
            told = self.since_last()
            if told["right"] > 0:
                print(f"# {what}: found again after {(time.monotonic() - began) * 1000:.0f} ms")
                return told
        raise AssertionError(f"{what}: nobody was found again")

    def while_away(self, seconds):
        began = time.monotonic()
        self.since_last()
        time.sleep(0.05)
        # What the server had said already is still read.
        while self.since_last()["right"] > 0 and (time.monotonic() - began) * 1000 < GENEROUS_MS:
            time.sleep(0.05)
        time.sleep(seconds)
        told = self.since_last()
        equal(told["right"], 0, "answers of a server that is away")
        equal(told["unavailable"] > 0, True, "outages told")
        return told
