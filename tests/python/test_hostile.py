# SPDX-License-Identifier: Apache-2.0
"""Garbage in every argument, sixteen threads, forks, the end of the interpreter, memory."""

import asyncio
import copy
import gc
import inspect
import os
import pickle
import random
import signal
import threading
import warnings

import cogmig
import cogmig.asgi
import cogmig.wsgi
import pytest
from cogmig import _native
from cogmig.testing import Issuer
from test_engine import STORED
from test_migrate import event

GARBAGE = [None, 0, -1, 2**31, 2**63, 2**200, 1.5, True, "", "\0", "a\0b", "\ud800", "é", "x" * 70,
           "x" * 10_000_000, b"", b"\0", b"\xff" * 9, bytearray(b"x"), memoryview(b"abcd")[::2], [], [1],
           [None], {}, {"a": 1}, {None: None}, (), ("a", "b"), object(), type, len, lambda: 1 / 0,
           iter([b"x"])]
# Whatever happens, it is one of these: never a crash, never an error of ctypes.
ALLOWED = (cogmig.Error, TypeError, ValueError, KeyError, AttributeError)


def throw_at(function, *, rounds=20, seed=7):
    """Garbage for each parameter, first alone and then together."""
    choices = random.Random(seed)
    names = [name for name, parameter in inspect.signature(function).parameters.items()
             if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)]
    for name in names:
        for thing in GARBAGE:
            attempt(function, {name: thing})
    for _ in range(rounds):
        attempt(function, {name: choices.choice(GARBAGE) for name in names})


def attempt(function, arguments):
    try:
        function(**arguments)
    except ALLOWED as error:
        assert type(error).__module__ != "ctypes", error


@pytest.mark.parametrize("make", [
    cogmig.Verifier, cogmig.PasswordRules, cogmig.KeySet, cogmig.Migration, cogmig.Engine,
    cogmig.verify_passwords, cogmig.password_scheme, cogmig.password_cost, cogmig.Cognito,
    cogmig.Cognito.from_env, cogmig.Cognito.secret_hash, cogmig.IdentityMap,
    cogmig.IdentityMap.from_env, cogmig.IdentityMap.install_sql, cogmig.Migration.from_env,
    cogmig.KeySet.from_file, cogmig.reconcile, cogmig.audit, cogmig.export_users,
    cogmig.export_users_to_file, cogmig.count_users, cogmig.verify_export],
    ids=lambda make: make.__name__)
def test_garbage_does_no_harm_to_what_is_made_of_it(make):
    throw_at(make)


@pytest.mark.parametrize("duplicate", [
    copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))], ids=["deepcopy", "pickle"])
def test_what_holds_a_handle_is_not_made_a_second_time(issuer, sqlite_url, duplicate):
    verifier = issuer.verifier()
    for thing in (verifier, cogmig.Store(sqlite_url), cogmig.Engine(workers=1)):
        with pytest.raises(TypeError, match="neither copied nor pickled"):
            duplicate({"a": [thing]})
    assert verifier.verify(issuer.token()).token_use == "access"


def test_a_copy_of_what_never_changes_is_the_thing_itself(issuer, sqlite_url):
    claims = issuer.verifier().verify(issuer.token(sub="one"))
    user = cogmig.Store(sqlite_url).find_by_email("verified@example.com")
    for thing in (claims, user, cogmig.KeySet(issuer.jwks), cogmig.PasswordRules()):
        assert copy.copy(thing) is thing and copy.deepcopy([thing])[0] is thing
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(thing)
    assert pickle.loads(pickle.dumps(dict(claims))) == claims


def test_a_copy_of_what_was_lent_is_no_longer_valid_than_the_loan(issuer):
    kept = []
    verifier = issuer.verifier(check=lambda claims: kept.extend([copy.copy(claims),
                                                                 copy.deepcopy(claims)]))
    verifier.verify(issuer.token())
    for claims in kept:
        with pytest.raises(cogmig.Invalid):
            claims.sub


def test_garbage_does_no_harm_to_an_issuer_for_tests(issuer):
    for thing in GARBAGE:
        if not isinstance(thing, str) or len(thing) != 1:
            attempt(Issuer, {"url": thing if thing else 7})
            attempt(issuer.token, {"token_use": thing})
            attempt(issuer.token, {"sub": thing, "header": thing, "without": thing})


@pytest.mark.parametrize("name", ["url", "schema", "table", "id_column", "email_column",
                                  "name_column", "password_column", "timeout_ms", "find"])
def test_garbage_does_no_harm_to_a_store(sqlite_url, name):
    for thing in GARBAGE:
        attempt(cogmig.Store, {"url": sqlite_url, name: thing})


