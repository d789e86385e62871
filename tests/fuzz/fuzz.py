# SPDX-License-Identifier: Apache-2.0
"""What `./dev fuzz [SECONDS] [TARGET]` runs: each target for so long, or one of them. Seeds come
from tests/data; what libFuzzer learns is kept under build/, and so is whatever made a target fail."""

import argparse
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
SEEDS = {
    "event": "tests/data/events",
    "json": "tests/data/events",
    "jwks": "tests/data/jwks",
    "stored_hash": "tests/data/passwords",
    "store_url": "tests/data/store_urls",
    "token": "tests/data/tokens",
}


def run(build, target, seconds):
    learnt = TOP / "build" / "fuzz-corpus" / target
    findings = TOP / "build" / "fuzz-findings" / target
    for folder in (learnt, findings):
        folder.mkdir(parents=True, exist_ok=True)
    seeds = [str(TOP / SEEDS[target])] if (TOP / SEEDS[target]).is_dir() else []
    log = findings / "log"
    with open(log, "w", encoding="utf-8") as output:
        done = subprocess.run(
            [build / "tests" / "fuzz" / f"fuzz-{target}", f"-max_total_time={seconds}",
             "-max_len=20000", "-timeout=10", f"-artifact_prefix={findings}/", learnt, *seeds],
            stdout=output, stderr=output, check=False)
    last = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()][-1]
    print(f"{target:12} {'finding, see ' + str(log) if done.returncode else last}", flush=True)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(prog="./dev fuzz")
    parser.add_argument("seconds", nargs="?", type=int, default=60, help="for each target; 60")
    parser.add_argument("target", nargs="?", choices=sorted(SEEDS))
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    targets = [arguments.target] if arguments.target else sorted(SEEDS)
    results = [run(arguments.build, target, arguments.seconds) for target in targets]
    sys.exit(0 if all(results) else 1)


main()
