# SPDX-License-Identifier: Apache-2.0
"""What the package promises by its form: examples that run, types that hold, one file of ctypes."""

import ast
import doctest
import importlib
import pkgutil
import re
import subprocess
import sys

import cogmig
import pytest

MODULES = [module.name for module in pkgutil.iter_modules(cogmig.__path__)]
CONSUMER = '''
import cogmig

verifier = cogmig.Verifier(pool_id="eu-central-1_AbCdEfGhI", client_id=["a", "b"], token_use="id")
claims = verifier.verify(b"token", nonce=None)
subject: str = claims.sub
row: "str | None" = claims.legacy_id


async def sign_in(engine: cogmig.Engine, store: cogmig.Store) -> bytes:
    user = await engine.sign_in(store, "ann@example.com", bytearray(b"secret"))
    return user.password_hash or b""


with cogmig.Store("file:dev.db") as opened:
    legacy: cogmig.User = opened.find_by_id("row-7")

try:
    cogmig.verify_password("guess", None)
except cogmig.Error as error:
    status: cogmig.Status = error.status
    print(error.reason.lower(), error.upstream and error.upstream.code, error.retryable)
opened.find_by_id(7)
verifier.verify("token").missing
'''


def module_named(name):
    return importlib.import_module("cogmig." + name if name else "cogmig")


@pytest.mark.parametrize("name", ["", *MODULES])
def test_examples_of_the_docstrings_run(name):
    failed, tried = doctest.testmod(module_named(name), raise_on_error=False)
    assert failed == 0
    if name in ("", "claims", "engine", "keyset", "migration", "password", "status",
                "store", "testing", "user", "verifier"):
        assert tried > 0, "no example"


@pytest.fixture(scope="module")
def mypy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mypy") # what it has learnt in one test serves the next

    def run(*arguments):
        # Its knowledge of the standard library is by version: what came after 3.9 is an error.
        return subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--python-version", "3.9", "--cache-dir",
             str(folder / "cache"), *arguments],
            capture_output=True, text=True, cwd=folder, check=False)

    return run


def test_the_package_passes_strict_mypy(source, mypy):
    done = mypy(str(source / "bindings/python/src/cogmig"))
    assert done.returncode == 0, done.stdout


def test_a_program_that_uses_the_package_is_checked_by_its_types(source, mypy, tmp_path,
                                                                 monkeypatch):
    monkeypatch.setenv("MYPYPATH", str(source / "bindings/python/src"))
    program = tmp_path / "consumer.py"
    program.write_text(CONSUMER, encoding="utf-8")
    said = mypy(str(program)).stdout
    last = len(CONSUMER.splitlines())
    found = re.findall(r"consumer.py:(\d+): error: .*\[([a-z-]+)\]", said)
    assert found == [(str(last - 1), "arg-type"), (str(last), "attr-defined")], said
    assert (source / "bindings/python/src/cogmig/py.typed").exists()


def test_one_file_knows_ctypes(source):
    knowing = [path.name for path in (source / "bindings/python/src/cogmig").rglob("*.py")
               if re.search(r"^\s*(import|from) ctypes|\bctypes\.", path.read_text("utf-8"), re.M)]
    assert knowing == ["_native.py"]


def test_the_oldest_python_understands_the_package(source):
    files = [*(source / "bindings/python").rglob("*.py"), *(source / "examples/python").glob("*.py")]
    assert len(files) > 20
    for path in files:
        ast.parse(path.read_text("utf-8"), str(path), feature_version=(3, 9))
    with pytest.raises(SyntaxError):
        ast.parse("match x:\n    case 1: pass", feature_version=(3, 9))


def test_only_the_standard_library_is_imported(source):
    allowed = set(sys.stdlib_module_names) | {"cogmig"}
    for path in (source / "bindings/python/src/cogmig").glob("*.py"):
        imported = set(re.findall(r"^(?:import|from) ([a-zA-Z_]+)", path.read_text("utf-8"), re.M))
        extra = {"pytest"} if path.name == "pytest_plugin.py" else set()
        assert imported - allowed - extra == set(), path


def test_everything_public_is_named_and_described():
    for name in cogmig.__all__:
        thing = getattr(cogmig, name)
        if isinstance(thing, str):
            continue
        assert thing.__doc__, name
        for member, value in vars(thing).items() if isinstance(thing, type) else ():
            if not member.startswith("_") and (callable(value) or isinstance(value, property)):
                assert value.__doc__, f"{name}.{member}"


# ---- finding the library ----


def test_a_library_that_is_not_there_is_an_import_error_that_says_what_to_do(python):
    done = python("import cogmig", expect=1, COGMIG_LIBRARY="/nowhere/libcogmig.so.1")
    assert re.search(r"ImportError: libcogmig.so.1 .*/nowhere/.*Set COGMIG_LIBRARY", done.stderr)


def test_a_library_without_the_functions_is_called_too_old(python):
    done = python("import cogmig", expect=1, COGMIG_LIBRARY="libc.so.6")
    assert "it is older than this package" in done.stderr


def test_a_library_of_another_abi_is_refused(python):
    done = python("""
from cogmig import _native
try:
    _native._check_abi(2, "libcogmig.so.2")
except ImportError as error:
    print(error)
""")
    assert "libcogmig.so.2 has ABI 2, and this package speaks ABI 1" in done.stdout


def test_the_bundled_library_goes_before_the_systems_and_the_variable_before_both(tmp_path,
                                                                                 monkeypatch):
    from cogmig import _native

    monkeypatch.setattr(_native, "BUNDLED", tmp_path)
    monkeypatch.delenv("COGMIG_LIBRARY", raising=False)
    find = _native._find_library
    assert find("COGMIG_LIBRARY", "libcogmig.so.1") == "libcogmig.so.1"
    (tmp_path / "libcogmig.so.1").touch()
    assert find("COGMIG_LIBRARY", "libcogmig.so.1") == str(tmp_path / "libcogmig.so.1")
    monkeypatch.setenv("COGMIG_LIBRARY", "/chosen.so")
    assert find("COGMIG_LIBRARY", "libcogmig.so.1") == "/chosen.so"


def test_the_testing_library_is_found_beside_the_other(tmp_path, monkeypatch):
    from cogmig import _native

    monkeypatch.setattr(_native, "BUNDLED", tmp_path / "none")
    monkeypatch.delenv("COGMIG_TESTING_LIBRARY", raising=False)
    (tmp_path / "libcogmig-testing.so.1").touch()
    assert _native._find_library("COGMIG_TESTING_LIBRARY", "libcogmig-testing.so.1",
                                 str(tmp_path / "libcogmig.so.1")) == str(
                                     tmp_path / "libcogmig-testing.so.1")


def test_the_version_is_that_of_the_project(source):
    meson = (source / "meson.build").read_text(encoding="utf-8")
    assert f"version: '{cogmig.__version__}'" in meson
    assert cogmig.library_version == cogmig.__version__


def test_the_library_for_testing_is_loaded_only_when_asked_for(python):
    assert python("import cogmig", COGMIG_TESTING_LIBRARY="/nowhere").stdout == ""
    done = python("import cogmig.testing as t; t.Issuer()", expect=1,
                  COGMIG_TESTING_LIBRARY="/nowhere")
    assert "Set COGMIG_TESTING_LIBRARY" in done.stderr
