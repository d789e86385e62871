# SPDX-License-Identifier: Apache-2.0
"""A guest: what belongs to the process stays as it is, and nothing is said on its descriptors."""
import os
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import tap
import world


def make_locale(name, charset):
    """A folder of locales with this one in it, as localedef makes it of the system's sources."""
    folder = f"{world.scratch}/locales"
    os.makedirs(folder, exist_ok=True)
    subprocess.run(["localedef", "-i", name, "-f", charset, f"{folder}/{name}.{charset}"],
                   check=True, capture_output=True)
    return {"LOCPATH": folder, "LC_ALL": f"{name}.{charset}"}


def make_catalogue(language, message, translation):
    """A catalogue of the C library's messages, in gettext's format: first the header, whose key is empty."""
    folder = f"{world.scratch}/catalogues/{language}/LC_MESSAGES"
    os.makedirs(folder)
    texts = (b"", message, b"Content-Type: text/plain; charset=ASCII\n", translation)
    at, places = 28 + 4 * 8, b""
    for text in texts:
        places += struct.pack("<II", len(text), at)
        at += len(text) + 1
    with open(f"{folder}/libc.mo", "wb") as file:
        file.write(struct.pack("<7I", 0x950412DE, 0, 2, 28, 44, 0, 60) + places
                   + b"\0".join(texts) + b"\0")


# promise 64
@tap.test
def nothing_of_the_process_changes():
    tap.equal(world.run("host-manners", LC_ALL="C"), "C . No such file or directory\n")


# promise 64
@tap.test
def nor_in_a_locale_with_another_decimal_point_other_letters_8_bits_and_another_language():
    make_catalogue("tr", b"No such file or directory", b"Dosya yok")
    said = world.run("host-manners", **make_locale("tr_TR", "ISO-8859-9"),
                     EMBED_CATALOGUES=f"{world.scratch}/catalogues")
    tap.equal(said, "tr_TR.ISO-8859-9 , Dosya yok\n")


tap.run()
