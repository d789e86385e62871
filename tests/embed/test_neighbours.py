# SPDX-License-Identifier: Apache-2.0
"""A host that uses libcurl, OpenSSL and libpq itself, with handles of libcogmig that outlive them."""
import os
import sys

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import tap
import world


# promise 66
@tap.test
def both_use_the_same_libraries_at_the_same_time():
    world.run("host-neighbours", "side-by-side")


# promise 66
@tap.test
def the_host_may_initialise_libcurl_and_clean_it_up_as_often_as_it_likes():
    world.run("host-neighbours", "in-turns")


# promise 66
@tap.test
def openssl_s_queue_of_errors_is_left_as_it_was():
    world.run("host-neighbours", "with-errors-left")


@tap.test
def handles_may_be_freed_when_openssl_has_ended_or_not_at_all():
    for how in ("freed-at-exit", "freed-after-openssl-ended", "freed-by-a-destructor", "never-freed"):
        world.run("host-neighbours", how)


tap.run()
