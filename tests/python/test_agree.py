# SPDX-License-Identifier: Apache-2.0
"""Do both sides agree? Reconciliation and audit."""

import sqlite3

import cogmig
import pytest
import sigv4
from cogmig import DifferenceKind as Kind
from user_pool import UserPool

POOL = "eu-central-1_AbCdEfGhI"
SUB = "1754aa68-d041-7034-8fb2-00000000000"


@pytest.fixture
def world(tmp_path):
    """Seven users of each side who disagree in known ways, and one who is in order."""
    rows = [("1", "in-order@example.com", 1), ("2", "moved@example.com", 1),
            ("3", "unverified@example.com", 0), ("4", "waiting@example.com", 1),
            ("5", "unlinked@example.com", 1), ("6", "lost-id@example.com", 1),
            ("7", "taken@example.com", 1)]
    with sqlite3.connect(tmp_path / "dev.db") as database:
        database.execute('CREATE TABLE "User" (id TEXT PRIMARY KEY, email, name, password, '
                         '"emailVerified", "createdAt", "updatedAt")')
        database.executemany('INSERT INTO "User" (id, email, "emailVerified") VALUES (?, ?, ?)', rows)
    database.close()
    users = [user(number, legacy_id, email) for number, legacy_id, email in (
        (1, "1", "in-order@example.com"), (2, "2", "elsewhere@example.com"),
        (3, "3", "unverified@example.com"), (5, "5", "unlinked@example.com"),
        (6, None, "lost-id@example.com"), (7, None, "taken@example.com"),
        (8, "8", "ghost@example.com"), (9, None, "native@example.com"))]
    url = f"file:{tmp_path}/dev.db"
    cogmig.IdentityMap.install(url)
    idmap = cogmig.IdentityMap(url, pool_id=POOL)
    for number in (1, 2, 3, 6):
        idmap.link(str(number), SUB + str(number))
    idmap.link("old", SUB + "0")
    return users, cogmig.Store(url), idmap


def user(number, legacy_id, email):
    attributes = {"email": email, "email_verified": "true"}
    if legacy_id is not None:
        attributes["custom:legacy_id"] = legacy_id
    return {"sub": SUB + str(number), "enabled": True, "attributes": attributes}


EXPECTED = {
    (Kind.ATTRIBUTE, "2", "email"), (Kind.ATTRIBUTE, "3", "email_verified"),
    (Kind.NOT_MIGRATED, "4", None), (Kind.NOT_LINKED, "5", None),
    (Kind.LEGACY_ID_MISSING, "6", None), (Kind.SAME_EMAIL, "7", None),
    (Kind.NOT_IN_STORE, "8", None), (Kind.LINK_STALE, "old", None)}


@pytest.fixture
def cognito(world):
    pool = UserPool(POOL, world[0])
    return cogmig.Cognito(
        POOL, endpoint=pool.environment["COGNITO_ENDPOINT"], allow_plain_http=True, pages_per_s=1000,
        credentials=cogmig.AwsCredentials(sigv4.KEY_ID, sigv4.SECRET))


def test_every_disagreement_is_told_and_counted(world, cognito, tmp_path):
    _, store, idmap = world
    found, read = [], set()
    result = cogmig.reconcile(cognito, store, idmap, on_difference=found.append,
                              listing_file=tmp_path / "listing", work_folder=tmp_path,
                              progress=lambda side, count: read.add(side))
    told = {(one.kind, one.legacy_id, one.attribute) for one in found
            if one.kind is not Kind.NOT_MIGRATED or one.legacy_id == "4"}
    assert told == EXPECTED
    assert (result.cognito_users, result.store_users, result.links) == (8, 7, 5)
    assert (result.migrated, result.in_order, result.cognito_only) == (5, 1, 2)
    assert sum(result.differences.values()) == len(found) and not result.agrees
    assert set(result.differences) == set(Kind) and result.differences[Kind.DUPLICATE] == 0
    [moved] = [one for one in found if one.attribute == "email"]
    assert (moved.cognito_value, moved.store_value, moved.sub) == (
        "elsewhere@example.com", "moved@example.com", SUB + "2")
    assert moved.is_linked
    assert read <= {"cognito_users", "store_users", "links"}
    assert (tmp_path / "listing").stat().st_mode & 0o777 == 0o600


def test_sides_may_be_given_in_place_of_read(world, cognito):
    _, store, idmap = world
    read, given = [], []
    whole = cogmig.reconcile(cognito, store, idmap, on_difference=read.append)
    rows = [store.find_by_id(user["id"]) for user in cogmig.export_users(store)]
    assert cogmig.reconcile(cognito.users(), rows, idmap.links(),
                            on_difference=given.append) == whole
    assert given == read
    found = [cogmig.FoundUser(row.id, row.email, email_verified=row.email_verified) for row in rows]
    assert cogmig.reconcile(list(cognito.users()), iter(found), idmap) == whole


def test_without_a_map_nothing_is_about_links(world, cognito):
    result = cogmig.reconcile(cognito, world[1])
    links = (Kind.NOT_LINKED, Kind.LINKED_ELSEWHERE, Kind.LINK_STALE, Kind.LEGACY_ID_MISSING)
    assert not any(result.differences[kind] for kind in links) and result.links == 0


