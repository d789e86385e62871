# SPDX-License-Identifier: Apache-2.0
"""What every public header promises by its form."""
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import source
import tap

HEADERS = source.public_headers()
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-pedantic", "-Werror"]
LANGUAGES = {
    "gcc": ["-std=c11", "-x", "c"],
    "clang": ["-std=c11", "-x", "c"],
    "g++": ["-std=c++17", "-x", "c++"],
    "clang++": ["-std=c++17", "-x", "c++"],
}


def compile_alone(compiler, include, include_folder):
    """The complaints about a file that includes this header and nothing else, twice."""
    done = subprocess.run(
        [compiler, *LANGUAGES[compiler], *WARNINGS, "-I", include_folder, "-fsyntax-only", "-"],
        input=f"#include <{include}>\n#include <{include}>\n", capture_output=True, text=True)
    return done.stderr if done.returncode else ""


def form_faults(name, text):
    guard = "COGMIG_" + name.upper().replace(".", "_")
    code = source.without_comments_and_texts(text)
    for macro in re.findall(r"^\s*#\s*define\s+(\w+)", code, re.M):
        if macro not in (guard, "COGMIG_MUST_CHECK"):
            yield f"{name}: the macro {macro}"
    if f"#ifndef {guard}\n#define {guard}\n" not in code:
        yield f"{name}: no guard {guard}"
    for include in re.findall(r"^\s*#\s*include\s+(\S+)", code, re.M):
        if not re.fullmatch(r"<(cogmig/\w+\.h|stdbool\.h|stddef\.h|stdint\.h)>", include):
            yield f"{name}: includes {include}"
    for pattern, what in ((r"\b(struct|union)\b[^;(]*\{", "a transparent struct"),
                          (r"\.\.\.", "a variadic function"),
                          (r"\binline\b", "an inline function"),
                          (r"\b(va_list|FILE|time_t)\b", "a type that no binding can pass"),
                          (r"\)\s*\{", "a function body")):
        if re.search(pattern, code):
            yield f"{name}: {what}"


def listed_errors(comment):
    """What stands between Errors: and Threads:, remarks in parentheses left out."""
    found = re.search(r"Errors:(.*?)Threads:", re.sub(r"\n \*", "\n", comment), re.S)
    listed = found.group(1)
    while re.search(r"\([^()]+\)", listed):
        listed = re.sub(r"\([^()]+\)", "", listed)
    listed = re.sub(r"and every status of kind [A-Z, or]+ of (cogmig_\w+\(\))", r"as \1", listed)
    return [" ".join(item.split()) for item in listed.strip().rstrip(".").split(",")]


def comment_faults(declaration, statuses, functions):
    comment = declaration.comment
    form = r"Errors: .+?\.\s[\s*]*Threads: .+?\.\s[\s*]*Since:\s[\s*]*\d+\.\d+\.(\s[\s*]*Source: .+)?\s*\*/$"
    if not re.search(form, comment, re.S):
        yield f"{declaration.name}: its comment does not end in Errors, Threads, Since"
        return
    for item in listed_errors(comment):
        reference = re.fullmatch(r"as (cogmig_\w+)\(\)", item)
        if reference:
            if reference.group(1) not in functions:
                yield f"{declaration.name}: errors as those of {reference.group(1)}, which is none"
        elif item != "none" and item not in statuses:
            yield f"{declaration.name}: {item!r} is no status of status.h"


def all_functions():
    return [f for name in HEADERS for f in source.functions(source.read("include/cogmig", name))]


@tap.test
def every_header_compiles_alone_as_c11_and_cpp17_with_gcc_and_clang():
    tap.nothing(complaint for compiler in LANGUAGES for name in HEADERS
                if (complaint := compile_alone(compiler, "cogmig/" + name, source.path("include"))))


@tap.test
def headers_hold_no_macros_structs_variadics_or_inline_functions():
    tap.nothing(fault for name in HEADERS
                for fault in form_faults(name, source.read("include/cogmig", name)))


@tap.test
def every_comment_ends_in_errors_threads_and_since_and_lists_real_statuses():
    functions = all_functions()
    names, statuses = {f.name for f in functions}, source.statuses()
    tap.equal(len(functions) > 90 and len(statuses) > 50, True, "the headers were read")
    tap.nothing(fault for f in functions for fault in comment_faults(f, statuses, names))


@tap.test
def names_are_declared_once_and_begin_with_cogmig():
    names = [f.name for f in all_functions()]
    tap.equal(sorted(names), sorted(set(names)))
    declared = [text for name in HEADERS
                for text, _ in source.statements(source.read("include/cogmig", name))
                if "(" in text and not re.search(r"\bcogmig_\w+ ?\(|\(\*cogmig_\w+_fn\)", text)]
    tap.nothing(declared)


@tap.test
def the_header_of_everything_includes_all_but_the_testing_library():
    included = re.findall(r"<cogmig/(\w+\.h)>", source.read("include/cogmig/cogmig.h"))
    tap.equal(sorted(included + ["cogmig.h", "testing.h"]), HEADERS)


@tap.test
def each_form_that_is_forbidden_is_found():
    good = "#ifndef COGMIG_X_H\n#define COGMIG_X_H\n%s\n#endif\n"
    tap.equal(list(form_faults("x.h", good % "int cogmig_x(void); /* struct s { */")), [])
    for bad in ("#define COGMIG_X(a) a", "#include <stdio.h>", "struct cogmig_x { int a; };",
                "int cogmig_x(int a, ...);", "static inline int cogmig_x(void);",
                "int cogmig_x(FILE *f);", "int cogmig_x(void) { return 1; }"):
        tap.equal(len(list(form_faults("x.h", good % bad))) > 0, True, bad)
    tap.equal(list(form_faults("x.h", "int cogmig_x(void);")), ["x.h: no guard COGMIG_X_H"])


@tap.test
def each_flaw_of_a_comment_is_found():
    def faults(comment):
        [function] = source.functions(f"/* Does it.\n *\n * {comment} */\nint cogmig_x(void);\n")
        return len(list(comment_faults(function, {"INVALID_ARGUMENT": 1}, {"cogmig_x"})))

    tap.equal(faults("Errors: none. Threads: any. Since: 1.0."), 0)
    tap.equal(faults("Errors: INVALID_ARGUMENT (or, so, what). Threads: any. Since: 1.0."), 0)
    tap.equal(faults("Errors: as cogmig_x(), INVALID_ARGUMENT.\n * Threads: any. Since: 1.0."), 0)
    for bad in ("Threads: any. Since: 1.0.", "Errors: none. Since: 1.0.",
                "Errors: none. Threads: any.", "Errors: none. Threads: any. Since: 1.0. And so on.",
                "Errors: NO_SUCH_STATUS. Threads: any. Since: 1.0.",
                "Errors: as cogmig_y(). Threads: any. Since: 1.0.",
                "Threads: any. Errors: none. Since: 1.0."):
        tap.equal(faults(bad), 1, bad)
    [bare] = source.functions("int cogmig_x(void);")
    tap.equal(len(list(comment_faults(bare, {}, {"cogmig_x"}))), 1)


@tap.test
def a_header_that_does_not_stand_alone_is_found():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "bad.h"), "w", encoding="utf-8") as file:
            file.write("size_t cogmig_x(void);\n")
        for compiler in LANGUAGES:
            tap.equal("size_t" in compile_alone(compiler, "bad.h", folder), True, compiler)


tap.run()
