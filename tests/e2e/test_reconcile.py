# SPDX-License-Identifier: Apache-2.0
"""cogmig reconcile on a pool and a PostgreSQL store that disagree in every way, by known numbers."""

import copy
import csv
import html.parser
import io
import json
import os
import pty
import random
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import uuid
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import program  # noqa: E402
from program import CONFLICT, INVALID, OK, STOPPED, UNAVAILABLE, Program  # noqa: E402
from tap import equal, run, test  # noqa: E402
from user_pool import UserPool  # noqa: E402

POOL = "eu-central-1_AbCdEfGhI"
USERS = int(os.environ.get("COGMIG_RECONCILE_USERS", "100000"))
FEWER_USERS = 5000
OF_EACH_KIND = 20
SEED = 20260115
RATE = "1000"

program.TIMEOUT_S = 300  # 100,000 users on a busy machine
cogmig = Program(sys.argv[1])
database = os.environ["COGMIG_TEST_DATABASE_URL"]


def sub_of(name):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


class World:
    """Both sides and the map, and what there is to be told of them."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.cognito, self.rows, self.links, self.expected = [], [], [], []

    def row(self, legacy_id, email=None, name="Ann", verified=True):
        self.rows.append((legacy_id, email or f"{legacy_id}@example.com", name, verified))

    def user(self, name, legacy_id=None, email=None, enabled=True, verified="true", full_name="Ann"):
        attributes = {"email": email or f"{legacy_id}@example.com", "email_verified": verified,
                      "name": full_name}
        if legacy_id is not None:
            attributes["custom:legacy_id"] = legacy_id
        self.cognito.append({"sub": sub_of(name), "enabled": enabled, "attributes": attributes})
        return sub_of(name)

    def link(self, legacy_id, sub):
        self.links.append((legacy_id, sub))

    def expect(self, kind, legacy_id, **others):
        self.expected.append({"kind": kind, "legacy_id": legacy_id, **others})

    def migrated(self, legacy_id, **user):
        self.row(legacy_id)
        sub = self.user(legacy_id, legacy_id, **user)
        self.link(legacy_id, sub)
        return sub

    def fill(self, users):
        for number in range(users):
            legacy_id = f"c{number:07d}"
            if self.random.random() < 0.6:
                self.migrated(legacy_id)
            elif self.random.random() < 0.7:
                self.not_migrated(legacy_id)
            else:
                self.user(legacy_id + "-native", email=f"{legacy_id}@native.example")

    def not_migrated(self, legacy_id):
        self.row(legacy_id)
        self.expect("not-migrated", legacy_id, store=f"{legacy_id}@example.com")

    # ---- one of each kind ----

    def not_in_store(self, legacy_id):
        sub = self.user(legacy_id, legacy_id)
        self.expect("not-in-store", legacy_id, sub=sub, cognito=f"{legacy_id}@example.com")

    def duplicate(self, legacy_id):
        first, second = sub_of(legacy_id), sub_of(legacy_id + "-again")
        self.migrated(legacy_id)
        self.user(legacy_id + "-again", legacy_id)
        self.expect("duplicate", legacy_id, subs={first, second}, cognito=f"{legacy_id}@example.com")

    def not_linked(self, legacy_id):
        self.row(legacy_id)
        self.expect("not-linked", legacy_id, sub=self.user(legacy_id, legacy_id))

    def swapped(self, legacy_id):
        ids = [legacy_id, legacy_id + "x"]
        subs = [self.user(one, one) for one in ids]
        for mine, other in ((0, 1), (1, 0)):
            self.row(ids[mine])
            self.link(ids[mine], subs[other])
            self.expect("linked-elsewhere", ids[mine], sub=subs[other], other_sub=subs[mine],
                        other_legacy_id=ids[other], cognito=f"{ids[other]}@example.com",
                        store=f"{ids[mine]}@example.com")

    def stale(self, legacy_id):
        self.not_migrated(legacy_id)
        self.link(legacy_id, sub_of(legacy_id))
        self.expect("link-stale", legacy_id, sub=sub_of(legacy_id))

    def recreated(self, legacy_id):
        self.row(legacy_id)
        sub = self.user(legacy_id + "-new", legacy_id)
        self.link(legacy_id, sub_of(legacy_id))
        self.expect("link-stale", legacy_id, sub=sub_of(legacy_id), other_sub=sub)

    def row_deleted(self, legacy_id):
        sub = self.user(legacy_id, email=f"{legacy_id}@native.example")
        self.link(legacy_id, sub)
        self.expect("link-stale", legacy_id, sub=sub)

    def without_id(self, legacy_id):
        self.row(legacy_id)
        sub = self.user(legacy_id, email=f"{legacy_id}@example.com")
        self.link(legacy_id, sub)
        self.expect("legacy-id-missing", legacy_id, sub=sub, cognito=f"{legacy_id}@example.com",
                    store=f"{legacy_id}@example.com")

    def same_email(self, legacy_id):
        self.not_migrated(legacy_id)
        email = f"{legacy_id}@Example.COM"
        self.expect("same-email", legacy_id, sub=self.user(legacy_id, email=email), cognito=email,
                    store=f"{legacy_id}@example.com")

    def attribute(self, legacy_id, name, cognito, store, **user):
        sub = self.migrated(legacy_id, **user)
        self.expect("attribute", legacy_id, sub=sub, attribute=name, cognito=cognito, store=store)

    def attributes(self, legacy_id):
        self.attribute(legacy_id + "e", "email", "other@example.com", f"{legacy_id}e@example.com",
                       email="other@example.com")
        self.attribute(legacy_id + "v", "email_verified", "false", "true", verified="false")
        self.attribute(legacy_id + "n", "name", 'Bob "<b>"', "Ann", full_name='Bob "<b>"')
        self.attribute(legacy_id + "d", "enabled", "false", "true", enabled=False)

    KINDS = (not_in_store, duplicate, not_linked, swapped, stale, recreated, row_deleted, without_id,
             same_email, attributes)
    REPAIRABLE = (not_linked, stale, recreated, row_deleted, without_id)

    def spoil(self, kinds):
        for kind in kinds:
            for number in range(OF_EACH_KIND):
                kind(self, f"{kind.__name__}{number}")
        for side in (self.cognito, self.rows, self.links):
            self.random.shuffle(side)


# ---- putting a world into place ----

def psql(sql, stdin=""):
    done = subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--no-align",
                           "--tuples-only", database, "--command", sql],
                          input=stdin, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


def load(table, rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    psql(f"COPY {table} FROM STDIN (FORMAT csv)", text.getvalue())


def settle(world):
    """The pool that serves it."""
    psql('DROP TABLE IF EXISTS "User", cogmig_idmap;'
         'CREATE TABLE "User" (id text PRIMARY KEY, email text, name text, password text,'
         ' "emailVerified" timestamp(3), "createdAt" timestamp(3) DEFAULT now(),'
         ' "updatedAt" timestamp(3) DEFAULT now())')
    load('"User" (id, email, name, "emailVerified")',
         [(*row[:3], "2026-01-15 10:30:00" if row[3] else None) for row in world.rows])
    pool = UserPool(POOL, copy.deepcopy(world.cognito))
    done = cogmig.run("idmap", "install", DATABASE_URL=database, **pool.environment)
    equal(done.returncode, OK, done.stderr)
    load("cogmig_idmap (pool_id, legacy_id, sub)", [(POOL, *link) for link in world.links])
    return pool


def reconcile(pool, *arguments, **environment):
    return cogmig.run("reconcile", "--names", "--rate", RATE, *arguments, DATABASE_URL=database,
                      **pool.environment, **environment)


def told_in(path):
    """What was told, with the two subs of a duplicate as a set: either may be the first."""
    told = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for difference in told:
        if difference["kind"] == "duplicate":
            difference["subs"] = {difference.pop("sub"), difference.pop("other_sub")}
    return told


def comparable(differences):
    return Counter(json.dumps(difference, sort_keys=True, default=sorted) for difference in differences)


def assert_same(told, expected):
    told, expected = comparable(told), comparable(expected)
    equal(sorted((told - expected).elements())[:5], [], "told, but not so")
    equal(sorted((expected - told).elements())[:5], [], "so, but not told")


def new_path(name):
    path = cogmig.folder / name
    path.unlink(missing_ok=True)
    return path


def made(users):
    world = World(SEED)
    world.fill(users)
    world.spoil(World.KINDS)
    return world


whole = made(USERS)
world = made(FEWER_USERS)  # where nothing depends on how many there are


# promises 58, 59
@test
def every_disagreement_is_told_and_none_is_invented():
    pool, ndjson = settle(whole), new_path("all.ndjson")
    done = reconcile(pool, "--json", "--ndjson", str(ndjson))
    equal(done.returncode, CONFLICT, done.stderr)
    assert_same(told_in(ndjson), whole.expected)
    equal(ndjson.stat().st_mode & 0o777, 0o600)
    counts = json.loads(done.stdout)
    equal(counts["store_users"], len(whole.rows))
    equal(counts["cognito_users"], len(whole.cognito))
    equal(counts["links"], len(whole.links))
    equal(counts["differences"], {kind: sum(d["kind"] == kind for d in whole.expected)
                                  for kind in counts["differences"]})
    equal(pool.users == whole.cognito, True, "users were changed")
    links = psql("SELECT legacy_id || ' ' || sub FROM cogmig_idmap").split("\n")
    equal(sorted(filter(None, links)), sorted(" ".join(link) for link in whole.links))


@test
def a_listing_that_was_cut_off_goes_on_where_it_was():
    pool, ndjson, listing = settle(whole), new_path("resumed.ndjson"), new_path("listing")
    half = len(whole.cognito) // 120
    pool.fail_after_pages = half
    done = reconcile(pool, "--listing", str(listing), "--ndjson", str(ndjson))
    equal(done.returncode, UNAVAILABLE, done.stderr)
    equal(ndjson.exists(), False, "a report that is not whole")
    equal(listing.stat().st_mode & 0o777, 0o600)
    pool.fail_after_pages = None
    done = reconcile(pool, "--listing", str(listing), "--ndjson", str(ndjson))
    equal(done.returncode, CONFLICT, done.stderr)
    equal(len(pool.listed_from), len(set(pool.listed_from)), "a page was asked for again")
    assert_same(told_in(ndjson), whole.expected)


@test
def a_place_that_cognito_knows_no_more_is_told_with_its_file():
    pool, listing = settle(world), new_path("listing")
    pool.fail_after_pages = 2
    equal(reconcile(pool, "--listing", str(listing)).returncode, UNAVAILABLE)
    pool.fail_after_pages, pool.places = None, "since-then-"
    done = reconcile(pool, "--listing", str(listing))
    equal(done.returncode, INVALID, done.stderr)
    equal("Invalid pagination token" in done.stderr and f"{listing}" in done.stderr
          and "remove" in done.stderr, True, done.stderr)
    listing.unlink()
    equal(reconcile(pool, "--listing", str(listing)).returncode, CONFLICT)


# promise 60
@test
def a_killed_listing_goes_on_and_a_whole_one_is_not_asked_for_again():
    pool, ndjson, listing = settle(whole), new_path("killed.ndjson"), new_path("listing")
    reports = {"ndjson": ndjson, "html": new_path("killed.html"), "plan": new_path("killed.plan")}
    options = ["--listing", str(listing)]
    for name, path in reports.items():
        options += ["--" + name, str(path)]
    process = subprocess.Popen(
        [cogmig.path, "reconcile", "--names", "--rate", "200", *options],
        env={**os.environ, "DATABASE_URL": database, **pool.environment}, cwd=cogmig.folder,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pool.wait_for_pages(20)
    process.send_signal(signal.SIGKILL)
    process.wait()
    equal([path.exists() for path in reports.values()], [False, False, False])
    with listing.open("ab") as file:
        file.write(b'{"sub":"half a li')
    asked = len(pool.listed_from)
    done = reconcile(pool, *options)
    equal(done.returncode, CONFLICT, done.stderr)
    equal([path.exists() for path in reports.values()], [True, True, True])
    equal(pool.listed_from[asked] is not None, True, "the listing began anew")
    assert_same(told_in(ndjson), whole.expected)
    asked = len(pool.listed_from)
    again = new_path("again.ndjson")
    equal(reconcile(pool, "--listing", str(listing), "--ndjson", str(again)).returncode, CONFLICT)
    equal(len(pool.listed_from), asked)
    assert_same(told_in(again), whole.expected)


@test
def two_reports_in_one_file_are_refused_before_the_work():
    pool, path = settle(world), new_path("one")
    for first, second in (("--html", "--ndjson"), ("--plan", "--html"), ("--listing", "--plan")):
        done = reconcile(pool, first, str(path), second, str(path))
        equal((done.returncode, path.exists()), (INVALID, False), done.stderr)
        equal(f"{path} cannot be two files." in done.stderr, True, done.stderr)
    equal(pool.listed_from, [])


@test
def a_report_replaces_no_file_that_came_meanwhile():
    pool, ndjson, html = settle(world), new_path("late.ndjson"), new_path("late.html")
    page = pool.operations["ListUsers"]

    def list_users(request):
        ndjson.write_text("somebody else's")
        return page(request)

    pool.operations["ListUsers"] = list_users
    done = reconcile(pool, "--ndjson", str(ndjson), "--html", str(html))
    equal((done.returncode, ndjson.read_text()), (INVALID, "somebody else's"), done.stderr)
    equal(f"Cannot write {ndjson}: File exists" in done.stderr, True, done.stderr)
    equal(html.read_text().startswith("<!doctype html>"), True)
    equal(sorted(ndjson.parent.glob("late.*")), [html, ndjson])


@test
def an_interrupted_run_leaves_its_listing_alone_and_can_be_run_again():
    pool, ndjson, listing = settle(world), new_path("stopped.ndjson"), new_path("listing")
    files = ["--names", "--listing", str(listing), "--ndjson", str(ndjson)]
    for name in ("plan", "html"):
        files += ["--" + name, str(new_path("stopped." + name))]
    page, sent = pool.operations["ListUsers"], threading.Event()

    def list_users(request):
        if len(pool.listed_from) == 5:
            sent.wait(60)
        return page(request)

    pool.operations["ListUsers"] = list_users
    with subprocess.Popen([cogmig.path, "reconcile", "--rate", RATE, *files], cwd=cogmig.folder,
                          env={**os.environ, "DATABASE_URL": database, **pool.environment},
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        pool.wait_for_pages(5)
        process.send_signal(signal.SIGTERM)
        sent.set()
        told = process.stderr.read()
    equal((process.returncode, "Interrupted" in told), (STOPPED, True), told)
    equal(sorted(path.name for path in cogmig.folder.glob("stopped.*")), [])
    equal(reconcile(pool, *files).returncode, CONFLICT)
    equal(len(pool.listed_from), len(set(pool.listed_from)), "a page was asked for again")
    assert_same(told_in(ndjson), world.expected)


@test
def a_full_disk_is_told_and_leaves_no_report():
    links = World(SEED + 19)
    for number in range(100):
        links.not_linked(f"c{number}")
    pool = settle(links)
    for name in ("ndjson", "plan"):
        path = new_path("full." + name)
        done = subprocess.run(
            [cogmig.path, "reconcile", "--rate", RATE, "--json", "--" + name, str(path)],
            cwd=cogmig.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "DATABASE_URL": database, **pool.environment}, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000)))
        equal((done.returncode, json.loads(done.stderr)["status"], path.exists()),
              (UNAVAILABLE, "DISK_FULL", False), done.stderr)


@test
def a_plan_that_is_carried_out_makes_the_next_run_clean():
    small = World(SEED + 1)
    small.fill(500)
    small.spoil(World.REPAIRABLE)
    pool, plan = settle(small), new_path("plan")
    equal(reconcile(pool, "--plan", str(plan)).returncode, CONFLICT)
    for _ in range(2):  # the second time everything is done already
        done = reconcile(pool, "--apply", str(plan))
        equal(done.returncode, OK, done.stderr)
        results = [json.loads(line)["result"] for line in done.stdout.splitlines()]
        equal(results, ["done"] * (OF_EACH_KIND * 6))
    done = reconcile(pool)
    equal(done.returncode, OK, done.stdout)
    assert b"Both sides tell the same story." in done.stdout


@test
def what_a_person_has_to_decide_is_left_to_them():
    pool, plan, ndjson = settle(world), new_path("plan"), new_path("left.ndjson")
    equal(reconcile(pool, "--plan", str(plan), "--store-is-right").returncode, CONFLICT)
    actions = Counter(json.loads(line)["action"] for line in plan.read_text().splitlines())
    equal(actions["decide"], OF_EACH_KIND * 7)
    done = reconcile(pool, "--apply", str(plan))
    equal(done.returncode, OK, done.stderr)
    reconcile(pool, "--ndjson", str(ndjson))
    left = {"not-migrated", "not-in-store", "duplicate", "linked-elsewhere", "same-email"}
    assert_same(told_in(ndjson), [d for d in world.expected if d["kind"] in left
                                  or d.get("attribute") in ("email", "enabled")])


@test
def nobody_is_linked_for_saying_to_be_somebody():
    claims = World(SEED + 2)
    for legacy_id in ("twice", "moved", "stranger", "recreated-twice", "fine", "signed-up", "taken"):
        claims.row(legacy_id)
    for name in ("twice", "twice-again", "recreated-twice", "recreated-twice-again"):
        claims.user(name, name.removesuffix("-again"), email=name.removesuffix("-again") + "@example.com")
    claims.user("stranger", "stranger", email="stranger@elsewhere.example")
    claims.user("moved-new", "moved", email="moved@elsewhere.example")
    claims.user("fine", "fine")
    # With the row's address, which nobody proved.
    claims.user("signed-up", "signed-up", verified="false")
    claims.user("taken-new", "taken", email="taken@example.com", verified="false")
    claims.link("taken", sub_of("taken"))
    claims.link("moved", sub_of("moved"))
    claims.link("recreated-twice", sub_of("gone"))
    pool, plan = settle(claims), new_path("plan")
    equal(reconcile(pool, "--plan", str(plan)).returncode, CONFLICT)
    planned = [json.loads(line) for line in plan.read_text().splitlines()]
    equal([(line["action"], line["legacy_id"]) for line in planned if line["action"] == "link"],
          [("link", "fine")])
    equal(sorted(line["legacy_id"] for line in planned
                 if (line["action"], line["because"]) == ("decide", "not-linked")),
          ["signed-up", "stranger", "twice"])
    equal(sorted(line["legacy_id"] for line in planned if line["action"] == "unlink"),
          ["moved", "recreated-twice", "taken"])
    done = reconcile(pool, "--apply", str(plan))
    equal(done.returncode, OK, done.stderr)
    equal(psql("SELECT legacy_id FROM cogmig_idmap").split(), ["fine"])


@test
def what_users_wrote_does_not_steer_a_terminal():
    rude = World(SEED + 5)
    name = "A\x1b[2J\x7f\u009b1mB\u202enn\u2066\u2028\u200e\u061cC"
    rude.attribute("a", "name", name, "Ann", full_name=name)
    done = reconcile(settle(rude))
    equal((done.returncode, b" cognito=A?[2J??1mB?nn????C store=Ann\n" in done.stdout),
          (CONFLICT, True), done.stdout)


@test
def what_is_no_utf8_is_told_and_left_to_a_person():
    pool, plan, ndjson = settle(World(SEED + 16)), new_path("plan"), new_path("garbled.ndjson")
    new_path("garbled.db")
    url = "file:garbled.db"
    equal(cogmig.run("idmap", "install", **{**pool.environment, "DATABASE_URL": url}).returncode, OK)
    store = sqlite3.connect(cogmig.folder / "garbled.db")
    store.executescript(f"""
        CREATE TABLE "User" (id text, email text, name text, password text, "emailVerified" text,
                             "createdAt" text, "updatedAt" text);
        INSERT INTO "User" (id, email) VALUES (CAST(x'61ff' AS text), 'a'),
                                              (CAST(x'61ff' AS text), 'b');
        INSERT INTO cogmig_idmap (pool_id, legacy_id, sub) VALUES ('{POOL}', CAST(x'c3a9ff' AS text), 's');
    """)
    store.close()
    done = cogmig.run("reconcile", "--ndjson", str(ndjson), "--plan", str(plan),
                      **{**pool.environment, "DATABASE_URL": url})
    equal(done.returncode, CONFLICT, done.stderr)
    equal(sorted((told["kind"], told["legacy_id"]) for told in map(json.loads, ndjson.open())),
          [("duplicate", "a\ufffd"), ("link-stale", "\ufffd" * 3), ("not-migrated", "a\ufffd")])
    equal({json.loads(line)["action"] for line in plan.open()}, {"decide"})


@test
def what_users_wrote_at_length_stops_nothing():
    pool, ndjson = settle(World(SEED + 15)), new_path("long.ndjson")
    psql("INSERT INTO \"User\" (id, email, name) VALUES"
         " ('a', 'a@example.com', 'x' || repeat('\u00e9', 10000)), ('b', repeat('b', 20000), 'Ann')")
    equal(reconcile(pool, "--ndjson", str(ndjson)).returncode, OK)
    equal([(told["legacy_id"], len(told["store"])) for told in told_in(ndjson)],
          [("a", 13), ("b", 16384)])
    pool.add({"sub": sub_of("a"), "enabled": True,
              "attributes": {"email": "a@example.com", "custom:legacy_id": "a", "name": "x"}})
    ndjson.unlink()
    equal(reconcile(pool, "--ndjson", str(ndjson)).returncode, CONFLICT)
    [told] = [told for told in told_in(ndjson) if told["kind"] == "attribute"]
    equal((told["attribute"], told["store"]), ("name", "x" + 8191 * "\u00e9"))


@test
def the_attribute_may_have_another_name():
    own = World(SEED + 3)
    own.migrated("a")
    own.without_id("b")
    for user in own.cognito:
        if "custom:legacy_id" in user["attributes"]:
            user["attributes"]["custom:app_id"] = user["attributes"].pop("custom:legacy_id")
    pool, plan = settle(own), new_path("plan")
    equal(reconcile(pool, "--plan", str(plan), COGMIG_LEGACY_ID_ATTRIBUTE="custom:app_id").returncode,
          CONFLICT)
    [line] = [json.loads(line) for line in plan.read_text().splitlines()]
    equal((line["action"], line["attribute"], line["was"], line["value"]),
          ("set-attribute", "custom:app_id", None, "b"))


@test
def a_listing_has_the_ids_of_one_attribute():
    own = World(SEED + 14)
    own.migrated("a")
    pool, listing = settle(own), new_path("listing")
    renamed = {"COGMIG_LEGACY_ID_ATTRIBUTE": "custom:app_id"}
    equal(reconcile(pool, "--listing", str(listing)).returncode, OK)
    done = reconcile(pool, "--listing", str(listing), **renamed)
    equal((done.returncode, "custom:app_id" in done.stderr), (INVALID, True), done.stderr)
    equal(reconcile(pool, "--listing", str(listing)).returncode, OK)


# promise 59
@test
def an_attribute_that_was_changed_since_the_plan_is_left_alone():
    old = World(SEED + 6)
    for legacy_id in ("renamed", "emptied", "untouched", "done"):
        old.attribute(legacy_id, "name", f"Old {legacy_id}", "Ann", full_name=f"Old {legacy_id}")
    old.without_id("taken")
    pool, plan = settle(old), new_path("plan")
    equal(reconcile(pool, "--plan", str(plan), "--store-is-right").returncode, CONFLICT)
    users = {user["attributes"].get("custom:legacy_id", "taken"): user["attributes"]
             for user in pool.users}
    users["renamed"]["name"] = "New"
    del users["emptied"]["name"]
    users["done"]["name"] = "Ann"
    users["taken"]["custom:legacy_id"] = "another"
    done = reconcile(pool, "--apply", str(plan))
    equal(done.returncode, OK, done.stderr)
    results = {line.get("was"): line["result"]
               for line in map(json.loads, done.stdout.splitlines())}
    equal(results, {"Old renamed": "changed meanwhile", "Old emptied": "changed meanwhile",
                    "Old untouched": "done", "Old done": "done", None: "changed meanwhile"})
    equal((users["renamed"]["name"], "name" in users["emptied"], users["untouched"]["name"],
           users["taken"]["custom:legacy_id"]), ("New", False, "Ann", "another"))


# promise 59
@test
def a_link_whose_user_came_since_the_listing_is_left_alone():
    old = World(SEED + 8)
    for legacy_id in ("moved-since", "gone"):
        old.not_migrated(legacy_id)
    sub = old.user("restored", "restored")
    old.link("restored", sub)
    pool, plan, listing = settle(old), new_path("plan"), new_path("listing")
    equal(reconcile(pool, "--listing", str(listing)).returncode, CONFLICT)
    pool.add({"sub": sub_of("moved-since"), "enabled": True,
              "attributes": {"custom:legacy_id": "moved-since"}})
    for legacy_id in ("moved-since", "gone"):
        equal(cogmig.run("idmap", "link", legacy_id, sub_of(legacy_id), DATABASE_URL=database,
                         **pool.environment).returncode, OK)
    equal(reconcile(pool, "--listing", str(listing), "--plan", str(plan)).returncode, CONFLICT)
    load('"User" (id, email)', [("restored", "restored@example.com")])
    done = reconcile(pool, "--apply", str(plan))
    equal(done.returncode, OK, done.stderr)
    results = {line["legacy_id"]: line["result"]
               for line in map(json.loads, done.stdout.splitlines()) if line["action"] == "unlink"}
    equal(results, {"moved-since": "changed meanwhile", "gone": "done",
                    "restored": "changed meanwhile"})
    equal(psql("SELECT string_agg(legacy_id, ' ' ORDER BY legacy_id) FROM cogmig_idmap").strip(),
          "moved-since restored")


@test
def who_changed_since_the_listing_is_not_linked():
    old = World(SEED + 17)
    for legacy_id in ("deleted", "another", "same"):
        old.not_linked(legacy_id)
    pool, plan = settle(old), new_path("plan")
    equal(reconcile(pool, "--plan", str(plan)).returncode, CONFLICT)
    pool.by_sub[sub_of("another")]["attributes"]["custom:legacy_id"] = "same"
    del pool.by_sub[sub_of("deleted")]
    done = reconcile(pool, "--apply", str(plan))
    equal(done.returncode, OK, done.stderr)
    results = {line["legacy_id"]: line["result"] for line in map(json.loads, done.stdout.splitlines())}
    equal(results, {"deleted": "changed meanwhile", "another": "changed meanwhile", "same": "done"})
    equal(psql("SELECT legacy_id FROM cogmig_idmap").strip(), "same")


@test
def who_was_unlinked_since_the_plan_is_given_nothing():
    old = World(SEED + 18)
    for legacy_id in ("unlinked", "moved", "same"):
        old.without_id(legacy_id)
    old.attribute("name", "name", "Old", "Ann", full_name="Old")
    pool, plan = settle(old), new_path("plan")
    equal(reconcile(pool, "--plan", str(plan), "--store-is-right").returncode, CONFLICT)
    psql("DELETE FROM cogmig_idmap WHERE legacy_id IN ('unlinked', 'name');"
         "UPDATE cogmig_idmap SET sub = 'another' WHERE legacy_id = 'moved'")
    done = reconcile(pool, "--apply", str(plan))
    equal(done.returncode, OK, done.stderr)
    results = {line["legacy_id"]: line["result"] for line in map(json.loads, done.stdout.splitlines())}
    equal(results, {**dict.fromkeys(("unlinked", "moved", "name"), "changed meanwhile"), "same": "done"})
    equal([user["attributes"].get("custom:legacy_id") for user in pool.users],
          [None, None, "same", "name"])
    equal(pool.users[3]["attributes"]["name"], "Old")
    plan.unlink()
    equal(reconcile(pool, "--plan", str(plan), "--store-is-right", "--no-map").returncode, CONFLICT)
    equal(reconcile(pool, "--apply", str(plan)).returncode, OK)
    equal(pool.users[3]["attributes"]["name"], "Ann")


@test
def who_comes_from_another_provider_is_found_by_the_sub():
    federated = World(SEED + 13)
    for legacy_id in ("moved-since", "gone"):
        federated.not_migrated(legacy_id)
    federated.without_id("unlabelled")
    federated.cognito[0]["username"] = "Google_1"
    pool, plan, listing = settle(federated), new_path("plan"), new_path("listing")
    equal(reconcile(pool, "--listing", str(listing)).returncode, CONFLICT)
    pool.add({"sub": sub_of("moved-since"), "username": "Google_2", "enabled": True,
              "attributes": {"custom:legacy_id": "moved-since"}})
    load("cogmig_idmap (pool_id, legacy_id, sub)",
         [(POOL, legacy_id, sub_of(legacy_id)) for legacy_id in ("moved-since", "gone")])
    equal(reconcile(pool, "--listing", str(listing), "--plan", str(plan)).returncode, CONFLICT)
    done = reconcile(pool, "--apply", str(plan))
    equal(done.returncode, OK, done.stderr)
    results = {line["legacy_id"]: line["result"] for line in map(json.loads, done.stdout.splitlines())}
    equal(results, {"moved-since": "changed meanwhile", "gone": "done", "unlabelled": "done"})
    equal(pool.users[0]["attributes"]["custom:legacy_id"], "unlabelled")


@test
def a_listing_that_was_there_says_of_when_it_is():
    pool, listing, html = settle(world), new_path("listing"), new_path("page.html")
    done = reconcile(pool, "--listing", str(listing))
    equal((done.returncode, b"last written at" in done.stdout), (CONFLICT, False))
    os.utime(listing, (1768473000, 1768473000))
    for _ in range(2):  # the first leaves the time as it was
        done = reconcile(pool, "--listing", str(listing), "--json", "--html", str(html))
        equal(json.loads(done.stdout)["listed"], "2026-01-15T10:30:00Z")
        equal("as listed until 2026-01-15T10:30:00Z" in html.read_text(), True)
        html.unlink()
    done = reconcile(pool, "--listing", str(listing))
    equal(f"{listing} has them, last written at 2026-01-15T10:30:00Z".encode() in done.stdout, True)
    equal(json.loads(reconcile(pool, "--json").stdout)["listed"], None)


@test
def a_verified_flag_is_compared_as_it_is_told():
    flags = World(SEED + 7)
    for legacy_id in ("silent", "proved-since"):
        flags.attribute(legacy_id, "email_verified", "false", "true", verified="false")
    pool, plan = settle(flags), new_path("plan")
    equal(reconcile(pool, "--plan", str(plan), "--store-is-right").returncode, CONFLICT)
    del pool.by_sub[sub_of("silent")]["attributes"]["email_verified"]
    pool.by_sub[sub_of("proved-since")]["attributes"]["email_verified"] = "true"
    done = reconcile(pool, "--apply", str(plan))
    equal([json.loads(line)["result"] for line in done.stdout.splitlines()], ["done", "done"])
    equal([pool.by_sub[sub_of(name)]["attributes"]["email_verified"]
           for name in ("silent", "proved-since")], ["true", "true"])


@test
def a_plan_makes_no_strangers_address_a_verified_one():
    stranger = World(SEED + 12)
    for legacy_id in ("claimed", "taken-over"):
        stranger.row(legacy_id)
        stranger.user(legacy_id, legacy_id, verified="false", full_name="Mallory")
    stranger.link("taken-over", sub_of("gone"))
    pool, plan = settle(stranger), new_path("plan")
    for _ in range(2):  # what the first does must not let the second link anybody
        equal(reconcile(pool, "--plan", str(plan), "--store-is-right").returncode, CONFLICT)
        equal(reconcile(pool, "--apply", str(plan)).returncode, OK)
        plan.unlink()
    equal([(user["attributes"]["email_verified"], user["attributes"]["name"]) for user in pool.users],
          [("false", "Mallory")] * 2)
    equal(psql("SELECT count(*) FROM cogmig_idmap").strip(), "0")


@test
def a_plan_takes_a_stale_link_away_before_the_next_one_is_made():
    moved = World(SEED + 9)
    for row, gone in (("a", "b"), ("d", "c")):  # one row became another, before and after it
        moved.row(row)
        moved.link(gone, moved.user(row, row))
    pool, plan = settle(moved), new_path("plan")
    equal(reconcile(pool, "--plan", str(plan)).returncode, CONFLICT)
    done = reconcile(pool, "--apply", str(plan))
    equal(done.returncode, OK, done.stderr)
    equal([json.loads(line)["result"] for line in done.stdout.splitlines()], ["done"] * 4)
    equal(reconcile(pool).returncode, OK)


@test
def whom_the_map_links_to_another_row_a_plan_leaves_there():
    claim = World(SEED + 10)
    claim.row("a")
    claim.row("b")
    claim.link("b", claim.user("a", "a"))
    claim.not_linked("c")
    pool, plan = settle(claim), new_path("plan")
    equal(reconcile(pool, "--plan", str(plan)).returncode, CONFLICT)
    done = reconcile(pool, "--apply", str(plan))
    equal(done.returncode, OK, done.stderr)
    results = {line["legacy_id"]: line["result"] for line in map(json.loads, done.stdout.splitlines())}
    equal(results, {"a": "linked otherwise", "b": "left to you", "c": "done"})
    equal(psql("SELECT string_agg(legacy_id, ' ' ORDER BY legacy_id) FROM cogmig_idmap").strip(), "b c")


@test
def a_plan_for_another_pool_is_refused():
    one = World(SEED + 11)
    one.not_linked("a")
    pool, plan = settle(one), new_path("plan")
    equal(reconcile(pool, "--plan", str(plan)).returncode, CONFLICT)
    pool.environment["COGNITO_USER_POOL_ID"] = "eu-central-1_Other"
    done = reconcile(pool, "--apply", str(plan))
    equal((done.returncode, "another user pool" in done.stderr), (INVALID, True), done.stderr)
    equal(psql("SELECT count(*) FROM cogmig_idmap").strip(), "0")


@test
def a_plan_that_was_killed_in_the_middle_goes_on():
    small = World(SEED + 4)
    small.fill(200)
    small.spoil(World.REPAIRABLE)
    pool, plan = settle(small), new_path("plan")
    equal(reconcile(pool, "--plan", str(plan)).returncode, CONFLICT)
    lines = len(plan.read_text().splitlines())
    with subprocess.Popen(
            [cogmig.path, "reconcile", "--apply", str(plan)], cwd=cogmig.folder,
            env={**os.environ, "DATABASE_URL": database, **pool.environment},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        for _ in range(lines // 3):
            equal(json.loads(process.stdout.readline())["result"], "done")
        process.send_signal(signal.SIGKILL)
    done = reconcile(pool, "--apply", str(plan))
    equal(done.returncode, OK, done.stderr)
    equal([json.loads(line)["result"] for line in done.stdout.splitlines()], ["done"] * lines)
    equal(reconcile(pool).returncode, OK)


# promise 59
@test
def a_plan_stops_at_the_first_line_that_fails():
    pool, plan = settle(world), new_path("plan")
    legacy_id, sub = world.links[0]
    plan.write_text(json.dumps({"action": "link", "legacy_id": "x", "sub": "y"}) + "\n"
                    + json.dumps({"action": "link", "legacy_id": legacy_id, "sub": "y"}) + "\n"
                    + json.dumps({"action": "unlink", "legacy_id": legacy_id, "sub": sub}) + "\n")
    done = reconcile(pool, "--apply", str(plan))
    equal(done.returncode, CONFLICT)
    equal([json.loads(line)["result"] for line in done.stdout.splitlines()],
          ["done", "IDMAP_CONFLICT"])
    plan.write_text('\n{"action":"decide"}\n \r\n{"action":"decide"}\n\n')
    equal(reconcile(pool, "--apply", str(plan)).returncode, OK)
    plan.write_text('{"action":"delete-everything"}\n')
    equal(reconcile(pool, "--apply", str(plan)).returncode, INVALID)
    done = reconcile(pool, "--apply", str(plan), "--json")
    equal((done.returncode, json.loads(done.stderr)["status"]), (INVALID, "INVALID_ARGUMENT"))
    plan.write_text('{"action":')
    equal(reconcile(pool, "--apply", str(plan)).returncode, INVALID)


# Debian's Python has Prometheus's own parser.
PARSER = """
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
print(json.dumps({" ".join([sample.name, *sample.labels.values()]): sample.value
                  for family in text_string_to_metric_families(sys.stdin.read())
                  for sample in family.samples}))
