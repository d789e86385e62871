# SPDX-License-Identifier: Apache-2.0
"""No code in the documentation that nobody compiled and ran.

C, and what builds or configures a program, is a region of a file under examples/, word for word.
Python is run by tests/python/test_guide.py and shell by tests/examples/test_shell_blocks.py, which
take every page that has any."""
import difflib
import os
import sys

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import markdown
import tap

FROM_A_REGION = {"c", "cpp", "nginx", "meson", "make", "cmake"}
RUN_ELSEWHERE = {"python": "tests/python/test_guide.py",
                 "sh": "tests/examples/test_shell_blocks.py",
                 "console": "tests/examples/test_shell_blocks.py"}
# Nothing to run: what a program prints or takes.
DATA = {"json", "sql", "prisma", "text"}


def nearest(block, regions):
    """Where the block probably comes from, and the first line that differs."""
    def likeness(region):
        return difflib.SequenceMatcher(None, block.text, region.text).ratio()

    best = max(regions, key=likeness, default=None)
    if best is None or likeness(best) < 0.5:
        return "no region is like it"
    differs = [line for line in difflib.ndiff(best.text.splitlines(), block.text.splitlines())
               if line[0] in "-+"]
    return f"it differs from {best.at}: {differs[0] if differs else ''}"


def fault(block, regions):
    if block.language in FROM_A_REGION:
        if block.by_hand:
            return "this language is compiled, not run by hand"
        if not any(block.text == region.text for region in regions):
            return nearest(block, regions)
    elif block.language in RUN_ELSEWHERE:
        if block.by_hand and block.language != "sh":
            return "only shell may be run by hand"
    elif block.language not in DATA or block.by_hand:
        return f"\"{block.language}\" is no language of ours; plain text is ```text"
    return ""


@tap.test
def every_block_of_code_is_compiled_and_run():
    regions, blocks = markdown.regions(), markdown.blocks()
    tap.equal(len(blocks) > 50 and len(regions) > 20, True, "the pages were read")
    tap.nothing(f"{block.at}: {told}" for block in blocks
                for told in [fault(block, regions)] if told)


@tap.test
def every_region_is_in_a_page():
    shown = {block.text for block in markdown.blocks()}
    tap.nothing(region.at for region in markdown.regions() if region.text not in shown)


@tap.test
def every_file_with_a_region_is_built():
    for region in markdown.regions():
        folder, name = os.path.split(region.file)
        if name.endswith(".c"):
            listed = [os.path.join(folder, "meson.build"), "examples/meson.build"]
            tap.equal(any(name.removesuffix(".c") in open(markdown.SOURCE / path).read()
                          for path in listed if (markdown.SOURCE / path).exists()), True, region.file)


@tap.test
def who_runs_the_others_takes_every_page():
    for language, name in RUN_ELSEWHERE.items():
        text = (markdown.SOURCE / name).read_text(encoding="utf-8")
        tap.equal("markdown.blocks(" in text and f'"{language}"' in text, True, name)


@tap.test
def each_block_without_a_source_is_found():
    regions = [markdown.Region("examples/x.c", "x", "int x;\n")]
    for text in ("```c\nint x;\n```\n", "```sh\ntrue\n```\n", "```json\n{}\n```\n",
                 "```sh (by hand: needs root)\ntrue\n```\n", "- a list\n\n  ```c\n  int x;\n  ```\n"):
        [block] = markdown.blocks_of(text, "x.md")
        tap.equal(fault(block, regions), "", text)
    for text in ("```c\nint y;\n```\n", "```c\nint  x;\n```\n", "```\nint x;\n```\n",
                 "```c (by hand: no time)\nint x;\n```\n", "```perl\n1;\n```\n",
                 "```python (by hand: no time)\nx\n```\n", "~~~c\nint y;\n~~~\n"):
        [block] = markdown.blocks_of(text, "x.md")
        tap.equal(fault(block, regions) != "", True, text)
    for text in ("```c\nint x;\n", "```sh by hand\ntrue\n```\n", "```sh (by hand: )\ntrue\n```\n"):
        try:
            list(markdown.blocks_of(text, "x.md"))
        except ValueError:
            continue
        raise AssertionError(text)


@tap.test
def each_damaged_region_is_found():
    whole = "a\n  /* region: one */\n  int x;\n  /* end region */\nb\n"
    tap.equal([region.text for region in markdown.regions_of(whole, "x.c")], ["int x;\n"])
    for text in (whole.replace("/* end region */", ""), whole.replace("/* region: one */", ""),
                 whole.replace("int x;", "/* region: two */")):
        try:
            list(markdown.regions_of(text, "x.c"))
        except ValueError:
            continue
        raise AssertionError(text)


tap.run()
