# SPDX-License-Identifier: Apache-2.0
"""cogmig export from a real PostgreSQL: each format is read again by another parser and compared
with the database, and nothing that breaks leaves a file that looks whole."""

import csv
import io
import json
import os
import pty
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from program import INVALID, OK, SOURCE, STOPPED, UNAVAILABLE, Program  # noqa: E402
from tap import equal, nothing, run, test  # noqa: E402

cogmig = Program(sys.argv[1])
url = os.environ["COGMIG_TEST_DATABASE_URL"]
BCRYPT = "$2b$12$VADBCPlCt0wMa2zjUgaXl.jnrvoNt/kgjtRY7i./fo0V2IEp1l6f2"
PLAIN_USERS = 1000
ODD_USERS = int(os.environ.get("COGMIG_EXPORT_USERS", "5000"))  # once in a while a million
csv.field_size_limit(10_000_000)

# Names that every format has to carry.
ODD_NAMES = [
    "", " ", "quote \" and '", "comma, semicolon; tab\tend", "line\nline\r\nline\r", "back\\slash",
    "=1+1", "+49 30", "-2", "@SUM(A1)", "'quoted", "''twice", "\t=1", "\\u0000 \\x00 \\0", "\x01\x1f\x7f",
    "\U0001f33b emoji \U0001f469‍\U0001f4bb", "שלום العربية \u202eright to left", "e\u0301 combining", "\ufeffBOM",
    "'; DROP TABLE \"User\"; --", "</script>", "NULL", "null", "\\N", "\\.", "x" * 1_000_000,
    "\U0001f33b" * 1000, "1e999", "true", "{}", "$1 and $2", "\u2028\u2029",
]
# What PostgreSQL is given, and what the export says.
ODD_TIMES = [
    ("2026-01-15 10:30:00", "2026-01-15T10:30:00.000Z"),
    ("2026-01-15 10:30:00.123456", "2026-01-15T10:30:00.123Z"),
    ("1969-12-31 23:59:59.9999", "1969-12-31T23:59:59.999Z"),
    ("2024-02-29 00:00:00", "2024-02-29T00:00:00.000Z"),
    ("infinity", "infinity"),
    ("-infinity", "-infinity"),
    ("0044-03-15 12:00:00 BC", "-000043-03-15T12:00:00.000Z"),
    ("4714-11-24 00:00:00 BC", "-004713-11-24T00:00:00.000Z"),
    ("294276-12-31 23:59:59.999999", "+294276-12-31T23:59:59.999Z"),
]


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def psql(sql):
    done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", url],
                          input="SET client_encoding = 'UTF8'; SET TimeZone = 'UTC';" + sql,
                          text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


def make_users():
    psql('CREATE TABLE "User" (id text PRIMARY KEY, email text, name text, password text,'
         ' "emailVerified" timestamp(3), "createdAt" timestamp, "updatedAt" timestamp);'
         f"""INSERT INTO "User" SELECT 'c' || i, 'user' || i || '@example.com', 'User ' || i,
             '{BCRYPT}', now(), timestamp '2024-01-01' + i * interval '61 seconds 1 millisecond',
             '2026-01-15 10:30:00' FROM generate_series(1, {PLAIN_USERS}) i""")
    rows = [("n%02d" % i, "odd%d@example.com" % i, name, "2026-01-15 10:30:00")
            for i, name in enumerate(ODD_NAMES)]
    rows += [("t%02d" % i, "time%d@example.com" % i, "Time", when)
             for i, (when, _) in enumerate(ODD_TIMES)]
    values = ",".join(f"({quoted(i)}, {quoted(email)}, {quoted(name)}, '{BCRYPT}', now(),"
                      f" '{when}', NULL)" for i, email, name, when in rows)
    psql(f'INSERT INTO "User" VALUES {values};'
         "INSERT INTO \"User\" VALUES ('empty', NULL, NULL, NULL, NULL, NULL, NULL),"
         " ('open', 'open@example.com', 'Not verified', NULL, NULL, NULL, NULL);"
         # Ten seconds for all users; with a limit the function is called after sorting.
         """CREATE OR REPLACE FUNCTION slowly(text) RETURNS text LANGUAGE plpgsql STABLE COST 1000000
                AS 'BEGIN PERFORM pg_sleep(0.01); RETURN $1; END';
            CREATE VIEW slow AS SELECT id, email, slowly(name) AS name, password, "emailVerified",
                "createdAt", "updatedAt" FROM "User" """)


def in_database():
    """Every user as the export has to say it; times that Python cannot have come from the table."""
    lines = psql("""SELECT json_build_object('id', id, 'email', email, 'name', name,
        'createdAt', CASE WHEN id LIKE 't%' THEN id
                          ELSE to_char("createdAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END,
        'updatedAt', to_char("updatedAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) FROM "User" """)
    users = {user["id"]: user for user in map(json.loads, lines.split("\n")[:-1])}
    for i, (_, told) in enumerate(ODD_TIMES):
        users["t%02d" % i]["createdAt"] = told
    return users


make_users()
EXPECTED = in_database()
numbers = iter(range(1000))


def fresh(ending):
    return f"export-{next(numbers)}{ending}"


def export(*arguments, **environment):
    return cogmig.run("export", *arguments, **{"DATABASE_URL": url, **environment})


def exported(ending, *arguments, **environment):
    """The bytes of an export that worked and that can prove it."""
    name = fresh(ending)
    done = export("--output", name, *arguments, **environment)
    equal((done.returncode, done.stderr), (OK, ""), name)
    proof = export("--verify", name)
    equal((proof.returncode, b"is what its manifest says" in proof.stdout), (OK, True), name)
    return (cogmig.folder / name).read_bytes()


def lines_of(text):
    """Lines of NDJSON; splitlines() would also split at U+2028."""
    *lines, end = text.decode().split("\n")
    equal(end, "")
    return lines


