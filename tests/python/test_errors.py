# SPDX-License-Identifier: Apache-2.0
"""Statuses as exceptions: which class, and how each is reached."""

import asyncio
import copy
import json
import os
import pickle
import sqlite3
import time

import cogmig
import pytest
from cogmig import Kind, Status, _native
from cogmig.testing import Issuer
from issuer import Issuer as OpensslIssuer
from test_engine import SLOW, STORED
from test_migrate import event

CLASSES = {
    Kind.DENIED: (cogmig.Denied, ()),
    Kind.NOT_FOUND: (cogmig.NotFound, (LookupError,)),
    Kind.INVALID: (cogmig.Invalid, (ValueError,)),
    Kind.CONFLICT: (cogmig.Conflict, (RuntimeError,)),
    Kind.UNAVAILABLE: (cogmig.Unavailable, (ConnectionError, OSError)),
    Kind.STOPPED: (cogmig.Stopped, ()),
    Kind.INTERNAL: (cogmig.InternalError, (RuntimeError,)),
}
BUILTIN = (PermissionError, LookupError, ValueError, RuntimeError, TypeError, OSError,
           ConnectionError, TimeoutError, ArithmeticError, AssertionError)


def raised_for(status):
    """The exception that a call raises which returns this status."""
    with pytest.raises(cogmig.Error) as caught:
        _native.call(lambda box: _native.lib.error_set(box, status, None) or status)
    return caught.value


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.OK],
                         ids=lambda status: status.name)
def test_every_status_is_an_exception_of_its_kind(status):
    error = raised_for(status)
    expected, builtin = CLASSES[status.kind]
    assert isinstance(error, expected)
    assert (error.status, error.reason) == (status, status.name)
    assert str(error) == status.sentence and error.upstream is None
    assert error.retryable == (status.kind is Kind.UNAVAILABLE)
    caught_by = {ours for ours in BUILTIN if isinstance(error, ours)}
    if status is Status.DEADLINE_EXCEEDED:
        caught_by -= {TimeoutError}
    assert caught_by == set(builtin)


def test_an_outage_is_never_caught_as_a_no():
    for status in Status:
        if status.kind is Kind.UNAVAILABLE:
            assert not isinstance(raised_for(status), (cogmig.Denied, PermissionError, LookupError))
        if status.kind is Kind.DENIED:
            assert not isinstance(raised_for(status), (OSError, cogmig.Unavailable))


def test_a_status_that_only_a_newer_library_knows_is_a_defect_and_no_verdict():
    error = raised_for(987654)
    assert type(error) is cogmig.InternalError
    assert (int(error.status), error.reason) == (987654, "UNKNOWN_STATUS")
    with pytest.raises(ValueError):
        Status("TOKEN_EXPIRED")


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy,
                                  lambda error: pickle.loads(pickle.dumps(error))])
def test_exceptions_travel_between_processes(make):
    error = cogmig.Unavailable("away", Status.STORE_UNREACHABLE,
                               cogmig.Upstream("PostgreSQL", "57P01"), frozenset({"EXPIRY"}))
    other = make(error)
    assert type(other) is cogmig.Unavailable and str(other) == "away"
    assert (other.status, other.upstream, other.failed_claims) == (
        error.status, error.upstream, error.failed_claims)


def test_exceptions_are_called_what_people_import(python):
    done = python("import cogmig; cogmig.KeySet('')", expect=1)
    assert "\ncogmig.Invalid: " in done.stderr


# ---- each status by a real call ----

BY_NATURE = {
    "OUT_OF_MEMORY": "nothing here refuses memory; tests/oom does",
    "INTERNAL_ERROR": "a defect",
    "NOT_BUILT_IN": "this build has everything",
    "DISK_FULL": "no disk is full here",
    "STORE_POOL_EXHAUSTED": "test_postgresql.py waits for a connection that is never free",
    "KEY_FETCH_POSTPONED": "load balancers sign with ES256, the issuer for tests does not",
    "TOKEN_SIGNER_REFUSED": "load balancers sign with ES256, the issuer for tests does not",
    "EXPORT_TOO_LARGE": "more users than Cognito's import takes",
    "HOOK_REFUSED": "Python has no hook",
    "CLAIM_NOT_FOUND": "a mapping raises KeyError",
    "ENGINE_DRAINING": "Engine.drain() is the loop's own",
    "JOB_NOT_FOUND": "Engine cancels only what it has",
}


def reach_passwords():
    verify = cogmig.verify_password
    yield lambda: verify("guess", STORED)
    yield lambda: verify("guess", None)
    yield lambda: verify("guess", "*")
    yield lambda: verify("x" * 300, "$2a$04$examplesaltforthedocs.dolV5rCSoGGLI6rwGSvmbWdXLDItraW")
    yield lambda: verify("guess", STORED[:-3])
    yield lambda: verify("guess", "{SSHA}x")
    yield lambda: verify("guess", STORED.replace("$04$", "$31$"))
    yield lambda: cogmig.PasswordRules(max_cost=99)
    yield lambda: cogmig.PasswordRules(prehash=lambda _: 1 / 0).verify("x", STORED)


