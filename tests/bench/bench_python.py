# SPDX-License-Identifier: Apache-2.0
"""The Python package beside PyJWT and pyca's bcrypt. Both sides do their part by turns, and the
median of the turns counts.

    bench_python.py BUILD/tests/bench/bench-python
"""

import asyncio
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = Path(sys.argv[1]).parents[2]
os.environ["COGMIG_LIBRARY"] = str(BUILD / "lib/libcogmig.so")
os.environ["COGMIG_TESTING_LIBRARY"] = str(BUILD / "lib/testing/libcogmig-testing.so")
sys.path.insert(0, str(ROOT / "bindings/python/src"))
sys.dont_write_bytecode = True
import cogmig  # noqa: E402
from cogmig.testing import Issuer  # noqa: E402

try:
    import bcrypt
    import jwt
except ImportError as missing:
    print(f"python.*: left out, {missing.name} of Debian is not installed", file=sys.stderr)
    sys.exit(0)

TURNS = 41
COLD_TOKENS = 100  # of each turn
REPEAT_TOKENS = 100
SIGN_INS = 1000
SIGN_IN_TURNS = 4
EMAIL, PASSWORD = "verified@example.com", b"Correct-Horse-10"


def row(name, operations, turns, target):
    """turns: the seconds of ours and of theirs, side by side."""
    ours, theirs = (operations / statistics.median(side) for side in zip(*turns))
    ratio = statistics.median(their / our for our, their in turns)
    print(json.dumps({"name": name, "ours": ours, "reference": theirs, "ratio": round(ratio, 4),
                      "target": target, "unit": "per second"}), flush=True)


def seconds(work, *arguments):
    """Of this thread's processor: nothing here waits, and other programs are not to count."""
    begun = time.thread_time()
    work(*arguments)
    return time.thread_time() - begun


# ---- tokens ----


class Client(jwt.PyJWKClient):
    """PyJWT's way to the keys of an issuer, with the network left out."""

    def __init__(self, jwks):
        super().__init__("https://issuer.example.com/.well-known/jwks.json")
        self.jwk_set_cache.put(json.loads(jwks))


class Tokens:
    """A verifier and PyJWT, both with the issuer's keys in memory, that are asked the same."""

    def __init__(self):
        self.issuer = Issuer()
        self.verifier = self.issuer.verifier("id")
        self.client = Client(self.issuer.jwks)
        self.key = self.client.get_signing_key_from_jwt(self.token(0)).key

    def token(self, number):
        return self.issuer.token("id", email=f"user{number}@example.com", email_verified=True,
                                 groups=["staff", "admins"],
                                 **{"custom:legacy_id": f"cm1a0verified000example{number}"})

    def ours(self, tokens):
        verify = self.verifier.verify
        for token in tokens:
            verify(token).sub

    def pyjwt(self, tokens):
        """As its documentation has it for keys that are published: the token's kid chooses."""
        find, client, url = (self.client.get_signing_key_from_jwt, self.issuer.client_id,
                             self.issuer.url)
        for token in tokens:
            jwt.decode(token, find(token).key, algorithms=["RS256"], audience=client,
                       issuer=url)["sub"]

    def pyjwt_with_its_key(self, tokens):
        """Without the look-up that we do: the key is given."""
        key, client, url = self.key, self.issuer.client_id, self.issuer.url
        for token in tokens:
            jwt.decode(token, key, algorithms=["RS256"], audience=client, issuer=url)["sub"]


def measure_tokens():
    tokens = Tokens()
    fresh = [tokens.token(number) for number in range(2 * TURNS * COLD_TOKENS)]
    unseen = [fresh[first:first + COLD_TOKENS] for first in range(0, len(fresh), COLD_TOKENS)]
    row("python.cold", COLD_TOKENS, [
        (seconds(tokens.ours, some), seconds(tokens.pyjwt, some)) for some in unseen[::2]], ">= 3")
    row("python.cold.key_given", COLD_TOKENS, [
        (seconds(tokens.ours, some), seconds(tokens.pyjwt_with_its_key, some))
        for some in unseen[1::2]], "printed")
    known = fresh[:REPEAT_TOKENS]
    tokens.ours(known)
    row("python.repeat", REPEAT_TOKENS, [
        (seconds(tokens.ours, known), seconds(tokens.pyjwt, known)) for _ in range(TURNS)], ">= 20")


# ---- sign-ins ----


def users(folder):
    path = Path(folder, "dev.db")
    with sqlite3.connect(path) as database:
        database.executescript(
            (ROOT / "examples/users/users.sqlite.sql").read_text(encoding="utf-8"))
    database.close()
    return cogmig.Store(f"file:{path}")


async def with_engine(store, count):
    """Look-up and password."""
    async with cogmig.Engine(deadline_ms=600_000) as engine:
        begun = time.perf_counter()
        await asyncio.gather(*(engine.sign_in(store, EMAIL, PASSWORD) for _ in range(count)))
        return time.perf_counter() - begun


async def with_executor(executor, stored, count):
    """The password alone: the hash is at hand."""
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    verdicts = await asyncio.gather(*(
        loop.run_in_executor(executor, bcrypt.checkpw, PASSWORD, stored) for _ in range(count)))
    assert all(verdicts)
    return time.perf_counter() - begun


def measure_engine():
    count = SIGN_INS // SIGN_IN_TURNS
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as executor:
        store = users(folder)
        stored = store.find_by_email(EMAIL).password_hash
        turns = [(asyncio.run(with_engine(store, count)),
                  asyncio.run(with_executor(executor, stored, count)))
                 for _ in range(SIGN_IN_TURNS)]
    row("python.engine", count, turns, ">= 2.2")


measure_tokens()
measure_engine()
