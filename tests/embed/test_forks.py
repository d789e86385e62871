# SPDX-License-Identifier: Apache-2.0
"""A host that forks."""
import os
import sys

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import tap
import world


# promise 54
@tap.test
def what_was_made_before_a_fork_works_in_parent_and_child():
    world.run("host-forks")


tap.run()
