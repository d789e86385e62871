# SPDX-License-Identifier: Apache-2.0
"""Each link in the documentation leads somewhere, each guide is found from the index, and each function
that is spoken of is there."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import markdown
import tap

LINK = re.compile(r"\]\(([^)\s]+)\)")


def prose(text):
    return re.sub(r"(?ms)^ *```.*?^ *```$", "", text)


def anchors(text):
    """As GitHub makes them of headings."""
    for heading in re.findall(r"(?m)^#+ (.*)$", prose(text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        yield re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")


def read(page):
    return (markdown.SOURCE / page).read_text(encoding="utf-8")


def link_fault(page, link):
    if re.match(r"[a-z]+:", link):
        return ""
    path, _, anchor = link.partition("#")
    target = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
    if not (markdown.SOURCE / target).exists():
        return f"{page}: {link} is not there"
    if anchor and target.endswith(".md") and anchor not in anchors(read(target)):
        return f"{page}: {link}: there is no such heading"
    return ""


@tap.test
def every_link_leads_somewhere():
    pages = markdown.pages()
    tap.equal(len(pages) > 40, True)
    tap.nothing(fault for page in pages for link in LINK.findall(prose(read(page)))
                for fault in [link_fault(page, link)] if fault)


@tap.test
def the_index_has_every_guide():
    told = set(LINK.findall(read("docs/README.md")))
    tap.nothing(name for name in sorted(os.listdir(markdown.SOURCE / "docs/guide"))
                if f"guide/{name}" not in told)


@tap.test
def the_examples_are_all_told_of():
    told = set(re.findall(r"\]\(([\w-]+)", read("examples/README.md")))
    tap.nothing(name for name in sorted(os.listdir(markdown.SOURCE / "examples"))
                if os.path.isdir(markdown.SOURCE / "examples" / name) and name not in told | {"http"})


def unknown_names(text, known):
    """Functions and types that are spoken of and that no header has."""
    spoken = set(re.findall(r"`(cogmig_\w+)(?:\(\))?`", prose(text)))
    return sorted(name for name in spoken if name not in known)


@tap.test
def every_function_that_is_spoken_of_is_declared():
    known = set(re.findall(r"\bcogmig_\w+", "".join(
        path.read_text(encoding="utf-8")
        for path in (markdown.SOURCE / "include/cogmig").glob("*.h"))))
    known.add("cogmig_idmap")  # a table, too
    tap.nothing(f"{page}: {name}" for page in markdown.pages()
                for name in unknown_names(read(page), known))
    tap.equal(unknown_names("`cogmig_x` and `cogmig_y()`", {"cogmig_x"}), ["cogmig_y"])


@tap.test
def each_dead_link_is_found():
    for link in ("docs/nothing.md", "README.md#no-such-heading", "#no-such-heading"):
        tap.equal(link_fault("README.md", link) != "", True, link)
    for link in ("docs/errors.md", "README.md#from-c", "#from-c", "https://example.com/x"):
        tap.equal(link_fault("README.md", link), "", link)


tap.run()
