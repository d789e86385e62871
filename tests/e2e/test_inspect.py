# SPDX-License-Identifier: Apache-2.0
"""`cogmig store inspect` finds the preset of each product's schema, and what it prints works."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from program import NOT_FOUND, OK, SOURCE, Program  # noqa: E402
from tap import equal, run, test  # noqa: E402

cogmig = Program(sys.argv[1])
url = os.environ["COGMIG_TEST_DATABASE_URL"]
SCHEMAS = SOURCE / "tests" / "data" / "schemas"


def psql(*arguments):
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", url, *arguments],
                   check=True, env={**os.environ, "PGOPTIONS": "-c client_min_messages=error"})


def load(preset):
    psql("--command", "DROP SCHEMA IF EXISTS auth CASCADE; DROP SCHEMA IF EXISTS app CASCADE; "
         "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    if preset is not None:
        psql("--file", SCHEMAS / f"{preset}.sql")


def report(database=url):
    done = cogmig.run("store", "inspect", "--json", DATABASE_URL=database)
    equal(done.returncode, OK, done.stderr)
    return json.loads(done.stdout)


def settings(told):
    lines = (line.partition("=") for line in told["environment"])
    return {name: value.strip('"') for name, _, value in lines}


def ann_is_found(told, database=url):
    done = cogmig.run("user", "Ann@Example.com", DATABASE_URL=database, **settings(told))
    equal(done.returncode, OK, done.stderr)


@test
def each_products_schema_is_recognised_and_what_is_printed_works():
    presets = sorted(path.stem for path in SCHEMAS.glob("*.sql"))
    equal(len(presets), 8)
    for preset in presets:
        load(preset)
        told = report()
        equal(told["preset"], preset)
        equal(settings(told), {"COGMIG_PRESET": preset})
        ann_is_found(told)


@test
def the_pepper_of_devise_is_asked_for():
    load("devise")
    for environment, asked in (({}, True), ({"COGMIG_PEPPER": "a-pepper"}, False),
                               ({"COGMIG_PEPPER": ""}, False)):
        said = cogmig.run("store", "inspect", DATABASE_URL=url, **environment).stdout.decode()
        equal(("COGMIG_PEPPER" in said, "a-pepper" in said), (asked, False), said)
    load("laravel")
    equal(b"COGMIG_PEPPER" in cogmig.run("store", "inspect", DATABASE_URL=url).stdout, False)


@test
def flags_that_are_there_are_named():
    load("devise")
    equal(report()["disabled_by"], ["locked_at"])
    psql("--command", "ALTER TABLE users ADD deleted_at timestamp, DROP locked_at")
    equal(report()["disabled_by"], ["deleted_at"])


@test
def a_missing_index_is_named_by_a_statement_that_makes_it():
    load("better-auth")
    statement = report()["create_index"]
    equal(statement, 'CREATE INDEX CONCURRENTLY ON "public"."user" (lower("email"::text))')
    psql("--command", statement)
    equal(report()["create_index"], None)


@test
def what_differs_is_set():
    load("authjs-prisma")
    psql("--command", 'ALTER TABLE "User" RENAME COLUMN password TO "hashedPassword"; '
         'ALTER TABLE "User" DROP COLUMN "createdAt"; CREATE SCHEMA app; '
         'ALTER TABLE "User" SET SCHEMA app')
    told = report()
    equal(settings(told), {"COGMIG_PRESET": "authjs-prisma", "COGMIG_SCHEMA": "app",
                           "COGMIG_PASSWORD_COLUMN": "hashedPassword",
                           "COGMIG_CREATED_AT_COLUMN": ""})
    ann_is_found(told)


@test
def names_that_a_mapper_wrote_are_found():
    load("authjs-prisma")
    psql("--command", 'ALTER TABLE "User" RENAME TO users; '
         'ALTER TABLE users RENAME COLUMN "emailVerified" TO email_verified; '
         'ALTER TABLE users RENAME COLUMN "createdAt" TO created_at; '
         'ALTER TABLE users RENAME COLUMN password TO password_hash')
    told = report()
    equal(settings(told), {"COGMIG_PRESET": "authjs-pg", "COGMIG_PASSWORD_COLUMN": "password_hash",
                           "COGMIG_EMAIL_VERIFIED_COLUMN": "email_verified",
                           "COGMIG_CREATED_AT_COLUMN": "created_at",
                           "COGMIG_UPDATED_AT_COLUMN": "updatedAt"})
    ann_is_found(told)


@test
def the_table_of_hashes_is_found_whatever_a_mapper_called_it():
    load("better-auth")
    psql("--command", 'ALTER TABLE "user" RENAME TO users; ALTER TABLE account RENAME TO accounts; '
         'ALTER TABLE accounts RENAME COLUMN "userId" TO user_id; '
         'ALTER TABLE accounts RENAME COLUMN "providerId" TO provider_id; '
         'ALTER TABLE users RENAME COLUMN "emailVerified" TO email_verified')
    told = report()
    equal(settings(told), {"COGMIG_PRESET": "better-auth", "COGMIG_TABLE": "users",
                           "COGMIG_EMAIL_VERIFIED_COLUMN": "email_verified",
                           "COGMIG_PASSWORD_TABLE": "accounts:user_id:provider_id=credential"})
    ann_is_found(told)


@test
def columns_that_disable_beside_those_of_the_preset_are_named():
    load("laravel")
    psql("--command", "ALTER TABLE users ADD is_active boolean NOT NULL DEFAULT true; "
         "UPDATE users SET is_active = false WHERE email = 'bob@example.com'")
    told = report()
    equal(told["disabled_by"], ["deleted_at", "is_active"])
    equal(settings(told), {"COGMIG_PRESET": "laravel",
                           "COGMIG_DISABLED_COLUMNS": "deleted_at:set, is_active:false"})
    ann_is_found(told)
    done = cogmig.run("user", "--json", "bob@example.com", DATABASE_URL=url, **settings(told))
    equal(json.loads(done.stdout)["disabled"], True)


@test
def eight_columns_may_disable():
    others = ["banned", "disabled", "blocked", "suspended", "locked"]
    load("laravel")
    psql("--command", "ALTER TABLE users ADD is_active boolean DEFAULT true, ADD banned_until timestamptz, "
         + ", ".join(f"ADD {name} boolean" for name in others)
         + "; UPDATE users SET banned_until = now() + interval '1 day' WHERE email = 'bob@example.com'")
    told = report()
    equal(told["disabled_by"], ["deleted_at", *others, "is_active", "banned_until"])
    ann_is_found(told)
    done = cogmig.run("user", "--json", "bob@example.com", DATABASE_URL=url, **settings(told))
    equal(json.loads(done.stdout)["disabled"], True)


@test
def what_may_mean_something_else_than_the_address_is_not_guessed():
    load("authjs-pg")
    psql("--command", 'ALTER TABLE users RENAME COLUMN "emailVerified" TO verified')
    equal(settings(report()), {"COGMIG_PRESET": "authjs-pg", "COGMIG_EMAIL_VERIFIED_COLUMN": ""})


@test
def only_an_index_that_begins_with_the_address_helps():
    load("supabase")  # has one of (instance_id, lower(email))
    equal(report()["create_index"],
          'CREATE INDEX CONCURRENTLY ON "auth"."users" (lower("email"::text))')
    load("laravel")
    psql("--command", "CREATE INDEX ON users (lower(email)) WHERE deleted_at IS NULL; "
         "CREATE INDEX ON users (lower(name), email)")
    equal(report()["create_index"] is None, False)
    psql("--command", "CREATE INDEX ON users (lower(email), id)")
    equal(report()["create_index"], None)


@test
def an_index_counts_only_if_look_ups_can_use_it():
    load("laravel")
    psql("--command", "ALTER TABLE users DROP CONSTRAINT users_email_unique; "
         "INSERT INTO users (name, email, password) VALUES ('a', 'twice@example.com', 'x'), "
         "('b', 'Twice@example.com', 'x')")
    both = ('CREATE INDEX CONCURRENTLY ON "public"."users" (lower("email"::text))',
            'CREATE INDEX CONCURRENTLY ON "public"."users" ("email")')
    for index in ("(lower(trim(email)))", "(lower(email) COLLATE \"POSIX\")", "(upper(email), email)",
                  "USING brin (email)", "(email) WHERE deleted_at IS NULL", "(email COLLATE \"POSIX\")"):
        psql("--command", f"CREATE INDEX unfit ON users {index}")
        told = report()
        equal((told["create_index"], told["create_email_index"]), both, index)
        psql("--command", "DROP INDEX unfit")
    made = subprocess.run(["psql", "-X", "-q", url, "-c", "CREATE UNIQUE INDEX CONCURRENTLY unfit ON users "
                           "(lower(email))"], capture_output=True, check=False)
    equal(b"could not create unique index" in made.stderr, True)  # and left an invalid one behind
    equal(report()["create_index"], both[0])
    psql("--command", "DROP INDEX unfit")
    for index in ("(lower(email) text_pattern_ops DESC, id)", "USING hash (lower(email::text))"):
        psql("--command", f"CREATE INDEX fit ON users {index}")
        told = report()
        equal((told["create_index"], told["create_email_index"]), (None, both[1]), index)
        psql("--command", "DROP INDEX fit")
    psql("--command", both[1])
    told = report()
    equal((told["create_index"], told["create_email_index"]), (both[0], None))


@test
def a_statement_is_one_that_the_table_takes():
    load("laravel")
    psql("--command", "ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT * FROM people")
    told = report()
    equal((told["create_index"], told["create_email_index"]), (None, None))
    psql("--command", "DROP VIEW users; CREATE TABLE users (LIKE people) PARTITION BY HASH (id)")
    told = report()
    psql("--command", told["create_index"], "--command", told["create_email_index"])
    told = report()
    equal((told["create_index"], told["create_email_index"]), (None, None))


@test
def indexes_of_the_table_that_is_set_are_told():
    load("laravel")
    psql("--command", "CREATE INDEX ON users (lower(email)); "
         "CREATE TABLE people (LIKE users INCLUDING ALL, told boolean); CREATE TABLE bare (LIKE users); "
         "CREATE VIEW seen AS SELECT * FROM people")

    def index(**environment):
        done = cogmig.run("doctor", "--only", "local", "--json", DATABASE_URL=url,
                          COGMIG_PRESET="laravel", **environment)
        [check] = [each for each in json.loads(done.stdout)["checks"] if each["check"] == "email-index"]
        return check["verdict"], check["reason"]

    equal(index()[0], "ok")
    equal(index(COGMIG_TABLE="people")[0], "ok")
    verdict, reason = index(COGMIG_TABLE="bare")
    equal((verdict, "bare has none: " in reason), ("warning", True), reason)
    for statement in reason.partition(": ")[2].split("; "):
        psql("--command", statement)
    equal(index(COGMIG_TABLE="bare")[0], "ok")
    verdict, reason = index(COGMIG_TABLE="seen")
    equal((verdict, "is a view" in reason), ("unknown", True), reason)
    equal(index(COGMIG_TABLE="nothing")[0], "unknown")
    own = "SELECT id, email, password AS password_hash FROM users WHERE email = $1"
    verdict, reason = index(COGMIG_SQL_BY_EMAIL=own)
    equal((verdict, "EXPLAIN" in reason), ("unknown", True), reason)


@test
def one_schema_of_many_is_looked_at():
    load("laravel")
    psql("--command", "DO $$ BEGIN FOR i IN 1..200 LOOP EXECUTE 'CREATE SCHEMA t' || i; EXECUTE "
         "'CREATE TABLE t' || i || '.users AS TABLE public.users WITH NO DATA'; "
         "IF i % 100 = 0 THEN COMMIT; END IF; END LOOP; END $$")
    equal(settings(report(url + "&schema=t7")), {"COGMIG_PRESET": "laravel", "COGMIG_SCHEMA": "t7"})
    psql("--command", "DO $$ BEGIN FOR i IN 1..200 LOOP EXECUTE 'DROP SCHEMA t' || i || ' CASCADE'; "
         "IF i % 100 = 0 THEN COMMIT; END IF; END LOOP; END $$")


@test
def a_database_that_fits_none_is_said_to():
    load(None)
    psql("--command", "CREATE TABLE users (id int, mail text, password text)")
    done = cogmig.run("store", "inspect", "--json", DATABASE_URL=url)
    equal((done.returncode, json.loads(done.stdout)), (NOT_FOUND, {"preset": None}))
    done = cogmig.run("store", "inspect", DATABASE_URL=url)
    equal(done.returncode, NOT_FOUND)
    equal(b"COGMIG_TABLE" in done.stdout, True)


@test
def sqlite_is_looked_at_the_same_way():
    database = f"file:{cogmig.folder}/dev.db"
    with sqlite3.connect(cogmig.folder / "dev.db") as file:
        file.executescript('CREATE TABLE "User" (id TEXT PRIMARY KEY, email TEXT, name TEXT, '
                           '"passwordHash" TEXT, "emailVerified" DATETIME, "createdAt" DATETIME, '
                           '"updatedAt" DATETIME); '
                           "INSERT INTO \"User\" (id, email) VALUES ('c1', 'ann@example.com')")
    told = report(database)
    equal(settings(told), {"COGMIG_PRESET": "authjs-prisma",
                           "COGMIG_PASSWORD_COLUMN": "passwordHash"})
    ann_is_found(told, database)
    with sqlite3.connect(cogmig.folder / "dev.db") as file:
        file.executescript(told["create_index"])
    equal(report(database)["create_index"], None)


@test
def people_read_it_too():
    load("supabase")
    done = cogmig.run("store", "inspect", DATABASE_URL=url)
    equal(done.returncode, OK)
    for words in (b"supabase", b"banned_until", b'COGMIG_PRESET="supabase"', b"CONCURRENTLY"):
        equal(words in done.stdout, True, words)


@test
def a_schema_without_hashes_is_recognised_and_that_is_what_it_lacks():
    """Auth.js' own schemas have no column for them."""
    for preset, table in (("authjs-prisma", "User"), ("authjs-pg", "users"), ("authjs-drizzle", "user")):
        load(preset)
        psql("--command", f'ALTER TABLE "{table}" DROP password CASCADE')
        done = cogmig.run("store", "inspect", "--json", DATABASE_URL=url)
        equal((done.returncode, json.loads(done.stdout)),
              (NOT_FOUND, {"preset": None, "fits_but_for_hashes": preset, "schema": "public", "table": table}))
        done = cogmig.run("store", "inspect", DATABASE_URL=url)
        equal((done.returncode, preset.encode() in done.stdout), (NOT_FOUND, True))
        equal(b"COGMIG_PASSWORD_COLUMN" in done.stdout and b"COGMIG_PASSWORD_TABLE" in done.stdout, True)
    # What has hashes goes before what fits better without.
    psql("--command", 'CREATE TABLE users (id text, email text, passwd text, hashed_password text)')
    equal(report()["table"], "users")

run()