def compare(users):
    nothing(f"{key}: {str(user)[:300]}\n  not {str(EXPECTED.get(key))[:300]}"
            for key, user in users.items() if EXPECTED.get(key) != user)
    equal(set(users), set(EXPECTED))


def files():
    return {path.name for path in cogmig.folder.iterdir()}


def program(*arguments, **options):
    return subprocess.Popen([cogmig.path, "export", *arguments], cwd=cogmig.folder,
                            env={**os.environ, "DATABASE_URL": url}, **options)


def wait_for(condition):
    give_up = time.monotonic() + 30
    while not condition():
        if time.monotonic() > give_up:
            raise AssertionError("it did not happen")
        time.sleep(0.01)


# ---- formats ----

@test
def json_says_what_the_database_says():
    text = exported(".json")
    users = json.loads(text)
    equal(len(users), len(EXPECTED))
    equal(list(users[0]), ["id", "email", "name", "createdAt", "updatedAt"])
    compare({user["id"]: user for user in users})


@test
def ndjson_says_what_the_database_says():
    compare({user["id"]: user for user in map(json.loads, lines_of(exported(".ndjson")))})


@test
def jq_reads_the_same_from_both():
    both = [exported(".json", "--after", "c"), exported(".ndjson", "--after", "c")]
    told = [subprocess.run(["jq", "-c", "-S", how], input=text, capture_output=True, check=True).stdout
            for text, how in zip(both, (".[]", "."))]
    equal(told[0] == told[1], True)
    equal(told[0].count(b"\n"), len(EXPECTED))


def unguarded(value):
    return value[1:] if value.startswith("'") else value


@test
def csv_says_what_the_database_says():
    text = exported(".csv").decode()
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    equal(len(rows), len(EXPECTED))
    expected = {key: {name: value or "" for name, value in user.items()}
                for key, user in EXPECTED.items()}
    users = {row["id"]: {name: unguarded(value) for name, value in row.items()} for row in rows}
    nothing(key for key in expected if users.get(key) != expected[key])


# promise 50
@test
def no_value_of_csv_begins_like_a_formula():
    text = exported(".csv").decode()
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    nothing(row[0] for row in rows for value in row if value[:1] in ("=", "+", "-", "@", "\t", "\r", "\n"))
    bare = exported(".csv", "--no-formula-guard", "--columns", "id,name").decode()
    rows = {row[0]: row[1] for row in csv.reader(io.StringIO(bare, newline=""), strict=True)}
    equal({key: rows[key] for key in rows if key.startswith("n")},
          {key: user["name"] for key, user in EXPECTED.items() if key.startswith("n")})


@test
def a_missing_value_and_an_empty_text_differ_in_csv():
    lines = exported(".csv", "--columns", "id, name ,email= email ").decode().split("\r\n")
    equal("empty,," in lines, True)
    equal('n00,"",odd0@example.com' in lines, True)


def split_cognito(line):
    return [value.replace("\\,", ",") for value in re.split(r"(?<!\\),", line)]


@test
def cognitos_csv_has_every_user_or_says_why_not():
    name = fresh(".cognito.csv")
    equal(export("--output", name).returncode, OK)
    header, *lines = (cogmig.folder / name).read_text("utf-8").split("\n")[:-1]
    names = header.split(",")
    rows = [dict(zip(names, split_cognito(line), strict=True)) for line in lines]
    left_out = [json.loads(line) for line in
                (cogmig.folder / (name + ".left-out.ndjson")).read_text("utf-8").splitlines()]
    equal(len(rows) + len(left_out), len(EXPECTED))
    equal({row["custom:legacy_id"] for row in rows} | {user["id"] for user in left_out}, set(EXPECTED))
    for row in rows:
        user = EXPECTED[row["custom:legacy_id"]]
        equal((row["name"], row["email"], row["cognito:username"]),
              (user["name"] or "", user["email"], user["email"]))
        equal((row["email_verified"], row["cognito:mfa_enabled"]), ("TRUE", "FALSE"))
    reasons = {user["id"]: user["reason"] for user in left_out}
    for key, word in (("empty", "empty"), ("n01", "white space"), ("n04", "line end"),
                      ("n05", "backslash"), ("n25", "2048"), ("open", "verified")):
        equal(word in reasons[key], True, key)


@test
def cognitos_header_can_be_that_of_the_pool():
    answer = {"UserPoolId": "eu-central-1_AbCdEfGhI",
              "CSVHeader": ["email", "email_verified", "cognito:username", "custom:plan",
                            "cognito:mfa_enabled"]}
    (cogmig.folder / "header.json").write_text(json.dumps(answer), "utf-8")
    name = fresh(".cognito.csv")
    done = export("--output", name, "--header", "header.json", "--limit", "1", "--mfa", "--columns",
                  "custom:plan=name,cognito:username=id", "--report", fresh(".report"))
    equal(done.returncode, OK, done.stderr)
    equal((cogmig.folder / name).read_text("utf-8"),
          "email,email_verified,cognito:username,custom:plan,cognito:mfa_enabled\n"
          "user1@example.com,TRUE,c1,User 1,TRUE\n")
    done = export("--output", fresh(".cognito.csv"), "--header", "header.json", "--columns", "gender=name")
    equal((done.returncode, "gender" in done.stderr), (INVALID, True))


def make_odd_users():
    """Each odd name many times over, by itself and with a number, and what the database says."""
    odd = ",".join(quoted(name[:2000]) for name in ODD_NAMES)
    psql(f"""CREATE TABLE odd AS SELECT 'k' || i AS id, 'odd' || i || '@example.com' AS email,
            names[1 + i % cardinality(names)] || CASE WHEN i % 3 = 0 THEN i::text ELSE '' END AS name,
            '{BCRYPT}'::text AS password,
            CASE WHEN i % 5 > 0 THEN timestamp '2026-01-15 10:30:00.999999' END AS "emailVerified",
            timestamp '1970-01-01' + (i - {ODD_USERS // 2}) * interval '1 hour 1.0007 seconds' AS "createdAt",
            CASE WHEN i % 7 > 0 THEN timestamptz '2026-01-15 10:30:00.5+05:30' END AS "updatedAt"
        FROM generate_series(1, {ODD_USERS}) i, (SELECT ARRAY[{odd}] AS names) n""")
    lines = psql("""SELECT json_build_array(id, email, name,
        to_char("createdAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), to_char("updatedAt" AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) FROM odd""")
    return {user[0]: user for user in map(json.loads, lines.split("\n")[:-1])}


