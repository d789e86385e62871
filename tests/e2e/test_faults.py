# SPDX-License-Identifier: Apache-2.0
"""Servers that are stopped, killed, restarted and failed over, and networks that swallow packets,
under look-ups from 16 threads: every answer is right or an outage, and service comes back."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import postgres  # noqa: E402
import store_load  # noqa: E402
from database_door import DatabaseDoor  # noqa: E402
from tap import equal, run, test  # noqa: E402


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
        self.execute(store_load.USERS)
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


def url_of(*servers, **parameters):
    hosts = ",".join(str(server.directory) for server in servers)
    return (f"postgresql://postgres@/postgres?host={hosts}"
            + "".join(f"&{name}={value}" for name, value in parameters.items()))


server = Server().make()
Load = partial(store_load.Load, sys.argv[1])


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
