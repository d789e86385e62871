# SPDX-License-Identifier: Apache-2.0
"""`cogmig migrate --dry-run`: recorded events are told as they are answered, without a password."""

import functools
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import event_cases  # noqa: E402
from program import INVALID, NOT_FOUND, OK, SOURCE, UNAVAILABLE, Program  # noqa: E402
from tap import equal, run, test  # noqa: E402

cogmig = Program(sys.argv[1])
store_url = f"file:{cogmig.folder}/dev.db"
OUTCOMES = {"yes": "yes", "no": "no", "passed": "passed", "refused": "no answer"}


def prepare():
    with sqlite3.connect(cogmig.folder / "dev.db") as database:
        database.executescript(
            (SOURCE / "examples/users/users.sqlite.sql").read_text(encoding="utf-8"))
    database.close()


def rehearse(events, *arguments, **environment):
    return cogmig.run("migrate", "--dry-run", *arguments, stdin=events,
                      **{"DATABASE_URL": store_url, "COGMIG_DEADLINE_MS": "60000", **environment})


def on_one_line(event):
    """The event as a log holds it: between its parts a line break is a blank like others."""
    return event.replace(b"\r", b" ").replace(b"\n", b" ")


def expected_of(name):
    first = (event_cases.FOLDER / f"{name}.expected").read_text(encoding="utf-8").partition("\n")[0]
    word, _, status = first.partition(" ")
    return (word, status) if word in ("no", "passed", "refused") else ("yes", "")


prepare()
RECORDED = [(name, line) for name in event_cases.names()
            if (line := on_one_line(event_cases.event_named(name))).strip()]


@functools.cache
def rehearse_all(*arguments):
    return rehearse(b"\n".join(line for _, line in RECORDED), *arguments)


@test
def each_event_is_told_as_it_is_answered():
    equal(len(RECORDED) > 40, True)
    done = rehearse_all("--json")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    equal(len(told), len(RECORDED), done.stderr)
    for number, ((name, _), each) in enumerate(zip(RECORDED, told), 1):
        word, status = expected_of(name)
        outcome = "refused" if status == "SIGN_UP_REFUSED" else OUTCOMES[word]
        equal((each["line"], each["outcome"]), (number, outcome), name)
        equal(each.get("reason", ""), status if word != "passed" else "", name)
        # It has a number that no double holds, so the program cannot show what is in it.
        equal("answer" in each, outcome == "yes" and name != "sign-in-big-numbers", name)


# promise 7
@test
def no_password_and_no_hash_is_told():
    for arguments in ((), ("--json",)):
        done = rehearse_all(*arguments)
        text = done.stdout + done.stderr.encode()
        for name, line in RECORDED:
            for secret in event_cases.passwords_in(line):
                equal(len(secret) > 4 and secret in text, False, name)
        equal(event_cases.HASH.search(text.decode()), None)


@test
def the_text_has_a_line_for_each_and_a_summary():
    event = on_one_line(event_cases.event_named("sign-in"))
    done = rehearse(b"\n" + event + b"\n\n" + event)
    lines = done.stdout.decode().splitlines()
    equal(len(lines), 2)
    equal(lines[0].split()[:3], ["2", "yes", "UserMigration_Authentication"])
    equal(lines[1].split()[0], "4")
    equal("CONFIRMED" in lines[0] and "custom:legacy_id=cm1a0" in lines[0], True, lines[0])
    equal(done.stderr, "2 yes, 0 no, 0 passed, 0 refused, 0 no answer\n")
    equal(done.returncode, OK)