def test_garbage_does_no_harm_to_methods(issuer, sqlite_url, token):
    verifier, store = issuer.verifier(), cogmig.Store(sqlite_url)
    migration, claims = cogmig.Migration(store), verifier.verify(token())
    keys = cogmig.KeySet(issuer.jwks)
    for method in (verifier.verify, verifier.explain_refusal, verifier.forget, verifier.seed_keys,
                   verifier.seed_keys_from_file, store.find_by_email, store.find_by_id,
                   migration.handle, migration.answer, migration.handle_bytes, claims.in_group,
                   claims.has_scope, claims.get, keys.verify_jws, cogmig.Verifier.from_env):
        throw_at(method, rounds=10)
    throw_at(lambda password, cost: cogmig.dummy_verification(password, cost=0), rounds=0)
    for thing in GARBAGE:
        attempt(lambda: cogmig.verify_password(thing, "!"), {})
        attempt(lambda: cogmig.verify_password("x", thing), {})
        attempt(lambda: cogmig.verify_password("x", "!", rules=thing), {})
    assert verifier.verify(token()).sub == claims.sub


def test_garbage_does_no_harm_to_a_migration_that_works(sqlite_url):
    store = cogmig.Store(sqlite_url)
    for name in inspect.signature(cogmig.Migration).parameters:
        for thing in GARBAGE if name != "store" else []:
            attempt(cogmig.Migration, {"store": store, name: thing})


def test_garbage_does_no_harm_to_a_map(tmp_path):
    url = f"file:{tmp_path}/map.db"
    cogmig.IdentityMap.install(url)
    idmap = cogmig.IdentityMap(url, pool_id="eu-central-1_AbCdEfGhI")
    for method in (idmap.find_sub, idmap.find_legacy_id, idmap.find_subs, idmap.find_legacy_ids,
                   idmap.find_user, idmap.unlink):
        throw_at(method, rounds=10)
    for thing in GARBAGE:
        attempt(lambda: idmap.link(thing, "a sub"), {})
        attempt(lambda: list(idmap.links(thing)), {})
        attempt(lambda: cogmig.IdentityMap.install(thing), {})


