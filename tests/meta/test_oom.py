# SPDX-License-Identifier: Apache-2.0
"""Every public function is called by a test that refuses it memory: tests/oom."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import source
import tap


def exported():
    maps = ["lib/libcogmig.map", "lib/testing/libcogmig-testing.map"]
    return {name for path in maps for name in re.findall(r"\b(cogmig_\w+);", source.read(path))}


def used(code):
    """Names that the code calls, or lists in a table of functions to be called."""
    return set(re.findall(r"\b(cogmig_\w+)(?= *[(,}])", source.without_comments_and_texts(code)))


@tap.test
def every_public_function_is_refused_memory():
    calls = set()
    for path in source.files_under("tests/oom", ".c"):
        calls |= used(source.read(path))
    tap.nothing(sorted(exported() - calls))


@tap.test
def a_function_that_is_only_spoken_of_is_not_called():
    tap.equal(used('/* cogmig_free(x) */ call("cogmig_free(x)"); cogmig_free'), set())
    tap.equal(used("x = cogmig_free(y);"), {"cogmig_free"})
    tap.equal(used("{cogmig_free, 1},"), {"cogmig_free"})


tap.run()
