# SPDX-License-Identifier: Apache-2.0
"""Writes the parts of docs/ that follow from headers and help texts. `./dev docs` calls it, and a
test holds the files against the same functions."""
import argparse
import os
import sys


def reference_files():
    import reference_pages
    import source
    for header in source.public_headers():
        if header != "cogmig.h":
            name = f"docs/reference/{header[:-2]}.md"
            yield name, reference_pages.whole_page(source.read(name),
                                                   source.read("include/cogmig", header))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", required=True)
    parser.add_argument("--build", required=True)
    arguments = parser.parse_args()
    os.environ["COGMIG_SOURCE_DIR"] = arguments.source
    os.environ["COGMIG_BUILD_DIR"] = arguments.build
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import manual_page
    for name, text in [*reference_files(), *manual_page.files()]:
        path = os.path.join(arguments.source, name)
        before = open(path, encoding="utf-8").read() if os.path.exists(path) else ""
        if text != before:
            print(name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)


main()
