# SPDX-License-Identifier: Apache-2.0
"""docs/reference against the headers: which names a page tells, and the part that is written from
its header (types, constants, errors)."""
import re
from dataclasses import dataclass

import source

BEGINNING = "<!-- From here on written by ./dev docs, from the header. -->"


# ---- what a header declares ----

@dataclass
class Enumerator:
    name: str
    value: str
    comment: str


@dataclass
class Enumeration:
    comment: str
    members: list


def plain(comment):
    """The text of a comment's first paragraph, in one line."""
    text = re.sub(r"\A/\*|\*/.*\Z", "", comment.strip(), flags=re.S)
    text = re.sub(r"\n[ \t]*\*", "\n", text)
    return " ".join(text.split("\n\n")[0].split())


MEMBER = re.compile(r"(?P<before>/\*.*?\*/\s*)?(?P<name>COGMIG_\w+) = (?P<value>-?\w+),?"
                    r"(?:[ \t]*(?P<behind>/\*.*?\*/))?", re.S)
ENUM = re.compile(r"(?P<comment>/\*(?:(?!\*/).)*\*/\s*\n)?enum \{(?P<body>.*?)\n\};", re.S)


def enumerations(header):
    for found in ENUM.finditer(header):
        members = [Enumerator(m["name"], m["value"], plain(m["behind"] or m["before"] or ""))
                   for m in MEMBER.finditer(found["body"])]
        yield Enumeration(plain(found["comment"] or ""), members)


def types(header):
    """Name to purpose, types of functions included."""
    found = {}
    for text, comment in source.statements(header):
        if text.startswith("typedef"):
            [name] = re.findall(r"\(\*(\w+)\)", text) or re.findall(r"(\w+);$", text)
            found[name] = "" if "SPDX" in comment else plain(comment)  # the header's own comment
    return found


def declared(header):
    """Every name that a header gives to its users."""
    return ([f.name for f in source.functions(header)] + list(types(header)) +
            [m.name for e in enumerations(header) for m in e.members])


def about(header):
    """The sentence at the head of a header."""
    return plain(header).split("Apache-2.0 ")[1]


# ---- what a page tells ----

def hand_written(page):
    return page.split(BEGINNING)[0].rstrip("\n")


def told(text, known):
    """The names of libcogmig in a text. `_free` behind `cogmig_x_new` is cogmig_x_free: as much of
    the whole name before as makes a name that exists. One that makes none is told as it is."""
    names, whole = set(), ""
    for item in re.findall(r"\b(?:cogmig_|COGMIG_)\w+|(?<=`)[A-Za-z]\w*(?=`)|(?<=`)_[a-zA-Z]\w*(?=`)",
                           text):
        if not item.startswith("_"):
            whole = item
            if item.lower().startswith("cogmig_"):
                names.add(item)
        elif whole.lower().startswith("cogmig_"):
            starts = [whole[:i] for i in range(len(whole), 0, -1) if whole[i:i + 1] in ("_", "")]
            meant = next((s + item for s in starts if s + item in known), item)
            if meant in known or not any(name.endswith(item) for name in known):
                names.add(meant)
    return names


def purposes(page, known):
    """Names that stand first in a line of a table whose second cell is not empty."""
    names = set()
    for first, second in re.findall(r"^\| ([^|\n]*`[^|\n]*) \| ([^|\n]*)", page, re.M):
        if second.strip() and not set(first) <= set("-| "):
            names |= told(first, known)
    return names


# ---- the part that is written from the header ----

def in_markdown(text):
    text = re.sub(r"\b([A-Z]+(?:_[A-Z0-9*]+)+|cogmig_\w+(?:\(\))?)", r"`\1`", text)
    return text.replace("|", "\\|")


def listed_errors(comment):
    """What stands between Errors: and Threads:, in one line."""
    text = re.sub(r"\n \*", "\n", comment)
    return " ".join(re.search(r"Errors:(.*?)\.\s+Threads:", text, re.S).group(1).split())


def types_part(header):
    lines = [f"| `{name}` | {in_markdown(purpose)} |" for name, purpose in types(header).items()]
    return "## Types\n\n| type | what it is |\n|---|---|\n" + "\n".join(lines) + "\n" if lines else ""


def constants_part(header):
    text = ""
    for enumeration in enumerations(header):
        if any(member.name == "COGMIG_OK" for member in enumeration.members):
            text += "Of each status [errors.md](../errors.md) has number, kind and causes.\n\n"
            continue
        if enumeration.comment:
            text += in_markdown(enumeration.comment) + "\n\n"
        lines = [f"| `{m.name}` | {m.value} | {in_markdown(m.comment)} |" for m in enumeration.members]
        text += "| constant | value | |\n|---|---|---|\n" + "\n".join(lines) + "\n\n"
    return "## Constants\n\n" + text.rstrip("\n") + "\n" if text else ""


def errors_part(header):
    """Functions that can fail alike share a line."""
    alike = {}
    for function in source.functions(header):
        alike.setdefault(listed_errors(function.comment), []).append(f"`{function.name}`")
    none = alike.pop("none", [])
    text = "## Errors\n\n"
    if alike:
        text += "| function | what it may return besides `OK` |\n|---|---|\n"
        text += "".join(f"| {', '.join(names)} | {in_markdown(errors)} |\n"
                        for errors, names in alike.items())
    if none:
        text += ("\nThe other functions cannot fail.\n" if alike else "None of the functions can fail.\n")
    return text


def from_header(header):
    parts = types_part(header), constants_part(header), errors_part(header)
    return BEGINNING + "\n\n" + "\n".join(part for part in parts if part)


def whole_page(page, header):
    return hand_written(page) + "\n\n" + from_header(header)
