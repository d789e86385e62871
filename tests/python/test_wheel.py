# SPDX-License-Identifier: Apache-2.0
"""The wheel, in a virtual environment with nothing else."""

import base64
import csv
import hashlib
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

# What a user does first; COGMIG_LIBRARY and the source tree are not there to help.
PROGRAM = """
import asyncio, pathlib, sqlite3, sys
import cogmig, cogmig.asgi, cogmig.wsgi
from cogmig.testing import Issuer

package = pathlib.Path(cogmig.__file__).parent
assert "site-packages" in str(package), package
assert cogmig.library_path == str(package / "_lib" / "libcogmig.so.1"), cogmig.library_path
assert (package / "py.typed").exists()

issuer = Issuer()
verifier = issuer.verifier("id")
claims = verifier.verify(issuer.token("id", **{"custom:legacy_id": "row-7"}))
assert claims.legacy_id == "row-7"

stored = "$2b$04$examplesaltforthedocs.dolV5rCSoGGLI6rwGSvmbWdXLDItraW"
with sqlite3.connect(sys.argv[1]) as database:
    database.execute('CREATE TABLE "User" (id, email, name, password, "emailVerified", '
                     '"createdAt", "updatedAt")')
    database.execute('INSERT INTO "User" VALUES ("row-7", "ann@example.com", NULL, ?, 1, NULL, NULL)',
                     [stored])
store = cogmig.Store("file:" + sys.argv[1])

async def main():
    async with cogmig.Engine(workers=1) as engine:
        return await engine.sign_in(store, "ann@example.com", "Correct-Horse")

assert asyncio.run(main()).id == claims.legacy_id
print("works", cogmig.__version__)
"""


@pytest.fixture(scope="module")
def clean():
    """An environment without anything of ours, but for the build folder whose library is taken."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("COGMIG_", "PYTHON", "LD_", "MALLOC_"))}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INDEX": "1",
            "COGMIG_BUILD_FOLDER": os.environ["COGMIG_BUILD_DIR"]}


@pytest.fixture(scope="module")
def python_of_its_own(tmp_path_factory):
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=True)
    return folder / "bin" / "python"


def run(*command, environment, **options):
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False,
                          **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(clean, tmp_path_factory):
    folder = os.environ.get("COGMIG_WHEEL_DIR") or tmp_path_factory.mktemp("wheel")
    source = os.environ["COGMIG_SOURCE_DIR"]
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-cache-dir", "--wheel-dir",
        str(folder), f"{source}/bindings/python", environment=clean)
    [path] = Path(folder).glob("*.whl")
    return path


def test_the_wheel_says_what_is_in_it(wheel, source):
    assert wheel.name.startswith("cogmig-1.0.0-py3-none-linux_") and wheel.suffix == ".whl"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        record = archive.read("cogmig-1.0.0.dist-info/RECORD").decode()
        for name, digest, _ in csv.reader(record.splitlines()):
            if digest:
                made = hashlib.sha256(archive.read(name)).digest()
                assert digest == "sha256=" + base64.urlsafe_b64encode(made).decode().rstrip("=")
        contents = b"".join(map(archive.read, names))
    assert {name for name, *_ in csv.reader(record.splitlines())} == set(names)
    package = {f"cogmig/{path.name}"
               for path in (source / "bindings/python/src/cogmig").iterdir()
               if path.suffix in (".py", ".typed")}
    assert package | {"cogmig/_lib/libcogmig.so.1", "cogmig/_lib/libcogmig-testing.so.1"} == {
        name for name in names if ".dist-info/" not in name}
    assert os.environ["COGMIG_BUILD_DIR"].encode() not in contents


def test_the_wheel_works_in_an_empty_environment(wheel, python_of_its_own, clean, tmp_path):
    run(python_of_its_own, "-m", "pip", "install", "--no-deps", str(wheel), environment=clean)
    said = run(python_of_its_own, "-W", "error", "-I", "-c", PROGRAM, str(tmp_path / "dev.db"),
               environment={}, cwd=tmp_path)
    assert said == "works 1.0.0\n"


@pytest.mark.parametrize("folder", ["bindings/python", "."])
def test_pip_installs_a_checkout_without_a_registry(python_of_its_own, clean, source, tmp_path,
                                                    folder):
    run(python_of_its_own, "-m", "pip", "install", "--force-reinstall", "--no-cache-dir",
        str(source / folder), environment=clean)
    said = run(python_of_its_own, "-I", "-c", PROGRAM, str(tmp_path / "dev.db"), environment={},
               cwd=tmp_path)
    assert said == "works 1.0.0\n"


def test_pytest_finds_the_fixtures_of_what_is_installed(wheel, python_of_its_own, clean, tmp_path):
    run(python_of_its_own, "-m", "pip", "install", "--force-reinstall", "--no-deps", str(wheel),
        environment=clean)
    (tmp_path / "test_theirs.py").write_text(
        "def test_theirs(issuer, token):\n"
        "    assert issuer.verifier('id').verify(token('id')).token_use == 'id'\n", encoding="utf-8")
    pytest_of_the_system = str(Path(pytest.__file__).parents[1])
    said = run(python_of_its_own, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path),
               environment={**clean, "PYTHONPATH": pytest_of_the_system}, cwd=tmp_path)
    assert "1 passed" in said


def test_the_metadata_is_had_without_compiling(wheel, source, monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(source / "bindings/python"))
    monkeypatch.setenv("PATH", "/nowhere")  # there is no Meson
    import build_backend

    folder = tmp_path / build_backend.prepare_metadata_for_build_wheel(tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        for path in folder.iterdir():
            assert archive.read(f"{folder.name}/{path.name}") == path.read_bytes()
    assert {path.name for path in folder.iterdir()} >= {"METADATA", "WHEEL", "entry_points.txt"}


def test_a_source_distribution_is_refused_with_what_to_do(source, monkeypatch):
    monkeypatch.syspath_prepend(str(source / "bindings/python"))
    import build_backend

    with pytest.raises(build_backend.UnsupportedOperation, match="from a checkout"):
        build_backend.build_sdist("nowhere")
