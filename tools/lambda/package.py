# SPDX-License-Identifier: Apache-2.0
"""The zip for Lambda: `bootstrap`, the function, and every library that it loads, the loader and
the C library among them. The same build gives the same bytes."""

import argparse
import os
import re
import stat
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

# As readelf names the processor, and as Lambda does.
ARCHITECTURES = {"Advanced Micro Devices X86-64": "x86_64", "AArch64": "arm64"}
PROCESSOR = re.compile(r"^\s*Machine:\s+(.+)$", re.M)
LOADER = re.compile(r"program interpreter: (/[^]]+)\]")
LIBRARY = re.compile(r"^\s*(\S+) => (/\S+) \(0x")
EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip can say
MAX_MIB = 10


def run(*command, **environment):
    return subprocess.run(command, check=True, capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C", **environment}).stdout


def install(build, folder):
    run("meson", "install", "-C", build, "--no-rebuild", "--strip", "--tags", "lambda",
        "--destdir", folder)
    return {path.name: path for path in Path(folder).rglob("*") if path.is_file()}


def libraries_of(program, build):
    """What the program loads, by the names that it asks for: its own loader tells."""
    loader = LOADER.search(run("readelf", "--program-headers", program)).group(1)
    said = run(loader, "--list", program, LD_LIBRARY_PATH=str(build / "lib"))
    if "not found" in said:
        sys.exit(f"package.py: a library is missing:\n{said}")
    found = dict(match.groups() for match in map(LIBRARY.match, said.splitlines()) if match)
    return {**found, "loader": loader}


def stripped(library, strip, folder):
    target = Path(folder, Path(library).name)
    run(strip, "--strip-unneeded", "-o", target, os.path.realpath(library))
    return target


def add(archive, name, path, mode):
    entry = zipfile.ZipInfo(name, EARLIEST)
    entry.create_system = 3  # Unix: the mode counts
    entry.external_attr = (stat.S_IFREG | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, Path(path).read_bytes(), compresslevel=9)


def write(installed, build, strip, archive):
    with tempfile.TemporaryDirectory() as folder:
        libraries = libraries_of(installed["cogmig-lambda"], build)
        add(archive, "bootstrap", installed["bootstrap"], 0o755)
        add(archive, "lib/cogmig-lambda", installed["cogmig-lambda"], 0o755)
        for name in sorted(libraries):
            add(archive, f"lib/{name}", stripped(libraries[name], strip, folder), 0o755)


def architecture_of(program):
    processor = PROCESSOR.search(run("readelf", "--file-header", program)).group(1)
    if processor not in ARCHITECTURES:
        sys.exit(f"package.py: Lambda has no {processor}")
    return ARCHITECTURES[processor]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="configured with -Dlambda=true")
    parser.add_argument("--strip", default="strip", help="the program of that name for the processor")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    with tempfile.TemporaryDirectory() as folder:
        installed = install(build, folder)
        architecture = architecture_of(installed["cogmig-lambda"])
        target = build / f"cogmig-migration-{architecture}.zip"
        with zipfile.ZipFile(target, "w") as archive:
            write(installed, build, arguments.strip, archive)
    size = target.stat().st_size / 2**20
    print(f"{target} ({size:.1f} MiB)")
    if size > MAX_MIB:
        sys.exit(f"package.py: it is larger than {MAX_MIB} MiB")


main()
