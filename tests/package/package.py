#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a distribution does with the package and what takes too long for ./dev test.

    package.py dist      a tarball, unpacked where there is nothing else, builds and tests itself
    package.py options   every pair of values of the build's options configures and builds
    package.py clean     how long a clean build takes, without a cache
"""
import glob
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CLEAN_BUILD_MAX_S = 60

# fuzz is for clang with libFuzzer alone and lambda for static libraries; ./dev fuzz and ./dev lambda
# build them.
OPTIONS = {
    "sqlite": ("enabled", "disabled"),
    "tools": ("true", "false"),
    "testing": ("enabled", "disabled"),
    "examples": ("true", "false"),
    "tests": ("true", "false"),
    "bench": ("true", "false"),
    "docs": ("true", "false"),
}


def run(*command, **options):
    print("+", *command, flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\n{' '.join(command)} failed")
    return done.stdout


def pairs(combination):
    return set(itertools.combinations(sorted(combination.items()), 2))


def combinations_with_every_pair():
    """Few of all combinations, the barest first: each next one has the most pairs that are new."""
    every = [dict(zip(OPTIONS, values)) for values in itertools.product(*OPTIONS.values())]
    missing = set().union(*map(pairs, every))
    chosen = [{name: values[1] for name, values in OPTIONS.items()}]
    missing -= pairs(chosen[0])
    while missing:
        chosen.append(max(every, key=lambda combination: len(pairs(combination) & missing)))
        missing -= pairs(chosen[-1])
    return chosen


def options(scratch):
    for number, combination in enumerate(combinations_with_every_pair()):
        flags = [f"-D{name}={value}" for name, value in combination.items()]
        run("meson", "setup", f"{scratch}/{number}", SOURCE, "-Dwerror=true", *flags)
        run("ninja", "--quiet", "-C", f"{scratch}/{number}")


def dist(scratch):
    run("meson", "setup", f"{scratch}/build", SOURCE, "-Dtests=false", "-Dexamples=false")
    run("meson", "dist", "--no-tests", "--formats", "xztar", "-C", f"{scratch}/build")
    tarball, = glob.glob(f"{scratch}/build/meson-dist/*.tar.xz")
    shutil.unpack_archive(tarball, f"{scratch}/unpacked")
    tree, = glob.glob(f"{scratch}/unpacked/*")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COGMIG_")}
    run(f"{tree}/dev", "test", "--quick", cwd=tree, env=inherited)
    print(os.path.basename(tarball), "builds and tests itself")


def clean(scratch):
    environment = {**os.environ, "CCACHE_DISABLE": "1"}
    began = time.monotonic()
    run("meson", "setup", f"{scratch}/build", SOURCE, "--buildtype=release", "-Dtests=false", env=environment)
    run("ninja", "--quiet", "-C", f"{scratch}/build", env=environment)
    took_s = time.monotonic() - began
    used = os.times()
    print(f"a clean build takes {took_s:.0f} s, {used.children_user + used.children_system:.0f} s of "
          f"the processor; the plan is {CLEAN_BUILD_MAX_S} s")


VERBS = {"dist": dist, "options": options, "clean": clean}


def main(names):
    for name in names or VERBS:
        scratch = tempfile.mkdtemp(prefix="package-")
        try:
            VERBS[name](scratch)
        finally:
            shutil.rmtree(scratch)


if __name__ == "__main__":
    main(sys.argv[1:])