def test_garbage_does_no_harm_to_a_client(monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    cognito = cogmig.Cognito(
        "eu-central-1_AbCdEfGhI", client_id="c", endpoint="http://127.0.0.1:1",
        allow_plain_http=True, timeout_ms=1000, credentials=cogmig.AwsCredentials("a", "b"))
    for method in (cognito.sign_in, cognito.refresh, cognito.get_tokens, cognito.revoke_token,
                   cognito.forgot_password, cognito.get_user, cognito.update_user):
        throw_at(method, rounds=10)
    for thing in GARBAGE:
        attempt(lambda: list(cognito.users(thing)), {})
        attempt(lambda: list(cognito.pages(None, thing)), {})
        attempt(lambda: cogmig.Cognito("eu-central-1_AbCdEfGhI",
                                       credentials=cogmig.AwsCredentials(thing, thing, thing)), {})


def test_garbage_does_no_harm_to_exports_and_comparisons(sqlite_url):
    store = cogmig.Store(sqlite_url)
    for name in ("columns", "limit", "after", "shard", "progress", "report"):
        for thing in GARBAGE:
            attempt(lambda: list(cogmig.export_users(store, **{name: thing})), {})
    for thing in GARBAGE:
        attempt(lambda: list(cogmig.audit(store, phone_column=thing)), {})
        attempt(lambda: list(cogmig.audit(store, disabled_column=thing)), {})
        for sides in ((thing, []), ([], thing), ([], [], thing)):
            attempt(lambda: cogmig.reconcile(*sides), {})
        for name in ("on_difference", "legacy_id_attribute", "listing_file", "work_folder",
                     "progress"):
            attempt(lambda: cogmig.reconcile([], store, **{name: thing}), {})
        user = cogmig.CognitoUser("u", "CONFIRMED", True, {"custom:legacy_id": thing, "email": thing})
        attempt(lambda: cogmig.reconcile([user], [cogmig.FoundUser(thing, thing)]), {})


def test_garbage_does_no_harm_to_an_engine(sqlite_url):
    store = cogmig.Store(sqlite_url)
    migration = cogmig.Migration(store)

    async def main():
        async with cogmig.Engine(workers=1) as engine:
            for thing in GARBAGE:
                for attempted in (
                        engine.verify_password(thing, "!"), engine.verify_password("x", thing),
                        engine.verify_password("x", "!", deadline_ms=thing),
                        engine.sign_in(thing, "a", "b"), engine.sign_in(store, thing, "b"),
                        engine.sign_in(store, "a", thing), engine.answer(thing, {}),
                        engine.answer(migration, thing), engine.handle(migration, thing),
                        engine.handle(migration, {}, deadline_ms=thing)):
                    try:
                        await attempted
                    except ALLOWED as error:
                        assert type(error).__module__ != "ctypes", error
            assert await engine.verify_password("Correct-Horse", STORED)

    asyncio.run(main())


HEADERS = ["", " ", "Bearer", "Bearer ", "bearer\tx", "Bearer a b", "Basic x", "\0", "Bearer \0",
           "\udcff", "Bearer \xff\xfe", "Bearer " + "x" * 10_000_000, "Bearer , Bearer x"]


def test_garbage_in_a_header_is_a_401(issuer):
    verifier = issuer.verifier()
    wsgi = cogmig.wsgi.TokenMiddleware(None, verifier)
    asgi = cogmig.asgi.TokenMiddleware(None, verifier)
    for header in HEADERS:
        told = []
        wsgi({"HTTP_AUTHORIZATION": header}, lambda status, headers: told.append(status))

        async def send(message):
            told.append(message.get("status"))

        asyncio.run(asgi({"type": "http", "headers": [
            (b"Authorization", header.encode("latin-1", "replace"))]}, None, send))
        assert told[:2] == ["401 Unauthorized", 401], header


def test_garbage_from_functions_of_ones_own_does_no_harm(issuer, token):
    for thing in GARBAGE:
        verifier = cogmig.Verifier(issuer=issuer.url, allow_any_client=True, token_use="any",
                                   fetch=lambda *_: thing)
        with pytest.raises(cogmig.Error) as caught:
            verifier.verify(token())
        assert not isinstance(caught.value, cogmig.Denied), thing
        with pytest.raises(cogmig.Error):
            cogmig.PasswordRules(prehash=lambda _: thing).verify("x", STORED)
        attempt(lambda: cogmig.Store(find=lambda *_: thing).find_by_id("x"), {})
        assert issuer.verifier(check=lambda _: thing).verify(token())
        attempt(lambda: issuer.verifier(clock=lambda: thing).verify(token()), {})


def test_a_number_that_would_be_cut_to_its_lower_bits_is_refused():
    with pytest.raises(cogmig.Invalid, match="max_cost"):
        cogmig.PasswordRules(max_cost=2**32 + 10)
    with pytest.raises(TypeError, match="max_cost"):
        cogmig.PasswordRules(max_cost="10")


def test_copies_of_passwords_are_wiped():
    for given in ("Correct-Horse", memoryview(b"Correct-Horse")):
        with _native.Secret(given) as secret:
            copied = secret._made
            assert copied == b"Correct-Horse"
        assert copied == bytes(13)
    own = bytearray(b"Correct-Horse")
    with _native.Secret(own):
        pass
    assert own == b"Correct-Horse"


# ---- threads ----


def in_threads(count, work):
    failures = []

    def run(number):
        try:
            work(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_sixteen_threads_share_everything(issuer, sqlite_url):
    verifier = issuer.verifier(check=lambda claims: claims["n"])
    store = cogmig.Store(sqlite_url)
    migration = cogmig.Migration(store)
    tokens = [issuer.token(n=number) for number in range(16)]

    def work(number):
        for _ in range(100):
            claims = verifier.verify(tokens[number])
            assert claims["n"] == number and claims.sub
            with pytest.raises(cogmig.Denied) as caught:
                verifier.verify(tokens[number][:-number - 1])
            assert caught.value.reason.startswith("TOKEN_")
        assert store.find_by_email("twin@example.com").name == "Twin User (lower case)"
        assert not migration.answer(event("nobody@example.com", "x")).migrated

    in_threads(16, work)


def test_what_is_closed_under_a_call_lasts_until_its_end(issuer, token):
    inside, closed = threading.Barrier(2), threading.Event()

    def check(claims):
        inside.wait()
        assert closed.wait(30)

    verifier, good, told = issuer.verifier(check=check), token(name="Ann"), []
    caller = threading.Thread(target=lambda: told.append(verifier.verify(good).name))
    caller.start()
    inside.wait()
    verifier.close()
    del verifier
    gc.collect()
    closed.set()
    caller.join()
    assert told == ["Ann"]


def test_closing_and_using_may_race(issuer, token):
    good = token()

    def work(number):
        for _ in range(20):
            verifier = issuer.verifier()
            racing = threading.Thread(target=verifier.close)
            racing.start()
            try:
                verifier.verify(good)
            except cogmig.Invalid:
                pass
            racing.join()

    in_threads(4, work)


# ---- forks ----


def in_child(work):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of threads that another test left
        child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_child_is_told_and_its_parent_goes_on(issuer, token, sqlite_url):
    verifier, store = issuer.verifier(), cogmig.Store(sqlite_url)
    migration, good = cogmig.Migration(store), token()
    cognito = cogmig.Cognito("eu-central-1_AbCdEfGhI", client_id="c")
    claims, user = verifier.verify(good), store.find_by_email("verified@example.com")

    def work():
        for use in (lambda: verifier.verify(good), lambda: store.find_by_id("x"),
                    lambda: migration.handle({}), verifier.hydrate, cognito.describe_pool,
                    lambda: next(cognito.users()), lambda: cogmig.reconcile(cognito, [])):
            try:
                use()
                raise AssertionError("a child used it")
            except cogmig.Invalid as error:
                assert "before a fork" in str(error) and "post_fork" in str(error)
        assert claims.sub and user.name == "Verified User"  # what is only memory can be read
        assert issuer.verifier().verify(good)  # and new ones can be made
        with cogmig.Store(sqlite_url) as own:
            assert own.find_by_id(user.id)

    in_child(work)
    assert verifier.verify(good).sub and store.find_by_id(user.id)


def test_an_iterator_that_was_begun_before_a_fork_ends_in_the_child(sqlite_url):
    readers = [cogmig.export_users(cogmig.Store(sqlite_url)), cogmig.audit(cogmig.Store(sqlite_url))]
    begun = [next(reader) for reader in readers]

    def work():
        signal.alarm(20)  # waiting for the parent's thread would never end
        for reader in readers:
            with pytest.raises(cogmig.Invalid, match="before a fork"):
                list(reader)

    in_child(work)
    assert [len(list(reader)) for reader in readers] == [14, 14] and len(begun) == 2


def test_a_child_that_drops_a_handle_does_not_end_the_parents_session(postgresql_url):
    store = cogmig.Store(postgresql_url)
    box = [store]

    def work():
        box[0].close()
        box.clear()
        gc.collect()

    user = store.find_by_email("verified@example.com")
    in_child(work)
    assert store.find_by_id(user.id).email == user.email
    assert (store.counters["connects"], store.counters["connections_lost"]) == (1, 0)


# ---- the end of the interpreter ----

LIVE_HANDLES = """
import asyncio, sys, threading, cogmig
from cogmig import _native
from cogmig.testing import Issuer

issuer = Issuer()
verifier = issuer.verifier("access", check=lambda claims: None)
claims = verifier.verify(issuer.token())
store = cogmig.Store(find=lambda *_: [cogmig.FoundUser("1", "a@example.com", %r)])
migration = cogmig.Migration(store)
user = store.find_by_id("1")
engine = cogmig.Engine(workers=2, rules=cogmig.PasswordRules(prehash=lambda password: password))
cognito = cogmig.Cognito("eu-central-1_AbCdEfGhI", client_id="c", client_secret=b"s")
hooked = cogmig.Migration(store, hook=lambda trigger, user: None)
async def never(url, timeout_s, etag):
    await asyncio.sleep(3600)
awaiting = cogmig.Verifier(pool_id=issuer.pool_id, client_id="c", token_use="any", fetch=never)
cycle = [verifier, store, engine, cognito, hooked, awaiting]
cycle.append(cycle)

async def main():
    tasks = [asyncio.ensure_future(engine.sign_in(store, "a@example.com", "x")) for _ in range(50)]
    fetching = asyncio.ensure_future(awaiting.verify_async(issuer.token()))
    await asyncio.sleep(0)
    %s
    if not "pass" in %r:
        fetching.cancel()

loop = asyncio.new_event_loop()
loop.run_until_complete(main())
def forever():
    while True:
        verifier.verify(issuer.token())
threading.Thread(target=forever, daemon=True).start()
print("done")
"""


@pytest.mark.parametrize("ending", [
    "await asyncio.gather(*tasks, return_exceptions=True)", "pass"], ids=["idle", "at work"])
def test_the_interpreter_ends_with_live_handles(python, ending):
    program = LIVE_HANDLES % (STORED, ending, ending)
    done = python(program)
    assert done.stdout == "done\n"
    for noise in ("Traceback", "Segmentation", "Exception ignored in: <function Owned"):
        assert noise not in done.stderr


# ---- memory ----


LEAKING = {
    "verify": (40_000, "verifier.verify(good)"),
    "claims": (40_000, "claims = verifier.verify(good); claims.sub; claims['iss']"),
    "refuse": (40_000, "refused(lambda: verifier.verify(bad))"),
    "find": (40_000, "store.find_by_id('1').name"),
    "answer": (20_000, "migration.handle(asked)"),
    "check": (40_000, "checking.verify(good)"),
    "configure": (5_000, "cogmig.Verifier(pool_id=issuer.pool_id, client_id='c', token_use='id')"),
    "engine": (20, "asyncio.run(use_engine())"),
    "hook": (5_000, "hooked.handle(asked)"),
    "map": (5_000, "idmap.find_sub('row-7'), idmap.find_subs(['row-7', 'row-8'])"),
    "cognito": (2_000, "cogmig.Cognito('eu-central-1_AbCdEfGhI', client_id='c', client_secret='s')"),
    "reconcile": (40, "cogmig.reconcile(users, rows, [('7', 's-1')], on_difference=found)"),
    "audit": (100, "list(cogmig.audit(database)); next(cogmig.audit(database))"),
    "await": (1_000, "loop.run_until_complete(use_fetch())"),
}
MEASURE = """
import asyncio, gc, resource, sqlite3, tempfile, tracemalloc, cogmig
from cogmig import _native
from cogmig.testing import Issuer

issuer = Issuer()
verifier = issuer.verifier()
checking = issuer.verifier(check=lambda claims: None)
good, bad = issuer.token(), "no.token.this"
stored = "$2b$04$examplesaltforthedocs.dolV5rCSoGGLI6rwGSvmbWdXLDItraW"
store = cogmig.Store(
    find=lambda question, key, timeout_s: [cogmig.FoundUser("1", "a@example.com", stored)])
migration = cogmig.Migration(store)
asked = {"triggerSource": "UserMigration_ForgotPassword", "userName": "a@example.com",
         "request": {}, "response": {}}

folder = tempfile.mkdtemp()
url = "file:" + folder + "/dev.db"
with sqlite3.connect(folder + "/dev.db") as made:
    made.execute('CREATE TABLE "User" (id TEXT PRIMARY KEY, email, name, password, '
                 '"emailVerified", "createdAt", "updatedAt")')
    made.executemany('INSERT INTO "User" (id, email) VALUES (?, ?)',
                     [(str(number), f"{number}@example.com") for number in range(300)])
made.close()
database = cogmig.Store(url)
cogmig.IdentityMap.install(url)
idmap = cogmig.IdentityMap(url, pool_id="eu-central-1_AbCdEfGhI")
idmap.link("row-7", "a sub")
hooked = cogmig.Migration(cogmig.Store(
    find=lambda *_: [cogmig.FoundUser("1", "a@example.com", stored, True)]),
    hook=lambda trigger, user: {"nickname": user.email})
users = [cogmig.CognitoUser(f"s-{n}", "CONFIRMED", True, {"email": "a@example.com"}) for n in range(9)]
rows = [cogmig.FoundUser(str(number), "b@example.com") for number in range(9)]

def found(difference):
    pass

async def fetch(url, timeout_s, etag):
    return issuer.jwks

loop = asyncio.new_event_loop()

async def use_fetch():
    verifier = cogmig.Verifier(pool_id=issuer.pool_id, client_id=issuer.client_id, token_use="any",
                               fetch=fetch)
    await asyncio.gather(*(verifier.verify_async(good) for _ in range(3)))

def refused(call):
    try:
        call()
        raise SystemExit("accepted")
    except cogmig.Denied:
        pass

async def use_engine():
    async with cogmig.Engine(workers=1) as engine:
        await asyncio.gather(*(engine.sign_in(store, "a@example.com", "x") for _ in range(5)),
                             return_exceptions=True)

def run(times):
    for _ in range(times):
        %(statement)s

def resident_kib():
    gc.collect()
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) * resource.getpagesize() // 1024

run(%(times)d // 10)
before = resident_kib()
run(%(times)d)
grown = resident_kib() - before
tracemalloc.start()
run(10)
gc.collect()
first = tracemalloc.get_traced_memory()[0]
run(%(times)d // 20)
gc.collect()
print(grown, tracemalloc.get_traced_memory()[0] - first)
"""


@pytest.mark.parametrize("name", LEAKING)
def test_memory_stays_the_same(python, name):
    times, statement = LEAKING[name]
    done = python(MEASURE % {"times": times, "statement": statement})
    grown_kib, traced = map(int, done.stdout.split())
    # A leak of 32 bytes for each call, the least that malloc gives, would be more than either.
    assert grown_kib < 1024 and traced < 4096, done.stdout
