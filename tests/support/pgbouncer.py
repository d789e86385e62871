# SPDX-License-Identifier: Apache-2.0
"""A PgBouncer that is thrown away, in front of a PostgreSQL that listens on a socket in a folder."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import postgres

PORT = 6432
CONFIGURATION = """\
[databases]
* = host={server} user=postgres
[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {directory}
auth_type = any
logfile = {directory}/log
server_login_retry = 1
"""


def binary():
    found = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
    if found is None:
        raise SystemExit("pgbouncer.py: no PgBouncer found; on Debian: apt-get install pgbouncer")
    return found


def version():
    told = subprocess.run([binary(), "--version"], check=True, capture_output=True, text=True).stdout
    return tuple(int(part) for part in re.search(r"PgBouncer (\d+)\.(\d+)", told).groups())


class PgBouncer:
    """Runs while the `with` block does; settings are those of pgbouncer.ini."""

    def __init__(self, server, **settings):
        self.server = server
        self.settings = settings
        self.process = None

    def __enter__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="cogmig-pgb-", dir="/tmp"))
        lines = "".join(f"{name} = {value}\n" for name, value in self.settings.items())
        (self.directory / "ini").write_text(CONFIGURATION.format(
            server=self.server, port=PORT, directory=self.directory) + lines, encoding="utf-8")
        who = postgres.owner()
        if who is not None:
            os.chown(self.directory, who.pw_uid, who.pw_gid)
        self.directory.chmod(0o755)
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self):
        self.process = subprocess.Popen(
            [binary(), "--quiet", self.directory / "ini"], env=postgres.environment(), cwd="/",
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=postgres.die_with_parent, **postgres.as_owner())
        give_up = time.monotonic() + postgres.START_TIMEOUT_S
        while not (self.directory / f".s.PGSQL.{PORT}").exists():
            if self.process.poll() is not None or time.monotonic() > give_up:
                raise AssertionError((self.directory / "log").read_text(encoding="utf-8"))
            time.sleep(0.02)

    def stop(self):
        self.process.kill()
        self.process.wait()
        (self.directory / f".s.PGSQL.{PORT}").unlink(missing_ok=True)

    def url(self, **parameters):
        return (f"postgresql://postgres@/postgres?host={self.directory}&port={PORT}"
                + "".join(f"&{name}={value}" for name, value in parameters.items()))