def compare_odd(rows, expected):
    """rows are lists of values, each in the place of the database's."""
    count = 0
    for row in rows:
        count += 1
        if row != expected.get(row[0]):
            raise AssertionError(f"{row}\n  not {expected.get(row[0])}")
    equal(count, len(expected))


@test
def many_odd_users_are_in_every_format_what_they_are_in_the_database():
    expected, settings = make_odd_users(), {"COGMIG_TABLE": "odd"}
    compare_odd((list(user.values()) for user in json.loads(exported(".json", **settings))), expected)
    compare_odd((list(json.loads(line).values())
                 for line in lines_of(exported(".ndjson", **settings))), expected)
    rows = csv.reader(io.StringIO(exported(".csv", **settings).decode(), newline=""), strict=True)
    equal(next(rows), ["id", "email", "name", "createdAt", "updatedAt"])
    texts = {key: [value or "" for value in user] for key, user in expected.items()}
    compare_odd(([unguarded(value) for value in row] for row in rows), texts)
    name = fresh(".cognito.csv")
    equal(export("--output", name, **settings).returncode, OK)
    names, rows = [], []
    for path in cogmig.folder.glob(name.replace(".cognito", ".cognito*")):  # 500,000 in each
        header, *lines = path.read_text("utf-8").split("\n")[:-1]
        names, rows = header.split(","), rows + [split_cognito(line) for line in lines]
    places = [names.index(column) for column in ("custom:legacy_id", "email", "name", "updated_at")]
    left_out = lines_of((cogmig.folder / (name + ".left-out.ndjson")).read_bytes())
    equal(len(rows) + len(left_out), len(expected))
    for row in rows:
        told, user = [row[place] for place in places], texts[row[places[0]]]
        equal(told, [*user[:3], "1768453200" if user[4] else ""])
    psql("DROP TABLE odd")


# promise 51
@test
def nobody_who_is_disabled_gets_into_cognitos_csv():
    psql("""CREATE SCHEMA better; CREATE TABLE better."user" (id text PRIMARY KEY, name text, email text,
            "emailVerified" boolean, "createdAt" timestamp, "updatedAt" timestamp, banned boolean,
            "banExpires" timestamp);
        INSERT INTO better."user" SELECT i, i, i || '@example.com', true, now(), now(), banned, until
            FROM (VALUES ('free', false, NULL), ('null', NULL, NULL), ('banned', true, NULL),
                         ('still', true, now() + interval '1 hour'),
                         ('over', true, now() - interval '1 hour')) AS u (i, banned, until)""")
    settings = {"DATABASE_URL": url + "&schema=better", "COGMIG_PRESET": "better-auth"}
    name = fresh(".cognito.csv")
    equal(export("--output", name, **settings).returncode, OK)
    rows = (cogmig.folder / name).read_text("utf-8").splitlines()[1:]
    equal(sorted(row.split(",")[-1] for row in rows), ["free", "null", "over"])
    left_out = [json.loads(line) for line in
                lines_of((cogmig.folder / (name + ".left-out.ndjson")).read_bytes())]
    equal(sorted(user["id"] for user in left_out), ["banned", "still"])
    equal(all("disabled" in user["reason"] for user in left_out), True)
    # The backup has everybody, and a table without the columns of the admin plugin has nobody banned.
    equal(len(json.loads(exported(".json", **settings))), 5)
    psql('ALTER TABLE better."user" DROP COLUMN banned, DROP COLUMN "banExpires"')
    name = fresh(".cognito.csv")
    equal(export("--output", name, **settings).returncode, OK)
    equal(len((cogmig.folder / name).read_text("utf-8").splitlines()), 1 + 5)


@test
def users_of_every_product_are_exported_without_their_hashes():
    for path in sorted((SOURCE / "tests/data/schemas").glob("*.sql")):
        psql(f'CREATE DATABASE "{path.stem}"')
        settings = {"DATABASE_URL": url.replace("@/postgres?", f"@/{path.stem}?"),
                    "COGMIG_PRESET": path.stem}
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", settings["DATABASE_URL"], "-f",
                        path], check=True)
        text = exported(".json", **settings)
        users = {user["email"]: user for user in json.loads(text)}
        equal("ann@example.com" in users and len(users) > 2, True, str(users))
        equal(re.search(rb"\$2[aby]\$|:[0-9a-f]{64}", text), None, path.stem)
        if "createdAt" in users["ann@example.com"]:
            equal(users["ann@example.com"]["createdAt"].startswith("2026-"), True, str(users))
        name = fresh(".cognito.csv")
        equal(export("--output", name, **settings).returncode, OK, path.stem)
        rows = (cogmig.folder / name).read_text("utf-8").splitlines()
        equal(any("banned@" in row or "locked@" in row or "deleted@" in row for row in rows), False)


@test
def sql_of_ones_own_has_no_list():
    sql = "SELECT id, email, password AS password_hash FROM users WHERE email = $1"
    for verb in ("export",), ("audit",), ("reconcile", "--no-map"):
        done = cogmig.run(*verb, DATABASE_URL=url, COGMIG_SQL_BY_EMAIL=sql,
                          COGNITO_USER_POOL_ID="eu-central-1_AbCdEfGhI",
                          AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x",
                          COGNITO_ENDPOINT="https://127.0.0.1:1")
        told = done.returncode, "A view of your own" in done.stderr, "COGMIG_TABLE" in done.stderr
        equal(told, (INVALID, True, True), f"{verb} {done.stderr}")