def reach_keys():
    bad = cogmig.TrustedIssuer("https://issuer.example.com", "nonsense")
    yield lambda: cogmig.KeySet("{")
    yield lambda: cogmig.KeySet('{"keys":[]}')
    yield lambda: cogmig.KeySet.from_file("/nowhere/jwks.json")
    yield lambda: cogmig.Verifier(issuer=bad)
    for fetch in (raising(OSError()), lambda *_: cogmig.JwksReply(b"", 503), lambda *_: b"x",
                  raising(TimeoutError())):
        yield cogmig.Verifier(issuer="https://issuer.example.com", allow_any_client=True,
                              token_use="any", fetch=fetch).hydrate


def reach_tokens(folder):
    issuer = Issuer()
    token = issuer.token
    verifier = issuer.verifier(
        "access", fetch=lambda *_: issuer.jwks, require_groups="g", require_scopes="s",
        require_claims={"c": "c"}, max_age_s=3600, min_remaining_s=60,
        check=raising(cogmig.Denied("blocked", Status.TOKEN_CHECK_REFUSED)))
    good = {"groups": ["g"], "scope": "s", "c": "c"}
    for bad in ("", "x" * 20000, "a.b.c.d.e", token(header={"kid": 7}), token(header={"alg": "none"}),
                token(header={"crit": ["x"]}), token(header={"typ": "x"}),
                token(header={"kid": "x"}), token(spoiled=True), token(iss="https://x.example"),
                token("id", **good), token(client_id="x", **good), token(exp=1, **good),
                token(nbf=2**33, **good), token(without=["sub"], **good), token(sub=7, **good),
                token(scope="s"), token(groups=["g"], c="c"), token(**{**good, "c": "d"}),
                token(iat=1000, **good), token(exp=int(time.time()) + 30, **good), token(**good)):
        yield lambda bad=bad: verifier.verify(bad)
    yield lambda: issuer.verifier("id").verify(token("id", nonce="a"), nonce="b")
    yield payload_that_is_no_object(folder)
    yield lambda: cogmig.Verifier(pool_id="x")
    yield lambda: cogmig.Verifier(issuer="x")
    yield lambda: verifier.seed_keys(issuer.jwks, "https://other.example.com")
    yield cogmig.Verifier(issuer=issuer.url, client_id="c", token_use="any").export_keys
    yield lambda: with_key_file(folder).check_key_file()
    yield lambda: cogmig.Verifier()
    yield lambda: cogmig.Verifier(token_use="x")


def with_key_file(folder):
    path = folder / "keys"
    path.write_text("")
    path.chmod(0o666)
    return cogmig.Verifier(issuer="https://issuer.example.com", client_id="c", token_use="any",
                           key_file=path)


def payload_that_is_no_object(folder):
    signer = OpensslIssuer("https://issuer.example.com", folder)
    verifier = cogmig.Verifier(issuer=signer.url, allow_any_client=True, token_use="any")
    verifier.seed_keys(signer.jwks)
    return lambda: verifier.verify(signer.sign([]))


def reach_exports(sqlite_url, folder):
    store = cogmig.Store(sqlite_url)
    path = folder / "users.json"
    cogmig.export_users_to_file(store, path)
    yield lambda: cogmig.export_users_to_file(store, path)
    yield lambda: path.write_text("[]") and cogmig.verify_export(path)
    with sqlite3.connect(folder / "hashes.db") as database:
        database.execute('CREATE TABLE "User" (id TEXT PRIMARY KEY, email, name, password)')
        database.execute('INSERT INTO "User" VALUES ("1", "a@example.com", ?, NULL)', [STORED])
    database.close()
    leaking = cogmig.Store(f"file:{folder}/hashes.db", email_verified_column=None,
                           created_at_column=None, updated_at_column=None)
    yield lambda: list(cogmig.export_users(leaking))


def reach_stores(sqlite_url):
    def own(*rows):
        return cogmig.Store(find=lambda *_: rows)

    twin = cogmig.FoundUser("1", "a@example.com")
    yield lambda: own().find_by_id("x")
    yield lambda: own(twin, twin._replace(id="2")).find_by_id("x")
    yield lambda: own(twin._replace(id="")).find_by_id("x")
    yield lambda: cogmig.Store("mysql://x")
    yield lambda: cogmig.Store("postgresql://127.0.0.1:1/x", timeout_ms=2000)
    yield lambda: cogmig.Store(sqlite_url, table="x")
    for status in (Status.STORE_LOGIN_REFUSED, Status.STORE_BUSY, Status.STORE_QUERY_FAILED):
        yield lambda status=status: cogmig.Store(
            find=raising(cogmig.Unavailable("as said", status))).find_by_id("x")


