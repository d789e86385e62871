# SPDX-License-Identifier: Apache-2.0
"""No file speaks of the machine it was written on, nor of the registry it was fetched from."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import source
import tap

# Put together here, so that this file does not hold what it looks for.
HOSTS = "|".join(re.escape(host) for host in
                 ("registry." + "npmjs", "registry." + "yarnpkg", "files." + "pythonhosted",
                  "pypi" + ".org", "deb." + "debian.org", "snapshot." + "debian.org"))
RULES = (
    (re.compile(HOSTS), "a registry's host"),
    (re.compile('"resol' + 'ved"'), "where a package was fetched from"),
    (re.compile(r"(?<![\w.$}>)/-])/(wo" + r"rk|ro" + r"ot|ho" + r"me)/"), "a path of one machine"),
)
TEMPORARY = re.compile(r"(?<![\w.$}])/t" + "mp/")
MADE_FRESH = re.compile(r"mkdtemp|mkstemp|mktemp|XXXXXX")


def faults(name, text):
    for number, line in enumerate(text.splitlines(), 1):
        for rule, what in RULES:
            if rule.search(line):
                yield f"{name}:{number}: {what}"
        if TEMPORARY.search(line) and not (name.startswith("tests/") and MADE_FRESH.search(line)):
            yield f"{name}:{number}: a temporary path that is not made fresh"


def in_build_folder(name):
    top = name.split("/")[0]
    return (top in (".git", "build") or "node_modules" in name
            or os.path.isdir(source.path(top, "meson-private")))


def tracked_files():
    """What git tracks; everything but what was built where there is no git, as in a tarball."""
    listed = subprocess.run(["git", "-C", source.ROOT, "ls-files", "-z"], capture_output=True,
                            text=True)
    if listed.returncode == 0 and listed.stdout:
        names = listed.stdout.split("\0")[:-1]
    else:
        names = [name for name in source.files_under(".", "") if not in_build_folder(name)]
    return [name for name in names if os.path.isfile(source.path(name))]


def text_of(name):
    with open(source.path(name), "rb") as file:
        content = file.read()
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")


@tap.test
def tracked_files_name_no_registry_and_no_machine():
    names = tracked_files()
    tap.equal("meson.build" in names, True)
    tap.nothing(fault for name in names for fault in faults(name, text_of(name)))


@tap.test
def sources_are_utf8_with_unix_lines_and_an_end():
    for name in tracked_files():
        if name.endswith((".c", ".h", ".cpp", ".py", ".md", ".build", ".map", ".sh")):
            with open(source.path(name), "rb") as file:
                content = file.read()
            content.decode("utf-8")
            tap.equal(b"\r" in content or b"\t\n" in content, False, name)
            tap.equal(content == b"" or content.endswith(b"\n"), True, name)


@tap.test
def each_leak_is_found():
    for line in ('"resol' + 'ved": "x"', "https://registry." + "npmjs.org/x", "cd /wo" + "rk/main",
                 "/ro" + "ot/.cache", 'open("/t' + 'mp/x")'):
        tap.equal(len(list(faults("tests/x.py", line))), 1, line)
    for line in ("the network/root/", "$HOME/wo" + "rk/", "mkdtemp('/t" + "mp/XXXXXX')"):
        tap.equal(list(faults("tests/x.py", line)), [], line)


tap.run()
