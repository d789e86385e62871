#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A throw-away PostgreSQL cluster for tests.

    postgres.py run -- COMMAND...   start a cluster, run the command, remove the cluster; its exit code
    postgres.py stop | start | restart | crash   to the cluster of the command that calls it

The cluster lives in a temporary directory and listens on a socket there, never on TCP. The command
finds it through COGMIG_TEST_DATABASE_URL, PGHOST and PGUSER. Members of a role needs_password, where
a test makes one, log in with their password (SCRAM), everybody else without.
"""

import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SUPERUSER = "postgres"
START_TIMEOUT_S = 30
PR_SET_PDEATHSIG = 1

HBA = """\
local all +needs_password scram-sha-256
local all all trust
"""

# Durability costs time and is of no use to a cluster that is thrown away.
CONFIGURATION = """\
listen_addresses = ''
unix_socket_directories = '{directory}'
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 40
shared_buffers = 16MB
log_timezone = 'UTC'
timezone = 'Asia/Kolkata'
"""


def binaries():
    candidates = sorted(
        pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name)
    )
    if candidates:
        return candidates[-1]
    found = shutil.which("initdb")
    if found is None:
        sys.exit("postgres.py: no PostgreSQL server found; on Debian: apt-get install postgresql")
    return pathlib.Path(found).resolve().parent


def owner():
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        sys.exit("postgres.py: running as root and there is no user postgres to run the server")


def as_owner():
    who = owner()
    if who is None:
        return {}
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}


def environment():
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    # A sanitizer or malloc wrapper is meant for the command, not for the server.
    kept.pop("LD_PRELOAD", None)
    return kept | {"LC_ALL": "C.UTF-8"}


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def call(*command):
    done = subprocess.run(
        [str(c) for c in command],
        env=environment(),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **as_owner(),
    )
    if done.returncode != 0:
        sys.exit(f"postgres.py: {command[0]} failed:\n{done.stdout}")


class Cluster:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.data = self.directory / "data"
        self.log = self.directory / "log"

    def create(self):
        who = owner()
        if who is not None:
            os.chown(self.directory, who.pw_uid, who.pw_gid)
        os.chmod(self.directory, 0o755)
        call(
            binaries() / "initdb", "--pgdata", self.data, "--username", SUPERUSER, "--auth=trust",
            "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
        )  # fmt: skip
        (self.data / "pg_hba.conf").write_text(HBA)
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write(CONFIGURATION.format(directory=self.directory))

    def pid(self):
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def is_ready(self):
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def start(self, tied_to_this_process):
        with open(self.log, "ab") as log:
            server = subprocess.Popen(
                [str(binaries() / "postgres"), "-D", str(self.data)],
                env=environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent if tied_to_this_process else None,
                **as_owner(),
            )
        give_up = time.monotonic() + START_TIMEOUT_S
        while not self.is_ready():
            if server.poll() is not None or time.monotonic() > give_up:
                sys.exit(f"postgres.py: the server did not start:\n{self.log.read_text()}")
            time.sleep(0.02)

    def signal(self, number):
        pid = self.pid()
        if pid is None:
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        give_up = time.monotonic() + START_TIMEOUT_S
        while is_alive(pid) and time.monotonic() < give_up:
            time.sleep(0.02)

    def stop(self):
        self.signal(signal.SIGINT)

    def crash(self):
        self.signal(signal.SIGQUIT)


def is_alive(pid):
    """A zombie is as dead as it gets until its parent looks."""
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def interrupted(number, _frame):
    sys.exit(128 + number)


def run(command):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, interrupted)
    # Short, because the path of a socket may have 107 bytes.
    directory = tempfile.mkdtemp(prefix="cogmig-pg-", dir="/tmp")
    cluster = Cluster(directory)
    try:
        cluster.create()
        cluster.start(tied_to_this_process=True)
        url = f"postgresql://{SUPERUSER}@/postgres?host={directory.replace('/', '%2F')}"
        given = dict(
            os.environ,
            COGMIG_TEST_DATABASE_URL=url,
            COGMIG_TEST_PGDIRECTORY=directory,
            PGHOST=directory,
            PGUSER=SUPERUSER,
        )
        return subprocess.run(command, env=given).returncode
    finally:
        cluster.crash()
        shutil.rmtree(directory, ignore_errors=True)


def exit_code(returncode):
    return returncode if returncode >= 0 else 128 - returncode


def main(arguments):
    if len(arguments) >= 3 and arguments[:2] == ["run", "--"]:
        return exit_code(run(arguments[2:]))
    directory = os.environ.get("COGMIG_TEST_PGDIRECTORY")
    if len(arguments) != 1 or arguments[0] not in ("stop", "start", "restart", "crash"):
        sys.exit(__doc__)
    if directory is None:
        sys.exit("postgres.py: this verb works inside of `postgres.py run -- COMMAND` only")
    cluster = Cluster(directory)
    if arguments[0] == "crash":
        cluster.crash()
    if arguments[0] in ("stop", "restart"):
        cluster.stop()
    if arguments[0] in ("start", "restart"):
        cluster.start(tied_to_this_process=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
