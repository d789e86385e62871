# SPDX-License-Identifier: Apache-2.0
"""A million users as JSON, beside psql's COPY of the same columns and a node script:
bench_export.py BUILD/tests/bench/bench-export

Prints a row of JSON for each number. Runs beside a PostgreSQL that is thrown away, with the users of
million_users.sql."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from npm import install  # noqa: E402

ROUNDS = 5
FEW = "10000"
COGMIG = Path(sys.argv[1]).resolve().parents[2] / "tools" / "cogmig" / "cogmig"
URL = os.environ["COGMIG_TEST_DATABASE_URL"]
COPY = r"""\copy (SELECT id, email, name, "createdAt", "updatedAt" FROM "User") TO '%s'"""


def row(name, ours, reference, ratio, target, unit):
    print(json.dumps({"name": name, "ours": round(ours, 3), "reference": round(reference, 3),
                      "ratio": round(ratio, 4), "target": target, "unit": unit}), flush=True)


def seconds(command, file):
    """The file is gone afterwards, so that each begins with as much room in the page cache."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    took = time.perf_counter() - began
    for path in file.parent.glob(file.name + "*"):
        path.unlink()
    return took


def ours(file, *arguments):
    return [COGMIG, "export", "--url", URL, "--output", file, *arguments]


def psql(file):
    return ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", URL, "-c", COPY % file]


def peak_mib(command, file):
    """The most memory that it had resident: the kernel keeps it, so the last look counts."""
    peak_kib = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
            peak_kib = max([peak_kib] + [int(line.split()[1]) for line in status.splitlines()
                                         if line.startswith("VmHWM") and "cogmig" in status])
            time.sleep(0.001)
    assert process.returncode == 0
    for path in file.parent.glob(file.name + "*"):
        path.unlink()
    return peak_kib / 1024


def node_export(file):
    """The command of the peer, or None."""
    if not shutil.which("node") or not shutil.which("npm"):
        print("export.peer.node-postgres: left out, there is no node or npm", file=sys.stderr)
        return None
    source, folder = HERE / "peers" / "export", ROOT / "build" / "export-peer"
    install(source, folder)
    return ["node", source / "export.mjs", folder, URL, file]


def main():
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        file = Path(folder, "users.json")
        times = [(seconds(ours(file), file), seconds(psql(file), file)) for _ in range(ROUNDS)]
        mine, theirs = (min(both) for both in zip(*times))
        row("export.json", mine, theirs, mine / theirs, "<= 1.50", "s")
        many, few = peak_mib(ours(file), file), peak_mib(ours(file, "--limit", FEW), file)
        row("export.rss", many, few, many / few, "<= 16, +-1", "MiB")
        node = node_export(file)
        if node:
            took = seconds(node, file)
            row("export.peer.node-postgres", mine, took, took / mine, "printed", "s")


main()
