# SPDX-License-Identifier: Apache-2.0
"""The cases of tests/data/events, put to the program."""

import re

from program import DENIED, INVALID, OK, SOURCE

FOLDER = SOURCE / "tests" / "data" / "events"
HASH = re.compile(r"\$(2[aby]\$[0-9]|argon2)")


def event_named(name):
    return (FOLDER / f"{name}.event.json").read_bytes()


def names():
    found = sorted(path.name.removesuffix(".event.json") for path in FOLDER.glob("*.event.json"))
    assert len(found) > 50, found
    return found


def faults(migrate):
    """What is wrong with the answers of `migrate`, which takes an event and returns a run."""
    for name in names():
        yield from faults_of(name, migrate(event_named(name)))


def faults_of(name, done):
    event, expected = event_named(name), (FOLDER / f"{name}.expected").read_bytes()
    word, _, status = expected.decode().partition("\n")[0].partition(" ")
    answer = {"no": event, "passed": event, "refused": b""}.get(word, expected)
    if done.stdout != answer:
        yield f"{name}: stdout"
    if word in ("no", "refused") and status not in done.stderr:
        yield f"{name}: {status} is not in {done.stderr}"
    if word == "passed" and (done.returncode != OK or done.stderr):
        yield f"{name}: exit code {done.returncode}, {done.stderr}"
    if word == "refused" and done.returncode != (
            DENIED if status == "SIGN_UP_REFUSED" else INVALID):
        yield f"{name}: exit code {done.returncode}"
    if any(secret in done.stderr.encode() for secret in passwords_in(event)):
        yield f"{name}: the password is in {done.stderr}"
    if HASH.search(done.stderr):
        yield f"{name}: a hash is in {done.stderr}"


def passwords_in(event):
    return re.findall(rb'"password"\s*:\s*"([^"]{4,})"', event)
