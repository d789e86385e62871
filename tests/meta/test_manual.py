# SPDX-License-Identifier: Apache-2.0
"""The manual pages say what the program's help says, and are well formed."""
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import manual_page
import source
import tap

PAGES = {name: text for name, text in manual_page.files()}


def complaints(path):
    """What mandoc warns of; the length of the source's lines is no fault of a page."""
    done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", path], capture_output=True, text=True)
    return done.stdout.splitlines()


def words(page_section):
    return page_section.split()


def rendered(name):
    text = source.run("mandoc", "-Tutf8", "-Owidth=160", source.path(name))
    return re.sub(r".\x08", "", text)


def section(text, title):
    """The words under a title of three columns, up to the next title."""
    found = re.search(rf"^   {re.escape(title)}\n(.*?)(?=^   ? ?\S|^\S)", text, re.M | re.S)
    return words(found.group(1)) if found else None


@tap.test
def pages_are_what_help_texts_headers_and_env_example_make_them():
    stale = [name for name, text in PAGES.items() if source.read(name) != text]
    tap.equal(stale, [], "./dev docs writes them anew")


@tap.test
def every_word_of_every_help_text_is_on_the_page_in_its_order():
    text = rendered("docs/man/cogmig.1")
    verbs = manual_page.verbs()
    tap.equal(len(verbs) > 10, True, verbs)
    for verb in verbs:
        tap.equal(section(text, f"cogmig {verb}"), words(manual_page.help_of(verb)), verb)


@tap.test
def every_verb_of_the_program_is_in_its_help():
    table = source.read("tools/cogmig/main.c")
    tap.equal(sorted(re.findall(r'\{"(\w+)", verb_\w+, help_\w+\}', table)), manual_page.verbs())


@tap.test
def every_header_and_kind_is_in_the_page_of_the_library():
    text = rendered("docs/man/libcogmig.3")
    tap.nothing(name for name in source.public_headers() if f"<cogmig/{name}>" not in text)
    kinds = re.findall(r"(COGMIG_KIND_\w+) = ", source.read("include/cogmig/status.h"))
    tap.equal([kind for kind in kinds if kind not in text], [])


@tap.test
def every_variable_of_the_example_is_in_the_page_of_the_program():
    text = rendered("docs/man/cogmig.1")
    variables = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", source.read(".env.example"), re.M)
    tap.equal(len(variables) > 20, True)
    tap.nothing(name for name in variables if name not in text)


@tap.test
def both_pages_are_installed_as_manual_pages():
    with open(os.path.join(source.BUILD, "meson-info", "intro-installed.json"),
              encoding="utf-8") as file:
        installed = json.load(file)
    for name in PAGES:
        [target] = [to for path, to in installed.items() if path.endswith("/" + name)]
        tap.equal(target.endswith(f"/man{name[-1]}/{os.path.basename(name)}"), True, target)


@tap.test
def pages_have_no_warnings():
    tap.nothing(line for name in PAGES for line in complaints(source.path(name)))


@tap.test
def a_page_with_a_fault_is_warned_of():
    with tempfile.NamedTemporaryFile("w", suffix=".1", encoding="utf-8") as file:
        file.write(source.read("docs/man/cogmig.1") + ".XY no such macro\n")
        file.flush()
        tap.equal(len(complaints(file.name)), 1)


@tap.test
def the_parts_of_a_help_text_become_what_they_are():
    text = ("cogmig x [options]\n\nDoes it.\n\n  --one N     first,\n              and more\n"
            "  --two       second\n\n  x --y\n    z\n")
    tap.equal(manual_page.in_roff(text),
              ".PP\n.B cogmig x [options]\n.PP\nDoes it.\n"
              ".TP\n.B \\-\\-one N\nfirst,\nand more\n.TP\n.B \\-\\-two\nsecond\n"
              ".PP\n.nf\n  x \\-\\-y\n    z\n.fi\n")
    tap.equal(manual_page.in_roff("A\n.b c\\d"), ".PP\nA\n\\&.b c\\ed\n")


tap.run()
