# SPDX-License-Identifier: Apache-2.0
"""The code of docs/reference (examples/reference) does what its page says.

    test_reference.py PROGRAM..."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from program import DENIED, OK, SOURCE, Program  # noqa: E402
from tap import equal, run, test  # noqa: E402

PROGRAMS = {Path(path).name.removeprefix("reference-"): Program(path) for path in sys.argv[1:]}
POSTGRESQL = os.environ["COGMIG_TEST_DATABASE_URL"]
COGNITO = {"COGNITO_ENDPOINT": os.environ["COGNITO_SERVER"], "COGMIG_ALLOW_PLAIN_HTTP": "1",
           "COGNITO_USER_POOL_ID": "eu-central-1_AbCdEfGhI", "COGNITO_CLIENT_ID": "1example23456789"}
LEGACY_ID = "cm1a0verified000exampleu1"

# The user of the examples, in the forms that store.md speaks of.
FORMS = """
CREATE TABLE users (id text, email text, name text, hashed_password text,
                    email_verified timestamptz, created_at timestamptz, updated_at timestamptz);
INSERT INTO users VALUES ('{id}', '{email}', NULL, NULL, now(), now(), now());
CREATE TABLE person (id text, hash text, blocked boolean);
CREATE TABLE mail (person text, address text);
INSERT INTO person VALUES ('{id}', NULL, false);
INSERT INTO mail VALUES ('{id}', '{email}');
CREATE TABLE "User" (id text, email text, name text, password text, "emailVerified" timestamptz,
                     "createdAt" timestamptz, "updatedAt" timestamptz, phone text, plan text);
INSERT INTO "User" VALUES ('{id}', '{email}', NULL, NULL, now(), now(), now(), '+491', 'gold');
"""


def call(noun, *arguments, **environment):
    """Its exit code, and what it printed."""
    program = PROGRAMS.pop(noun)
    folder = program.folder
    (folder / "backups").mkdir()
    database = sqlite3.connect(folder / "dev.db")
    database.executescript((SOURCE / "examples/users/users.sqlite.sql").read_text(encoding="utf-8"))
    database.close()
    done = program.run(*arguments, DATABASE_URL=f"file:{folder}/dev.db",
                       MAP_URL=f"file:{folder}/map.db", **environment)
    return done.returncode, done.stdout.decode(), done.stderr


@test
def those_that_only_check_themselves():
    for noun in ("audit", "claims", "password", "testing", "verifier", "version"):
        equal(call(noun), (OK, "", ""), noun)


@test
def those_that_print():
    equal(call("engine")[:2], (OK, "OK\n"))
    equal(call("export")[:2], (OK, "15 users\n"))
    equal(call("idmap")[:2], (OK, LEGACY_ID + "\n"))
    equal(call("reconcile")[:2], (OK, "1 of 1 migrated\n"))
    equal(call("user")[:2], (OK, f"{LEGACY_ID} is verified@example.com\n"))
    code, kids, _ = call("keyset")
    equal((code, len(kids.split())), (OK, 2))
    code, response, _ = call("memory")
    equal((code, LEGACY_ID in response), (OK, True), response)


@test
def those_that_branch():
    code, said, _ = call("migration")
    first, second, third = said.splitlines()
    equal((code, LEGACY_ID in first, third), (OK, True, "no answer"), said)
    equal("{" in second, False, second)
    code, _, logged = call("status")
    equal((code, logged.startswith("INVALID_ARGUMENT: ")), (OK, True), logged)
    code, _, logged = call("error")
    equal((code, "127.0.0.1" in logged), (OK, True), logged)


@test
def a_store_in_every_form():
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", POSTGRESQL],
                   input=FORMS.format(id=LEGACY_ID, email="verified@example.com").encode(), check=True)
    equal(call("store", FORMS_URL=POSTGRESQL), (OK, LEGACY_ID + "\n", ""))


@test
def a_sign_in():
    program = PROGRAMS["cognito"]
    equal(program.run('p\u00e4ss "word"\\', **COGNITO).stdout, b"id.of.ann\n")
    equal(call("cognito", "wrong", **COGNITO)[:2], (DENIED, ""))


@test
def nothing_is_left():
    equal(sorted(PROGRAMS), [])


run()