def reach_maps(folder):
    url = f"file:{folder}/map.db"
    cogmig.IdentityMap.install(url)
    idmap = cogmig.IdentityMap(url, pool_id="eu-central-1_AbCdEfGhI", require_uuid=True)
    one, other = (f"1754aa68-d041-7034-8fb2-00000000000{number}" for number in "12")
    idmap.link(one, one)
    yield lambda: idmap.link(one, other)
    yield lambda: idmap.find_sub(other)
    yield lambda: idmap.link("row-7", one)
    yield lambda: cogmig.IdentityMap(url, pool_id="eu-central-1_AbCdEfGhI", table="other")


def from_env(monkeypatch, sqlite_url, **variables):
    with monkeypatch.context() as patched:
        for name, value in {"DATABASE_URL": sqlite_url, **variables}.items():
            patched.setenv(name, value)
        return cogmig.Migration.from_env()


def reach_policies(sqlite_url, tmp_path, monkeypatch):
    sign_in = event("verified@example.com", "Correct-Horse-10")
    picky = from_env(monkeypatch, sqlite_url, COGMIG_ALLOWED_CLIENTS="another")
    yield raising(picky.answer(sign_in).reason)
    strict = from_env(monkeypatch, sqlite_url, COGMIG_PASSWORD_MIN_LENGTH="40")
    yield raising(strict.answer(sign_in).reason)
    url = f"file:{tmp_path}/policies.db"
    cogmig.IdentityMap.install(url)
    with cogmig.IdentityMap(url, pool_id="eu-central-1_AbCdEfGhI") as idmap:
        idmap.link("cm1a0verified000exampleu1", "a sub")
        mapped = cogmig.Migration(cogmig.Store(sqlite_url), idmap=idmap)
    yield raising(mapped.answer(sign_in).reason)


def reach_events(sqlite_url):
    store = cogmig.Store(sqlite_url)
    migration = cogmig.Migration(store)
    yield lambda: migration.handle_bytes(b"{")
    yield lambda: migration.handle_bytes(b" " * (6 * 1024 * 1024 + 1))
    yield lambda: migration.handle(event("x", "x", "aws:s3"))
    yield lambda: migration.handle(event("verified@example.com", "x", "PreSignUp_SignUp"))
    yield lambda: cogmig.Migration(store, attributes=["sub"])
    yield lambda: cogmig.Migration(store, attributes=["x"])
    forgot = "UserMigration_ForgotPassword"
    yield raising(migration.answer(event("unverified@example.com", "", forgot)).reason)
    banned = cogmig.FoundUser("1", "a@example.com", STORED, disabled=True)
    own = cogmig.Migration(cogmig.Store(find=lambda *_: [banned]))
    yield raising(own.answer(event("a@example.com", "Correct-Horse")).reason)


def reach_engine():
    async def busy():
        async with cogmig.Engine(workers=1, max_jobs=1, deadline_ms=600_000) as engine:
            waiting = asyncio.ensure_future(engine.verify_password("x", SLOW))
            await asyncio.sleep(0)
            try:
                await engine.verify_password("x", SLOW)
            finally:
                await engine.drain(0)
                waiting.exception()

    async def cancelled():
        async with cogmig.Engine(workers=1, deadline_ms=600_000) as engine:
            waiting = [asyncio.ensure_future(engine.verify_password("x", SLOW)) for _ in range(20)]
            await asyncio.sleep(0)
            await engine.drain(0)
            for error in await asyncio.gather(*waiting, return_exceptions=True):
                if isinstance(error, cogmig.Stopped):
                    raise error

    yield lambda: asyncio.run(busy())
    yield lambda: asyncio.run(cancelled())
    yield in_a_fork


def in_a_fork():
    """The status that a child finds, by way of a pipe."""
    engine = cogmig.Engine(workers=1)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            engine._handle
        except cogmig.Error as error:
            os.write(writer, json.dumps(int(error.status)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    raise raised_for(json.loads(os.read(reader, 100)))


def raising(error):
    def raise_it(*_):
        raise error

    return raise_it


def test_every_status_is_reached_by_a_real_call(sqlite_url, tmp_path, monkeypatch):
    reached = {}
    for group in (reach_passwords(), reach_keys(), reach_tokens(tmp_path), reach_stores(sqlite_url),
                  reach_maps(tmp_path), reach_events(sqlite_url),
                  reach_policies(sqlite_url, tmp_path, monkeypatch), reach_engine(),
                  reach_exports(sqlite_url, tmp_path)):
        for attempt in group:
            with pytest.raises(cogmig.Error) as caught:
                attempt()
            assert str(caught.value)
            reached[caught.value.reason] = caught.value
    missing = {status.name for status in Status} - set(reached) - {"OK"}
    elsewhere = {name for name in missing if name.startswith(("COGNITO_", "AWS_"))}
    assert missing - elsewhere == set(BY_NATURE)
