# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL that goes away, is slow, or wants another password for each connection."""

import os
import subprocess
import sys
import threading

import cogmig
import pytest
from test_migrate import event

SUPPORT = os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support", "postgres.py")


def cluster(verb):
    subprocess.run([sys.executable, SUPPORT, verb], check=True)


def psql(url, *statements):
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", url,
                    *(part for statement in statements for part in ("-c", statement))], check=True)


def test_every_user_reads_as_in_sqlite(postgresql_url, sqlite_url):
    one, other = cogmig.Store(postgresql_url), cogmig.Store(sqlite_url)
    ids = [user["id"] for user in cogmig.export_users(one, columns=["id"])]
    assert len(ids) == 15
    for legacy_id in ids:
        user, same = one.find_by_id(legacy_id), other.find_by_id(legacy_id)
        assert user.as_dict() == same.as_dict() and user.password_hash == same.password_hash


def test_an_outage_is_told_as_such_and_ends_by_itself(postgresql_url):
    store = cogmig.Store(postgresql_url, timeout_ms=2000)
    migration = cogmig.Migration(store, deadline_ms=3000)
    asked = event("verified@example.com", "Correct-Horse-10")
    assert migration.answer(asked).migrated
    cluster("stop")
    try:
        for use in (lambda: store.find_by_email("nobody@example.com"),
                    lambda: migration.handle(asked)):
            with pytest.raises(cogmig.Unavailable) as caught:
                use()
            assert caught.value.retryable and not isinstance(caught.value, LookupError)
        with pytest.raises(cogmig.Unavailable):
            cogmig.Store(postgresql_url, timeout_ms=500)
    finally:
        cluster("start")
    assert migration.answer(asked).migrated
    assert store.find_by_email("verified@example.com")


def test_what_the_server_says_stands_behind_the_failure(postgresql_url):
    store = cogmig.Store(postgresql_url)
    psql(postgresql_url, 'ALTER TABLE "User" RENAME TO "Away"')
    try:
        with pytest.raises(cogmig.Invalid) as caught:
            store.find_by_id("x")
    finally:
        psql(postgresql_url, 'ALTER TABLE "Away" RENAME TO "User"')
    assert caught.value.reason == "STORE_SCHEMA_MISMATCH"
    assert caught.value.upstream == cogmig.Upstream("PostgreSQL", "42P01")


class Locked:
    """Nobody reads the users while the `with` block runs."""

    def __init__(self, url):
        self.url = url

    def __enter__(self):
        self.psql = subprocess.Popen(["psql", "--quiet", "--no-psqlrc", "-At", self.url], text=True,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.psql.stdin.write('BEGIN; LOCK TABLE "User"; SELECT 1;\n')
        self.psql.stdin.flush()
        assert self.psql.stdout.readline() == "1\n"

    def __exit__(self, *_):
        self.psql.communicate("ROLLBACK;\n")


def test_a_pool_that_is_used_up_is_an_outage(postgresql_url):
    store = cogmig.Store(postgresql_url, max_connections=1, acquire_timeout_ms=1,
                         timeout_ms=60_000)
    told = []
    waiting = threading.Thread(
        target=lambda: told.append(store.find_by_email("verified@example.com").id))
    with Locked(postgresql_url):
        waiting.start()
        while store.counters["connections_idle"]:
            pass
        with pytest.raises(cogmig.Unavailable) as caught:
            store.find_by_email("verified@example.com")
    waiting.join()
    assert told == ["cm1a0verified000exampleu1"]
    assert caught.value.reason == "STORE_POOL_EXHAUSTED"
    assert store.counters["acquire_timeouts"] == 1 and store.counters["connections"] == 1


def test_a_function_gives_the_password(postgresql_url):
    psql(postgresql_url,
         "DO $$ BEGIN CREATE ROLE needs_password; EXCEPTION WHEN duplicate_object THEN END $$",
         "DROP OWNED BY app CASCADE" if role_exists(postgresql_url, "app") else "SELECT 1",
         "DROP ROLE IF EXISTS app",
         "CREATE ROLE app LOGIN PASSWORD 'rotated-42' IN ROLE needs_password",
         'GRANT SELECT ON "User" TO app')
    url = postgresql_url.replace("postgres@", "app@")
    asked = []

    def password(host, port, user):
        asked.append(user)
        return bytearray(b"rotated-42")

    store = cogmig.Store(url, password=password)
    assert store.find_by_email("verified@example.com") and asked == ["app"]
    with pytest.raises(cogmig.Unavailable) as caught:
        cogmig.Store(url, password=lambda *_: "old")
    assert caught.value.reason == "STORE_LOGIN_REFUSED" and "old" not in str(caught.value)
    for broken in (lambda *_: 1 / 0, lambda *_: 7, lambda *_: "a\0b", lambda *_: "x" * 10_000_000):
        with pytest.raises(cogmig.Error) as caught:
            cogmig.Store(url, password=broken)
        assert caught.value.__cause__ is not None


def role_exists(url, name):
    said = subprocess.run(["psql", "--no-psqlrc", "-At", url, "-c",
                           f"SELECT 1 FROM pg_roles WHERE rolname = '{name}'"], check=True,
                          capture_output=True)
    return said.stdout == b"1\n"


def test_settings_of_the_pool_are_held_to_their_ranges(postgresql_url):
    store = cogmig.Store(postgresql_url, max_connections=3, min_connections=2, max_lifetime_s=60,
                         max_idle_s=60, ping_after_idle_ms=0, pooler="pgbouncer")
    assert store.find_by_email("verified@example.com") and store.counters["connections"] >= 1
    for settings in ({"max_connections": 0}, {"min_connections": 2000}, {"pooler": "odyssey"},
                     {"max_lifetime_s": 0}, {"ping_after_idle_ms": -1}):
        with pytest.raises(cogmig.Invalid):
            cogmig.Store(postgresql_url, **settings)


def test_a_database_is_looked_at(postgresql_url, sqlite_url):
    for url, schema in ((postgresql_url, "public"), (sqlite_url, "main")):
        report = cogmig.Store.inspect(url)
        assert (report["preset"], report["schema"], report["table"]) == (
            "authjs-prisma", schema, "User")
        assert cogmig.count_users(cogmig.Store(url)) == 15
    with pytest.raises(cogmig.Invalid):
        cogmig.Store.inspect("mysql://localhost")
    with pytest.raises(cogmig.Unavailable):
        cogmig.Store.inspect("postgresql://127.0.0.1:1/none")


def test_what_reads_a_store_keeps_its_password_function(postgresql_url, python):
    """In an interpreter of its own: what is not kept is called all the same."""
    done = python("""
import cogmig, gc, sys

def store():
    return cogmig.Store(sys.argv[1], password=lambda host, port, user: "not asked for")

readers = [cogmig.export_users(store(), columns=["id"]), cogmig.audit(store())]
gc.collect()
others = [cogmig._native.progress_callback(lambda rows, estimate: 1 / 0) for _ in range(100)]
print([len(list(reader)) for reader in readers])
""", postgresql_url)
    assert done.stdout.strip() == "[15, 15]"
