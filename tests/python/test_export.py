# SPDX-License-Identifier: Apache-2.0
"""Exports, from SQLite and from PostgreSQL."""

import gc
import json
import os
import sqlite3
import subprocess
import threading

import cogmig
import pytest


@pytest.fixture(params=["sqlite_url", "postgresql_url"])
def store(request):
    return cogmig.Store(request.getfixturevalue(request.param))


@pytest.fixture
def large(postgresql_url):
    """A store of 50,000 users."""
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", postgresql_url, "-c", """
        DROP TABLE IF EXISTS "Many";
        CREATE TABLE "Many" AS SELECT to_char(n, 'FM000000') AS id, 'user' || n || '@example.com' AS
            email, NULL::text AS name, NULL::text AS password FROM generate_series(1, 50000) n;
        ALTER TABLE "Many" ADD PRIMARY KEY (id)"""], check=True)
    return cogmig.Store(postgresql_url, table="Many", email_verified_column=None,
                        created_at_column=None, updated_at_column=None)


def test_users_come_one_by_one_without_their_hashes(store):
    users = list(cogmig.export_users(store))
    assert len(users) == 15
    [one] = [user for user in users if user["email"] == "verified@example.com"]
    assert one == {"id": "cm1a0verified000exampleu1", "email": "verified@example.com",
                   "name": "Verified User", "createdAt": "2024-01-01T10:30:00.001Z",
                   "updatedAt": "2024-01-11T10:30:00.011Z"}
    assert "$2b$" not in json.dumps(users)


def test_columns_limits_and_shards_are_chosen(store):
    users = list(cogmig.export_users(store, columns={"legacy": "id"}, limit=3))
    assert [list(user) for user in users] == [["legacy"]] * 3
    rest = list(cogmig.export_users(store, columns=["id"], after=users[-1]["legacy"]))
    assert len(rest) == 12
    shares = [list(cogmig.export_users(store, columns=["id"], shard=(number, 3)))
              for number in (1, 2, 3)]
    assert sum(map(len, shares)) == 15
    assert {user["id"] for share in shares for user in share} == {
        user["id"] for user in cogmig.export_users(store)}


def test_a_file_proves_itself(store, tmp_path):
    path, seen = tmp_path / "users.json", []
    result = cogmig.export_users_to_file(
        store, path, progress=lambda rows, estimate: seen.append((rows, estimate)))
    assert (result.rows, result.left_out, result.part, result.is_last_part) == (15, 0, 1, True)
    assert os.stat(path).st_mode & 0o777 == 0o600 and result.bytes == path.stat().st_size
    assert len(json.loads(path.read_bytes())) == 15
    checked = cogmig.verify_export(path)
    assert (checked.rows, checked.sha256) == (15, result.sha256)
    with pytest.raises(cogmig.Invalid) as caught:
        cogmig.export_users_to_file(store, path)
    assert caught.value.reason == "FILE_UNWRITABLE"
    path.write_bytes(path.read_bytes().replace(b"Cost", b"cost"))
    with pytest.raises(cogmig.Invalid) as caught:
        cogmig.verify_export(path)
    assert caught.value.reason == "EXPORT_DAMAGED"


@pytest.mark.parametrize("format", ["ndjson", "csv", "cognito_csv"])
def test_other_formats_and_open_files(store, tmp_path, format):
    told = []
    with open(tmp_path / "out", "wb") as out:
        result = cogmig.export_users_to_file(
            store, out.fileno(), format=format,
            report=lambda id, column, reason: told.append((id, column, reason)))
    assert result.rows + result.left_out == 15 and len(told) == result.left_out
    lines = (tmp_path / "out").read_bytes().splitlines()
    assert len(lines) == result.rows + (format != "ndjson")


def test_a_value_that_looks_like_a_hash_ends_the_export_or_is_reported(store):
    with pytest.raises(cogmig.Error):
        list(cogmig.export_users(store, columns={"id": "id", "secret": "password"}))


def test_a_report_that_is_a_coroutine_leaves_nobody_out_in_silence(tmp_path):
    with sqlite3.connect(tmp_path / "users.db") as database:
        database.execute('CREATE TABLE "User" (id, email, name, password)')
        database.execute('INSERT INTO "User" VALUES (1, NULL, ?, NULL)', ["$2b$12$" + "x" * 53])
    database.close()
    store = cogmig.Store(f"file:{tmp_path}/users.db", email_verified_column=None,
                         created_at_column=None, updated_at_column=None)

    async def report(id, column, reason):
        pass

    with pytest.raises(cogmig.Stopped) as caught:
        cogmig.export_users_to_file(store, tmp_path / "users.json", report=report)
    assert "coroutine" in str(caught.value.__cause__)


def test_what_a_progress_function_raises_ends_it_and_leaves_no_file(postgresql_url, tmp_path):
    """The database is slow: each name takes a second."""
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", postgresql_url, "-c", """
        CREATE OR REPLACE VIEW "Slow" AS
        SELECT n::text AS id, n || '@example.com' AS email, pg_sleep(1)::text AS name,
            NULL::text AS password FROM generate_series(1, 60) n"""], check=True)
    slow = cogmig.Store(postgresql_url, table="Slow", email_verified_column=None,
                        created_at_column=None, updated_at_column=None)
    for raised, expected in ((KeyError("enough"), cogmig.Stopped),
                             (KeyboardInterrupt(), KeyboardInterrupt)):
        def progress(rows, estimate):
            raise raised

        with pytest.raises(expected) as caught:
            cogmig.export_users_to_file(slow, tmp_path / "users.json", progress=progress)
        assert raised in (caught.value, caught.value.__cause__)
        assert list(tmp_path.iterdir()) == []


def test_many_users_pass_in_flat_memory_and_an_iterator_may_be_left(large):
    assert sum(1 for _ in cogmig.export_users(large)) == 50_000
    before = threading.active_count()
    users = cogmig.export_users(large)
    assert next(users)["id"] == "000001"
    assert threading.active_count() == before + 1
    users.close()
    assert threading.active_count() == before
    forgotten = cogmig.export_users(large)
    next(forgotten)
    del forgotten
    gc.collect()
    assert threading.active_count() == before
    cogmig.export_users(large)  # never begun
    assert threading.active_count() == before


def test_the_interpreter_ends_with_an_iterator_half_way(python, large, postgresql_url):
    done = python("""
import sys, cogmig
store = cogmig.Store(sys.argv[1], table="Many", email_verified_column=None,
                     created_at_column=None, updated_at_column=None)
users = cogmig.export_users(store)
print(next(users)["id"])
""", postgresql_url)
    assert done.stdout == "000001\n" and done.stderr == ""


def test_an_outage_in_the_middle_is_raised(tmp_path):
    store = cogmig.Store(find=lambda *_: [])
    with pytest.raises(cogmig.Invalid) as caught:
        list(cogmig.export_users(store))
    assert caught.value.reason in ("CONFIG_INVALID", "CONFIG_INCOMPLETE")


@pytest.mark.parametrize("settings", [
    {"limit": -1}, {"limit": 2**63}, {"shard": (3, 2)}, {"columns": {"a": "b\0"}},
    {"columns": ["hat size"]}])
def test_what_cannot_be_exported_is_invalid(store, settings):
    with pytest.raises(cogmig.Invalid):
        list(cogmig.export_users(store, **settings))
    with pytest.raises(TypeError):
        cogmig.export_users(store, columns="id")
    with pytest.raises(cogmig.Invalid):
        cogmig.export_users_to_file(store, "x", format="xml")
    with pytest.raises(TypeError):
        cogmig.export_users(None)
