# SPDX-License-Identifier: Apache-2.0
"""Servers that are stopped, killed, restarted and failed over, and networks that swallow packets,
under look-ups from 16 threads: every answer is right or an outage, and service comes back."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import postgres  # noqa: E402
from database_door import DatabaseDoor  # noqa: E402
from tap import equal, run, test  # noqa: E402

LOAD = sys.argv[1]
GENEROUS_MS = 10000  # on a machine that does much else; what it was is printed
USERS = """CREATE TABLE "User" (id text PRIMARY KEY, email text UNIQUE, name text, password text,
    "emailVerified" timestamp, "createdAt" timestamp, "updatedAt" timestamp);
    INSERT INTO "User" (id, email) SELECT 'id' || i, 'user' || i || '@example.com'
    FROM generate_series(1, 200) i;"""


def children_of(parent):
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            yield int(stat.parent.name)


class Server(postgres.Cluster):
    def __init__(self):
        super().__init__(tempfile.mkdtemp(prefix="cogmig-pg-", dir="/tmp"))

    def make(self):
        self.create()
        with open(self.data / "pg_hba.conf", "a", encoding="utf-8") as file:
            file.write("local replication all trust\n")
        self.start(tied_to_this_process=True)
        self.execute(USERS)
        return self

    def execute(self, sql):
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.directory, "-U",
                        postgres.SUPERUSER, "-c", sql, "postgres"], check=True,
                       stdout=subprocess.DEVNULL,
                       env={**os.environ, "PGOPTIONS": "-c client_min_messages=error"})

    def follow(self, primary):
        """A standby of that server."""
        who = postgres.owner()
        if who is not None:
            os.chown(self.directory, who.pw_uid, who.pw_gid)
        os.chmod(self.directory, 0o755)
        postgres.call(postgres.binaries() / "pg_basebackup", "-h", primary.directory, "-U",
                      postgres.SUPERUSER, "-D", self.data, "-R", "-c", "fast", "--no-sync")
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write(f"unix_socket_directories = '{self.directory}'\n")
        self.start(tied_to_this_process=True)
        return self

    def kill(self):
        """With SIGKILL, and every process of it."""
        parent = self.pid()
        os.kill(parent, signal.SIGSTOP)
        for process in [*children_of(parent), parent]:
            os.kill(process, signal.SIGKILL)
        (self.data / "postmaster.pid").unlink()

    def remove(self):
        self.crash()
        shutil.rmtree(self.directory, ignore_errors=True)


class Load:
    """Look-ups while the `with` block runs."""

    def __init__(self, url):
        self.running = subprocess.Popen([LOAD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        self.until_right("a start")
        return self

    def __exit__(self, *_):
        self.running.stdin.close()
        self.running.wait()

    def since_last(self):
        self.running.stdin.write(b"\n")
        self.running.stdin.flush()
        told = json.loads(self.running.stdout.readline())
        equal(told["wrong"], 0, "wrong answers")
        return told

    def until_right(self, what):
        """From now on until somebody is found again."""
        self.since_last()
        began = time.monotonic()
        while (time.monotonic() - began) * 1000 < GENEROUS_MS:
            time.sleep(0.05)
            told = self.since_last()
            if told["right"] > 0:
                print(f"# {what}: found again after {(time.monotonic() - began) * 1000:.0f} ms")
                return told
        raise AssertionError(f"{what}: nobody was found again")

    def while_away(self, seconds):
        began = time.monotonic()
        self.since_last()
        time.sleep(0.05)
        # What the server had said already is still read.
        while self.since_last()["right"] > 0 and (time.monotonic() - began) * 1000 < GENEROUS_MS:
            time.sleep(0.05)
        time.sleep(seconds)
        told = self.since_last()
        equal(told["right"], 0, "answers of a server that is away")
        equal(told["unavailable"] > 0, True, "outages told")
        return told


def url_of(*servers, **parameters):
    hosts = ",".join(str(server.directory) for server in servers)
    return (f"postgresql://postgres@/postgres?host={hosts}"
            + "".join(f"&{name}={value}" for name, value in parameters.items()))


server = Server().make()


@test
def a_server_that_is_stopped_and_started():
    with Load(url_of(server)) as load:
        for _ in range(2):
            server.stop()
            load.while_away(0.7)
            server.start(tied_to_this_process=True)
            load.until_right("stopped and started")


@test
def a_server_that_is_killed_and_started():
    with Load(url_of(server)) as load:
        server.kill()
        load.while_away(0.7)
        server.start(tied_to_this_process=True)
        load.until_right("killed and started")


@test
def back_ends_that_are_killed_cost_no_answer():
    with Load(url_of(server, application_name="load")) as load:
        load.since_last()
        for _ in range(10):
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                           "WHERE application_name = 'load'")
            time.sleep(0.02)
        told = load.since_last()
        equal(told["right"] > told["unavailable"], True, f"mostly right: {told}")
        load.until_right("killed back ends")


@test
def too_many_connections_are_an_outage_with_its_code():
    server.execute("CREATE ROLE crowd LOGIN; GRANT SELECT ON \"User\" TO crowd")
    with Load(url_of(server, user="crowd").replace("postgres@", "")) as load:
        server.execute("ALTER ROLE crowd CONNECTION LIMIT 0")  # seen by all before the next
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                       "WHERE usename = 'crowd'")
        told = load.while_away(0.7)
        equal(told["with_code"] > 0, True, f"53300: {told}")
        server.execute("ALTER ROLE crowd CONNECTION LIMIT -1")
        load.until_right("too many connections")


@test
def a_network_that_swallows_packets():
    with DatabaseDoor(str(server.directory)) as door:
        with Load(door.url()) as load:
            door.kill_lines()
            load.until_right("swallowed packets")


@test
def a_primary_that_is_killed_and_its_standby_promoted():
    standby = Server().follow(server)
    try:
        with Load(url_of(server, standby, target_session_attrs="read-write")) as load:
            server.kill()
            load.while_away(0.7)
            standby.execute("SELECT pg_promote()")
            load.until_right("failed over to a new primary")
    finally:
        standby.remove()
        server.start(tied_to_this_process=True)


@test
def a_standby_answers_while_there_is_no_primary():
    standby = Server().follow(server)
    try:
        with Load(url_of(server, standby)) as load:
            server.kill()
            load.until_right("failed over to a read-only server")
    finally:
        standby.remove()
        server.start(tied_to_this_process=True)


try:
    run()
finally:
    server.remove()
