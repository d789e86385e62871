# SPDX-License-Identifier: Apache-2.0
"""Hosts that load libcogmig at run time: again and again, and several times at once."""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import tap
import world

LIBRARY = os.path.join(os.environ["COGMIG_BUILD_DIR"], "lib/libcogmig.so.1")


def module(name):
    return f"{world.PROGRAMS}/plugin-{name}.so"


# promise 65
@tap.test
def loaded_and_unloaded_1000_times_it_leaves_nothing_behind():
    said = world.run("host-unload", module("shared"), "1000")
    (early_kib, *early), (late_kib, *late) = (map(int, line.split()) for line in said.splitlines())
    tap.equal(late, early, "descriptors, threads")
    tap.equal(late_kib - early_kib < 450, True, said) # half a KiB each time


# promise 65
@tap.test
def several_copies_in_one_process_do_not_know_of_each_other():
    copy = shutil.copy(LIBRARY, world.scratch)
    world.run("host-copies", module("shared"), module("one"), module("two"), copy)


@tap.test
def it_works_in_a_namespace_of_its_own():
    world.run("host-namespace", module("shared"))


tap.run()
