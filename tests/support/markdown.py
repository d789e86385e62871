# SPDX-License-Identifier: Apache-2.0
"""The code in the documentation: fenced blocks, and the regions of files that they are taken from.

A block's first line says its language and, behind it, why it is not run where it is not:

    ```sh (by hand: needs an AWS account)

A region stands between two lines of a file, in comments of whatever language:

    /* region: name */
    /* end region */
"""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent
FENCE = re.compile(r"^( *)(```+|~~~+)[ \t]*(.*)$")
INFO = re.compile(r"(\w*)(?: \(by hand: (.+)\))?")
BEGIN = re.compile(r"^\s*(?:/\*|//|#|--) region: ([\w-]+)(?: \*/)?\s*$")
END = re.compile(r"^\s*(?:/\*|//|#|--) end region(?: \*/)?\s*$")


@dataclass
class Block:
    page: str
    line: int
    language: str
    by_hand: str  # why it is not run; empty when it is
    text: str

    @property
    def at(self):
        return f"{self.page}:{self.line}"


@dataclass
class Region:
    file: str
    name: str
    text: str

    @property
    def at(self):
        return f"{self.file}, region {self.name}"


def pages(source=SOURCE):
    """What people read to use the library, or to work on it."""
    named = [source / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "NEWS.md",
                                        "bindings/python/README.md")]
    found = named + sorted((source / "docs").rglob("*.md")) + sorted(
        path for path in (source / "examples").rglob("*.md") if "node_modules" not in path.parts)
    return [str(path.relative_to(source)) for path in found]


def blocks_of(text, page):
    """Every fenced block; one that is not closed, or whose first line is none of ours, is an error."""
    fence = info = None
    for number, line in enumerate(text.splitlines(), 1):
        found = FENCE.match(line)
        if fence is None and found:
            fence, info, begin, lines = found.group(2), found.group(3), number, []
            continue
        if fence is not None and found and found.group(2) == fence and not found.group(3):
            known = INFO.fullmatch(info)
            if not known:
                raise ValueError(f"{page}:{begin}: what is meant by \"{info}\"?")
            yield Block(page, begin, known.group(1), known.group(2) or "",
                        textwrap.dedent("\n".join(lines) + "\n"))
            fence = None
        elif fence is not None:
            lines.append(line)
    if fence is not None:
        raise ValueError(f"{page}:{begin}: the block is not closed")


def blocks(source=SOURCE):
    return [block for page in pages(source)
            for block in blocks_of((source / page).read_text(encoding="utf-8"), page)]


def regions_of(text, file):
    name = None
    for number, line in enumerate(text.splitlines(), 1):
        begin = BEGIN.match(line)
        if begin and name is None:
            name, lines = begin.group(1), []
        elif END.match(line) and name is not None:
            yield Region(file, name, textwrap.dedent("\n".join(lines).strip("\n") + "\n"))
            name = None
        elif begin or END.match(line):
            raise ValueError(f"{file}:{number}: a region in a region, or an end without one")
        elif name is not None:
            lines.append(line)
    if name is not None:
        raise ValueError(f"{file}: the region {name} has no end")


def regions(source=SOURCE):
    """Those of examples/, which is built and run; and its tests, which are too."""
    return [region for folder in ("examples", "tests/examples")
            for path in sorted((source / folder).rglob("*"))
            if path.is_file() and path.suffix in (".c", ".py", ".sh", ".conf", ".build")
            and "node_modules" not in path.parts
            for region in regions_of(path.read_text(encoding="utf-8"),
                                     str(path.relative_to(source)))]
