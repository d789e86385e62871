# SPDX-License-Identifier: Apache-2.0
"""The source tree as the meta tests read it."""
import os
import re
import subprocess
from dataclasses import dataclass

ROOT = os.environ["COGMIG_SOURCE_DIR"]
BUILD = os.environ["COGMIG_BUILD_DIR"]


def path(*parts):
    return os.path.join(ROOT, *parts)


def read(*parts):
    with open(path(*parts), encoding="utf-8") as file:
        return file.read()


def files_under(folder, *endings):
    for parent, _, names in os.walk(path(folder)):
        for name in sorted(names):
            if name.endswith(endings):
                yield os.path.relpath(os.path.join(parent, name), ROOT)


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def without_comments_and_texts(code):
    """Comments, strings and characters are emptied; what is left is code alone."""
    token = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return token.sub(lambda m: " " if m.group().startswith("/") else '""', code)


def public_headers():
    return sorted(name for name in os.listdir(path("include", "cogmig")) if name.endswith(".h"))


@dataclass
class Declaration:
    name: str
    text: str
    comment: str


def statements(header):
    """Each declaration outside of braces, with the comment right above it."""
    body = re.sub(r"^[ \t]*#(?:.*\\\n)*.*$", "", header, flags=re.M)
    body = re.sub(r'extern "C" \{', "", body)
    comment, text, depth = "", "", 0
    for piece in re.findall(r"/\*.*?\*/|[^/;{}]+|.", body, re.S):
        if piece.startswith("/*"):
            if not text.strip():
                comment = piece
            continue
        depth += (piece == "{") - (piece == "}")
        text += piece
        if piece == ";" and depth == 0:
            yield " ".join(text.split()), comment
            comment, text = "", ""
        elif depth < 0:
            depth, text = 0, ""


def functions(header):
    for text, comment in statements(header):
        found = re.search(r"\b(cogmig_\w+) ?\(", text)
        if found and not text.startswith("typedef"):
            yield Declaration(found.group(1), text, comment)


def statuses(header=None):
    """Name to number, from status.h."""
    text = header if header is not None else read("include", "cogmig", "status.h")
    pairs = re.findall(r"\bCOGMIG_(?!KIND_)([A-Z_]+) = (\d+)", text)
    return {name: int(number) for name, number in pairs}


@dataclass
class StatusEntry:
    kind: str
    name: str
    sentence: str


def status_entries():
    """What lib/status/status.c says of each status."""
    code = read("lib", "status", "status.c")
    for kind, name, texts in re.findall(r'ENTRY\((\w+), (\w+),\s*((?:"[^"]*"\s*)+)\)', code):
        yield StatusEntry(kind, name, "".join(re.findall(r'"([^"]*)"', texts)))
