# SPDX-License-Identifier: Apache-2.0
"""The libraries of node and Python, measured beside ours. Those that cannot be had here are left
out, and it is said."""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PASSWORD = "U*U*"
STORED = "$2b$10$CCCCCCCCCCCCCCCCCCCCC.1wmuOmCZIrF1GAlfu86tqkPlAQKJe52"
PASSWORD_ROUNDS = "25"
TOKEN_ROUNDS = "40"
DEBIAN_PYTHON = "/usr/bin/python3"  # the one that has Debian's packages

# What a peer is compared with, its program, and the target of the ratio.
PASSWORDS_OF_NODE = {"bcrypt": "bcrypt", "node-rs": "@node-rs/bcrypt", "bcryptjs": "bcryptjs"}
TOKENS_OF_NODE = {"aws-jwt-verify": ("tokens.cold", ">= 2.5"),
                  "fast-jwt": ("tokens.cold", "printed"),
                  "fast-jwt-cache": ("tokens.repeat", ">= 20"),
                  "jose": ("tokens.cold", "printed")}


def left_out(names, why):
    print(f"{names}: left out, {why}", file=sys.stderr)


def microseconds(command, folder):
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout)


def beside(measure, compared, name, command, folder, target="printed"):
    """A peer's row: ours is measured before it and after it, for a machine's speed drifts."""
    before = measure(compared)
    theirs = microseconds(command, folder)
    ours = (before + measure(compared)) / 2
    return {"name": name, "ours": ours, "reference": theirs, "ratio": round(theirs / ours, 4),
            "target": target, "unit": "us"}


def has_node_packages(folder, names):
    if not shutil.which("node") or not shutil.which("npm"):
        left_out(names, "there is no node or npm")
        return False
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(command, cwd=folder, stdout=sys.stderr, check=False).returncode != 0:
        left_out(names, "npm said why above")
        return False
    return True


def has_python_package(module, name):
    probe = [DEBIAN_PYTHON, "-c", f"import {module}"]
    if Path(DEBIAN_PYTHON).exists() and subprocess.run(probe, capture_output=True,
                                                       check=False).returncode == 0:
        return True
    left_out(name, f"Debian's python3-{module} is not installed")
    return False


def password_rows(folder, measure):
    if has_node_packages(folder, "passwords.peer.*"):
        for name, package in PASSWORDS_OF_NODE.items():
            command = ["node", HERE / "verify.mjs", package, STORED, PASSWORD, PASSWORD_ROUNDS]
            yield beside(measure, "passwords.many", f"passwords.peer.{name}", command, folder)
    if has_python_package("bcrypt", "passwords.peer.pyca"):
        command = [DEBIAN_PYTHON, HERE / "verify_pyca.py", STORED, PASSWORD, PASSWORD_ROUNDS]
        yield beside(measure, "passwords.many", "passwords.peer.pyca", command, folder)


def token_rows(folder, measure, samples):
    """samples: the file in which bench-tokens left what it verified."""
    if has_node_packages(folder, "tokens.peer.*"):
        for name, (compared, target) in TOKENS_OF_NODE.items():
            command = ["node", HERE / "verify_tokens.mjs", name, samples, TOKEN_ROUNDS]
            yield beside(measure, compared, f"tokens.peer.{name}", command, folder, target)
    if has_python_package("jwt", "tokens.peer.pyjwt"):
        command = [DEBIAN_PYTHON, HERE / "verify_pyjwt.py", samples, TOKEN_ROUNDS]
        yield beside(measure, "tokens.cold", "tokens.peer.pyjwt", command, folder)
