# SPDX-License-Identifier: Apache-2.0
"""The bcrypt libraries of node and Python, measured beside ours. Those that cannot be had here are
left out, and it is said."""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PASSWORD = "U*U*"
STORED = "$2b$10$CCCCCCCCCCCCCCCCCCCCC.1wmuOmCZIrF1GAlfu86tqkPlAQKJe52"
ROUNDS = "25"
DEBIAN_PYTHON = "/usr/bin/python3"  # the one that has the package python3-bcrypt


def left_out(names, why):
    print(f"{names}: left out, {why}", file=sys.stderr)


def microseconds(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return float(done.stdout)


def install_node_packages(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    return subprocess.run(command, cwd=folder, stdout=sys.stderr, check=False).returncode == 0


def node_peers(folder):
    names = {"bcrypt": "bcrypt", "node-rs": "@node-rs/bcrypt", "bcryptjs": "bcryptjs"}
    if not shutil.which("node") or not shutil.which("npm"):
        left_out("passwords.peer.*", "there is no node or npm")
    elif not install_node_packages(folder):
        left_out("passwords.peer.*", "npm said why above")
    else:
        for name, package in names.items():
            command = ["node", HERE / "verify.mjs", package, STORED, PASSWORD, ROUNDS]
            yield name, microseconds(command, folder)


def python_peers(folder):
    probe = [DEBIAN_PYTHON, "-c", "import bcrypt"]
    if not Path(DEBIAN_PYTHON).exists() or subprocess.run(probe, capture_output=True,
                                                          check=False).returncode != 0:
        left_out("passwords.peer.pyca", "Debian's python3-bcrypt is not installed")
        return
    command = [DEBIAN_PYTHON, HERE / "verify_pyca.py", STORED, PASSWORD, ROUNDS]
    yield "pyca", microseconds(command, folder)


def rows(folder, ours):
    """A row for each peer; ours: microseconds of one of our verifications with many pending."""
    for peers in (node_peers, python_peers):
        for name, time in peers(folder):
            yield {"name": f"passwords.peer.{name}", "ours": ours, "reference": time,
                   "ratio": round(time / ours, 4), "target": "printed", "unit": "us"}
