# SPDX-License-Identifier: Apache-2.0
"""Every status of the library, raised by a real call."""

import asyncio
import base64
import json
import os
import sqlite3
import time
import warnings

import cogmig
import pytest
from cogmig import Status
from cogmig.testing import Issuer
from issuer import Issuer as OpensslIssuer
from test_cognito import client, endpoint  # noqa: F401
from test_engine import SLOW, STORED
from test_errors import raised_for
from test_migrate import event
from test_postgresql import Locked

# Statuses that no call of Python's can say, and why.
NOT_REACHED = {
    "INTERNAL_ERROR": "a defect",
    "NOT_BUILT_IN": "this build has everything",
    "CLAIM_NOT_FOUND": "a mapping raises KeyError",
    "ENGINE_DRAINING": "Engine.drain() is the loop's own; the engine goes on afterwards",
    "JOB_NOT_FOUND": "Engine cancels only what it has",
}


def reach_passwords(python):
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
    yield lambda: refuse_memory(python)


LITTLE_MEMORY = """
import cogmig, json, resource, sys

migration = cogmig.Migration(cogmig.Store(find=lambda *_: []))
large = {**json.loads(sys.argv[1]), "response": {"x": "x" * 5_000_000}}
content = json.dumps(large).encode()
with open("/proc/self/statm") as sizes:
    limit = int(sizes.read().split()[0]) * resource.getpagesize() + 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    migration.handle_bytes(content)
except cogmig.Error as error:
    print(int(error.status))
"""


def refuse_memory(python):
    raise raised_for(int(python(LITTLE_MEMORY, json.dumps(event("x", "x"))).stdout))


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


def reach_load_balancers():
    arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
    issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI"
    verifier = cogmig.Verifier(load_balancers=cogmig.LoadBalancer(arn, issuer), client_id="c",
                               fetch=lambda *_: cogmig.JwksReply(b"", 404))

    def token(number, signer=arn):
        header = {"typ": "JWT", "kid": f"12345678-1234-1234-1234-{number:012}", "alg": "ES256",
                  "iss": issuer, "client": "c", "signer": signer, "exp": int(time.time()) + 60}
        parts = (json.dumps(header).encode(), b'{"sub":"s"}', bytes(64))
        return b".".join(map(base64.urlsafe_b64encode, parts))

    yield lambda: verifier.verify(token(0, signer=arn[:-1] + "0"))
    for number in range(9):
        yield lambda number=number: verifier.verify(token(number))


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
    with open(os.devnull, "wb") as file:
        yield lambda: cogmig.export_users_to_file(store, file.fileno(), part_rows=1)
    with open("/dev/full", "wb") as file:
        yield lambda: cogmig.export_users_to_file(store, file.fileno())


def reach_stores(sqlite_url, postgresql_url, folder):
    def own(*rows):
        return cogmig.Store(find=lambda *_: rows)

    twin = cogmig.FoundUser("1", "a@example.com")
    yield lambda: own().find_by_id("x")
    yield lambda: own(twin, twin._replace(id="2")).find_by_id("x")
    yield lambda: own(twin._replace(id="")).find_by_id("x")
    yield lambda: cogmig.Store("mysql://x")
    yield lambda: cogmig.Store("postgresql://127.0.0.1:1/x", timeout_ms=2000)
    yield lambda: cogmig.Store(sqlite_url, table="x")
    yield lambda: cogmig.Store(postgresql_url.replace("postgres@", "nobody@"))
    yield lambda: fail_at_run_time(sqlite_url).find_by_email("x")
    yield lambda: ask_while_locked(folder)
    yield lambda: ask_while_the_only_connection_waits(postgresql_url)


def fail_at_run_time(url):
    return cogmig.Store(url, sql=cogmig.Sql(
        "SELECT '1' AS id, $1 AS email, abs(-9223372036854775807 - length($1)) AS password_hash"))


def ask_while_locked(folder):
    path = folder / "locked.db"
    with sqlite3.connect(path) as database:
        database.execute('CREATE TABLE "User" (id TEXT, email, name, password, "emailVerified", '
                         '"createdAt", "updatedAt")')
    database.close()
    store = cogmig.Store(f"file:{path}", timeout_ms=1)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    try:
        store.find_by_id("x")
    finally:
        writer.close()


def ask_while_the_only_connection_waits(url):
    async def main():
        store = cogmig.Store(url, max_connections=1, acquire_timeout_ms=1, timeout_ms=60_000)
        loop = asyncio.get_running_loop()
        with Locked(url):
            waiting = loop.run_in_executor(None, store.find_by_id, "x")
            while store.counters["connections_idle"]:
                pass
            try:
                store.find_by_id("x")
            finally:
                waiting.add_done_callback(lambda done: done.exception())

    asyncio.run(main())


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


def reach_policies(sqlite_url, folder):
    sign_in, store = event("verified@example.com", "Correct-Horse-10"), cogmig.Store(sqlite_url)
    url = f"file:{folder}/policies.db"
    cogmig.IdentityMap.install(url)
    with cogmig.IdentityMap(url, pool_id="eu-central-1_AbCdEfGhI") as idmap:
        idmap.link("cm1a0verified000exampleu1", "a sub")
        for migration in (
                cogmig.Migration(store, allowed_clients="another"),
                cogmig.Migration(store, password_policy=cogmig.PasswordPolicy(min_length=40)),
                cogmig.Migration(store, idmap=idmap)):
            yield raising(migration.answer(sign_in).reason)


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
    hooked = cogmig.Migration(store, hook=raising(cogmig.Denied("no", Status.HOOK_REFUSED)))
    yield raising(hooked.answer(event("verified@example.com", "Correct-Horse-10")).reason)


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
    yield in_a_child


def in_a_child():
    """Raises what a child of this process finds, by way of a pipe."""
    engine = cogmig.Engine(workers=1)
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of threads, which is the matter here
        child = os.fork()
    if child == 0:
        try:
            engine._handle
        except cogmig.Error as error:
            os.write(writer, str(int(error.status)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with open(reader, "rb") as said:
        raise raised_for(int(said.read()))


def reach_cognito(client):
    def sign_in(name, **settings):
        return lambda: client(timeout_ms=300, **settings).sign_in(f"{name}@example.com", "x")

    for name in ("wrong", "reset", "unconfirmed", "missing", "trigger", "flow", "firewall",
                 "throttled", "empty500", "html"):
        yield sign_in(name)
    yield sign_in("ann", endpoint="http://127.0.0.1:1")
    yield lambda: client().update_user("sub-7", {"email": "taken@example.com"})
    yield client(credentials=None).describe_pool


def raising(error):
    def raise_it(*_):
        raise error

    return raise_it


def test_every_status_is_reached_by_a_real_call(sqlite_url, postgresql_url, tmp_path, python,
                                                client):  # noqa: F811
    reached = set()
    for group in (reach_passwords(python), reach_keys(), reach_tokens(tmp_path), reach_load_balancers(),
                  reach_stores(sqlite_url, postgresql_url, tmp_path), reach_maps(tmp_path),
                  reach_events(sqlite_url), reach_policies(sqlite_url, tmp_path), reach_engine(),
                  reach_exports(sqlite_url, tmp_path), reach_cognito(client)):
        for attempt in group:
            with pytest.raises(cogmig.Error) as caught:
                attempt()
            assert str(caught.value)
            reached.add(caught.value.reason)
    assert {status.name for status in Status} - reached - {"OK"} == set(NOT_REACHED)
