# SPDX-License-Identifier: Apache-2.0
"""The manual pages: docs/man/*.in with what help texts, headers and .env.example say put in."""
import os
import re

import markdown
import reference_pages
import source

VERBS = re.compile(r"^  cogmig ([a-z]+)\b", re.M)
OPTION = re.compile(r"  (--[\w-]+(?: [A-Z][\w/|]*| [a-z]+\|[a-z|]+)?) +(\S.*)")
ITEM = re.compile(r"  (\S.*?) {2,}(\S.*)")


def help_of(*verb):
    return source.run(os.path.join(source.BUILD, "tools/cogmig/cogmig"), *verb, "--help")


def verbs():
    return sorted(set(VERBS.findall(help_of())))


# ---- roff ----

def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def item(line):
    found = OPTION.fullmatch(line) or ITEM.fullmatch(line)
    return found.groups() if found else None


def listing(lines):
    """Names with their descriptions, a description going on in lines that are further in."""
    text = ""
    for line in lines:
        name, description = item(line) or (line.strip(), "")
        if line.startswith("   "):
            text += escaped(line.strip()) + "\n"
        else:
            text += f".TP\n.B {escaped(name)}\n" + (escaped(description) + "\n" if description else "")
    return text


def example(lines):
    return ".PP\n.nf\n" + "".join(escaped(line) + "\n" for line in lines) + ".fi\n"


def usage(lines):
    """Command lines, the first paragraph of a help text; some say behind it what they do."""
    if all(ITEM.fullmatch("  " + line) for line in lines):
        return listing(["  " + line for line in lines])
    return ".PP\n" + ".br\n".join(f".B {escaped(line)}\n" for line in lines)


def paragraph(lines):
    if lines[0].startswith("cogmig "):
        return usage(lines)
    if not lines[0].startswith("  "):
        return ".PP\n" + "".join(escaped(line) + "\n" for line in lines)
    return listing(lines) if item(lines[0]) else example(lines)


def paragraphs(text):
    return [block.split("\n") for block in text.strip("\n").split("\n\n")]


def in_roff(text):
    return "".join(paragraph(lines) for lines in paragraphs(text))


# ---- what is put in ----

def version():
    return re.search(r"^ *version: '([^']+)'", source.read("meson.build"), re.M).group(1)


def main_help(begin, end=None):
    """The paragraphs of `cogmig --help` from the one that begins so, up to another."""
    text = help_of()
    text = text[text.index(begin):]
    return in_roff(text[:text.index(end)] if end else text)


def every_verb():
    return "".join(f".SS cogmig {verb}\n{in_roff(help_of(verb))}" for verb in verbs())


def variables():
    """What .env.example knows."""
    names = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", source.read(".env.example"), re.M)
    return ",\n".join(f".BR {name}" for name in sorted(set(names))).replace(",\n", " ,\n") + "\n"


def headers():
    text = ""
    for name in source.public_headers():
        about = reference_pages.about(source.read("include/cogmig", name))
        text += f".TP\n.B <cogmig/{name}>\n{escaped(about)}\n"
    return text


def kinds():
    [enumeration] = [e for e in reference_pages.enumerations(source.read("include/cogmig/status.h"))
                     if e.members[0].name == "COGMIG_KIND_OK"]
    return "".join(f".TP\n.B {member.name}\n{escaped(member.comment or 'it was done')}\n"
                   for member in enumeration.members)


def program():
    [region] = [r for r in markdown.regions() if r.at == "examples/hello/hello.c, region program"]
    return escaped(region.text.rstrip("\n") + "\n")


PLACES = {
    "EXAMPLE": program,
    "VERSION": version,
    "VERBS": lambda: main_help("  cogmig ", "Settings come"),
    "EVERY_VERB": every_verb,
    "SETTINGS": lambda: main_help("Settings come", "Exit code"),
    "EXIT_CODES": lambda: main_help("Exit code"),
    "VARIABLES": variables,
    "HEADERS": headers,
    "KINDS": kinds,
}


def filled(frame):
    text = re.sub(r"@([A-Z_]+)@\n?", lambda found: PLACES[found.group(1)](), frame)
    return re.sub(r"^(\.S[SH] .*\n)\.PP\n", r"\1", text, flags=re.M)


def files():
    for name in ("cogmig.1", "libcogmig.3"):
        yield f"docs/man/{name}", filled(source.read(f"docs/man/{name}.in"))
