# SPDX-License-Identifier: Apache-2.0
"""The zip for Lambda: `bootstrap`, the function, and every library that it loads, the loader and
the C library among them. The same build gives the same bytes."""

import argparse
import os
import platform
import re
import stat
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ARCHITECTURES = {"x86_64": "x86_64", "aarch64": "arm64"}
LIBRARY = re.compile(r"^\s*(\S+) => (/\S+) \(0x")
LOADER = re.compile(r"^\s*(/\S+/ld-linux\S+) \(0x", re.M)
EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip can say
MAX_MIB = 10


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def install(build, folder):
    run("meson", "install", "-C", build, "--no-rebuild", "--strip", "--tags", "lambda",
        "--destdir", folder)
    return {path.name: path for path in Path(folder).rglob("*") if path.is_file()}


def libraries_of(program, build):
    """What the program loads, by the names that it asks for."""
    said = run("ldd", program, env={**os.environ, "LD_LIBRARY_PATH": str(build / "lib")})
    if "not found" in said:
        sys.exit(f"package.py: a library is missing:\n{said}")
    found = dict(match.groups() for match in map(LIBRARY.match, said.splitlines()) if match)
    return {**found, "loader": LOADER.search(said).group(1)}


def stripped(library, folder):
    target = Path(folder, Path(library).name)
    run("strip", "--strip-unneeded", "-o", target, os.path.realpath(library))
    return target


def add(archive, name, path, mode):
    entry = zipfile.ZipInfo(name, EARLIEST)
    entry.create_system = 3  # Unix: the mode counts
    entry.external_attr = (stat.S_IFREG | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, Path(path).read_bytes(), compresslevel=9)


def write(build, archive):
    with tempfile.TemporaryDirectory() as folder:
        installed = install(build, Path(folder, "installed"))
        libraries = libraries_of(installed["cogmig-lambda"], build)
        add(archive, "bootstrap", installed["bootstrap"], 0o755)
        add(archive, "lib/cogmig-lambda", installed["cogmig-lambda"], 0o755)
        for name in sorted(libraries):
            add(archive, f"lib/{name}", stripped(libraries[name], folder), 0o755)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="configured with -Dlambda=true")
    build = parser.parse_args().build.resolve()
    target = build / f"cogmig-migration-{ARCHITECTURES[platform.machine()]}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        write(build, archive)
    size = target.stat().st_size / 2**20
    print(f"{target} ({size:.1f} MiB)")
    if size > MAX_MIB:
        sys.exit(f"package.py: it is larger than {MAX_MIB} MiB")


main()
