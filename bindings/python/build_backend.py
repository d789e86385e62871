# SPDX-License-Identifier: Apache-2.0
"""Builds the wheel: the package, and libcogmig inside of it. PEP 517, with nothing but Meson.

COGMIG_BUILD_FOLDER may name a Meson build folder whose libraries are to be taken as they are; without
it they are built, in a folder that is thrown away.
"""

import base64
import hashlib
import os
import re
import subprocess
import sysconfig
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TREE = HERE.parents[1]
PACKAGE = HERE / "src" / "cogmig"
LIBRARIES = ("libcogmig.so.1", "libcogmig-testing.so.1")
OPTIONS = ["--buildtype=release", "--prefix=/usr", "-Dtests=false", "-Dtools=false",
           "-Dexamples=false", "-Ddocs=false"]
# The time of every file, so that the same tree gives the same wheel.
MOMENT = (2020, 1, 1, 0, 0, 0)

METADATA = """\
Metadata-Version: 2.1
Name: cogmig
Version: {version}
Summary: Move users to Amazon Cognito without a password reset, and validate Cognito's tokens
License: Apache-2.0
Requires-Python: >=3.9
Classifier: License :: OSI Approved :: Apache Software License
Classifier: Operating System :: POSIX :: Linux
Classifier: Programming Language :: C
Classifier: Programming Language :: Python :: 3
Classifier: Typing :: Typed
Description-Content-Type: text/markdown

"""

WHEEL = """\
Wheel-Version: 1.0
Generator: cogmig
Root-Is-Purelib: false
Tag: {tag}
"""

ENTRY_POINTS = """\
[pytest11]
cogmig = cogmig.pytest_plugin
"""


class UnsupportedOperation(Exception):
    """What PEP 517 wants to be raised."""


def get_requires_for_build_wheel(config_settings=None):
    return []


def build_sdist(sdist_directory, config_settings=None):
    raise UnsupportedOperation("the C library is not below this folder: build a wheel from a checkout")


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    """Without it the library would be compiled for the metadata alone, and then once more."""
    version, tag = version_and_tag()
    folder = f"cogmig-{version}.dist-info"
    (Path(metadata_directory) / folder).mkdir()
    for name, content in info_files(folder, version, tag):
        (Path(metadata_directory) / name).write_bytes(content)
    return folder


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    version, tag = version_and_tag()
    name = f"cogmig-{version}-{tag}.whl"
    with tempfile.TemporaryDirectory() as scratch:
        files = dict(package_files())
        for library in libraries(Path(scratch)):
            files[f"cogmig/_lib/{soname(library)}"] = library.read_bytes()
        files.update(info_files(f"cogmig-{version}.dist-info", version, tag))
    write(Path(wheel_directory) / name, files, f"cogmig-{version}.dist-info/RECORD")
    return name


# ---- what is in it ----


def version_and_tag():
    version = re.search(r'__version__ = "([^"]+)"', (PACKAGE / "__init__.py").read_text("utf-8"))[1]
    return version, "py3-none-" + re.sub(r"[-.]", "_", sysconfig.get_platform())


def package_files():
    for path in sorted(PACKAGE.iterdir()):
        if path.suffix == ".py" or path.name == "py.typed":
            yield f"cogmig/{path.name}", path.read_bytes()


def info_files(folder, version, tag):
    readme = (HERE / "README.md").read_text("utf-8")
    yield f"{folder}/METADATA", (METADATA.format(version=version) + readme).encode()
    yield f"{folder}/WHEEL", WHEEL.format(tag=tag).encode()
    yield f"{folder}/entry_points.txt", ENTRY_POINTS.encode()
    yield f"{folder}/LICENSE", (TREE / "LICENSE").read_bytes()


def libraries(scratch):
    """The libraries as `meson install` leaves them: without the paths of the machine."""
    folder = os.environ.get("COGMIG_BUILD_FOLDER")
    if not folder:
        folder = scratch / "build"
        meson("setup", folder, TREE, *OPTIONS)
        meson("compile", "-C", folder)
    root = scratch / "root"
    meson("install", "-C", folder, "--no-rebuild", "--quiet", "--strip", "--destdir", root)
    found = [path for path in root.rglob("libcogmig*.so.1.*") if not path.is_symlink()]
    if sorted(map(soname, found)) != sorted(LIBRARIES):
        raise SystemExit(f"expected {', '.join(LIBRARIES)}, found {found}")
    return sorted(found)


def soname(library):
    return re.sub(r"(\.so\.1)\..*", r"\1", library.name)


def meson(*arguments):
    # pip's own modules, which it puts before others, are not for Meson.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    try:
        subprocess.run(["meson", *map(str, arguments)], check=True, env=environment)
    except FileNotFoundError:
        raise SystemExit("Meson is missing; `./dev setup build` installs what a build needs") from None


# ---- the zip file ----


def write(path, files, record):
    lines = [f"{name},sha256={digest(content)},{len(content)}" for name, content in files.items()]
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if "/_lib/" in name else 0o644) << 16
            archive.writestr(entry, content)


def digest(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