def test_what_agrees_says_so():
    ann = cogmig.CognitoUser(SUB + "1", "CONFIRMED", True,
                             {"email": "a@example.com", "custom:row": "1", "name": "Ann"})
    row = cogmig.FoundUser("1", "A@example.com", name="Anna")
    settings = {"legacy_id_attribute": "custom:row"}
    assert cogmig.reconcile([ann], [row], [("1", SUB + "1")], **settings).agrees
    assert cogmig.reconcile([ann], [row, row._replace(id="2", email="b@example.com")],
                            **settings).agrees
    named = cogmig.reconcile([ann], [row], compare_names=True, **settings)
    assert not named.agrees and named.differences[Kind.ATTRIBUTE] == 1
    assert cogmig.reconcile([], []).agrees


def test_what_a_function_raises_ends_the_comparison(world, cognito):
    def stop(*_):
        raise KeyError("enough")

    for settings in ({"on_difference": stop}, {"progress": stop}):
        with pytest.raises(cogmig.Stopped) as caught:
            cogmig.reconcile(cognito, world[1], **settings)
        assert isinstance(caught.value.__cause__, KeyError)
    with pytest.raises(KeyboardInterrupt):
        cogmig.reconcile(cognito, world[1], on_difference=interrupt)


def interrupt(_):
    raise KeyboardInterrupt


def test_what_is_no_side_is_refused(world, cognito, tmp_path):
    store = world[1]
    for cognito_side, store_side, idmap_side in (
            (7, store, None), ([7], store, None), (cognito, [7], None), (cognito, None, None),
            (cognito, store, [("1",)]), (cognito, store, [(1, 2)]), ([], [], 7)):
        with pytest.raises((TypeError, ValueError)):
            cogmig.reconcile(cognito_side, store_side, idmap_side)
    with pytest.raises(TypeError, match="listing_file"):
        cogmig.reconcile([], [], listing_file=tmp_path / "listing")
    with pytest.raises(cogmig.Invalid) as caught:
        cogmig.reconcile([], cogmig.Store(find=lambda *_: []))
    assert caught.value.reason == "CONFIG_INVALID"


def test_a_kind_that_only_a_newer_library_knows():
    assert Kind(99).name == "UNKNOWN" and Kind(99) == 99
    with pytest.raises(ValueError):
        Kind("NOT_LINKED")


# ---- audit ----


def test_every_row_is_told_as_it_is(sqlite_url):
    rows = list(cogmig.audit(cogmig.Store(sqlite_url)))
    assert len(rows) == 15
    by_email = {row.email: row for row in rows}
    verified = by_email["verified@example.com"]
    assert (verified.id, verified.name, verified.email_verified, verified.disabled) == (
        "cm1a0verified000exampleu1", "Verified User", True, False)
    assert (verified.hash_kind, verified.hash_length, verified.phone) == ("$2b$10$", 60, None)
    assert cogmig.password_scheme(by_email["argon2@example.com"].hash_kind) == "argon2id"
    assert by_email["oauth-only@example.com"].hash_kind is None
    assert sum(row.repeats_email for row in rows) == 1
    assert "$2b$10$" not in str([row._replace(hash_kind=None) for row in rows])


@pytest.fixture
def many(tmp_path):
    """Five thousand users, every other of whom is gone."""
    with sqlite3.connect(tmp_path / "many.db") as database:
        database.execute('CREATE TABLE "User" (id INTEGER PRIMARY KEY, email, name, password, '
                         '"emailVerified", "createdAt", "updatedAt", phone, gone)')
        database.execute('INSERT INTO "User" (email, phone, gone) WITH RECURSIVE n(i) AS (SELECT 1 '
                         'UNION ALL SELECT i + 1 FROM n WHERE i < 5000) '
                         "SELECT printf('%05d@example.com', i), '+49' || i, i % 2 FROM n")
    database.close()
    return f"file:{tmp_path}/many.db"


def test_more_rows_than_are_in_memory_are_told(many):
    store = cogmig.Store(many)
    assert cogmig.count_users(store) == 5000
    rows = list(cogmig.audit(store, phone_column="phone", disabled_column="gone"))
    assert [row.phone for row in rows] == [f"+49{number}" for number in range(1, 5001)]
    assert [row.disabled for row in rows[:2]] == [True, False]
    assert {row.refused_attribute for row in rows} == {None}
    refused = list(cogmig.audit(cogmig.Store(many, attributes={"birthdate": "phone"})))
    assert {row.refused_attribute for row in refused} == {"birthdate"}
    for row in cogmig.audit(store):
        break  # left early
    with pytest.raises(cogmig.Invalid) as caught:
        list(cogmig.audit(store, phone_column="missing"))
    assert caught.value.reason == "STORE_SCHEMA_MISMATCH"
    with pytest.raises(cogmig.Invalid):
        list(cogmig.audit(cogmig.Store(find=lambda *_: [])))


def test_the_interpreter_ends_with_iterators_half_way(python, many, world):
    world[0].extend(user(number, None, "x@example.com") for number in range(100, 1000))
    done = python("""
import sys, cogmig
cognito = cogmig.Cognito(sys.argv[2], endpoint=sys.argv[3], allow_plain_http=True,
                         credentials=cogmig.AwsCredentials(*sys.argv[4:]))
rows, users = cogmig.audit(cogmig.Store(sys.argv[1])), cognito.users()
print(next(rows).email, next(users).sub)
""", many, POOL, UserPool(POOL, world[0]).environment["COGNITO_ENDPOINT"], sigv4.KEY_ID,
                  sigv4.SECRET)
    assert done.stdout == f"00001@example.com {SUB}1\n" and done.stderr == ""
