# SPDX-License-Identifier: Apache-2.0
"""What the libraries export: the map, the headers and the binary say the same."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import source
import tap

LIBRARIES = {
    "libcogmig": ("lib/libcogmig.so", "lib/libcogmig.map"),
    "libcogmig-testing": ("lib/testing/libcogmig-testing.so",
                          "lib/testing/libcogmig-testing.map"),
}


def binary(library):
    return os.path.join(source.BUILD, LIBRARIES[library][0])


def mapped(library):
    return sorted(re.findall(r"^ +(\w+);$", source.read(LIBRARIES[library][1]), re.M))


def declared(library):
    return sorted(function.name for header in source.public_headers()
                  if (header == "testing.h") == (library == "libcogmig-testing")
                  for function in source.functions(source.read("include/cogmig", header)))


def defined(nm_output):
    """The names in the output of nm -D; a version node is no name."""
    symbols = [line.split()[-2:] for line in nm_output.splitlines()]
    return sorted(name.split("@")[0] for kind, name in symbols if kind not in "AUw")


def exported(library):
    return defined(source.run("nm", "-D", "--defined-only", binary(library)))


def undefined(library):
    lines = source.run("nm", "-D", "--undefined-only", binary(library)).splitlines()
    return {line.split()[-1].split("@")[0] for line in lines}


def dynamic(library, tag):
    return re.findall(rf"\({tag}\).*\[(.*)\]", source.run("readelf", "-d", binary(library)))


@tap.test
def the_map_names_what_the_headers_declare():
    for library in LIBRARIES:
        names = declared(library)
        tap.nothing(sorted(set(names) ^ set(mapped(library))), library)
        tap.equal(len(mapped(library)), len(set(mapped(library))), library)


@tap.test
def the_binary_exports_what_the_map_names():
    for library in LIBRARIES:
        tap.nothing(sorted(set(exported(library)) ^ set(mapped(library))), library)


# promise 61
@tap.test
def every_exported_name_begins_with_cogmig():
    for library in LIBRARIES:
        tap.nothing((name for name in exported(library) if not name.startswith("cogmig_")), library)


@tap.test
def every_name_is_spelled_out_and_the_rest_is_local():
    for library in LIBRARIES:
        text = source.read(LIBRARIES[library][1])
        tap.equal(re.findall(r"^.*\*.*$", text, re.M), ["    *;"], library)
        tap.equal(text.rstrip().endswith("local:\n    *;\n};"), True, library)


@tap.test
def sonames_are_1_for_good():
    for library in LIBRARIES:
        tap.equal(dynamic(library, "SONAME"), [library + ".so.1"])


@tap.test
def the_testing_library_uses_the_public_api_alone():
    tap.equal("libcogmig.so.1" in dynamic("libcogmig-testing", "NEEDED"), True)
    used = {name for name in undefined("libcogmig-testing") if name.startswith("cogmig_")}
    tap.equal("cogmig_error_set" in used, True)
    tap.nothing(sorted(used - set(mapped("libcogmig"))))


# promise 25
@tap.test
def the_library_for_production_cannot_sign():
    signing = re.compile(r"EVP_(DigestSign|PKEY_sign|PKEY_keygen|PKEY_generate|PKEY_Q_keygen|Sign)|jwt_")
    tap.nothing(name for name in undefined("libcogmig") if signing.match(name))
    tap.equal(any(signing.match(name) for name in undefined("libcogmig-testing")), True)


# What ends, changes or speaks for the whole process, or keeps a state for all of its threads.
OF_THE_PROCESS = re.compile(
    r"_*(exit|_exit|_Exit|quick_exit|abort|at_?exit|on_exit|cxa_atexit|assert_fail|signal|sysv_signal|"
    r"sigaction|sigset|kill|raise|alarm|setitimer|setlocale|uselocale|bindtextdomain|putenv|(un)?setenv|"
    r"clearenv|f?chdir|umask|set(res|re|e)?[ug]id|setrlimit|v?f?printf(_chk)?|f?put[cs]|putchar|perror|"
    r"fwrite|stdout|stderr|stdin|v?syslog(_chk)?|openlog|s?rand(om)?|strtok|localtime|gmtime|ctime|"
    r"asctime|tzset|strerror|v?fork|system|popen|posix_spawnp?|exec[lv]p?e?|pthread_atfork|"
    r"register_atfork|sigprocmask|dlopen)")


# promise 64
@tap.test
def the_library_for_production_leaves_the_process_alone():
    tap.nothing(name for name in undefined("libcogmig") if OF_THE_PROCESS.fullmatch(name))
    for name in ("exit", "__cxa_atexit", "__assert_fail", "printf", "__fprintf_chk", "setenv", "srandom",
                 "__sysv_signal", "stderr", "execvp", "__register_atfork"):
        tap.equal(bool(OF_THE_PROCESS.fullmatch(name)), True, name)


@tap.test
def only_functions_are_exported():
    for library in LIBRARIES:
        lines = source.run("nm", "-D", "--defined-only", binary(library)).splitlines()
        tap.nothing((line for line in lines if line.split()[-2] not in "TA"), library)


# What lives as long as the library is loaded and could change: libcurl was made ready, under a lock,
# bcrypt was tried, and which process this is.
STATE = {"initialising", "was_initialised", "outcome", "emptied", "refused"}


@tap.test
def what_changes_outside_of_handles_is_known():
    sections = dict(re.findall(r"^ *\[ *(\d+)\] (\.(?:t?data|t?bss)) ",
                               source.run("readelf", "-SW", binary("libcogmig")), re.M))
    lines = source.run("readelf", "-sW", binary("libcogmig")).splitlines()
    objects = [line.split() for line in lines if " OBJECT " in line]
    tap.equal(bool(objects), True, "the symbols were read")
    found = {fields[7] for fields in objects if fields[6] in sections}
    plain = {re.sub(r"\.\d+$", "", name).split(".")[-1] for name in found} - {"__dso_handle", "__TMC_END__", "completed"}
    tap.nothing(sorted(plain ^ STATE))


@tap.test
def nothing_of_its_own_is_run_when_it_is_loaded_or_unloaded():
    sections = source.run("readelf", "-SW", binary("libcogmig"))
    for section in ("init_array", "fini_array"): # the compiler's own function, and no other
        size = re.search(rf"\.{section} +\w+ +\w+ +\w+ +(\w+)", sections).group(1)
        tap.equal(int(size, 16), 8, section)


@tap.test
def meson_version_h_and_pkg_config_tell_one_version():
    meson = re.search(r"^ *version: '([^']+)'", source.read("meson.build"), re.M).group(1)
    header = source.read("include/cogmig/version.h")
    numbers = [re.search(rf"COGMIG_VERSION_{part} = (\d+)", header).group(1)
               for part in ("MAJOR", "MINOR", "PATCH")]
    tap.equal(".".join(numbers), meson)
    for library in LIBRARIES:
        with open(os.path.join(source.BUILD, "meson-private", library + ".pc"),
                  encoding="utf-8") as pc:
            tap.equal(re.search(r"^Version: (.+)$", pc.read(), re.M).group(1), meson, library)
        tap.equal(os.path.basename(os.path.realpath(binary(library))), f"{library}.so.{meson}")


@tap.test
def a_name_too_many_is_found():
    output = ("0000 T cogmig_a@@COGMIG_1.0\n0000 A COGMIG_1.0\n0000 B leaked\n")
    tap.equal(defined(output), ["cogmig_a", "leaked"])


tap.run()