@test
def a_view_of_ones_own_is_listed_and_asked_as_the_reference_says():
    page = (SOURCE / "docs/reference/store.md").read_text("utf-8")
    recipe = page[page.index("### A view of your own"):]
    [view, *_] = re.findall(r"```sql\n(.*?)```", recipe, re.S)
    [settings, *_] = re.findall(r"```sh\n(.*?)```", recipe, re.S)
    psql(f"""CREATE TABLE person (id bigint PRIMARY KEY, hash text, full_name text, blocked boolean,
            created timestamptz DEFAULT '2026-01-15T10:30:00Z', changed timestamptz DEFAULT now());
        CREATE TABLE mail (person bigint, address text, is_main boolean, confirmed_at timestamptz);
        INSERT INTO person VALUES (1, '{BCRYPT}', 'Ann', false), (2, '{BCRYPT}', 'Bob', true);
        INSERT INTO mail VALUES (1, 'ann@example.com', true, now()), (1, 'ann@example.org', false, now()),
            (2, 'bob@example.com', true, NULL);
        DROP ROLE IF EXISTS reader; CREATE ROLE reader;""")
    psql(view)
    environment = dict(line.split("=", 1) for line in settings.splitlines())
    first, second = sorted(json.loads(exported(".json", **environment)), key=lambda user: user["id"])
    equal((first["id"], first["email"], first["name"], first["createdAt"]),
          ("1", "ann@example.com", "Ann", "2026-01-15T10:30:00.000Z"), str(first))
    equal((second["id"], second["email"]), ("2", "bob@example.com"), str(second))

    def told(*arguments):
        done = cogmig.run(*arguments, "--json", DATABASE_URL=url, **environment)
        equal(done.returncode, OK, done.stderr)
        return json.loads(done.stdout)

    ann, bob = told("user", "Ann@Example.com"), told("user", "--id", "2")
    equal((ann["email_verified"], ann["password_scheme"], ann["disabled"]), (True, "bcrypt", False), f"{ann}")
    equal((bob["email_verified"], bob["name"], bob["disabled"]), (False, "Bob", True), f"{bob}")
    audit = told("audit")
    equal((audit["users"], audit["fates"]["migrate_at_sign_in"], audit["fates"]["disabled"]), (2, 1, 1))


@test
def columns_of_every_type_are_told():
    psql("""CREATE TABLE kinds (id bigint PRIMARY KEY, email varchar(99), hash char(60), u uuid,
            b boolean, d date, z timestamptz, j jsonb, a text[], n numeric, f float8, y bytea, i interval);
        INSERT INTO kinds VALUES (9007199254740993, 'a@example.com', 'x',
            '550e8400-e29b-41d4-a716-446655440000', true, '2026-01-15', '2026-01-15 10:30:00.5+05:30',
            '{"a": [1, "é"]}', ARRAY['x', 'y,z'], 1.50, 0.1, 'AB', '1 day 2 hours'),
            (-1, 'b@example.com', NULL, NULL, false, 'infinity', '-infinity', NULL, NULL, NULL, NULL,
            NULL, NULL)""")
    text = exported(".json", "--columns", "id,u,b,d,z,j,a,n,f,y,i", COGMIG_TABLE="kinds",
                    COGMIG_PASSWORD_COLUMN="hash", COGMIG_NAME_COLUMN="",
                    COGMIG_EMAIL_VERIFIED_COLUMN="", COGMIG_CREATED_AT_COLUMN="",
                    COGMIG_UPDATED_AT_COLUMN="")
    done = export("--output", fresh(".json"), "--columns", "id", "--after", "abc", COGMIG_TABLE="kinds",
                  COGMIG_PASSWORD_COLUMN="hash")
    equal((done.returncode, "abc cannot be an id" in done.stderr), (INVALID, True), done.stderr)
    first, second = sorted(json.loads(text), key=lambda user: user["id"], reverse=True)
    equal(first, {
        "id": "9007199254740993", "u": "550e8400-e29b-41d4-a716-446655440000", "b": True,
        "d": "2026-01-15T00:00:00.000Z", "z": "2026-01-15T05:00:00.500Z", "j": '{"a": [1, "é"]}',
        "a": '{x,"y,z"}', "n": "1.50", "f": "0.1", "y": "\\x4142", "i": "1 day 02:00:00"})
    equal((second["id"], second["b"], second["d"], second["z"], second["j"]),
          ("-1", False, "infinity", "-infinity", None))


@test
def names_with_quotes_and_dots_are_names():
    psql("""CREATE SCHEMA "my.schema"; CREATE TABLE "my.schema"."us""er" ("i.d" text PRIMARY KEY,
            email text, password text, "va""l;ue" text);
        INSERT INTO "my.schema"."us""er" VALUES ('1', 'a@example.com', 'x', 'v')""")
    text = exported(".json", "--columns", 'id,v=va"l;ue', COGMIG_TABLE='us"er',
                    COGMIG_SCHEMA="my.schema", COGMIG_ID_COLUMN="i.d", COGMIG_NAME_COLUMN="",
                    COGMIG_EMAIL_VERIFIED_COLUMN="", COGMIG_CREATED_AT_COLUMN="",
                    COGMIG_UPDATED_AT_COLUMN="")
    equal(json.loads(text), [{"id": "1", "v": "v"}])


@test
def sqlite_says_what_postgresql_says():
    with sqlite3.connect(cogmig.folder / "dev.db") as database:
        database.executescript((SOURCE / "examples/users/users.sqlite.sql").read_text("utf-8"))
    database.close()
    psql("CREATE SCHEMA example; SET search_path = example;"
         + (SOURCE / "examples/users/users.sql").read_text("utf-8"))
    told = [sorted(json.loads(exported(".json", DATABASE_URL=store)), key=lambda user: user["id"])
            for store in (url + "&schema=example", "file:dev.db")]
    equal(told[0], told[1])
    equal(len(told[0]), 15)