"""


def parsed_metrics(text):
    done = subprocess.run(["/usr/bin/python3", "-c", PARSER], input=text, capture_output=True,
                          check=False)
    equal(done.returncode, 0, done.stderr.decode())
    return json.loads(done.stdout)


@test
def status_tells_how_far_it_is():
    pool = settle(world)
    psql("UPDATE cogmig_idmap SET linked_at = '2026-01-15 23:59:59+00' WHERE legacy_id < 'c0001'")
    settings = {"DATABASE_URL": database, **pool.environment}
    done = cogmig.run("status", "--json", **settings)
    equal(done.returncode, OK, done.stderr)
    told = json.loads(done.stdout)
    early = sum(legacy_id < "c0001" for legacy_id, _ in world.links)
    equal((told["users"], told["moved"], told["remaining"], told["days"]["2026-01-15"]),
          (len(world.rows), len(world.links), len(world.rows) - len(world.links), early))
    assert f"remaining     {told['remaining']}\n".encode() in cogmig.run("status", **settings).stdout
    metrics = parsed_metrics(cogmig.run("status", "--openmetrics", **settings).stdout)
    equal(metrics, {"cogmig_store_users": told["users"], "cogmig_moved_users": told["moved"],
                    "cogmig_remaining_users": told["remaining"],
                    **{f"cogmig_moved_users_per_day {day}": links
                       for day, links in told["days"].items()}})
    psql("DROP TABLE cogmig_idmap")
    equal(cogmig.run("status", **settings).returncode, INVALID)


@test
def who_is_disabled_in_the_store_may_not_be_enabled_in_cognito():
    pool, ndjson = settle(world), new_path("disabled.ndjson")
    legacy_id, sub = next(link for link in world.links if link[0].startswith("c00"))
    psql('ALTER TABLE "User" ADD banned boolean;'
         f'UPDATE "User" SET banned = true WHERE id = \'{legacy_id}\'')
    reconcile(pool, "--ndjson", str(ndjson), COGMIG_DISABLED_COLUMNS="banned:true")
    told = [d for d in told_in(ndjson) if d["legacy_id"] == legacy_id]
    equal(told, [{"kind": "attribute", "legacy_id": legacy_id, "sub": sub, "attribute": "enabled",
                  "cognito": "true", "store": "false"}])


@test
def on_a_terminal_a_bar_shows_how_far_it_is():
    pool = settle(world)
    terminal, other = pty.openpty()
    with subprocess.Popen([cogmig.path, "reconcile", "--rate", RATE, "--json"], cwd=cogmig.folder,
                          env={**os.environ, "DATABASE_URL": database, **pool.environment},
                          stdout=subprocess.DEVNULL, stderr=other) as process:
        os.close(other)
        shown = read_until_closed(terminal)
    equal(process.returncode, CONFLICT, shown)
    for side in ("links", "legacy users", "Cognito users"):
        parts = [int(percent) for percent in re.findall(side + r" \[[# ]{30}\] +(\d+) %", shown)]
        equal(bool(parts) and parts == sorted(parts) and parts[-1] >= 50, True, f"{side}: {parts}")
    equal(shown.endswith("\r\x1b[K"), True, "the bar is not wiped")


def read_until_closed(terminal):
    shown = b""
    try:
        while True:
            more = os.read(terminal, 65536)
            if not more:
                break
            shown += more
    except OSError:  # nobody is at the other end
        pass
    os.close(terminal)
    return shown.decode()


class Page(html.parser.HTMLParser):
    """The text of a page; every element must end."""

    EMPTY = {"meta"}

    def __init__(self, text):
        super().__init__()
        self.open, self.text, self.sources = [], [], []
        self.feed(text)
        equal(self.open, [])

    def handle_starttag(self, tag, attrs):
        if tag not in self.EMPTY:
            self.open.append(tag)
        self.sources += [value for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag):
        equal(self.open.pop(), tag)

    def handle_data(self, data):
        self.text.append(data)


@test
def the_page_is_whole_and_needs_nothing_else():
    pool, path = settle(world), new_path("report.html")
    equal(reconcile(pool, "--html", str(path)).returncode, CONFLICT)
    page = Page(path.read_text(encoding="utf-8"))
    equal(page.sources, [])
    text = " ".join(page.text)
    for title in ("Linked to somebody else", "Signed up in a legacy user's place", "Stale links",
                  "Not migrated yet", 'Bob "<b>"', POOL):
        assert title in text, title


@test
def a_report_is_not_written_over_a_file_that_is_there():
    pool, path = settle(world), new_path("precious")
    path.write_text("precious")
    made = new_path("made.html")
    done = reconcile(pool, "--html", str(made), "--ndjson", str(path))
    equal(done.returncode, INVALID, done.stderr)
    equal((path.read_text(), made.exists()), ("precious", False))


@test
def what_is_set_up_wrongly_is_told_before_the_listing():
    pool = settle(world)
    psql("DROP TABLE cogmig_idmap")
    done = reconcile(pool)
    equal((done.returncode, "IDMAP_NOT_INSTALLED" in done.stderr), (INVALID, True), done.stderr)
    psql('DROP TABLE "User"')
    done = reconcile(pool, "--no-map")
    equal((done.returncode, "STORE_SCHEMA_MISMATCH" in done.stderr), (INVALID, True), done.stderr)
    equal(pool.listed_from, [])


@test
def mistakes_of_the_command_line_are_told():
    pool = settle(World(SEED))
    for arguments, word in ((("--rate", "0"), '"0"'), (("--rate", "many"), '"many"'),
                            (("--rate", "10001"), "CONFIG_INVALID"), (("extra",), "options alone"),
                            (("--nonsense",), "not known"), (("--apply", "missing"), "FILE_UNREADABLE"),
                            (("--apply", "."), "FILE_UNREADABLE"),
                            (("--work-folder", "missing"), "missing is no folder"),
                            (("--html", "missing/x.html"), "FILE_UNWRITABLE")):
        done = cogmig.run("reconcile", *arguments, DATABASE_URL=database, **pool.environment)
        equal((done.returncode, word in done.stderr), (INVALID, True), f"{arguments}: {done.stderr}")
    equal(pool.listed_from, [])


@test
def a_listing_of_another_pool_is_refused():
    pool, listing = settle(world), new_path("listing")
    listing.write_text('{"listing":1,"pool":"eu-central-1_Other","format":"cogmig"}\n')
    done = reconcile(pool, "--listing", str(listing))
    equal((done.returncode, "is no listing of this user pool" in done.stderr), (INVALID, True))
    equal(pool.listed_from, [])


run()
