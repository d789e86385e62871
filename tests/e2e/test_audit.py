# SPDX-License-Identifier: Apache-2.0
"""`cogmig audit` over PostgreSQL and SQLite: every kind of user is counted, and no hash is told."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from program import INVALID, OK, SOURCE, UNAVAILABLE, Program  # noqa: E402
from tap import equal, run, test  # noqa: E402

cogmig = Program(sys.argv[1])
postgresql = os.environ["COGMIG_TEST_DATABASE_URL"]
sqlite_file = cogmig.folder / "audit.db"

SALTED = "HDT4hwe1XmEExOsg5x/6P..PGcedy6bkkxyr3ga1NgF9kiWDddzzz"
BCRYPT = "$2b$10$" + SALTED
YES, NO = "2024-01-01 10:30:00", None

# id, email, password, verified, name, phone, banned
USERS = [
    ("plain", "plain@example.com", BCRYPT, YES, "A", "+4915112345678", False),
    ("cost12", "cost12@example.com", "$2a$12$" + SALTED, NO, None, None, False),
    ("django", "django@example.com", "bcrypt_sha256$$2b$12$" + SALTED, YES, None, None, None),
    ("none-verified", "nv@example.com", None, YES, None, "", False),
    ("none-unverified", "nu@example.com", None, NO, None, None, False),
    ("empty", "empty@example.com", "", NO, None, None, False),
    ("argon", "argon@example.com", "$argon2id$v=19$m=1$c2FsdA$aGFzaA", YES, None, None, False),
    ("clear", "clear@example.com", "correct horse battery", NO, None, None, False),
    ("cut", "cut@example.com", BCRYPT[:59], YES, None, None, False),
    ("costly", "costly@example.com", "$2b$16$" + SALTED, YES, None, None, False),
    ("locked", "locked@example.com", "!", YES, None, None, False),
    ("banned", "banned@example.com", BCRYPT, YES, None, None, True),
    ("twin-1", "twin@example.com", BCRYPT, YES, None, None, False),
    ("twin-2", "Twin@example.com", BCRYPT, YES, None, None, False),
    ("twin-3", "TWIN@example.com", BCRYPT, YES, None, None, True),
    ("no-address", "nobody", BCRYPT, YES, None, None, False),
    ("long" * 520, "long-id@example.com", BCRYPT, YES, None, None, False),
    ("name", "name@example.com", BCRYPT, YES, "n" * 2049, None, False),
    ("phone", "phone@example.com", BCRYPT, YES, None, "0151 12345678", False),
]
FATES = {"migrate_at_sign_in": 5, "reset_the_password": 4, "stranded": 3, "ambiguous": 2,
         "refused_by_Cognito": 2, "disabled": 3}
REMARKS = {"address_not_verified": 4, "no_password": 3, "password_locked": 1, "bcrypt__damaged": 1,
           "bcrypt__cost_too_high": 1, "bcrypt_behind_a_prefix": 1, "hash_not_supported": 2,
           "address_refused": 1, "address_twice": 3, "no_id": 0, "id_too_long": 1,
           "name_too_long": 1, "telephone_not_E_164": 1, "id_is_no_user_name": 0,
           "attribute_refused": 0}
COSTS = {"10": 9, "12": 2}

CREATE = ('CREATE TABLE "User" ("id" TEXT, "email" TEXT, "password" TEXT, "emailVerified" TIMESTAMP,'
          ' "name" TEXT, "phone" TEXT, "banned" BOOLEAN, "createdAt" TIMESTAMP,'
          ' "updatedAt" TIMESTAMP)')


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    return "'" + value.replace("'", "''") + "'"


def prepare():
    rows = ", ".join("(" + ", ".join(map(literal, user)) + ")" for user in USERS)
    script = (f'{CREATE};\nINSERT INTO "User" ("id", "email", "password", "emailVerified", "name",'
              f' "phone", "banned") VALUES {rows};\n')
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", postgresql],
                   input=script, text=True, check=True)
    with sqlite3.connect(sqlite_file) as database:
        database.executescript(script)
    database.close()


prepare()
STORES = {"PostgreSQL": postgresql, "SQLite": f"file:{sqlite_file}"}
COLUMNS = ("--phone-column", "phone", "--disabled-column", "banned")


def audit(url, *arguments):
    return cogmig.run("audit", *COLUMNS, *arguments, DATABASE_URL=url)


def told(url, *arguments):
    done = audit(url, "--json", *arguments)
    equal(done.returncode, INVALID, done.stderr)
    return json.loads(done.stdout)


@test
def everybody_is_counted_once_and_every_remark_is_made():
    for name, url in STORES.items():
        result = told(url)
        equal(result["users"], len(USERS), name)
        equal(result["fates"], FATES, name)
        equal(sum(FATES.values()), len(USERS))
        equal({key: value["count"] for key, value in result["remarks"].items()}, REMARKS, name)
        equal(result["bcrypt_costs"], COSTS, name)
        equal(result["bcrypt_costs_too_high"], {"16": 1}, name)
        equal(result["longest_id_bytes"], 2080, name)
        equal(result["schemes"], {"bcrypt": 12, "none": 3, "argon2id": 1, "unknown": 1, "locked": 1,
                                  "bcrypt over SHA-256 (Django)": 1}, name)


@test
def examples_are_ids():
    for url in STORES.values():
        remarks = told(url)["remarks"]
        equal(sorted(remarks["address_twice"]["examples"]), ["twin-1", "twin-2", "twin-3"])
        equal(remarks["telephone_not_E_164"]["examples"], ["phone"])
        equal(remarks["bcrypt__damaged"]["examples"], ["cut"])
        equal(remarks["id_too_long"]["examples"], [("long" * 16)[:63]])


@test
def hashes_that_are_kept_as_bytes_count_as_the_text_they_are():
    view = ('CREATE VIEW bytes AS SELECT "id", "email", "emailVerified", "name", "phone", "banned",'
            ' "createdAt", "updatedAt", convert_to("password", \'UTF8\') AS "password" FROM "User"')
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", postgresql, "-c",
                    view], check=True)
    done = cogmig.run("audit", *COLUMNS, "--json", DATABASE_URL=postgresql, COGMIG_TABLE="bytes")
    result, whole = json.loads(done.stdout), told(postgresql)
    for what in ("schemes", "fates", "bcrypt_costs"):
        equal(result[what], whole[what])


# promise 7
@test
def no_hash_and_no_password_is_told():
    for url in STORES.values():
        for arguments in ((), ("--json",)):
            done = audit(url, *arguments)
            for secret in (SALTED[:8], "correct", "c2FsdA"):
                equal(secret in done.stdout.decode() + done.stderr, False, secret)


@test
def no_more_than_the_beginning_of_a_hash_counts():
    """Where all but the beginnings is overwritten, the audit sees no difference."""
    view = ('CREATE VIEW trap AS SELECT "id", "email", "emailVerified", "name", "phone", "banned",'
            ' "createdAt", "updatedAt",'
            ' left("password", 21) || repeat(\'x\', greatest(0, length("password") - 21))'
            ' AS "password" FROM "User"')
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", postgresql, "-c",
                    view], check=True)
    done = cogmig.run("audit", *COLUMNS, "--json", DATABASE_URL=postgresql, COGMIG_TABLE="trap")
    result, whole = json.loads(done.stdout), told(postgresql)
    equal(result["schemes"], whole["schemes"])
    equal(result["fates"], whole["fates"])


SCHEMAS = SOURCE / "tests" / "data" / "schemas"


def in_postgresql(name):
    psql = ["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1"]
    url = postgresql.replace("@/postgres?", f"@/{name}?")
    subprocess.run([*psql, postgresql, "-c", f'CREATE DATABASE "{name}"'], check=True)
    subprocess.run([*psql, url, "-f", SCHEMAS / f"{name}.sql"], check=True)
    return url


def in_sqlite(name):
    with sqlite3.connect(cogmig.folder / f"{name}.db") as database:
        database.executescript((SCHEMAS / "sqlite" / f"{name}.sql").read_text("utf-8"))
    database.close()
    return f"file:{name}.db"


def told_of_preset(name, url):
    done = cogmig.run("audit", "--json", DATABASE_URL=url, COGMIG_PRESET=name)
    equal(done.returncode in (OK, INVALID), True, done.stderr)
    return json.loads(done.stdout)


@test
def a_hash_in_another_table_is_surveyed_and_bans_count():
    for make in (in_postgresql, in_sqlite):
        result = told_of_preset("better-auth", make("better-auth"))
        equal(result["users"], 7)
        equal(result["schemes"], {"bcrypt": 5, "none": 1, "scrypt (Better Auth)": 1})
        equal(result["fates"]["disabled"], 2)
        equal(result["fates"]["migrate_at_sign_in"], 3)


@test
def rows_that_stand_for_nobody_are_passed_over():
    result = told_of_preset("supabase", in_postgresql("supabase"))
    equal(result["users"], 8)
    equal(result["fates"]["disabled"], 3)
    equal(result["remarks"]["address_twice"]["count"], 0)


HASH_OF_PASSWORD = "$2b$04$......................LAtw7/ohmmBAhnXqmkuIz83Rl5Qdjhm"
REASONS = {"USER_DISABLED": "disabled", "PASSWORD_LOCKED": "disabled", "EMAIL_NOT_VERIFIED": "stranded",
           "ATTRIBUTE_INVALID": "refused_by_Cognito", "STORE_ROW_INVALID": "refused_by_Cognito"}


def in_table(name, url, columns, rows):
    script = (f"CREATE TABLE {name} (id TEXT, email TEXT, password TEXT, {columns});\n"
              f"INSERT INTO {name} VALUES {', '.join(rows)};\n")
    if url.startswith("file:"):
        with sqlite3.connect(sqlite_file) as database:
            database.executescript(script)
        database.close()
    else:
        subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", url],
                       input=script, text=True, check=True)
    return {"DATABASE_URL": url, "COGMIG_TABLE": name, "COGMIG_NAME_COLUMN": "",
            "COGMIG_CREATED_AT_COLUMN": "", "COGMIG_UPDATED_AT_COLUMN": "",
            "COGMIG_DEADLINE_MS": "60000"}


def event_of(trigger, user):
    return json.dumps({"version": "1", "triggerSource": f"UserMigration_{trigger}", "userName": user,
                       "userPoolId": "eu-central-1_AbCdEfGhI",
                       "request": {"password": "password"}, "response": {}})


def fate_by_answers(sign_in, forgotten):
    if sign_in["outcome"] == "yes":
        return "migrate_at_sign_in"
    return "reset_the_password" if forgotten["outcome"] == "yes" else REASONS[forgotten["reason"]]


def fates_by_answers(settings, users):
    """What the migration answers to the right password, and to a forgotten one."""
    events = "\n".join(event_of(trigger, user) for user in users
                       for trigger in ("Authentication", "ForgotPassword"))
    done = cogmig.run("migrate", "--dry-run", "--json", stdin=events.encode(), **settings)
    told_of = [json.loads(line) for line in done.stdout.splitlines()]
    equal(len(told_of), 2 * len(users), done.stderr)
    fates = [fate_by_answers(*told_of[i:i + 2]) for i in range(0, len(told_of), 2)]
    return {fate: fates.count(fate) for fate in fates}


def predicted(settings):
    done = cogmig.run("audit", "--json", **settings)
    equal(done.returncode in (OK, INVALID), True, done.stderr)
    return {fate: count for fate, count in json.loads(done.stdout)["fates"].items() if count}


@test
def the_migration_bears_out_what_is_predicted_of_a_flag_of_any_type():
    types = {"BIGINT": (0, 1, 1700000000000, "NULL"), "INTEGER": (0, 1, 2, -1, "NULL"),
             "SMALLINT": (0, 3), "TEXT": ("'0'", "'1'", "'2'", "'t'", "'2024-01-01'", "NULL")}
    for where, url in STORES.items():
        for number, (kind, flags) in enumerate(types.items()):
            users = [f"user{i}@example.com" for i in range(len(flags))]
            rows = [f"('{i}', '{user}', NULL, {flag})"
                    for i, (user, flag) in enumerate(zip(users, flags))]
            settings = in_table(f"flags{number}", url, f'"emailVerified" {kind}', rows)
            equal(predicted(settings), fates_by_answers(settings, users), f"{where} {kind}")


@test
def the_migration_bears_out_what_is_predicted_of_attributes():
    columns = ('"emailVerified" TIMESTAMP, called TEXT, phone TEXT, born TEXT, day DATE,'
               ' proved BOOLEAN, changed TIMESTAMP')
    values = ["'Ann', '+4915112345678', '1990-12-31', '1990-12-31', true, '2024-01-01 10:00:00'",
              "'Ann', '0151 12345678', NULL, NULL, NULL, NULL", "'Ann', '', '', NULL, false, NULL",
              "'" + "ü" * 2048 + "', NULL, NULL, NULL, NULL, NULL",
              "'" + "n" * 2049 + "', NULL, '31.12.1990', NULL, NULL, NULL"]
    users = [f"user{i}@example.com" for i in range(len(values))]
    rows = [f"('{'i' * 60 * i} {i}', '{user}', '{HASH_OF_PASSWORD}', NULL, {value})"
            for i, (user, value) in enumerate(zip(users, values))]
    for where, url in STORES.items():
        settings = in_table("attributes", url, columns, rows)
        settings["COGMIG_NAME_COLUMN"] = "called"
        for each in ("", "locale=born, name", "birthdate=day", "phone_number_verified=proved",
                     "updated_at=changed", "custom:a=called, phone_number=phone"):
            settings |= {"COGMIG_ATTRIBUTES": each, "COGMIG_USERNAME_FROM_LEGACY_ID": "0"}
            equal(predicted(settings), fates_by_answers(settings, users), f"{where} {each}")
        settings |= {"COGMIG_ATTRIBUTES": "", "COGMIG_USERNAME_FROM_LEGACY_ID": "1"}
        equal(predicted(settings), fates_by_answers(settings, users), where)


def alter_role(*changes):
    script = "".join(f"ALTER ROLE CURRENT_USER {change};" for change in changes)
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", postgresql, "-c",
                    script], check=True)


@test
def dates_are_written_in_one_way_whatever_the_database_has_for_its_own():
    users = ["user1@example.com"]
    settings = in_table("dates", postgresql, '"emailVerified" TIMESTAMP, day DATE, at TIMESTAMPTZ',
                        [f"('1', '{users[0]}', '{HASH_OF_PASSWORD}', NULL, '1990-12-31',"
                         " '2026-01-15 10:30:00.25+09')"])
    settings["COGMIG_ATTRIBUTES"] = "birthdate=day, custom:at=at"
    alter_role("SET DateStyle = German", "SET TimeZone = 'Asia/Tokyo'")
    try:
        equal(predicted(settings), {"migrate_at_sign_in": 1})
        for pooler in ("none", "pgbouncer", "rds-proxy"):
            done = cogmig.run("migrate", "--dry-run", "--json", **settings, COGMIG_POOLER=pooler,
                              stdin=event_of("Authentication", users[0]).encode())
            told_of = json.loads(done.stdout).get("answer", {}).get("userAttributes", {})
            equal((told_of.get("birthdate"), told_of.get("custom:at")),
                  ("1990-12-31", "2026-01-15 01:30:00.25+00"), f"{pooler}: {done.stdout}")
    finally:
        alter_role("RESET DateStyle", "RESET TimeZone")


@test
def the_migration_bears_out_what_is_predicted_of_a_name_that_no_look_up_can_read():
    names = {"PostgreSQL": ("'Ann'", "repeat('n', 65536)", "repeat('n', 65537)"),
             "SQLite": ("'Ann'", "CAST(X'FF' AS TEXT)", "CAST(X'410042' AS TEXT)")}
    for where, url in STORES.items():
        users = [f"user{i}@example.com" for i in range(len(names[where]))]
        rows = [f"('{i}', '{user}', '{HASH_OF_PASSWORD}', NULL, {name})"
                for i, (user, name) in enumerate(zip(users, names[where]))]
        settings = in_table("names", url, '"emailVerified" TIMESTAMP, called TEXT', rows)
        settings["COGMIG_NAME_COLUMN"] = "called"
        answered = fates_by_answers(settings, users)
        equal(answered["refused_by_Cognito"] > 0, True, answered)
        equal(predicted(settings), answered, where)


@test
def options_change_the_prediction():
    result = told(postgresql, "--max-cost", "16")
    equal(result["remarks"]["bcrypt__cost_too_high"]["count"], 0)
    equal(result["fates"]["migrate_at_sign_in"], FATES["migrate_at_sign_in"] + 1)
    result = told(postgresql, "--legacy-id-length", "6")
    equal(result["remarks"]["id_too_long"]["count"],
          sum(len(user[0]) > 6 for user in USERS))
    equal(told(postgresql, "--peak", "1")["hours_at_peak"], sum(COSTS.values()) / 3600)
    environment = {"DATABASE_URL": postgresql, "COGMIG_MAX_COST": "11"}
    done = cogmig.run("audit", *COLUMNS, "--json", **environment)
    equal(json.loads(done.stdout)["remarks"]["bcrypt__cost_too_high"]["count"], 3)
    done = cogmig.run("audit", *COLUMNS, "--json", "--max-cost", "16", **environment)
    equal(json.loads(done.stdout)["remarks"]["bcrypt__cost_too_high"]["count"], 0)
    done = cogmig.run("audit", **{**environment, "COGMIG_MAX_COST": "32"})
    equal((done.returncode, "COGMIG_MAX_COST" in done.stderr), (INVALID, True), done.stderr)
    for arguments in (["--max-cost", "3"], ["--peak", "0"], ["--legacy-id-length", "2049"],
                      ["--unknown"], ["extra"]):
        equal(audit(postgresql, *arguments).returncode, INVALID, str(arguments))


@test
def the_text_says_the_same():
    text = audit(postgresql, "--peak", "2").stdout.decode()
    for line in ("users                              19", "  migrate at sign-in                5",
                 "  ambiguous                         2", "    of bcrypt cost 12                2"):
        equal(line + "\n" in text, True, text)
    equal("cogmig capacity --users 11 --peak 2 --cost 10=9,12=2\n" in text, True, text)


@test
def a_clean_store_is_a_good_exit():
    clean = cogmig.folder / "clean.db"
    with sqlite3.connect(clean) as database:
        database.execute(CREATE)
        database.execute('INSERT INTO "User" ("id", "email", "password") VALUES (?, ?, ?)',
                         USERS[0][:3])
    database.close()
    equal(audit(f"file:{clean}").returncode, OK)


@test
def an_outage_is_an_outage():
    done = audit("postgresql://127.0.0.1:1/nothing")
    equal(done.returncode, UNAVAILABLE, done.stderr)
    equal(done.stdout, b"")
    equal(cogmig.run("audit", "--phone-column", "mobile", DATABASE_URL=postgresql).returncode,
          INVALID)


run()