# ---- which users ----

@test
def parts_shards_and_ranges_hold_each_user_once():
    ids = sorted(EXPECTED)
    shards = [json.loads(exported(".json", "--shard", f"{i}/3")) for i in (1, 2, 3)]
    equal(sorted(user["id"] for shard in shards for user in shard), ids)
    equal(min(map(len, shards)) > len(ids) / 5, True)
    name = fresh(".ndjson")
    equal(export("--output", name, "--part-rows", "400", "--limit", "1000").returncode, OK)
    parts = [name, *(name.replace(".ndjson", f"-{i}.ndjson") for i in (2, 3))]
    parts = [lines_of((cogmig.folder / part).read_bytes()) for part in parts]
    equal([len(part) for part in parts], [400, 400, 200])
    last = json.loads(parts[2][-1])["id"]
    rest = lines_of(exported(".ndjson", "--after", last))
    told = [json.loads(line)["id"] for line in [*parts[0], *parts[1], *parts[2], *rest]]
    equal(sorted(told), ids)
    equal(len(told), len(ids))


@test
def sqlites_numbers_are_gone_on_behind_as_numbers():
    with sqlite3.connect(cogmig.folder / "numbers.db") as database:
        database.executescript("""
            CREATE TABLE whole (id INTEGER PRIMARY KEY, email TEXT, password TEXT);
            INSERT INTO whole VALUES (2, 'a@example.com', 'x'), (9, 'b@example.com', 'x'),
                (10, 'c@example.com', 'x');
            CREATE TABLE untyped (id, email TEXT, password TEXT);
            INSERT INTO untyped SELECT * FROM whole;
            CREATE VIEW calculated AS SELECT id + 0 AS id, email, password FROM whole""")
    database.close()
    for table in ("whole", "untyped", "calculated"):
        settings = {"DATABASE_URL": "file:numbers.db", "COGMIG_TABLE": table}
        users = json.loads(exported(".json", "--columns", "id", "--after", "2", **settings))
        equal([user["id"] for user in users], ["9", "10"], table)
        done = export("--output", fresh(".json"), "--columns", "id", "--after", "abc", **settings)
        equal((done.returncode, "abc cannot be an id" in done.stderr), (INVALID, True), done.stderr)


@test
def users_whom_row_security_hides_are_not_left_out_in_silence():
    psql(f"""CREATE TABLE hidden (id text, email text, password text);
        INSERT INTO hidden VALUES ('a', 'a@example.com', '{BCRYPT}'), ('b', 'b@example.com', '{BCRYPT}');
        CREATE ROLE half_blind LOGIN; GRANT SELECT ON hidden TO half_blind;
        ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
        CREATE POLICY one ON hidden USING (id = 'a')""")
    settings = {"DATABASE_URL": url.replace("//postgres@", "//half_blind@"), "COGMIG_TABLE": "hidden"}
    equal(settings["DATABASE_URL"] == url, False)
    before = files()
    done = export("--output", fresh(".json"), "--columns", "id", **settings)
    equal((done.returncode, "row-level security" in done.stderr), (UNAVAILABLE, True), done.stderr)
    equal(files(), before)
    psql("ALTER ROLE half_blind BYPASSRLS")
    equal(len(json.loads(exported(".json", "--columns", "id", **settings))), 2)


@test
def a_sample_says_what_it_is():
    name = fresh(".json")
    done = export("--output", name, "--limit", "3", "--json")
    told = json.loads(done.stdout)
    manifest = json.loads((cogmig.folder / (name + ".manifest.json")).read_text("utf-8"))
    equal((told["rows"], manifest["rows"], manifest["limit"]), (3, 3, 3))
    equal((told["sha256"], told["last_id"]), (manifest["sha256"], manifest["last_id"]))
    equal(manifest["columns"], ["id", "email", "name", "createdAt", "updatedAt"])


def peak_kib(name, rows):
    """What an export of so many users takes of memory at most, and the size of its file."""
    psql(f"""CREATE SCHEMA memory; CREATE TABLE memory."User" AS SELECT 'c' || i AS id,
             i || '@example.com' AS email, repeat('n', 50) AS name, NULL AS password, now() AS
             "emailVerified", now() AS "createdAt", now() AS "updatedAt" FROM generate_series(1, {rows}) i""")
    # What a sanitizer keeps of freed memory is not the program's.
    sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1:thread_local_quarantine_size_kb=64"
    # A child counts as large as who made it until it runs the program, so a small process makes it.
    measured = subprocess.run(
        [sys.executable, "-c", "import os, subprocess, sys; "
         "child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL); "
         "_, status, usage = os.wait4(child.pid, 0); print(status, usage.ru_maxrss)",
         cogmig.path, "export", "--output", name], cwd=cogmig.folder, stdout=subprocess.PIPE, text=True, check=True,
        env={**os.environ, "DATABASE_URL": url + "&schema=memory", "ASAN_OPTIONS": sanitizer})
    status, kib = map(int, measured.stdout.split())
    equal(status, 0)
    psql("DROP SCHEMA memory CASCADE")
    return kib, (cogmig.folder / name).stat().st_size


# promise 52
@test
def memory_does_not_grow_with_the_number_of_users():
    few, small = peak_kib(fresh(".json"), 1_000)
    many, large = peak_kib(fresh(".json"), 150_000)
    print(f"# {few} KiB for {small} bytes, {many} KiB for {large} bytes")
    equal(large - small > 25_000_000, True)
    equal(many - few < 5_000, True, f"{few} KiB, then {many} KiB")


