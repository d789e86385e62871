# SPDX-License-Identifier: Apache-2.0
"""What `./dev bench [SUITE] [--json FILE] [--report [--rows FILE]]` runs: every program here prints rows of JSON, and each
row is a ratio inside of one run. Nothing fails for being slow."""

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "peers"))
import peers
import report

# A suite's programs; for one that needs a PostgreSQL, what is loaded into the one that it gets.
SUITES = {
    "tokens": [("bench-tokens", None)],
    "passwords": [("bench-passwords", None), ("bench-engine", "examples/users/users.sql")],
    "reconcile": [("bench-reconcile", "tests/bench/reconcile.sql"),
                  ("bench-idmap", "examples/users/users.sql")],
    "lambda": [("bench-lambda", "examples/users/users.sql")],
    "python": [("bench-python", None)],
    "store": [("bench-store lookup", "examples/users/users.sql"),
              ("bench-store pool", "examples/users/users.sql"),
              ("bench-export", "tests/bench/million_users.sql")],
}
# What runs a program that is not run by itself.
RUNNERS = {
    "bench-lambda": [sys.executable, Path(__file__).with_name("bench_lambda.py")],
    # Debian's, for it has Debian's PyJWT and bcrypt.
    "bench-python": ["/usr/bin/python3", Path(__file__).with_name("bench_python.py")],
    "bench-export": [sys.executable, Path(__file__).with_name("bench_export.py")],
}
# One question at a time, and its PostgreSQL: were each of them on a processor of its own, what is
# measured would be how long a virtual processor takes to wake.
ON_ONE_PROCESSOR = {"bench-store lookup", "bench-idmap"}
failed = []  # programs; what the others measured is kept
ROOT = Path(__file__).parents[2]
SAMPLES = "tokens.json"  # in the build folder: the tokens that bench-tokens verified, for peers
BESIDE_POSTGRES = [sys.executable, ROOT / "tests/support/postgres.py", "run", "--", "sh", "-c",
                   'psql -X -q -v ON_ERROR_STOP=1 -f "$1" "$COGMIG_TEST_DATABASE_URL" &&'
                   ' shift && exec "$@"', "sh"]


def rows_of(build, name, sql):
    program, *arguments = name.split()
    command = [*RUNNERS.get(name, []), build / "tests" / "bench" / program, *arguments]
    if name == "bench-tokens":
        command.append(build / SAMPLES)
    if sql is not None:
        command = [*BESIDE_POSTGRES, ROOT / sql, *command]
    if name in ON_ONE_PROCESSOR:
        command = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0))), *command]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        for line in running.stdout:
            yield json.loads(line)
    if running.returncode != 0:
        failed.append(name)


def microseconds_of(build, program, row):
    """Of one of our operations, measured now."""
    done = subprocess.run([build / "tests" / "bench" / program], stdout=subprocess.PIPE, check=True,
                          env={**os.environ, "COGMIG_BENCH_ROW": row})
    return json.loads(done.stdout)["ours"]


def peers_of(build, suite):
    """The rows of tokens.peer.* and passwords.peer.*."""
    folder = build.parent / "peers"
    if suite == "tokens":
        yield from peers.token_rows(folder, lambda row: microseconds_of(build, "bench-tokens", row),
                                    build / SAMPLES)
    if suite == "passwords":
        yield from peers.password_rows(
            folder, lambda row: microseconds_of(build, "bench-passwords", row))


def machine():
    return f"{report.processor()}, {platform.freedesktop_os_release().get('PRETTY_NAME', '')}"


def show(row):
    print(f"{row['name']:24} {row['ours']:12.2f} {row['reference']:12.2f} {row['ratio']:8.3f}"
          f"   {row['target']:10} {row['unit']}", flush=True)


def measured(build, suites):
    print(machine())
    print(f"{'name':24} {'ours':>12} {'reference':>12} {'ratio':>8}   target     unit")
    rows = []
    for suite in suites:
        for name, sql in SUITES[suite]:
            for row in rows_of(build, name, sql):
                rows.append(row)
                show(row)
        for row in peers_of(build, suite):
            rows.append(row)
            show(row)
    return rows


def main():
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("suite", nargs="?", choices=list(SUITES), help="all of them by default")
    parser.add_argument("--json", type=Path, help="write the rows here, a JSON object per line")
    parser.add_argument("--report", action="store_true",
                        help="write docs/benchmarks.md and its plots from the rows")
    parser.add_argument("--rows", type=Path,
                        help="measure nothing: take the rows of a run on this machine from here")
    parser.add_argument("--remark", default="", help="of the run, for the report")
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.rows:
        rows = [json.loads(line) for line in arguments.rows.read_text("utf-8").splitlines()]
    else:
        rows = measured(arguments.build, [arguments.suite] if arguments.suite else SUITES)
    if arguments.json:
        arguments.json.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    if arguments.report:
        report.keep(rows, arguments.remark)
        report.write()
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


main()
