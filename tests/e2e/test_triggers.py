# SPDX-License-Identifier: Apache-2.0
"""The identity map and every trigger, through the program, on a PostgreSQL that dies at times."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from event_cases import event_named  # noqa: E402
from program import CONFLICT, DENIED, INVALID, NOT_FOUND, OK, SOURCE, UNAVAILABLE, Program  # noqa: E402
from tap import equal, run, test  # noqa: E402

cogmig = Program(sys.argv[1])
# The throw-away cluster writes commits out late, unlike one that is meant to last.
URL = os.environ["COGMIG_TEST_DATABASE_URL"] + "&options=-c%20synchronous_commit%3Don"
POOL = "eu-central-1_AbCdEfGhI"
SUB = "a36036a8-9061-424d-a737-56d57dae7bc6"
OTHER = "0ed4a7a2-70c1-4a7e-8f5c-1d5d0f4b8a11"
USER = "cm1a0verified000exampleu1"
WRITERS = 6


def control(verb):
    subprocess.run([sys.executable, SOURCE / "tests/support/postgres.py", verb], check=True)


def psql(*arguments):
    return subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "-At", URL,
                           *arguments], check=True, capture_output=True, text=True).stdout


def idmap(*arguments, **environment):
    settings = {"DATABASE_URL": URL, "COGNITO_USER_POOL_ID": POOL, **environment}
    return cogmig.run("idmap", *arguments, **settings)


def migrate(event, **environment):
    settings = {"DATABASE_URL": URL, "COGNITO_USER_POOL_ID": POOL, "COGMIG_IDMAP": "1",
                **environment}
    done = cogmig.run("migrate", stdin=event, **settings)
    assert "Correct-Horse" not in done.stderr and "$2" not in done.stderr, done.stderr
    return done


def empty_map():
    equal(idmap("install").returncode, OK)
    psql("--command", "DELETE FROM cogmig_idmap")


def found(done):
    return done.returncode, done.stdout.decode().strip()


def passed(done, event):
    equal((done.returncode, done.stdout, done.stderr), (OK, event, ""))


psql("--file", SOURCE / "examples/users/users.sql")


@test
def without_its_table_the_program_says_how_to_make_it():
    done = idmap("find", USER)
    equal(done.returncode, INVALID)
    assert "IDMAP_NOT_INSTALLED" in done.stderr and "cogmig idmap install" in done.stderr, done
    equal(migrate(event_named("sign-in")).returncode, INVALID)
    psql("--command", idmap("sql").stdout.decode())
    equal(found(idmap("find", USER))[0], NOT_FOUND)


@test
def links_are_made_found_and_removed():
    empty_map()
    for _ in range(2):
        equal(found(idmap("link", USER, SUB)), (OK, ""))
    equal(found(idmap("find", USER)), (OK, SUB))
    equal(found(idmap("find", "--sub", SUB)), (OK, USER))
    equal(json.loads(idmap("find", "--json", USER).stdout), {"legacy_id": USER, "sub": SUB})
    done = idmap("link", USER, OTHER)
    equal(done.returncode, CONFLICT)
    assert USER in done.stderr and SUB in done.stderr and OTHER in done.stderr, done.stderr
    equal(idmap("unlink", USER, OTHER).returncode, CONFLICT)
    equal(found(idmap("find", USER, "--pool", "eu-central-1_Other"))[0], NOT_FOUND)
    equal(idmap("unlink", USER, SUB).returncode, OK)
    equal(idmap("unlink", USER, SUB).returncode, NOT_FOUND)
    for wrong in ((), ("link", USER), ("find",), ("find", USER, SUB), ("mend",), ("sql", "--x")):
        equal(idmap(*wrong).returncode, INVALID, wrong)


def at_once(commands):
    codes = [None] * len(commands)

    def call(place):
        codes[place] = idmap(*commands[place]).returncode

    threads = [threading.Thread(target=call, args=(place,)) for place in range(len(commands))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(codes)


@test
def of_processes_that_link_one_pair_all_succeed():
    empty_map()
    equal(at_once([("link", USER, SUB)] * WRITERS), [OK] * WRITERS)
    equal(psql("--command", "SELECT count(*) FROM cogmig_idmap").strip(), "1")


@test
def of_processes_that_claim_one_id_or_one_sub_one_succeeds():
    empty_map()
    equal(at_once([("link", USER, f"sub-{n}") for n in range(WRITERS)]),
          [OK] + [CONFLICT] * (WRITERS - 1))
    empty_map()
    equal(at_once([("link", f"id-{n}", SUB) for n in range(WRITERS)]),
          [OK] + [CONFLICT] * (WRITERS - 1))


# promise 43
@test
def of_a_dying_server_no_link_that_was_acknowledged_is_lost_and_none_is_half():
    empty_map()
    acknowledged, stop = [], threading.Event()

    def link_on():
        number = 0
        while not stop.is_set():
            number += 1
            if idmap("link", f"id-{number}", f"sub-{number}").returncode == OK:
                acknowledged.append(number)

    writer = threading.Thread(target=link_on)
    writer.start()
    for wanted in (5, 10):
        while len(acknowledged) < wanted:
            pass
        control("crash")
        control("start")
    stop.set()
    writer.join()
    rows = dict(row.split("|") for row in
                psql("--command", "SELECT legacy_id, sub FROM cogmig_idmap").split())
    for number in acknowledged:
        equal(rows.get(f"id-{number}"), f"sub-{number}")
    assert all(sub == "sub-" + legacy_id[3:] for legacy_id, sub in rows.items()), rows


def response_of(done):
    equal((done.returncode, done.stderr), (OK, ""))
    return json.loads(done.stdout)["response"]


@test
def a_user_moves_through_every_trigger():
    empty_map()
    sign_up = event_named("sign-up-address-of-a-legacy-user")
    done = migrate(sign_up)
    equal((done.returncode, done.stdout), (DENIED, b""))
    assert "SIGN_UP_REFUSED" in done.stderr, done.stderr
    sign_in, signed_in = event_named("sign-in"), event_named("post-authentication")
    equal(response_of(migrate(sign_in))["finalUserStatus"], "CONFIRMED")
    passed(migrate(signed_in), signed_in)
    equal(found(idmap("find", USER)), (OK, SUB))
    token = json.loads(event_named("token-v2-authentication"))
    del token["request"]["userAttributes"]["custom:legacy_id"]
    tokens = response_of(migrate(json.dumps(token).encode()))["claimsAndScopeOverrideDetails"]
    for kind in ("idTokenGeneration", "accessTokenGeneration"):
        equal(tokens[kind], {"claimsToAddOrOverride": {"legacy_id": USER}})
    passed(migrate(sign_up), sign_up)
    again = migrate(sign_in)
    equal((again.returncode, again.stdout), (OK, sign_in))
    assert "USER_MIGRATED" in again.stderr and SUB in again.stderr, again.stderr


@test
def the_environment_says_what_becomes_of_linked_users():
    empty_map()
    equal(idmap("link", USER, OTHER).returncode, OK)
    sign_in, signed_in = event_named("sign-in"), event_named("post-authentication")
    equal(response_of(migrate(sign_in, COGMIG_LINKED_USERS="allow"))["messageAction"], "SUPPRESS")
    done = migrate(signed_in)
    equal((done.returncode, done.stdout), (CONFLICT, signed_in))
    assert "IDMAP_CONFLICT" in done.stderr and OTHER in done.stderr, done.stderr
    refused = migrate(signed_in, COGMIG_FAIL_CLOSED="1")
    equal((refused.returncode, refused.stdout), (CONFLICT, b""))
    equal(response_of(migrate(sign_in, COGMIG_LINKED_USERS="relink"))["finalUserStatus"],
          "CONFIRMED")
    passed(migrate(signed_in), signed_in)
    equal(found(idmap("find", USER)), (OK, SUB))


@test
def what_needs_no_database_is_answered_while_it_is_down():
    empty_map()
    control("crash")
    try:
        for name in ("pre-authentication", "custom-message-sign-up"):
            passed(migrate(event_named(name)), event_named(name))
        for name in ("post-authentication", "token-v1-without-legacy-id"):
            done = migrate(event_named(name))
            equal((done.returncode, done.stdout), (UNAVAILABLE, event_named(name)), done.stderr)
        for name in ("sign-in", "forgot-password", "sign-up-address-of-nobody"):
            done = migrate(event_named(name))
            equal((done.returncode, done.stdout), (UNAVAILABLE, b""), done.stderr)
        nobody = event_named("sign-up-address-of-nobody")
        done = migrate(nobody, COGMIG_SIGN_UP_OPEN_IN_OUTAGE="1")
        equal((done.returncode, done.stdout), (UNAVAILABLE, nobody), done.stderr)
    finally:
        control("start")


run()
