# SPDX-License-Identifier: Apache-2.0
"""The ABI that the headers and the map declare, and the one that is stored and promised.

Read with libabigail from an object that defines each function of the headers and does nothing: it has
the types that a program sees, whatever the build in hand was optimised for. `python3 abi.py` stores what
was added since; it refuses to store anything else."""
import os
import re
import subprocess
import sys
import tempfile

import source

STORED = "tests/data/abi"
MAPS = {"libcogmig": "lib/libcogmig.map",
        "libcogmig-testing": "lib/testing/libcogmig-testing.map"}
SONAME = {library: f"{library}.so.1" for library in MAPS}
# Neither this machine nor its architecture is in the dump, nor names that no program can see.
DUMP = ("abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--no-architecture",
        "--no-parameter-names", "--no-elf-needed", "--exported-interfaces-only", "--type-id-style", "hash")
DIFF = ("abidiff", "--no-architecture", "--no-added-syms")


def headers():
    return {name: source.read("include/cogmig", name) for name in source.public_headers()}


def of_library(library, texts):
    """The headers of one library: testing.h is all of libcogmig-testing."""
    return {name: text for name, text in texts.items()
            if (name == "testing.h") == (library == "libcogmig-testing")}


def definitions(texts):
    yield from (f"#include <cogmig/{name}>\n" for name in texts)
    yield from (function.text.rstrip(";") + " { __builtin_trap(); }\n"
                for text in texts.values() for function in source.functions(text))


def build(folder, library, texts, symbol_map=None, soname=None):
    """A shared object with this library's ABI; its path."""
    os.makedirs(f"{folder}/cogmig", exist_ok=True)
    for name, text in texts.items():
        with open(f"{folder}/cogmig/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    with open(f"{folder}/abi.map", "w", encoding="utf-8") as file:
        file.write(symbol_map or source.read(MAPS[library]))
    subprocess.run(
        [os.environ.get("CC", "cc"), "-std=c11", "-g", "-shared", "-fPIC", "-x", "c", "-", "-I", folder,
         f"-Wl,-soname,{soname or SONAME[library]}", f"-Wl,--version-script={folder}/abi.map",
         "-o", f"{folder}/{library}.so"],
        input="".join(definitions(of_library(library, texts))), cwd=folder, text=True, check=True)
    return f"{folder}/{library}.so"


def stored(library):
    return source.path(STORED, library + ".xml")


def differences(library, binary, *options):
    """What abidiff says of anything that is gone or changed; additions are left out."""
    done = subprocess.run([*DIFF, *options, stored(library), binary], capture_output=True, text=True)
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


def constants(texts):
    return {name: int(number, 0) for text in texts.values()
            for name, number in re.findall(r"\b(COGMIG_\w+) = (-?\w+)",
                                           source.without_comments_and_texts(text))}


def stored_constants():
    lines = source.read(STORED, "constants.txt").splitlines()
    return {name: int(number) for name, number in (line.split(" = ") for line in lines)}


# These tell which release it is, and change with it.
OF_THE_RELEASE = ("COGMIG_VERSION_MAJOR", "COGMIG_VERSION_MINOR", "COGMIG_VERSION_PATCH")


def constant_faults(promised, present):
    for name, number in promised.items():
        if present.get(name) != number:
            yield f"{name} was {number} and is {present.get(name, 'gone')}"


def promised_constants(texts):
    return {name: number for name, number in constants(texts).items() if name not in OF_THE_RELEASE}


def store():
    texts = headers()
    folder = tempfile.mkdtemp(prefix="abi-")
    built = {library: build(f"{folder}/{library}", library, texts) for library in MAPS}
    faults = [fault for library, binary in built.items() if os.path.exists(stored(library))
              for fault in differences(library, binary, "--harmless")]
    if os.path.exists(source.path(STORED, "constants.txt")):
        faults += constant_faults(stored_constants(), constants(texts))
    if faults:
        sys.exit("The ABI is for good (docs/design/abi.md); nothing was stored:\n" + "\n".join(faults))
    for library, binary in built.items():
        with open(stored(library), "w", encoding="utf-8") as file:
            file.write(subprocess.run([*DUMP, os.path.basename(binary)], cwd=os.path.dirname(binary),
                                      check=True, capture_output=True, text=True).stdout)
    with open(source.path(STORED, "constants.txt"), "w", encoding="utf-8") as file:
        file.writelines(f"{name} = {number}\n" for name, number in promised_constants(texts).items())


if __name__ == "__main__":
    store()
