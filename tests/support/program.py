# SPDX-License-Identifier: Apache-2.0
"""Runs the command line program in an empty folder, with nothing in its environment."""

import os
import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent
TIMEOUT_S = 60

# Exit codes: the number of the kind.
OK, DENIED, NOT_FOUND, INVALID, CONFLICT, UNAVAILABLE, STOPPED, INTERNAL = range(8)


class Program:
    def __init__(self, path):
        self.path = Path(path).resolve()
        self.holder = tempfile.TemporaryDirectory(prefix="cogmig-program-")
        self.folder = Path(self.holder.name)

    def run(self, *arguments, stdin=b"", stdout=subprocess.PIPE, before=None, **environment):
        """stdout is bytes, since a response is; stderr is text. before: called in the child."""
        inherited = {name: value for name, value in os.environ.items()
                     if name.startswith(("PATH", "LD_", "ASAN_", "UBSAN_", "LSAN_"))}
        done = subprocess.run(
            [self.path, *arguments], input=stdin, stdout=stdout, stderr=subprocess.PIPE,
            cwd=self.folder, env={**inherited, **environment}, timeout=TIMEOUT_S, check=False,
            preexec_fn=before)
        done.stderr = done.stderr.decode()
        return done
