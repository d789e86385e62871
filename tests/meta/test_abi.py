# SPDX-License-Identifier: Apache-2.0
"""What a program that was linked against a release relies on is still there, and is the same."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import abi
import source
import tap

BINARIES = {"libcogmig": "lib/libcogmig.so",
            "libcogmig-testing": "lib/testing/libcogmig-testing.so"}
# The build knows what is behind the handles; a program does not.
PUBLIC = ("--exported-interfaces-only", "--drop-private-types", "--headers-dir2", source.path("include"))
scratch = tempfile.mkdtemp(prefix="abi-")


def faults_of(texts=None, symbol_map=None, soname=None, library="libcogmig", options=("--harmless",)):
    """What is found when these headers are the project's."""
    folder = tempfile.mkdtemp(dir=scratch)
    binary = abi.build(folder, library, texts or abi.headers(), symbol_map, soname)
    return abi.differences(library, binary, *options)


def changed(header, before, after):
    texts = abi.headers()
    tap.equal(texts[header].count(before), 1, before)
    return {**texts, header: texts[header].replace(before, after)}


# promise 63
@tap.test
def the_headers_declare_all_that_is_promised_as_it_is_promised():
    for library in abi.MAPS:
        tap.nothing(faults_of(library=library), library)


# promise 63
@tap.test
def the_built_libraries_have_all_that_is_promised_as_it_is_promised():
    for library, binary in BINARIES.items():
        tap.nothing(abi.differences(library, os.path.join(source.BUILD, binary), *PUBLIC), library)


# promise 63
@tap.test
def constants_keep_their_numbers():
    promised = abi.stored_constants()
    tap.equal(len(promised) > 150, True)
    tap.nothing(abi.constant_faults(promised, abi.constants(abi.headers())))


@tap.test
def what_is_stored_names_no_machine():
    for name in os.listdir(source.path(abi.STORED)):
        text = source.read(abi.STORED, name)
        tap.equal(re.findall(r"elf-amd|aarch64|comp-dir-path|/usr/|\.so'", text), [], name)


@tap.test
def additions_are_no_fault():
    declaration = "const char *cogmig_version(void);"
    texts = changed("version.h", declaration, declaration + "\nint32_t cogmig_added(void);")
    symbol_map = source.read(abi.MAPS["libcogmig"]) + "COGMIG_1.1 {\nglobal:\n    cogmig_added;\n} COGMIG_1.0;\n"
    tap.equal(faults_of(texts, symbol_map), [])
    texts = changed("claims.h", "COGMIG_TOKEN_USE_ANY = 3", "COGMIG_TOKEN_USE_ANY = 3, COGMIG_ADDED = 4")
    tap.equal(list(abi.constant_faults(abi.stored_constants(), abi.constants(texts))), [])


@tap.test
def a_function_that_is_gone_is_found():
    faults = faults_of(changed("version.h", "const char *cogmig_version(void);", ""))
    tap.equal(["cogmig_version" in fault for fault in faults], [True])


@tap.test
def a_changed_type_is_found():
    for header, before, after in (
            ("claims.h", "int64_t cogmig_claims_expires_at_s(", "int32_t cogmig_claims_expires_at_s("),
            ("claims.h", "int64_t cogmig_claims_expires_at_s(", "uint64_t cogmig_claims_expires_at_s("),
            ("claims.h", "const char *cogmig_claims_sub(", "char *cogmig_claims_sub("),
            ("version.h", "int32_t cogmig_abi_version(void);", "int32_t cogmig_abi_version(int32_t which);"),
            ("error.h", "cogmig_error_free(cogmig_error **error)", "cogmig_error_free(cogmig_error *error)"),
            ("store.h", "cogmig_store_free(cogmig_store **store)",
             "cogmig_store_free(cogmig_store_config **store)"),
            ("store.h", "int32_t question, const char *key,\n                                              size_t",
             "int32_t question, const char *key,\n                                              int32_t"),
            ("status.h", "typedef int32_t cogmig_status;", "typedef int64_t cogmig_status;")):
        tap.equal(len(faults_of(changed(header, before, after))), 1, after)
    texts = changed("claims.h", "int64_t cogmig_claims_expires_at_s(", "int32_t cogmig_claims_expires_at_s(")
    tap.equal(len(faults_of(texts, options=PUBLIC)), 1, "in the built library")


@tap.test
def a_name_under_another_version_is_found():
    symbol_map = source.read(abi.MAPS["libcogmig"])
    tap.equal(len(faults_of(symbol_map=symbol_map.replace("COGMIG_1.0", "COGMIG_2.0"))), 1)


@tap.test
def a_constant_that_is_gone_or_has_another_number_is_found():
    for after in ("COGMIG_TOKEN_USE_ALL = 3", "COGMIG_TOKEN_USE_ANY = 4"):
        texts = changed("claims.h", "COGMIG_TOKEN_USE_ANY = 3", after)
        faults = list(abi.constant_faults(abi.stored_constants(), abi.constants(texts)))
        tap.equal(["COGMIG_TOKEN_USE_ANY was 3" in fault for fault in faults], [True])


@tap.test
def a_soname_that_moves_is_found_and_ends_the_build():
    tap.equal(len(faults_of(soname="libcogmig.so.2")), 1)
    for soname in ("libcogmig.so.1", "libcogmig.so.2"):
        folder = tempfile.mkdtemp(dir=scratch)
        binary = abi.build(folder, "libcogmig", abi.headers(), soname=soname)
        done = subprocess.run([source.path("lib/check-soname"), "readelf", binary, "libcogmig.so.1",
                               f"{folder}/stamp"], capture_output=True, text=True)
        tap.equal((done.returncode == 0, os.path.exists(f"{folder}/stamp")),
                  (soname == "libcogmig.so.1",) * 2, done.stderr)
        tap.equal("for good" in done.stderr, soname != "libcogmig.so.1")


@tap.test
def every_build_checks_its_sonames():
    ninja = os.path.join(source.BUILD, "build.ninja")
    with open(ninja, encoding="utf-8") as file:
        everything = re.search(r"^build all: phony (.*)$", file.read(), re.M).group(1)
    for library in abi.MAPS:
        tap.equal(f"{library}.soname" in everything, True, library)


try:
    tap.run()
finally:
    shutil.rmtree(scratch)
