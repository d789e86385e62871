# SPDX-License-Identifier: Apache-2.0
"""docs/reference against the headers, and every name of libcogmig that any document uses."""
import functools
import os
import re
import sys

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import reference_pages as pages
import source
import tap

NOUNS = [name[:-2] for name in source.public_headers() if name != "cogmig.h"]
DOCUMENTS = ["README.md", "NEWS.md", "CONTRIBUTING.md", "SECURITY.md",
             *source.files_under("docs", ".md"), *source.files_under("bindings", ".md")]
# Names that no header declares: the attribute macro, and what abi.md adds for an example.
OTHERS = {"COGMIG_MUST_CHECK", "cogmig_verifier_new_thing"}
# A name that is put together: COGMIG_FAILED_*, `cogmig_verifier_*`, COGMIG_1.0.
BEGINNINGS = re.compile(r"(_|COGMIG_1)$")


def header(noun):
    return source.read("include/cogmig", noun + ".h")


def page(noun):
    return source.read("docs/reference", noun + ".md")


def all_declared():
    return {name for noun in NOUNS for name in pages.declared(header(noun))}


@functools.cache
def names_in_sources():
    """Variables of the environment, and what our own programs and examples are called."""
    found = set(re.findall(r"\bCOGMIG_\w+", source.read("dev")))
    for folder in ("lib", "tools", "bindings", "tests", "examples"):
        for name in source.files_under(folder, ".c", ".h", ".py", ".build", ".yaml"):
            if "node_modules" not in name and "/test_reference.py" not in name:
                found |= set(re.findall(r"\b(?:COGMIG|cogmig)_\w+", source.read(name)))
    return found


def page_faults(name, text, head, known):
    told = pages.hand_written(text)
    purposes = pages.purposes(told, known)
    for function in source.functions(head):
        if function.name not in purposes:
            yield f"{name}: no table says what {function.name} is for"
    for type_name, purpose in pages.types(head).items():
        if not purpose:
            yield f"{name}: its header does not say what {type_name} is"
    for unknown in sorted(pages.told(text, known) - known):
        if not BEGINNINGS.search(unknown) and unknown not in names_in_sources():
            yield f"{name}: there is no {unknown}"


@tap.test
def every_page_tells_what_each_declaration_is_for_and_nothing_that_does_not_exist():
    known = all_declared()
    tap.equal(len(known) > 400, True, "the headers were read")
    tap.nothing(fault for noun in NOUNS
                for fault in page_faults(f"docs/reference/{noun}.md", page(noun), header(noun), known))


@tap.test
def types_constants_and_errors_of_each_page_are_those_of_its_header():
    stale = [noun for noun in NOUNS if pages.whole_page(page(noun), header(noun)) != page(noun)]
    tap.equal(stale, [], "./dev docs writes them anew")


@tap.test
def no_constant_is_lost_on_the_way_from_header_to_page():
    for noun in NOUNS:
        raw = set(re.findall(r"\b(COGMIG_\w+) = ", header(noun)))
        told = {m.name for e in pages.enumerations(header(noun)) for m in e.members}
        tap.equal(told, raw, noun)
        missing = raw - pages.told(page(noun), raw)
        if noun == "status":
            missing -= {"COGMIG_" + status for status in source.statuses()}
        tap.equal(missing, set(), noun)


@tap.test
def errors_of_each_function_are_on_its_page_word_for_word():
    for noun in NOUNS:
        lines = page(noun).split("\n## Errors\n")[1].splitlines()
        for function in source.functions(header(noun)):
            errors = pages.listed_errors(function.comment)
            listing = [line for line in lines if f"`{function.name}`" in line.split(" | ")[0]]
            if errors == "none":
                tap.equal(listing, [], function.name)
            else:
                tap.equal([line.split(" | ")[1].rstrip(" |").replace("`", "") for line in listing],
                          [errors], function.name)


@tap.test
def documents_name_nothing_that_does_not_exist():
    known = all_declared() | names_in_sources() | OTHERS
    found = []
    for name in DOCUMENTS:
        for used in sorted(set(re.findall(r"\b(?:COGMIG|cogmig)_\w+", source.read(name)))):
            begins = BEGINNINGS.search(used) and any(k.startswith(used) for k in known)
            if used not in known and not begins:
                found.append(f"{name}: there is no {used}")
    tap.nothing(found)


@tap.test
def paths_in_documents_are_there():
    path = re.compile(r"`((?:bindings|docs|examples|include|lib|pkgconfig|tests|tools)/[\w./-]+)`")
    tap.nothing(f"{name}: {found}" for name in DOCUMENTS for found in path.findall(source.read(name))
                if not os.path.exists(source.path(found)))


@tap.test
def each_flaw_of_a_page_is_found():
    head = ("/* SPDX-License-Identifier: X */\n/* A thing. */\ntypedef struct cogmig_x cogmig_x;\n"
            "/* Kinds. */\nenum {\n    COGMIG_X_A = 1 /* so */\n};\n"
            "/* Makes.\n *\n * Errors: OUT_OF_MEMORY. Threads: any. Since: 1.0. */\n"
            "int cogmig_x_new(void);\n"
            "/* Ends.\n *\n * Errors: none. Threads: any. Since: 1.0. */\nvoid cogmig_x_free(void);\n")
    known = set(pages.declared(head))
    tap.equal(known, {"cogmig_x", "COGMIG_X_A", "cogmig_x_new", "cogmig_x_free"})
    good = pages.whole_page("# x\n\n| f | |\n|---|---|\n| `cogmig_x_new`, `_free` | a thing |\n", head)
    tap.equal(list(page_faults("x", good, head, known)), [])
    tap.equal("| `cogmig_x_new` | `OUT_OF_MEMORY` |" in good, True, good)
    tap.equal("| `COGMIG_X_A` | 1 | so |" in good, True, good)
    tap.equal(len(list(page_faults("x", good.replace("a thing |", " |"), head, known))), 2)
    for bad in (good.replace(", `_free`", ""),
                good.replace("# x\n", "# x\n\n`cogmig_x_close` ends it.\n"),
                good.replace("# x\n", "# x\n\n`cogmig_x_new`, `_close`\n")):
        tap.equal(len(list(page_faults("x", bad, head, known))), 1, bad)
    tap.equal(len(list(page_faults("x", good, head.replace("A thing.", ""), known))), 1)
    for bad in (good.replace("OUT_OF_MEMORY", "DISK_FULL"), good.replace("| 1 | so", "| 2 | so")):
        tap.equal(pages.whole_page(bad, head) == bad, False, bad)


tap.run()
