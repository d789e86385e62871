# SPDX-License-Identifier: Apache-2.0
"""npm packages that tests need, as a package-lock.json pins them, under build/."""

import fcntl
import filecmp
import shutil
import subprocess
import sys


def install(source, target):
    """Install what source/package-lock.json pins into target, unless that has been done."""
    target.mkdir(parents=True, exist_ok=True)
    with open(target / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_installed(source, target):
            npm_ci(source, target)


def is_installed(source, target):
    done = target / "installed.json"
    return (done.exists() and (target / "node_modules").is_dir()
            and filecmp.cmp(source / "package-lock.json", done, shallow=False))


def npm_ci(source, target):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(source / name, target / name)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=target, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        sys.exit(f"the packages of {source} could not be installed; npm said why above")
    shutil.copy(target / "package-lock.json", target / "installed.json")
