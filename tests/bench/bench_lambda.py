# SPDX-License-Identifier: Apache-2.0
"""The Lambda package beside the same function for node: bench_lambda.py BENCH_PROGRAM

Prints a row of JSON for each number. Runs beside a PostgreSQL that is thrown away."""

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from npm import install  # noqa: E402
from runtime_server import Function, RuntimeServer, deliver  # noqa: E402

STARTS = 15
EVENTS = 1000
MAX_MIB = 10
MEBIBYTE = 1 << 20
# Of cost 4: memory does not depend on it.
EVENT = json.dumps({
    "version": "1", "triggerSource": "UserMigration_Authentication",
    "userName": "cost4@example.com", "request": {"password": "U*U"},
    "response": {"userAttributes": None, "finalUserStatus": None}}).encode()
USER = """INSERT INTO "User" (id, email, password, "emailVerified", "createdAt", "updatedAt")
VALUES ('cm1a0cost4', 'cost4@example.com',
        '$2a$04$CCCCCCCCCCCCCCCCCCCCC.K7Qr0se1MxuggH4aP4YgB.U2Em1pGSK', now(), now(), now())"""


def row(name, ours, reference, target, unit):
    print(json.dumps({"name": name, "ours": round(ours, 3), "reference": round(reference, 3),
                      "ratio": round(ours / reference, 4), "target": target, "unit": unit}),
          flush=True)


def package():
    subprocess.run([ROOT / "dev", "lambda"], check=True, stdout=sys.stderr)
    [archive] = (ROOT / "build" / "lambda").glob("cogmig-migration-*.zip")
    return archive


def unpack(archive, folder):
    with zipfile.ZipFile(archive) as content:
        content.extractall(folder)
        for entry in content.infolist():
            Path(folder, entry.filename).chmod(entry.external_attr >> 16)
    return Path(folder, "bootstrap")


def node_function():
    """The command of the peer, or None."""
    if not shutil.which("node") or not shutil.which("npm"):
        print("lambda.cold, lambda.rss: left out, there is no node or npm", file=sys.stderr)
        return None
    folder = ROOT / "build" / "lambda-peer"
    source = HERE / "peers" / "lambda"
    install(source, folder)
    return ["node", source / "bootstrap.mjs", folder]


def environment(port):
    return {"PATH": os.environ["PATH"], "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
            "DATABASE_URL": os.environ["COGMIG_TEST_DATABASE_URL"]}


def first_poll_ms(command):
    """From before the process is made until its first request is here."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        given = environment(listener.getsockname()[1])
        began = time.perf_counter()
        with subprocess.Popen(command, env=given, stdout=subprocess.DEVNULL) as process:
            connection, _ = listener.accept()
            assert connection.recv(65536).startswith(b"GET ")
            took = time.perf_counter() - began
            process.kill()
            connection.close()
    return took * 1e3


def peak_mib(command):
    """The most memory that the function had resident, after so many events."""
    plays = [deliver(EVENT, str(number)) for number in range(EVENTS)]
    with RuntimeServer(*plays) as server:
        with Function(command, **environment(server.server_port)) as function:
            server.wait_for_polls(EVENTS + 1)
            status = Path(f"/proc/{function.process.pid}/status").read_text("utf-8")
        assert all(b"CONFIRMED" in body for _, _, body in server.posts)
        assert len(server.posts) == EVENTS
    [peak_kib] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(peak_kib) / 1024


def beside_node(ours, theirs):
    starts = [(first_poll_ms(ours), first_poll_ms(theirs)) for _ in range(STARTS)]
    row("lambda.cold", *(statistics.median(times) for times in zip(*starts)), "<= 0.15", "ms")
    row("lambda.rss", peak_mib(ours), peak_mib(theirs), "<= 0.25", "MiB")


def main():
    archive = package()
    theirs = node_function()
    subprocess.run(["psql", "-X", "-q", os.environ["COGMIG_TEST_DATABASE_URL"], "-c", USER],
                   check=True)
    with tempfile.TemporaryDirectory() as folder:
        bootstrap = unpack(archive, folder)
        if theirs:
            beside_node([bootstrap], theirs)
        sys.stdout.flush()
        # The function and who does its work alone take turns; one processor may be slower than
        # the other.
        one_processor = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))]
        subprocess.run([*one_processor, sys.argv[1], bootstrap], check=True,
                       env={**os.environ, "DATABASE_URL": os.environ["COGMIG_TEST_DATABASE_URL"]})
    row("lambda.zip", archive.stat().st_size / MEBIBYTE, MAX_MIB, "<= 1.00", "MiB")


main()
