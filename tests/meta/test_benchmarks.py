# SPDX-License-Identifier: Apache-2.0
"""docs/benchmarks.md and its plots are what tests/bench/report.py makes of the rows."""
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

SOURCE_DIR = os.environ["COGMIG_SOURCE_DIR"]
sys.path.insert(0, os.path.join(SOURCE_DIR, "tests", "support"))
sys.path.insert(0, os.path.join(SOURCE_DIR, "tests", "bench"))
sys.dont_write_bytecode = True
import report
import source
import tap

AROUND, ROWS = report.read_rows(report.ROOT / report.ROWS)


def row(name, ratio, target, ours=1.0):
    return {"name": name, "ours": ours, "reference": 1.0, "ratio": ratio, "target": target, "unit": "us"}


@tap.test
def page_and_plots_are_those_of_the_rows():
    stale = [str(path) for path, text in report.files(AROUND, ROWS) if source.read(str(path)) != text]
    tap.equal(stale, [], "./dev bench --report writes them anew")


@tap.test
def every_row_that_is_measured_is_described_and_no_other():
    names = set()
    for name in source.files_under("tests/bench", ".c", ".py"):
        if not name.endswith(("report.py", "plot.py")):
            names |= set(re.findall(r'"((?:%s)\.[\w.-]+)(?=\\?")' % "|".join(report.SUITES), source.read(name)))
            names |= set(re.findall(r'"name\\":\\"([\w.]+)\\"', source.read(name)))
    peers = source.read("tests/bench/peers/peers.py")
    names |= {f"tokens.peer.{n}" for n in re.findall(r'"([\w-]+)": \("tokens\.', peers)}
    names |= {f"passwords.peer.{n}" for n in re.findall(r'"([\w-]+)": "', peers.split("TOKENS_OF_NODE")[0])}
    files = {name for name in names if name.endswith((".json", ".mjs", ".py", ".sql"))} - {"export.json"}
    tap.equal(names - files, set(report.ABOUT))


@tap.test
def machine_and_versions_are_told():
    text = source.read("docs/benchmarks.md")
    for name in ("libcogmig", "measured", "machine", "system", *AROUND["versions"]):
        tap.equal(f"| {name} | " in text, True, name)


@tap.test
def plots_are_whole_and_know_light_and_dark():
    folder = source.path(str(report.FOLDER))
    plots = sorted(name for name in os.listdir(folder) if name.endswith(".svg"))
    tap.equal(plots, sorted(name for name, *_, bars in report.plots(ROWS) if bars))
    for name in plots:
        root = ElementTree.parse(os.path.join(folder, name)).getroot()
        texts = [element.text or "" for element in root.iter() if element.tag.endswith("text")]
        tap.equal("prefers-color-scheme: dark" in source.read(str(report.FOLDER), name), True, name)
        tap.equal(f"benchmarks/{name}" in source.read("docs/benchmarks.md"), True, name)
        tap.equal([t for t in texts if "nan" in t or "inf" in t], [], name)


@tap.test
def a_missed_target_is_told():
    for target, ratio, missed in (("<= 1.10", 1.10, False), ("<= 1.10", 1.11, True), (">= 0.95", 0.95, False),
                                  (">= 0.95", 0.94, True), ("printed", 99, False)):
        tap.equal(report.is_missed(row("store.lookup", ratio, target)), missed, (target, ratio))
    tap.equal(report.is_missed(row("export.rss", 1, "<= 16, +-1", ours=17)), True)
    rows = [row("store.lookup", 2.0, "<= 1.10"), row("store.pool", 1.0, ">= 0.95")]
    text = report.page({**AROUND}, rows)
    tap.equal("missed the targets of `store.lookup`." in text, True)
    tap.equal("| 2 | <= 1.10 | missed |" in text, True)
    plot = dict((str(path), svg) for path, svg in report.files(AROUND, rows))["docs/benchmarks/cost.svg"]
    tap.equal('class="missed"' in plot and "2 (missed)" in plot, True)


tap.run()
