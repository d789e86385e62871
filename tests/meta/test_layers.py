# SPDX-License-Identifier: Apache-2.0
"""The layout of lib/: includes point downwards, one file allocates, each noun is whole."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import source
import tap

# What a folder of lib/ may include from, besides itself.
BELOW = {
    "base": set(),
    "status": {"base"},
    "adapters": {"base", "status"},
    "password": {"base", "status", "adapters"},
    "keyset": {"base", "status", "adapters"},
    "token": {"base", "status", "adapters", "keyset"},
    "store": {"base", "status", "adapters"},
    "idmap": {"base", "status", "token", "store"},
    "migration": {"base", "status", "password", "store", "idmap"},
    "cognito": {"base", "status", "adapters"},
    "export": {"base", "status", "adapters", "store"},
    "audit": {"base", "status", "store"},
    "engine": {"base", "status", "password", "store", "idmap", "migration"},
    "reconcile": {"base", "status", "adapters", "store", "idmap", "cognito"},
    "testing": {"base"},
}
# libcogmig-testing has no part of libcogmig's inside: these two are macros alone.
TESTING_FROM_BASE = {"base/cleanup.h", "base/public.h"}

# An adapter serves one noun, by implementing that noun's interface.
INTERFACES = {"libcurl": "keyset", "libpq": "store", "libpq_idmap": "idmap", "sqlite": "store",
              "sqlite_idmap": "idmap", "openssl": None, "libxcrypt": None}

# The folder that defines what a public header declares.
FOLDER_OF_HEADER = {
    "audit": "audit", "claims": "token", "cognito": "cognito", "engine": "engine",
    "error": "status", "export": "export", "idmap": "idmap", "keyset": "keyset", "memory": "base",
    "migration": "migration", "password": "password", "reconcile": "reconcile",
    "status": "status", "store": "store", "testing": "testing", "user": "store",
    "verifier": "token", "version": "status",
}

# A third-party header, and the library that the including file must be named after.
LIBRARIES = (("openssl/", "openssl"), ("curl/", "libcurl"), ("libpq-fe.h", "libpq"),
             ("sqlite3.h", "sqlite"), ("crypt.h", "libxcrypt"), ("jansson.h", "jansson"),
             ("jwt.h", "libjwt"))

STANDARD = set("""assert ctype endian errno fcntl inttypes limits math poll pthread signal stdarg
    stdatomic stdbool stddef stdint stdio stdlib string strings time unistd sys/eventfd sys/mman
    sys/stat sys/timerfd sys/types threads""".split())

ALLOCATORS = re.compile(r"(?<![\w.>])(malloc|calloc|realloc|reallocarray|free|strdup|strndup|"
                        r"asprintf|vasprintf|aligned_alloc|posix_memalign|getline)\s*\(")
MAY_ALLOCATE = {"lib/base/memory.c", "lib/testing/heap.c"}


def includes(code):
    return re.findall(r'^\s*#\s*include\s+([<"][^>"]+[>"])', code, re.M)


def may_include(folder, stem, target):
    if target == folder or target in BELOW[folder]:
        return True
    served = INTERFACES.get(stem, INTERFACES.get(stem.split("_")[0]))
    return folder == "adapters" and target is not None and served == target


def include_fault(name, include):
    _, folder, file = name.split("/")
    stem, path = file.rsplit(".", 1)[0], include[1:-1]
    if include.startswith('"'):
        if folder == "testing" and path.startswith("base/") and path not in TESTING_FROM_BASE:
            return "the inside of libcogmig"
        return "" if may_include(folder, stem, path.split("/")[0]) else "not below it"
    if path.startswith("cogmig/"):
        if folder == "testing":
            return ""
        return ("" if may_include(folder, stem, FOLDER_OF_HEADER.get(path[7:-2]))
                else "a public header of a layer not below it")
    for start, library in LIBRARIES:
        if path.startswith(start):
            at_home = folder in ("adapters", "testing") and stem.split("_")[0] == library
            return "" if at_home else f"{library}'s header, outside of the adapter of that name"
    return "" if path.removesuffix(".h") in STANDARD else "an unknown header"


def include_faults(name, code):
    for include in includes(code):
        fault = include_fault(name, include)
        if fault:
            yield f"{name}: {include}: {fault}"


def allocation_faults(name, code):
    if name not in MAY_ALLOCATE:
        for call in ALLOCATORS.findall(source.without_comments_and_texts(code)):
            yield f"{name}: calls {call}()"


def library_files():
    return list(source.files_under("lib", ".c", ".h"))


def public_header_faults(name, code):
    own = FOLDER_OF_HEADER.get(name[:-2])
    for include in re.findall(r"<cogmig/(\w+)\.h>", code):
        if not may_include(own, "", FOLDER_OF_HEADER.get(include)):
            yield f"{name}: includes {include}.h"


@tap.test
def includes_point_downwards():
    tap.equal(len(library_files()) > 20, True, "the sources were read")
    tap.nothing(fault for name in library_files() for fault in include_faults(name, source.read(name)))


@tap.test
def public_headers_include_only_those_below_them():
    tap.nothing(fault for name in source.public_headers() if name not in ("cogmig.h", "testing.h")
                for fault in public_header_faults(name, source.read("include/cogmig", name)))


@tap.test
def one_file_allocates():
    tap.nothing(fault for name in library_files()
                for fault in allocation_faults(name, source.read(name)))


@tap.test
def every_folder_of_lib_has_its_layer_its_public_header_and_its_unit_tests():
    folders = {name for name in os.listdir(source.path("lib"))
               if os.path.isdir(source.path("lib", name))}
    tap.equal(folders, set(BELOW))
    tap.nothing(sorted(folders - {"adapters"} - set(FOLDER_OF_HEADER.values())), "no header:")
    for folder in sorted(folders - {"adapters"}):
        tests = [name for name in os.listdir(source.path("tests/unit", folder))
                 if re.fullmatch(r"test_\w+\.c", name)]
        tap.equal(bool(tests), True, f"tests/unit/{folder}")


@tap.test
def every_public_header_has_its_folder_and_its_reference_page():
    headers = {name[:-2] for name in source.public_headers()} - {"cogmig"}
    tap.equal(headers, set(FOLDER_OF_HEADER))
    tap.nothing(name for name in sorted(headers)
                if not os.path.exists(source.path("docs/reference", name + ".md")))


@tap.test
def every_source_file_names_its_licence():
    for folder in ("include", "lib", "tests", "tools", "bindings", "examples", "pkgconfig"):
        tap.nothing(name for name in source.files_under(folder, ".c", ".h", ".cpp", ".py", ".sh")
                    if "node_modules" not in name and "SPDX-License-Identifier: Apache-2.0"
                    not in "\n".join(source.read(name).splitlines()[:3]))


@tap.test
def each_wrong_include_is_found():
    for name, line in (("lib/base/x.c", '#include "status/error.h"'),
                       ("lib/password/x.c", '#include "store/user.h"'),
                       ("lib/store/x.c", "#include <cogmig/migration.h>"),
                       ("lib/token/x.c", "#include <openssl/evp.h>"),
                       ("lib/adapters/libcurl.c", "#include <openssl/evp.h>"),
                       ("lib/adapters/libcurl.c", '#include "store/store.h"'),
                       ("lib/testing/x.c", '#include "base/memory.h"'),
                       ("lib/testing/token.c", "#include <jansson.h>"),
                       ("lib/store/x.c", "#include <sys/socket.h>")):
        tap.equal(len(list(include_faults(name, line))), 1, f"{name} {line}")
    for name, line in (("lib/token/x.c", '#include "keyset/keyset.h"'),
                       ("lib/adapters/sqlite.c", '#include "store/store.h"'),
                       ("lib/adapters/openssl_rsa.c", "#include <openssl/evp.h>")):
        tap.equal(list(include_faults(name, line)), [])
    tap.equal(len(list(public_header_faults("store.h", "#include <cogmig/verifier.h>"))), 1)


@tap.test
def each_allocation_is_found():
    for call in ("malloc(1)", "free (x)", "strdup(s)", "return calloc(1, 2)"):
        tap.equal(len(list(allocation_faults("lib/store/x.c", call + ";"))), 1, call)
    for call in ("memory_free(x)", "/* free(x) */", '"malloc(1)"', "cogmig_user_free(&u)",
                 "table->free(x)"):
        tap.equal(list(allocation_faults("lib/store/x.c", call + ";")), [], call)


tap.run()
