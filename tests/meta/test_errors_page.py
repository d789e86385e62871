# SPDX-License-Identifier: Apache-2.0
"""docs/errors.md against status.h and status.c."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import source
import tap

ENTRY = re.compile(r"^### (\w+)\n\n(\d+), (\w+)\. (.+?)\n\n- Likely causes: (.+?)\n- What to do: (.+?)\n$",
                   re.M | re.S)


def sections(page):
    return re.split(r"(?m)^(?=#{2,3} )", page)


def entries(page):
    """Name to (number, kind, sentence); a section without the whole form is left out."""
    found = {}
    for section in sections(page):
        whole = ENTRY.match(section.rstrip("\n") + "\n")
        if whole:
            name, number, kind, sentence = whole.groups()[:4]
            found[name] = (int(number), kind, " ".join(sentence.split()))
    return found


def expected():
    numbers = source.statuses()
    return {entry.name: (numbers[entry.name], entry.kind, entry.sentence)
            for entry in source.status_entries()}


@tap.test
def every_status_has_a_kind_and_a_sentence_in_the_library():
    tap.nothing(sorted(set(source.statuses()) ^ {e.name for e in source.status_entries()}))
    kinds = set(re.findall(r"COGMIG_KIND_(\w+) =", source.read("include/cogmig/status.h")))
    tap.nothing(e.name for e in source.status_entries() if e.kind not in kinds)
    tap.nothing(e.name for e in source.status_entries() if not re.fullmatch(r"[A-Z].+\.", e.sentence))


@tap.test
def every_status_has_its_entry_on_the_page_and_the_page_no_other():
    told = entries(source.read("docs/errors.md"))
    for name, facts in expected().items():
        tap.equal(told.get(name), facts, name)
    tap.nothing(sorted(set(told) - set(expected())))


@tap.test
def entries_stand_in_the_order_of_their_numbers():
    numbers = [facts[0] for facts in entries(source.read("docs/errors.md")).values()]
    tap.equal(numbers, sorted(numbers))


@tap.test
def an_entry_without_its_whole_form_is_found():
    whole = "### X\n\n1, INVALID. It is.\n\n- Likely causes: this.\n- What to do: that.\n"
    tap.equal(entries(whole), {"X": (1, "INVALID", "It is.")})
    for missing in ("- Likely causes: this.\n", "- What to do: that.\n", "1, INVALID. It is.\n"):
        tap.equal(entries(whole.replace(missing, "")), {}, missing)


tap.run()
