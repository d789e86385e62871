# SPDX-License-Identifier: Apache-2.0
"""What `./dev demo` runs: makes a store, fills it with ../users and starts the program on it.

    demo.py --build FOLDER               embedded SQLite
    demo.py --build FOLDER --postgres    a PostgreSQL cluster that is thrown away
    demo.py --build FOLDER --emulator    cognito-local signs the users in
"""

import argparse
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
USERS = TOP / "examples" / "users"

NEXT = """
Now with your own database: reading only, one user, and the hash is not shown

   DATABASE_URL='postgresql://user:password@host:5432/database' \\
       {cogmig} user someone@example.com

Where your model differs from Prisma's Auth.js User, .env.example says how to name table and
columns."""


def make_sqlite_store():
    database = TOP / "build" / "demo" / "dev.db"
    database.parent.mkdir(parents=True, exist_ok=True)
    database.unlink(missing_ok=True)
    connection = sqlite3.connect(database)
    connection.executescript((USERS / "users.sqlite.sql").read_text("utf-8"))
    connection.close()
    return f"file:{database.relative_to(TOP)}"


def fill_postgres(database_url):
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1",
                    "--file", USERS / "users.sql", database_url],
                   check=True, stdout=subprocess.DEVNULL)


def tell(build, database_url, what):
    print(f"The legacy store: Prisma's Auth.js User in {what}", flush=True)
    subprocess.run([build / "examples" / "demo" / "cogmig-demo"], check=True,
                   env={**os.environ, "DATABASE_URL": database_url})


def demo_sqlite(build):
    database_url = make_sqlite_store()
    tell(build, database_url, f"SQLite, DATABASE_URL={database_url}")


def demo_postgres(build):
    database_url = os.environ.get("COGMIG_TEST_DATABASE_URL")
    if database_url is None:
        # Once more, as the command of a cluster that lives as long as it does.
        os.execv(sys.executable, [
            sys.executable, str(TOP / "tests" / "support" / "postgres.py"), "run", "--",
            sys.executable, __file__, "--build", str(build), "--postgres"])
    fill_postgres(database_url)
    tell(build, database_url, "a PostgreSQL cluster that is thrown away afterwards")


def demo_emulator(build):
    import demo_emulator as emulator  # needs node and npm, which the other two do not
    os.environ["DATABASE_URL"] = make_sqlite_store()
    print("The legacy store: Prisma's Auth.js User in SQLite. Cognito: the emulator cognito-local,\n"
          "whose User Migration trigger calls `cogmig migrate`.", flush=True)
    emulator.run(build)


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `./dev demo | head` is no error
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--postgres", dest="demo", action="store_const", const=demo_postgres,
                        default=demo_sqlite)
    parser.add_argument("--emulator", dest="demo", action="store_const", const=demo_emulator)
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    os.chdir(TOP)
    arguments.demo(build)
    print(NEXT.format(cogmig=os.path.relpath(build / "tools" / "cogmig" / "cogmig")))


main()
