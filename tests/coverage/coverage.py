# SPDX-License-Identifier: Apache-2.0
"""What `./dev coverage` prints: how much of each folder of lib/ the tests run, lines and branches. In
EXPLAINED folders each line that is not run, or not in each of its directions, is tested or has its
reason in the file `uncovered` beside this one: a line

    lib/folder/file.c, function: code of the line

and below it, indented, why no test takes it. Whatever is not there is a failure, and so is an entry
whose line is gone. One that happened to be run this time is not: threads do."""

import argparse
import collections
import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
EXPLAINED = ("token", "keyset", "password", "migration")
ENTRY = re.compile(r"(lib/\S+), (\w+): (.+)")


def measure(build):
    """What gcov counted, as gcovr's JSON has it."""
    command = ["gcovr", "--root", TOP, "--object-directory", build, "--filter", "lib/",
               "--exclude", "lib/testing/", "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=TOP)
    return json.loads(done.stdout)["files"]


def lines_of(file):
    return [line for line in file["lines"] if not line.get("gcovr/noncode")]


def is_missed(line):
    return line["count"] == 0 or any(branch["count"] == 0 for branch in line["branches"])


class Tally:
    def __init__(self):
        self.lines = self.lines_run = self.branches = self.branches_run = 0

    def add(self, file):
        for line in lines_of(file):
            self.lines += 1
            self.lines_run += line["count"] > 0
            self.branches += len(line["branches"])
            self.branches_run += sum(branch["count"] > 0 for branch in line["branches"])

    def row(self, name):
        def share(run, whole):
            return f"{100 * run / whole:5.1f} % of {whole:5}" if whole else " " * 16
        return (f"{name:14} lines {share(self.lines_run, self.lines)}   "
                f"branches {share(self.branches_run, self.branches)}")


def print_table(files):
    folders, whole = collections.defaultdict(Tally), Tally()
    for file in files:
        folders[file["file"].split("/")[1]].add(file)
        whole.add(file)
    for name in sorted(folders):
        print(folders[name].row(name))
    print(whole.row("all"))


def function_at(file, number):
    before = [f for f in file["functions"] if f["lineno"] <= number]
    return max(before, key=lambda f: f["lineno"])["name"] if before else "none"


def missed(files):
    """(file, function, code) of each missed line, as often as there is one."""
    found = collections.Counter()
    for file in files:
        if file["file"].split("/")[1] not in EXPLAINED:
            continue
        source = (TOP / file["file"]).read_text("utf-8").splitlines()
        for line in lines_of(file):
            if is_missed(line):
                number = line["line_number"]
                found[file["file"], function_at(file, number), source[number - 1].strip()] += 1
    return found


def explained(text):
    """The same of the list; an entry without a reason is none."""
    found = collections.Counter()
    lines = text.splitlines()
    for line, below in zip(lines, lines[1:] + [""]):
        entry = ENTRY.fullmatch(line)
        if entry and below.startswith("    ") and below.strip():
            found[entry.groups()] += 1
    return found


def is_gone(entry):
    path, _, code = entry
    source = TOP / path
    return not source.exists() or code not in map(str.strip, source.read_text("utf-8").splitlines())


def compare(files):
    listed = explained((HERE / "uncovered").read_text("utf-8"))
    unexplained = missed(files) - listed
    gone = [entry for entry in listed if is_gone(entry)]
    for title, entries in (("not run, and not explained in tests/coverage/uncovered", unexplained),
                           ("explained, but not there any more", gone)):
        for path, function, code in sorted(entries):
            print(f"{title}: {path}, {function}: {code}", file=sys.stderr)
    return not unexplained and not gone


def main():
    parser = argparse.ArgumentParser(prog="./dev coverage")
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    files = measure(parser.parse_args().build)
    print_table(files)
    sys.exit(0 if compare(files) else 1)


main()
