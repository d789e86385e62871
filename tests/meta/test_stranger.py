# SPDX-License-Identifier: Apache-2.0
"""A stranger's project against an installed tree: pkgconfig/stranger/Makefile drives it."""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.environ["COGMIG_SOURCE_DIR"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "support"))
import tap

STRANGER = os.path.join(SOURCE, "pkgconfig", "stranger")
PREFIX = "/opt/cogmig"


def call(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def install(scratch):
    """Builds the library as a distribution would and installs it under DESTDIR."""
    build, destdir = os.path.join(scratch, "build"), os.path.join(scratch, "destdir")
    call("meson", "setup", build, SOURCE, "--prefix", PREFIX, "--buildtype", "plain",
         "-Dtests=false", "-Dtools=false", "-Dexamples=false", "-Ddocs=false")
    call("meson", "compile", "-C", build)
    call("meson", "install", "-C", build, "--no-rebuild",
         env={**os.environ, "DESTDIR": destdir})
    return destdir


scratch = tempfile.mkdtemp(prefix="stranger-")
root = install(scratch) + PREFIX
pc_folder = os.path.dirname(glob.glob(root + "/**/libcogmig.pc", recursive=True)[0])
libdir = os.path.dirname(pc_folder)
# Installed under DESTDIR, the tree is not where its .pc files believe it to be.
PKG_CONFIG = f"pkg-config --define-variable=prefix={root}"
environment = {**os.environ, "PKG_CONFIG_PATH": pc_folder, "LD_LIBRARY_PATH": libdir}


def pkg_config(*arguments):
    return call(*PKG_CONFIG.split(), *arguments, env=environment).strip()


def build_with(cc, cxx):
    out = tempfile.mkdtemp(dir=scratch)
    call("make", "-C", STRANGER, "all", f"OUT={out}", f"CC={cc}", f"CXX={cxx}",
         f"PKG_CONFIG={PKG_CONFIG}", env=environment)
    return out


def pc_files_of_this_place():
    """CMake insists that each folder is there, libpq's too, whose prefix must stay its own."""
    folder = tempfile.mkdtemp(dir=scratch)
    for path in glob.glob(pc_folder + "/*.pc"):
        with open(path, encoding="utf-8") as found, \
                open(f"{folder}/{os.path.basename(path)}", "w", encoding="utf-8") as moved:
            moved.write(found.read().replace(f"prefix={PREFIX}\n", f"prefix={root}\n"))
    return folder


def build_with_cmake():
    out = tempfile.mkdtemp(dir=scratch)
    here = {**environment, "PKG_CONFIG_PATH": pc_files_of_this_place()}
    call("cmake", "-S", STRANGER, "-B", out, env=here)
    call("cmake", "--build", out, env=here)
    return out


def needed(program):
    lines = call("readelf", "-d", program).splitlines()
    return [line.split("[")[1].rstrip("]") for line in lines if "(NEEDED)" in line]


def expect_programs(out, languages=("c", "c++")):
    version = pkg_config("--modversion", "libcogmig")
    for language in languages:
        shared, static = f"{out}/{language}-shared", f"{out}/{language}-static"
        tap.equal(call(shared, env=environment), f"{version} row-7 3\n", shared)
        without_tree = {k: v for k, v in environment.items() if k != "LD_LIBRARY_PATH"}
        tap.equal(call(static, env=without_tree), f"{version} row-7 3\n", static)
        tap.equal([n for n in needed(shared) if "cogmig" in n],
                  ["libcogmig-testing.so.1", "libcogmig.so.1"], shared)
        tap.equal([n for n in needed(static) if "cogmig" in n], [], static)


@tap.test
def gcc_builds_and_runs_it_in_c_and_cpp_shared_and_static():
    expect_programs(build_with("gcc", "g++"))


@tap.test
def clang_builds_and_runs_it_in_c_and_cpp_shared_and_static():
    expect_programs(build_with("clang", "clang++"))


@tap.test
def cmake_builds_and_runs_it_in_c_and_cpp_shared_and_static():
    expect_programs(build_with_cmake(), ("c", "cpp"))


@tap.test
def meson_takes_it_as_a_subproject_of_which_only_the_libraries_are_built():
    project, build = f"{scratch}/around", f"{scratch}/around/build"
    shutil.copytree(STRANGER, project)
    os.mkdir(f"{project}/subprojects")
    os.symlink(SOURCE, f"{project}/subprojects/libcogmig")
    call("meson", "setup", build, project, "--buildtype", "plain",
         "--force-fallback-for", "libcogmig,libcogmig-testing")
    targets = json.loads(call("meson", "introspect", build, "--targets"))
    names = {target["name"] for target in targets if target["subproject"]}
    tap.equal(names, {f"{library}{what}" for library in ("cogmig", "cogmig-testing")
                      for what in ("", "-core")} | {"cogmig-compact"}
              | {f"{before}{library}{after}" for library in ("libcogmig", "libcogmig-testing")
                 for before, after in (("", ".a"), ("soname of ", ""))})
    call("meson", "compile", "-C", build, "c-shared")
    tap.equal(call(f"{build}/c-shared"), f"{pkg_config('--modversion', 'libcogmig')} row-7 3\n")


@tap.test
def the_program_of_the_readme_builds_and_judges():
    with open(f"{SOURCE}/README.md", encoding="utf-8") as readme:
        program = readme.read().split("```c\n")[1].split("```")[0]
    with open(f"{scratch}/hello.c", "w", encoding="utf-8") as source:
        source.write(program)
    flags = pkg_config("--cflags", "--libs", "libcogmig").split()
    call("cc", "-Wall", "-Werror", "-std=c11", f"{scratch}/hello.c", *flags,
         "-o", f"{scratch}/hello")
    settings = {"COGNITO_USER_POOL_ID": "eu-central-1_AbCdEfGhI", "COGNITO_CLIENT_ID": "x"}
    done = subprocess.run([f"{scratch}/hello", "no.token.this"], env={**environment, **settings},
                          capture_output=True, text=True, check=False)
    tap.equal((done.returncode, done.stdout), (1, "The token is not three base64url parts.\n"))


@tap.test
def everything_is_installed_below_destdir_and_prefix():
    installed = {os.path.relpath(path, root) for path in glob.glob(root + "/**", recursive=True)}
    lib = os.path.relpath(libdir, root)
    public = {f"include/cogmig/{name}" for name in os.listdir(f"{SOURCE}/include/cogmig")
              if name.endswith(".h")}
    files = {f"{lib}/{name}" for name in (
        "libcogmig.a", "libcogmig.so", "libcogmig.so.1", "libcogmig-testing.a",
        "libcogmig-testing.so", "libcogmig-testing.so.1", "pkgconfig/libcogmig.pc",
        "pkgconfig/libcogmig-testing.pc")}
    tap.nothing(sorted((files | public) - installed), "not installed:")
    tap.equal(os.listdir(os.path.dirname(os.path.dirname(root))), ["opt"])


@tap.test
def no_installed_text_names_the_folder_it_was_built_in():
    for path in glob.glob(pc_folder + "/*.pc") + glob.glob(root + "/include/**/*.h"):
        with open(path, encoding="utf-8") as text:
            content = text.read()
        tap.equal([place for place in (scratch, SOURCE) if place in content], [], path)


@tap.test
def pkg_config_names_only_cogmig_for_a_shared_link():
    tap.equal(pkg_config("--libs", "libcogmig").split()[-1:], ["-lcogmig"])
    names = [f for f in pkg_config("--libs", "libcogmig-testing").split() if f.startswith("-l")]
    tap.equal(names, ["-lcogmig-testing", "-lcogmig"])


@tap.test
def pkg_config_names_all_that_stands_behind_a_static_link():
    for package, expected in (
            ("libcogmig", {"-lcrypto", "-lcurl", "-lpq", "-lsqlite3", "-pthread"}),
            ("libcogmig-testing", {"-lcrypto", "-ljansson", "-ljwt"})):
        tap.equal(expected - set(pkg_config("--static", "--libs", package).split()), set(), package)
    flags = pkg_config("--static", "--cflags", "--libs", "libcogmig-testing")
    archives = flags.replace("-lcogmig-testing", "-l:libcogmig-testing.a")
    archives = archives.replace("-lcogmig ", "-l:libcogmig.a ")
    for linked, libraries in ((flags, ["libcogmig-testing.so.1", "libcogmig.so.1"]), (archives, [])):
        program = f"{scratch}/by-static"
        call("cc", "-std=c11", f"{STRANGER}/service.c", *linked.split(), "-o", program)
        tap.equal([name for name in needed(program) if "cogmig" in name], libraries, linked)
        tap.equal(call(program, env=environment).split()[1:], ["row-7", "3"], linked)


@tap.test
def both_archives_define_only_names_of_cogmig():
    for archive in ("libcogmig.a", "libcogmig-testing.a"):
        lines = call("nm", "-g", "--defined-only", f"{libdir}/{archive}").splitlines()
        names = [line.split()[2] for line in lines if len(line.split()) == 3]
        tap.equal(bool(names), True, archive)
        tap.nothing((name for name in names if not name.startswith("cogmig_")), archive)


try:
    tap.run()
finally:
    shutil.rmtree(scratch)
