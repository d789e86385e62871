# SPDX-License-Identifier: Apache-2.0
"""What `./dev fuzz [SECONDS] [TARGET]` runs: each target for so long, or one of them. What libFuzzer
learns is kept under build/, and so is whatever made a target fail. --keep makes of what was learnt the
corpus that the tests replay: a line of base64url for each input."""

import argparse
import base64
import hashlib
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
TARGETS = sorted(path.name for path in (HERE / "corpus").iterdir())
KEPT_BYTES = 32 * 1024  # of each corpus; small inputs first


def decoded(line):
    return base64.urlsafe_b64decode(line + "=" * (-len(line) % 4))


def encoded(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def folder_for(what, target):
    folder = TOP / "build" / f"fuzz-{what}" / target
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def unpack(target):
    for line in (HERE / "corpus" / target).read_text("ascii").splitlines():
        content = decoded(line)
        (folder_for("corpus", target) / hashlib.sha1(content).hexdigest()).write_bytes(content)


def program(build, target):
    return build / "tests" / "fuzz" / f"fuzz-{target}"


def run(build, target, seconds):
    findings = folder_for("findings", target)
    log = findings / "log"
    unpack(target)
    with open(log, "w", encoding="utf-8") as output:
        done = subprocess.run(
            [program(build, target), f"-max_total_time={seconds}", "-max_len=20000", "-timeout=10",
             f"-artifact_prefix={findings}/", folder_for("corpus", target)],
            stdout=output, stderr=output, check=False)
    last = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()][-1]
    print(f"{target:12} {'finding, see ' + str(log) if done.returncode else last}", flush=True)
    return done.returncode == 0


def keep(build, target):
    fewest = folder_for("fewest", target)
    for path in fewest.iterdir():
        path.unlink()
    subprocess.run([program(build, target), "-merge=1", fewest, folder_for("corpus", target)],
                   stderr=subprocess.DEVNULL, check=True)
    lines, room = [], KEPT_BYTES
    for content in sorted((path.read_bytes() for path in fewest.iterdir()),
                          key=lambda content: (len(content), content)):
        room -= len(encoded(content)) + 1
        if content and room >= 0:
            lines.append(encoded(content) + "\n")
    (HERE / "corpus" / target).write_text("".join(lines), "ascii")
    print(f"{target:12} {len(lines)} inputs are kept", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="./dev fuzz")
    parser.add_argument("seconds", nargs="?", type=int, default=60, help="for each target; 60")
    parser.add_argument("target", nargs="?", choices=TARGETS)
    parser.add_argument("--keep", action="store_true", help="make the corpora anew")
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    good = True
    for target in [arguments.target] if arguments.target else TARGETS:
        good = run(arguments.build, target, arguments.seconds) and good
        if arguments.keep:
            keep(arguments.build, target)
    sys.exit(0 if good else 1)


main()