@test
def a_reset_is_a_yes_with_its_reason():
    for name, reason, settings in (
            ("sign-in-80-byte-password", "PASSWORD_TOO_LONG", {"COGMIG_RESET_LONG_PASSWORDS": "1"}),
            ("sign-in", "PASSWORD_TOO_WEAK", {"COGMIG_PASSWORD_MIN_LENGTH": "99"})):
        event = on_one_line(event_cases.event_named(name))
        answered = cogmig.run("migrate", stdin=event, DATABASE_URL=store_url,
                              COGMIG_DEADLINE_MS="60000", **settings)
        told = json.loads(rehearse(event, "--json", **settings).stdout)
        equal((told["outcome"], told["reason"]), ("yes", reason))
        equal(told["answer"], json.loads(answered.stdout)["response"])
        line = rehearse(event, **settings).stdout.decode()
        equal(line.split()[1:3] + line.split("  ")[-1].split(":")[:1],
              ["yes", "UserMigration_Authentication", reason])
        equal("  (a reset)  " in line, True, line)


@test
def a_sign_up_that_passes_in_an_outage_is_no_no():
    event = on_one_line(event_cases.event_named("sign-up-address-of-a-legacy-user"))
    done = rehearse(event, "--json", DATABASE_URL="postgresql://127.0.0.1:1/nothing",
                    COGMIG_SIGN_UP_OPEN_IN_OUTAGE="1")
    told = json.loads(done.stdout)
    equal((told["outcome"], told["reason"], done.returncode), ("passed", "STORE_UNREACHABLE", OK))


@test
def what_could_not_be_answered_is_the_exit_code():
    good = on_one_line(event_cases.event_named("sign-in"))
    equal(rehearse(good + b"\nnot an event\n").returncode, INVALID)
    away = rehearse(good, DATABASE_URL="postgresql://127.0.0.1:1/nothing")
    equal(away.returncode, UNAVAILABLE, away.stderr)
    equal(rehearse(b"").returncode, OK)


@test
def what_could_not_be_read_is_the_exit_code():
    folder = os.open(cogmig.folder, os.O_RDONLY)  # reading it fails
    done = subprocess.run([cogmig.path, "migrate", "--dry-run"], stdin=folder, capture_output=True,
                          env={**os.environ, "DATABASE_URL": store_url}, check=False)
    os.close(folder)
    equal((done.returncode, b"FILE_UNREADABLE" in done.stderr), (INVALID, True), done.stderr)


def peak_kib_of(line_bytes):
    """Of a rehearsal of a line that is no event and of a good one behind it."""
    good = on_one_line(event_cases.event_named("sign-in"))
    process = subprocess.Popen(
        [cogmig.path, "migrate", "--dry-run", "--json"], cwd=cogmig.folder, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "DATABASE_URL": store_url})
    with process:
        process.stdin.write(b"x" * line_bytes + b"\n" + good)
        process.stdin.close()
        told = [json.loads(line) for line in process.stdout]
        equal([(line["outcome"], line.get("reason")) for line in told],
              [("no answer", "EVENT_TOO_LARGE"), ("yes", None)])
        _, code, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
    return usage.ru_maxrss


@test
def a_line_without_an_end_takes_no_more_memory_than_the_largest_event():
    equal(peak_kib_of(64 << 20) - peak_kib_of(7 << 20) < 16 << 10, True)


@test
def nothing_is_recorded_in_the_identity_map():
    settings = {"DATABASE_URL": store_url, "COGNITO_USER_POOL_ID": "eu-central-1_AbCdEfGhI"}
    signed_in = on_one_line(event_cases.event_named("post-authentication"))
    legacy_id = json.loads(signed_in)["request"]["userAttributes"]["custom:legacy_id"]
    equal(cogmig.run("idmap", "install", **settings).returncode, OK)
    done = rehearse(signed_in, COGMIG_IDMAP="1", **settings)
    equal((done.returncode, done.stderr.split(",")[2]), (OK, " 1 passed"), done.stderr)
    equal(cogmig.run("idmap", "find", legacy_id, **settings).returncode, NOT_FOUND)
    equal(cogmig.run("migrate", stdin=signed_in, COGMIG_IDMAP="1", **settings).returncode, OK)
    equal(cogmig.run("idmap", "find", legacy_id, **settings).returncode, OK)


run()