# promise 48
@test
def all_rows_are_of_one_moment():
    with program("--output", "-", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        head = running.stdout.read(1)
        psql("BEGIN; UPDATE \"User\" SET name = 'changed meanwhile'; DELETE FROM \"User\" WHERE id = 'c7';"
             "INSERT INTO \"User\" (id) VALUES ('late'); COMMIT")
        text = head + running.stdout.read()
        running.stderr.read()
    psql('DROP VIEW slow; DROP TABLE "User"')
    make_users()
    equal(running.returncode, OK)
    compare({user["id"]: user for user in json.loads(text)})


# ---- no hash ----

# promise 11
@test
def the_hash_is_never_asked_for():
    log = Path(os.environ["COGMIG_TEST_PGDIRECTORY"]) / "log"
    psql("ALTER SYSTEM SET log_statement = 'all'")
    psql("SELECT pg_reload_conf(), pg_sleep(0.3)")
    start = log.stat().st_size
    try:
        for ending in (".json", ".csv", ".cognito.csv"):
            equal(export("--output", fresh(ending)).returncode, OK)
        with open(log, encoding="utf-8") as lines:
            lines.seek(start)
            said = lines.read()
    finally:
        psql("ALTER SYSTEM RESET log_statement")
        psql("SELECT pg_reload_conf()")
    statements = [line for line in said.splitlines() if "statement:" in line or "execute" in line]
    equal(sum("COPY (SELECT" in line for line in statements), 3, said)
    equal(sum("REPEATABLE READ READ ONLY" in line for line in statements), 3)
    nothing(line for line in statements if "password" in line.lower() or "*" in line.split("LIKE")[0]
            .replace("* 1000", ""))


# promise 11
@test
def a_hash_in_the_name_is_refused():
    before = files()
    psql(f"UPDATE \"User\" SET name = 'x {BCRYPT}' WHERE id = 'c500'")
    try:
        done = export("--output", fresh(".json"))
        equal(done.returncode, INVALID)
        equal("EXPORT_ROW_REFUSED" in done.stderr and "c500" in done.stderr, True, done.stderr)
        equal("VADBCPl" in done.stderr, False)
        equal(files(), before)
        name, report = fresh(".json"), fresh(".report")
        equal(export("--output", name, "--report", report).returncode, OK)
        told = json.loads((cogmig.folder / report).read_text("utf-8"))
        equal((told["id"], told["column"]), ("c500", "name"))
        equal(os.stat(cogmig.folder / report).st_mode & 0o777, 0o600)
        text = (cogmig.folder / name).read_bytes()
        equal((BCRYPT.encode() in text, text.count(b'"id"')), (False, len(EXPECTED) - 1))
    finally:
        psql("UPDATE \"User\" SET name = 'User 500' WHERE id = 'c500'")


@test
def the_column_of_the_hashes_cannot_be_had():
    for columns in ("id,password", "id,x=password", "id,name=PASSWORD"):
        done = export("--output", fresh(".json"), "--columns", columns)
        equal(done.returncode, INVALID)
        equal("never exported" in done.stderr, True, done.stderr)


# ---- files ----

# promise 47
@test
def by_default_it_is_a_private_file_in_a_private_folder():
    before = os.umask(0)
    try:
        done = export()
    finally:
        os.umask(before)
    equal((done.returncode, done.stderr), (OK, ""))
    [path] = (cogmig.folder / "backups").glob("users-*Z.json")
    equal(oct(path.stat().st_mode & 0o777), "0o600")
    equal(oct((cogmig.folder / "backups").stat().st_mode & 0o777), "0o700")
    equal(re.fullmatch(r"users-\d{8}T\d{6}Z\.json", path.name) is not None, True)
    equal(len(json.loads(path.read_bytes())), len(EXPECTED))


def in_a_folder_of_its_own(*arguments, **environment):
    """What is in an empty folder after an export that was not told where to."""
    folder = cogmig.folder / fresh("")
    folder.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    done = subprocess.run([cogmig.path, "export", *arguments], cwd=folder, capture_output=True, check=False,
                          env={**os.environ, "DATABASE_URL": url, **environment})
    return done, folder


@test
def any_repository_ignores_the_default_folder():
    done, folder = in_a_folder_of_its_own()
    equal(done.returncode, OK, done.stderr)
    told = subprocess.run(["git", "status", "--short"], cwd=folder, capture_output=True, check=True)
    equal(told.stdout, b"")


@test
def exports_of_the_same_second_and_shards_side_by_side_have_names_of_their_own():
    done, folder = in_a_folder_of_its_own()
    again = [subprocess.run([cogmig.path, "export", "--limit", "1"], cwd=folder, check=False,
                            capture_output=True, env={**os.environ, "DATABASE_URL": url}).returncode
             for _ in range(2)]
    equal((done.returncode, again), (OK, [OK, OK]))
    shards = [subprocess.Popen([cogmig.path, "export", "--shard", f"{i}/3"], cwd=folder,
                               env={**os.environ, "DATABASE_URL": url}, stdout=subprocess.DEVNULL)
              for i in (1, 2, 3)]
    equal([shard.wait() for shard in shards], [OK] * 3)
    users = [user["id"] for path in (folder / "backups").glob("users-*-of-3.json")
             for user in json.loads(path.read_bytes())]
    equal((len(users), set(users)), (len(EXPECTED), set(EXPECTED)))


@test
def a_failed_export_leaves_no_folder_that_it_made():
    for arguments, environment in ((("--columns", "password"), {}), ((), {"COGMIG_TABLE": "missing"}),
                                   ((), {"DATABASE_URL": "postgresql://127.0.0.1:1/db"}),
                                   (("--format", "cognito-csv"), {"COGMIG_TABLE": "missing"})):
        done, folder = in_a_folder_of_its_own(*arguments, **environment)
        equal(done.returncode in (INVALID, UNAVAILABLE), True, done.stderr)
        equal([path.name for path in folder.iterdir()], [".git"])
    # One that was there stays, and so does whatever else is in it.
    done, folder = in_a_folder_of_its_own()
    equal(done.returncode, OK)
    subprocess.run([cogmig.path, "export"], cwd=folder, capture_output=True, check=False,
                   env={**os.environ, "DATABASE_URL": url, "COGMIG_TABLE": "missing"})
    equal(len(list((folder / "backups").glob("users-*"))), 2)


@test
def a_folder_that_cannot_be_made_is_named():
    folder = cogmig.folder / fresh("")
    folder.mkdir()
    done = subprocess.run([cogmig.path, "export"], cwd=folder, capture_output=True, text=True, check=False,
                          env={**os.environ, "DATABASE_URL": url}, preexec_fn=folder.rmdir)
    equal((done.returncode, "Cannot make the folder backups" in done.stderr), (INVALID, True), done.stderr)


# promise 46
@test
def a_file_that_is_there_is_not_touched():
    (cogmig.folder / "there.json").write_text("mine")
    done = export("--output", "there.json")
    equal((done.returncode, "not touched" in done.stderr), (INVALID, True))
    equal((cogmig.folder / "there.json").read_text(), "mine")
    name = fresh(".json")
    equal(export("--output", name).returncode, OK)
    again = export("--output", name)
    equal((again.returncode, f"Cannot write {name}: File exists" in again.stderr), (INVALID, True), again.stderr)


# promise 45
@test
def a_full_disk_leaves_nothing():
    def at_most_100_kb():  # of which a process that takes no care dies
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    before = files()
    with program("--output", "full.json", preexec_fn=at_most_100_kb, stderr=subprocess.PIPE) as running:
        told = running.stderr.read()
    equal((running.returncode, b"DISK_FULL" in told), (UNAVAILABLE, True), told)
    equal(files(), before)
    with open("/dev/full", "wb") as full:
        done = cogmig.run("export", "--output", "-", stdout=full, DATABASE_URL=url)
    equal((done.returncode, "DISK_FULL" in done.stderr), (UNAVAILABLE, True))


def preloads():
    """The sanitizer's library, if there is one, has to be the first."""
    told = subprocess.run(["readelf", "-d", cogmig.path], check=True, capture_output=True, text=True).stdout
    return ":".join([*re.findall(r"\(NEEDED\).*\[(lib[at]san\.so\S*)\]", told),
                     str(Path(sys.argv[2]).resolve())])


@test
def a_wall_clock_that_jumps_changes_nothing():
    name = fresh(".json")
    done = export("--output", name, LD_PRELOAD=preloads())
    equal((done.returncode, done.stderr), (OK, ""))
    equal(export("--verify", name, LD_PRELOAD=preloads()).returncode, OK)
    compare({user["id"]: user for user in json.loads((cogmig.folder / name).read_bytes())})
    # The time of the snapshot is the server's.
    told = json.loads((cogmig.folder / (name + ".manifest.json")).read_text("utf-8"))["snapshot_at"]
    late = psql(f"SELECT extract(epoch FROM now() - timestamptz '{told}') BETWEEN 0 AND 3600")
    equal(late, "t\n")
    # A terminal's progress goes by a clock that does not jump.
    terminal, other = pty.openpty()
    with slowly(fresh(".json"), stderr=other, preload=preloads()) as running:
        os.close(other)
        shown = b""
        while shown.count(b"per second") < 3:
            shown += os.read(terminal, 1000)
        running.send_signal(signal.SIGINT)
    os.close(terminal)
    equal(re.search(rb"-\d+ per second|-\d+ s", shown), None, str(shown))


def slowly(name, *arguments, until=".partial-", preload="", **options):
    """An export that takes ten seconds, when there is a first file of that kind."""
    environment = {**os.environ, "DATABASE_URL": url, "COGMIG_TABLE": "slow", "LD_PRELOAD": preload}
    running = subprocess.Popen([cogmig.path, "export", "--output", name, *arguments],
                               cwd=cogmig.folder, env=environment, **options)
    wait_for(lambda: any(file.startswith(name + until) for file in files()))
    return running


# promise 45
@test
def an_interrupted_export_leaves_nothing_and_says_so():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        before, name = files(), fresh(".json")
        with slowly(name, stderr=subprocess.PIPE) as running:
            running.send_signal(number)
            told = running.stderr.read()
        equal((running.returncode, told), (STOPPED, b"cogmig: interrupted; no file was left.\n"))
        equal(files(), before)


# promise 45
@test
def an_interrupted_export_in_parts_says_where_to_go_on():
    before, name = files(), fresh(".json")
    with slowly(name, "--part-rows", "50", "--limit", "100000", until=".manifest.json",
                stderr=subprocess.PIPE) as running:
        running.send_signal(signal.SIGINT)
        told = running.stderr.read().decode()
    whole = [path for path in files() - before if path.endswith("manifest.json")]
    parts = [json.loads((cogmig.folder / path).read_text("utf-8")) for path in whole]
    last = max(parts, key=lambda part: part["part"])["last_id"]
    equal((running.returncode, told),
          (STOPPED, "cogmig: interrupted; the last file was not left. (What came before is whole: go on "
                    f"after the id {last}.)\n"))


@test
def who_is_left_out_of_parts_that_are_whole_is_told_though_the_rest_was_interrupted():
    psql(f"UPDATE \"User\" SET name = '{BCRYPT}' WHERE id = 'c1'")
    try:
        name = fresh(".json")
        with slowly(name, "--part-rows", "50", "--limit", "100000", "--report", name + ".left-out",
                    until=".manifest.json", stderr=subprocess.PIPE) as running:
            running.send_signal(signal.SIGINT)
            running.stderr.read()
        equal(running.returncode, STOPPED)
        manifest = json.loads((cogmig.folder / (name + ".manifest.json")).read_text("utf-8"))
        left_out = (cogmig.folder / (name + ".left-out")).read_text("utf-8").splitlines()
        equal((manifest["left_out"], [json.loads(line)["id"] for line in left_out]), (1, ["c1"]))
        before, name = files(), fresh(".json")
        with slowly(name, "--report", name + ".left-out", stderr=subprocess.PIPE) as running:
            running.send_signal(signal.SIGINT)
            running.stderr.read()
        equal(files(), before)
    finally:
        psql("UPDATE \"User\" SET name = 'User 1' WHERE id = 'c1'")


@test
def an_interruption_in_json_is_json():
    with slowly(fresh(".json"), "--json", stderr=subprocess.PIPE) as running:
        running.send_signal(signal.SIGINT)
        told = json.loads(running.stderr.read())
    equal((running.returncode, told["status"], told["message"]),
          (STOPPED, "STOPPED_BY_CALLBACK", "interrupted; no file was left."))


@test
def waiting_for_a_locked_table_can_be_interrupted():
    lock = subprocess.Popen(["psql", "-X", "-q", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        lock.stdin.write('BEGIN; LOCK TABLE "User"; SELECT 1;\n')
        lock.stdin.flush()
        lock.stdout.readline()
        with program("--output", fresh(".json"), stderr=subprocess.PIPE) as running:
            wait_for(lambda: psql("SELECT count(*) FROM pg_locks WHERE NOT granted") != "0\n")
            running.send_signal(signal.SIGINT)
            told = running.stderr.read()
        equal((running.returncode, told), (STOPPED, b"cogmig: interrupted; no file was left.\n"))
    finally:
        lock.stdin.close()
        lock.wait()


@test
def a_killed_export_leaves_nothing_under_its_name():
    before, name = files(), fresh(".json")
    with slowly(name) as running:
        running.kill()
    [left] = files() - before
    equal(left.startswith(name + ".partial-"), True)
    equal(oct((cogmig.folder / left).stat().st_mode & 0o777), "0o600")


# promise 45
@test
def killed_at_any_point_there_is_a_whole_file_or_none():
    whole = 0
    for i in range(10):
        name = fresh(".json")
        with program("--output", name, stdout=subprocess.DEVNULL) as running:
            time.sleep(0.02 * i)
            running.kill()
        if (cogmig.folder / name).exists():
            equal(len(json.loads((cogmig.folder / name).read_bytes())), len(EXPECTED))
        if (cogmig.folder / (name + ".manifest.json")).exists():
            equal(export("--verify", name).returncode, OK)
            whole += 1
    print(f"# {whole} of 10 were whole")


# promise 45
@test
def a_server_that_goes_away_is_an_outage_and_parts_before_it_are_whole():
    before, name = files(), fresh(".json")
    with slowly(name, "--part-rows", "50", "--limit", "100000", until=".manifest.json",
                stderr=subprocess.PIPE) as running:
        psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%'")
        told = running.stderr.read().decode()
    equal((running.returncode, "SQLSTATE 57P01" in told), (UNAVAILABLE, True), told)
    whole = sorted(path for path in files() - before if path.endswith("manifest.json"))
    parts = [json.loads((cogmig.folder / path).read_text("utf-8")) for path in whole]
    last = max(parts, key=lambda part: part["part"])["last_id"]
    equal(f"go on after the id {last}." in told, True, told)
    equal(any(part["last_part"] for part in parts), False)
    for path in whole:
        equal(export("--verify", path.removesuffix(".manifest.json")).returncode, OK, path)
    equal(len(files() - before), 2 * len(whole))


# ---- proof ----

# promise 49
@test
def whatever_was_changed_is_found_out():
    name = fresh(".csv")
    equal(export("--output", name).returncode, OK)
    path = cogmig.folder / name
    text = path.read_bytes()
    for changed in (text[:-1], text + b"\n", text.replace(b"User 7", b"User 8", 1), b"",
                    text.replace(b"\r\n", b"\n")):
        path.write_bytes(changed)
        done = export("--verify", name)
        equal((done.returncode, "EXPORT_DAMAGED" in done.stderr), (INVALID, True), done.stderr)
    path.write_bytes(text)
    equal(export("--verify", name).returncode, OK)
    (cogmig.folder / (name + ".manifest.json")).unlink()
    equal(export("--verify", name).returncode, INVALID)


# ---- the terminal ----

@test
def progress_is_for_terminals():
    terminal, other = pty.openpty()
    with slowly(fresh(".json"), stderr=other) as running:
        os.close(other)
        shown = b""
        while b"per second" not in shown:
            shown += os.read(terminal, 1000)
        running.send_signal(signal.SIGINT)
    os.close(terminal)
    equal(re.search(rb"\d+ users, \d+ per second", shown) is not None, True, shown)
    with slowly(fresh(".json"), stderr=subprocess.PIPE) as running:
        time.sleep(0.6)
        running.send_signal(signal.SIGINT)
        equal(running.stderr.read(), b"cogmig: interrupted; no file was left.\n")


@test
def mistakes_of_the_command_line_are_told():
    for arguments, word in ((("--format", "xml"), "--format"), (("users.json",), "--output"),
                            (("--limit", "many"), "CONFIG_INVALID"), (("--shard", "3/2"), "3 of 2"),
                            (("--shard", "1/2x"), "CONFIG_INVALID"), (("--columns", "id,id"), "two columns"),
                            (("--columns", "id,updatedOn"), "STORE_SCHEMA_MISMATCH"),
                            (("--nonsense",), "not known"), (("--after", ""), "CONFIG_INVALID"),
                            (("--header", "missing.json", "--format", "cognito-csv"), "FILE_UNREADABLE"),
                            (("--header", "a,b", "--output", "x.csv"), "cognito-csv"), (("--mfa",), "cognito-csv"),
                            (("--limit", "0"), "--limit"), (("--part-rows", "0"), "--part-rows"),
                            (("--output", ""), "--output"),
                            (("--output", "missing/x.json"), "FILE_UNWRITABLE")):
        done = export(*arguments)
        equal((done.returncode, word in done.stderr), (INVALID, True), f"{arguments}: {done.stderr}")


run()
