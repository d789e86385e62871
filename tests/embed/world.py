# SPDX-License-Identifier: Apache-2.0
"""The servers and files around a host program: test_*.py PROGRAMS PRINT_TOKENS, beside jwks_server.py and
postgres.py."""
import os
import sqlite3
import subprocess
import sys
import tempfile

import tap

PROGRAMS, PRINT_TOKENS = sys.argv[1:3]
scratch = tempfile.mkdtemp(prefix="embed-")

USERS = """
CREATE TABLE "User" (id text PRIMARY KEY, email text UNIQUE, name text, password text,
    "emailVerified" {time}, "createdAt" {time}, "updatedAt" {time});
INSERT INTO "User" VALUES ('row-7', 'ann@example.com', 'Ann',
    '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', {now}, {now}, {now});
CREATE TABLE cogmig_idmap (pool_id text NOT NULL, legacy_id text NOT NULL, sub text NOT NULL,
    linked_at {time}, PRIMARY KEY (pool_id, legacy_id), UNIQUE (pool_id, sub));
INSERT INTO cogmig_idmap VALUES ('eu-central-1_AbCdEfGhI', 'row-7',
    '1754aa68-d041-7034-9d4f-0f2b7f3a6a10', {now});
""" + "".join(f"""
INSERT INTO "User" VALUES ('fork-{i}', 'fork-{i}@example.com', NULL, NULL, NULL, {{now}}, {{now}});
INSERT INTO cogmig_idmap VALUES ('eu-central-1_AbCdEfGhI', 'fork-{i}',
    '1754aa68-d041-7034-9d4f-00000000000{i}', {{now}});
""" for i in range(3))


def make_databases():
    file = sqlite3.connect(f"{scratch}/dev.db")
    file.executescript(USERS.format(time="DATETIME", now="1704105000001"))
    file.close()
    url = os.environ["COGMIG_TEST_DATABASE_URL"]
    subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", url], check=True, text=True,
                   input=USERS.format(time="timestamp(3)", now="now()"))
    return f"file:{scratch}/dev.db", url


def make_tokens():
    lines = subprocess.run([PRINT_TOKENS], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    with open(f"{os.environ['JWKS_FOLDER']}/embed.json", "w", encoding="utf-8") as file:
        file.write(lines[0])
    return dict(line.split(" ") for line in lines[1:])


sqlite_url, postgres_url = make_databases()
WORLD = {**os.environ,
         "EMBED_ISSUER": "https://issuer.example/pool", "EMBED_CLIENT": "client",
         "EMBED_TOKEN": make_tokens()["id"],
         "EMBED_JWKS_FILE": f"{os.environ['JWKS_FOLDER']}/embed.json",
         "EMBED_JWKS_URL": os.environ["JWKS_HTTP"] + "/files/embed.json",
         "EMBED_SQLITE_URL": sqlite_url, "EMBED_POSTGRES_URL": postgres_url}


def run(name, *arguments, **more):
    """What a host program says on its standard output."""
    done = subprocess.run([f"{PROGRAMS}/{name}", *arguments], env={**WORLD, **more},
                          capture_output=True, text=True, timeout=900)
    tap.equal((done.returncode, done.stderr), (0, ""), f"{name} {done.stdout}")
    return done.stdout


