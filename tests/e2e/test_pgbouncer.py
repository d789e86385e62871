# SPDX-License-Identifier: Apache-2.0
"""Look-ups from 16 threads through a real PgBouncer in transaction mode, which gives each query
another session, and what is said on the wire where RDS Proxy would be."""

import json
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import pgbouncer  # noqa: E402
import store_load  # noqa: E402
from database_door import DatabaseDoor  # noqa: E402
from pgbouncer import PgBouncer  # noqa: E402
from program import OK, UNAVAILABLE, Program  # noqa: E402
from tap import equal, nothing, run, test  # noqa: E402

Load = partial(store_load.Load, sys.argv[1])
cogmig = Program(sys.argv[2])
directory = os.environ["COGMIG_TEST_PGDIRECTORY"]
SESSIONS = 2  # fewer than the load's connections, so that they have to share


def psql(sql):
    return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
                           os.environ["COGMIG_TEST_DATABASE_URL"], "-c", sql],
                          check=True, capture_output=True, text=True).stdout.strip()


psql(store_load.USERS)
# Since 1.21 it can keep statements for its clients, and since 1.24 it does.
KEEPS_STATEMENTS = pgbouncer.version() >= (1, 21)
KEEPING_NONE = {"max_prepared_statements": 0} if KEEPS_STATEMENTS else {}
transactions = partial(PgBouncer, directory, pool_mode="transaction", default_pool_size=SESSIONS,
                       **KEEPING_NONE)
# What a client without the mode asks for; since 1.20 each setting within "options" counts.
IGNORING = {"ignore_startup_parameters": "options,statement_timeout,default_transaction_read_only"}


def answers(load, seconds=1.0):
    load.since_last()
    time.sleep(seconds)
    told = load.since_last()
    print(f"# {told}")
    return told


# Settings of PgBouncer, what the URL says, and COGMIG_POOLER.
WAYS = [({}, {"pgbouncer": "true"}, ""), ({}, {}, "pgbouncer"), ({}, {}, "rds-proxy")]
if KEEPS_STATEMENTS:
    keeping = {**IGNORING, "max_prepared_statements": 100}
    WAYS += [(keeping, {}, ""), (keeping, {}, "pgbouncer")]


@test
def poolers_share_sessions_and_every_answer_is_right():
    for settings, url_says, mode in WAYS:
        with transactions(**settings) as bouncer, \
                Load(bouncer.url(**url_says), COGMIG_POOLER=mode) as load:
            told = answers(load)
            equal((told["right"] > 0, told["unavailable"]), (True, 0), f"{url_says} {mode}: {told}")
            sessions = psql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cogmig'"
                            " OR query LIKE '%\"User\"%' AND pid <> pg_backend_pid()")
            equal(int(sessions) <= SESSIONS, True, sessions)


@test
def a_map_in_the_same_database_goes_the_same_way():
    with transactions() as bouncer:
        for pooler in ("pgbouncer", "rds-proxy"):
            settings = {"DATABASE_URL": bouncer.url(), "COGMIG_POOLER": pooler,
                        "COGNITO_USER_POOL_ID": "eu-central-1_AbCdEfGhI"}
            for arguments in (("install",), ("link", "user1", "sub1"), ("find", "user1")):
                done = cogmig.run("idmap", *arguments, **settings)
                equal(done.returncode, OK, f"{pooler} {arguments}: {done.stderr}")


@test
def without_the_mode_it_is_said_what_to_set():
    with transactions() as bouncer:
        done = cogmig.run("user", "user1@example.com", DATABASE_URL=bouncer.url())
        equal("pgbouncer=true" in done.stderr, True, done.stderr)
    # A new session for each transaction: no statement is there when it is asked for.
    with transactions(**IGNORING, server_lifetime=0) as bouncer:
        done = cogmig.run("user", "user1@example.com", DATABASE_URL=bouncer.url())
        equal((done.returncode, "pgbouncer=true" in done.stderr), (UNAVAILABLE, True), done.stderr)
        done = cogmig.run("user", "user1@example.com", DATABASE_URL=bouncer.url(pgbouncer="true"))
        equal(done.returncode, OK, done.stderr)


@test
def a_mode_that_was_forgotten_gives_no_wrong_answer():
    # Statements are prepared in one session and asked for in another.
    with transactions(**IGNORING) as bouncer:
        load = Load(bouncer.url())
        try:
            answers(load)
        finally:
            load.__exit__()


@test
def all_users_are_listed_through_pgbouncer_too():
    with transactions() as bouncer:
        url = bouncer.url(pgbouncer="true")
        done = cogmig.run("export", "--output", "users.json", DATABASE_URL=url)
        equal((done.returncode, done.stderr), (OK, ""))
        equal(len(json.loads((cogmig.folder / "users.json").read_bytes())), 200)
        done = cogmig.run("audit", "--json", DATABASE_URL=url)
        equal(json.loads(done.stdout)["users"], 200, done.stderr)
        done = cogmig.run("store", "inspect", "--json", DATABASE_URL=url)
        equal(json.loads(done.stdout)["preset"], "authjs-prisma", done.stderr)


@test
def a_pgbouncer_that_is_killed_and_started():
    with transactions() as bouncer, Load(bouncer.url(pgbouncer="true")) as load:
        bouncer.stop()
        load.while_away(0.5)
        bouncer.start()
        load.until_right("PgBouncer killed and started")


@test
def sessions_that_are_killed_behind_pgbouncer():
    with transactions() as bouncer, Load(bouncer.url(pgbouncer="true")) as load:
        load.since_last()
        for _ in range(5):
            psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                 " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
            time.sleep(0.05)
        told = load.since_last()
        equal(told["right"] > 0, True, str(told))
        load.until_right("sessions killed behind PgBouncer")


@test
def more_clients_than_pgbouncer_takes_are_an_outage_at_most():
    with transactions(max_client_conn=3) as bouncer, Load(bouncer.url(pgbouncer="true")) as load:
        told = answers(load)
        equal(told["right"] > 0, True, str(told))


# ---- the wire ----

def messages(said):
    """The kinds of messages behind the one that begins a session. PostgreSQL, "Message Flow"."""
    at = int.from_bytes(said[:4], "big")
    while at < len(said):
        yield said[at:at + 1], said[at + 5:at + 1 + int.from_bytes(said[at + 1:at + 5], "big")]
        at += 1 + int.from_bytes(said[at + 1:at + 5], "big")


@test
def what_rds_proxy_gets_pins_no_session():
    # Amazon RDS User Guide, "Avoiding pinning an RDS Proxy": the extended protocol, SET, PREPARE and
    # parameters of the session pin.
    with DatabaseDoor(directory) as door:
        with Load(door.url(sslmode="disable"), COGMIG_POOLER="rds-proxy") as load:
            answers(load, 0.3)
        equal(len(door.lines) > 1, True)
        for line in door.lines:
            start = line.said[:int.from_bytes(line.said[:4], "big")]
            equal(b"options" in start, False, str(start))
            kinds = {kind for kind, _ in messages(line.said)}
            nothing(kinds - {b"Q", b"X", b"p"})
            nothing(text for kind, text in messages(line.said)
                    if kind == b"Q" and not text.lstrip().upper().startswith((b"SELECT", b"SHOW"))
                    and text != b"\0" and text.strip(b"\0;") != b"")


run()
