# SPDX-License-Identifier: Apache-2.0
"""What several tests of the Python package share."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / "tests" / "support"), str(Path(__file__).parent)]
os.environ.setdefault("COGMIG_SOURCE_DIR", str(SOURCE))
pytest_plugins = ["cogmig.pytest_plugin"]


@pytest.fixture
def source():
    return SOURCE


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory):
    """The example users in an SQLite file."""
    path = tmp_path_factory.mktemp("users") / "dev.db"
    with sqlite3.connect(path) as database:
        database.executescript(
            (SOURCE / "examples/users/users.sqlite.sql").read_text(encoding="utf-8"))
    database.close()
    return f"file:{path}"


@pytest.fixture(scope="session")
def postgresql_url():
    """The example users in the PostgreSQL that this test runs beside."""
    url = os.environ["COGMIG_TEST_DATABASE_URL"]
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", url, "--command",
                    'DROP TABLE IF EXISTS "User"', "--file",
                    SOURCE / "examples/users/users.sql"], check=True)
    return url


@pytest.fixture
def python():
    """Runs a program in an interpreter of its own."""

    def run(program, *arguments, expect=0, **environment):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", program, *arguments], capture_output=True,
            text=True, timeout=60, env={**os.environ, **environment}, check=False)
        assert done.returncode == expect, (done.returncode, done.stdout, done.stderr)
        return done

    return run
