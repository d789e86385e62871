# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL and SQLite with the same users: the program says the same of both."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import event_cases  # noqa: E402
from program import OK, SOURCE, UNAVAILABLE, Program  # noqa: E402
from tap import equal, nothing, run, test  # noqa: E402

cogmig = Program(sys.argv[1])
postgresql = os.environ["COGMIG_TEST_DATABASE_URL"]
sqlite = f"file:{cogmig.folder}/dev.db"


def load_users():
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", postgresql,
                    "--file", SOURCE / "examples/users/users.sql"], check=True)
    with sqlite3.connect(cogmig.folder / "dev.db") as database:
        database.executescript(
            (SOURCE / "examples/users/users.sqlite.sql").read_text(encoding="utf-8"))
        ids = [row[0] for row in database.execute('SELECT "id" FROM "User"')]
    database.close()
    return ids


ids = load_users()


def user(url, *arguments):
    done = cogmig.run("user", "--json", *arguments, DATABASE_URL=url)
    return done.returncode, done.stdout


@test
def every_row_reads_the_same():
    equal(len(ids), 15)
    for legacy_id in ids:
        told = user(postgresql, "--id", legacy_id)
        equal(told, user(sqlite, "--id", legacy_id))
        equal(told[0], OK)
        assert b'"created_at":"2024-01-' in told[1], told


@test
def every_address_finds_the_same_row():
    for email in ("verified@example.com", "VERIFIED@Example.COM", "mixed.case@example.com",
                  "twin@example.com", "Twin@example.com", "TWIN@example.com", "nobody@example.com",
                  "%@example.com", "verified@example.com ", "verified_example.com"):
        equal(user(postgresql, email), user(sqlite, email), email)


@test
def every_event_gets_the_same_answer_from_postgresql():
    nothing(event_cases.faults(
        lambda event: cogmig.run("migrate", stdin=event, DATABASE_URL=postgresql)))


@test
def a_closed_output_is_a_failure_and_the_database_is_not_written_to_instead():
    for arguments in (["migrate"], ["user", "verified@example.com"]):
        done = cogmig.run(*arguments, stdin=event_cases.event_named("sign-in"), stdout=None,
                          before=lambda: os.close(1), DATABASE_URL=postgresql)
        equal((done.returncode, "Bad file descriptor" in done.stderr), (UNAVAILABLE, True), done.stderr)


@test
def attributes_are_returned_as_the_environment_says():
    for url in (postgresql, sqlite):
        done = cogmig.run("migrate", stdin=event_cases.event_named("sign-in"), DATABASE_URL=url,
                          COGMIG_ATTRIBUTES='name, custom:row=id, nickname=email')
        told = json.loads(done.stdout)["response"]["userAttributes"]
        equal((told["name"], told["custom:row"], told["nickname"]),
              ("Verified User", "cm1a0verified000exampleu1", "verified@example.com"), done.stderr)
        done = cogmig.run("migrate", stdin=event_cases.event_named("sign-in"), DATABASE_URL=url,
                          COGMIG_ATTRIBUTES="phone_number=name")
        equal("ATTRIBUTE_INVALID" in done.stderr, True, done.stderr)  # it is not in E.164


DEVISE = SOURCE / "tests/data/schemas/devise.sql"
PEPPER = "a-pepper"


@test
def peppered_users_of_devise_migrate():
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", postgresql,
                    "--file", DEVISE], check=True)

    def told(email, **environment):
        event = json.dumps({"triggerSource": "UserMigration_Authentication", "userName": email,
                            "request": {"password": "correct horse battery staple"},
                            "response": {}}).encode()
        done = cogmig.run("migrate", stdin=event, DATABASE_URL=postgresql, COGMIG_PRESET="devise",
                          **environment)
        equal((done.returncode, PEPPER in done.stdout.decode() + done.stderr), (OK, False), done)
        attributes = json.loads(done.stdout)["response"].get("userAttributes")
        return attributes and attributes["custom:legacy_id"]

    equal(told("Ann@Example.com", COGMIG_PEPPER=PEPPER), "1")
    equal(told("no-pepper@example.com", COGMIG_PEPPER=PEPPER), None)
    equal(told("no-pepper@example.com"), "5")
    for wrong in ({}, {"COGMIG_PEPPER": ""}, {"COGMIG_PEPPER": PEPPER + "\n"}):
        equal(told("ann@example.com", **wrong), None)
    (cogmig.folder / ".env.local").write_text(f'COGMIG_PEPPER="{PEPPER}"  # from a file\n')
    equal(told("ann@example.com"), "1")
    (cogmig.folder / ".env.local").unlink()


run()
