# SPDX-License-Identifier: Apache-2.0
"""Passwords, stores and trigger events: the way of a user from the legacy store to a token."""

import hashlib
import json
import re
import sqlite3

import cogmig
import pytest
from event_cases import event_named, names

USERS = "cm1a0verified000exampleu1"


def event(name, password, trigger="UserMigration_Authentication"):
    return {"version": "1", "triggerSource": trigger, "region": "eu-central-1",
            "userPoolId": "eu-central-1_AbCdEfGhI", "userName": name,
            "callerContext": {"clientId": "1example23456789"},
            "request": {"password": password, "validationData": None},
            "response": {"userAttributes": None, "finalUserStatus": None}}


@pytest.fixture
def store(sqlite_url):
    return cogmig.Store(sqlite_url)


@pytest.fixture
def migration(store):
    return cogmig.Migration(store, attributes=["name"])


# ---- passwords ----


def test_a_password_is_right_or_denied(store):
    stored = store.find_by_email("verified@example.com").password_hash
    for form in ("Correct-Horse-10", b"Correct-Horse-10", bytearray(b"Correct-Horse-10"),
                 memoryview(b"Correct-Horse-10")):
        assert cogmig.verify_password(form, stored) == cogmig.PasswordMatch(cut=False)
    for column in (stored, stored.decode(), bytearray(stored), stored + b"   "):
        assert cogmig.verify_password("Correct-Horse-10", column)
    for wrong in ("correct-horse-10", b"", "Correct-Horse-10\0", "\ud800", b"\xff" * 100):
        with pytest.raises(cogmig.Denied) as caught:
            cogmig.verify_password(wrong, stored)
        assert caught.value.reason == "PASSWORD_MISMATCH"


def test_what_is_no_comparable_hash_is_never_a_wrong_password(store):
    for email, reason in (("argon2@example.com", "HASH_UNSUPPORTED"),
                          ("truncated-hash@example.com", "HASH_MALFORMED"),
                          ("cost16@example.com", "HASH_COST_REFUSED")):
        with pytest.raises(cogmig.Invalid) as caught:
            cogmig.verify_password("guess", store.find_by_email(email).password_hash)
        assert caught.value.reason == reason
    for column, reason in ((None, "PASSWORD_NOT_SET"), ("", "PASSWORD_NOT_SET"),
                           ("!", "PASSWORD_LOCKED")):
        with pytest.raises(cogmig.Denied) as caught:
            cogmig.verify_password("guess", column)
        assert caught.value.reason == reason


def test_a_nul_in_a_stored_hash_does_not_end_it(store):
    stored = store.find_by_email("verified@example.com").password_hash
    with pytest.raises(cogmig.Invalid):
        cogmig.verify_password("Correct-Horse-10", stored + b"\0garbage")


def test_a_long_password_matches_cut_unless_that_is_refused(store):
    stored = store.find_by_email("long-password@example.com").password_hash
    assert cogmig.verify_password("0123456789" * 8, stored).cut
    with pytest.raises(cogmig.Denied) as caught:
        cogmig.PasswordRules(strict_length=True).verify("0123456789" * 8, stored)
    assert caught.value.reason == "PASSWORD_TOO_LONG"


def test_a_bytearray_is_left_as_it_was(store):
    stored = store.find_by_email("verified@example.com").password_hash
    password = bytearray(b"Correct-Horse-10")
    cogmig.verify_password(password, stored)
    password.extend(b"!")  # it can be resized again
    assert password == b"Correct-Horse-10!"


def test_peppers_and_prehashes(python):
    stored = "$2b$04$examplesaltforthedocs.dolV5rCSoGGLI6rwGSvmbWdXLDItraW"  # Correct-Horse
    assert cogmig.PasswordRules(pepper="-Horse").verify("Correct", stored)
    asked = []

    def prehash(password):
        asked.append(password)
        return b"Correct-Horse"

    rules = cogmig.PasswordRules(prehash=prehash)
    assert cogmig.verify_password("anything", stored, rules=rules) and asked == [b"anything"]
    for broken in (lambda password: "text", lambda password: b"x" * 257, lambda password: 1 / 0):
        with pytest.raises(cogmig.Error) as caught:
            cogmig.PasswordRules(prehash=broken).verify("x", stored)
        assert not isinstance(caught.value, cogmig.Denied) and caught.value.__cause__
    with pytest.raises(cogmig.Invalid):
        cogmig.PasswordRules(pepper="x", prehash=hashlib.sha256)
    assert cogmig.PasswordRules(allow_2=True, allow_2x=True, max_cost=4).verify("Correct-Horse",
                                                                               stored)


def test_many_passwords_are_judged_at_once(store):
    stored = store.find_by_email("verified@example.com").password_hash
    verdicts = cogmig.verify_passwords([
        ("Correct-Horse-10", stored), (b"wrong", stored.decode()), (bytearray(b"x"), None),
        ("Not-Bcrypt-At-All", store.find_by_email("argon2@example.com").password_hash)])
    assert [verdict.status.name for verdict in verdicts] == [
        "OK", "PASSWORD_MISMATCH", "PASSWORD_NOT_SET", "HASH_UNSUPPORTED"]
    assert [bool(verdict) for verdict in verdicts] == [True, False, False, False]
    assert cogmig.verify_passwords([]) == []


def test_schemes_costs_and_dummies():
    assert cogmig.password_scheme("$2b$10$" + "x" * 53) == "bcrypt"
    assert cogmig.password_scheme(None) == "none" and cogmig.password_cost(None) == 0
    with pytest.raises(cogmig.Denied):
        cogmig.dummy_verification("guess", 4)


# ---- stores ----


def test_a_user_is_read_whole(store):
    user = store.find_by_email("VERIFIED@example.com")
    assert user.as_dict() == {
        "id": "cm1a0verified000exampleu1", "email": "verified@example.com",
        "name": "Verified User", "email_verified": True, "disabled": False,
        "created_at": "2024-01-01T10:30:00.001Z", "updated_at": "2024-01-11T10:30:00.011Z"}
    assert user.password_hash.startswith(b"$2b$10$")
    assert repr(user) == "<User id='cm1a0verified000exampleu1'>"
    assert store.find_by_id(user.id).email == user.email
    assert store.find_by_email("no-name@example.com").name is None
    assert store.find_by_email("oauth-only@example.com").password_hash is None


def test_a_user_outlives_the_store(sqlite_url):
    with cogmig.Store(sqlite_url) as store:
        user = store.find_by_email("unicode@example.com")
    assert user.name == "Ünïcode User"
    with pytest.raises(cogmig.Invalid, match="this Store is closed"):
        store.find_by_id("x")


def test_nobody_several_and_a_name_with_a_nul_are_told_apart(store):
    with pytest.raises(LookupError) as caught:
        store.find_by_email("nobody@example.com")
    assert caught.value.reason == "USER_NOT_FOUND"
    with pytest.raises(cogmig.Conflict) as caught:
        store.find_by_email("TWIN@example.com")
    assert caught.value.reason == "USER_AMBIGUOUS" and not isinstance(caught.value, LookupError)
    with pytest.raises(cogmig.Invalid, match="NUL"):
        store.find_by_email("verified@example.com\0@evil.example")


def test_a_model_that_differs_is_named(sqlite_url):
    with pytest.raises(cogmig.Invalid) as caught:
        cogmig.Store(sqlite_url, table="users")
    assert caught.value.reason == "STORE_SCHEMA_MISMATCH"
    store = cogmig.Store(sqlite_url, name_column=None, email_verified_column=None,
                         created_at_column=None, updated_at_column=None, timeout_ms=1000,
                         table="User", id_column="id", email_column="email",
                         password_column="password")
    user = store.find_by_email("verified@example.com")
    assert user.name is None and not user.email_verified and user.created_at is None


def test_models_of_other_products(tmp_path):
    hashed = "$2y$04$examplesaltforthedocs.dolV5rCSoGGLI6rwGSvmbWdXLDItraW"  # Correct-Horse
    with sqlite3.connect(tmp_path / "dev.db") as database:
        database.executescript("""
            CREATE TABLE users (id INTEGER PRIMARY KEY, name, email, password, email_verified_at,
                created_at, updated_at, phone, left_at);
            INSERT INTO users (id, email, phone, left_at) VALUES
                (7, 'ann@example.com', '+491701234567', NULL), (8, 'bob@example.com', NULL, '2024');
            CREATE TABLE accounts (user_id, provider, hash);""")
        database.execute("INSERT INTO accounts VALUES (7, 'credential', ?)", [hashed])
    database.close()
    url = f"file:{tmp_path}/dev.db"
    assert "laravel" in cogmig.store_presets()
    store = cogmig.Store(
        url, preset="laravel", password_column="hash", disabled_columns={"left_at": "set"},
        password_table=cogmig.PasswordTable("accounts", "user_id", "provider", "credential"),
        attributes={"phone_number": "phone"})
    ann, bob = store.find_by_id("7"), store.find_by_email("bob@example.com")
    assert ann.password_hash == hashed.encode() and not ann.disabled and bob.disabled
    assert (ann.attribute("phone_number"), bob.attribute("phone_number")) == ("+491701234567", None)
    assert bob.password_hash is None and ann.attribute("nickname") is None
    answer = cogmig.Migration(store).answer(event("ann@example.com", "Correct-Horse"))
    assert answer.response["response"]["userAttributes"]["phone_number"] == "+491701234567"
    sql = cogmig.Sql("SELECT id, email, 'x' AS password_hash FROM users WHERE email = lower($1)")
    own = cogmig.Store(url, sql=sql)
    assert own.find_by_email("ANN@example.com").id == "7"
    with pytest.raises(cogmig.Invalid):
        own.find_by_id("7")
    for settings in ({"preset": "none"}, {"disabled_columns": {"left_at": "never"}},
                     {"attributes": {"sub": "id"}}, {"sql": cogmig.Sql("SELECT 1; SELECT 2")}):
        with pytest.raises(cogmig.Invalid):
            cogmig.Store(url, **settings)


def test_attributes_of_users_whom_a_function_finds():
    found = cogmig.FoundUser("7", "a@example.com", attributes={"custom:plan": "gold"})
    store = cogmig.Store(find=lambda *_: [found])
    assert store.find_by_id("7").attribute("custom:plan") == "gold"
    refused = found._replace(attributes={"sub": "x"})
    with pytest.raises(cogmig.Error):
        cogmig.Store(find=lambda *_: [refused]).find_by_id("7")


def test_a_store_comes_from_the_environment(sqlite_url, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    assert cogmig.Store.from_env().find_by_id(USERS)
    migration = cogmig.Migration.from_env()
    assert not migration.answer(event("nobody@example.com", "x")).migrated
    assert migration.counters["refused"] == 1 and migration.counters["failed"] == 0
    monkeypatch.setenv("DATABASE_URL", "mysql://localhost")
    with pytest.raises(cogmig.Invalid):
        cogmig.Store.from_env()


def test_a_store_that_is_away_is_an_outage():
    with pytest.raises(ConnectionError) as caught:
        cogmig.Store("postgresql://nobody@127.0.0.1:1/none", timeout_ms=2000)
    assert caught.value.retryable and not isinstance(caught.value, LookupError)


def test_a_store_of_ones_own_answers(store):
    hashed = store.find_by_email("verified@example.com").password_hash.decode()
    asked = []

    def find(question, key, timeout_s):
        asked.append((question, key))
        assert 0 < timeout_s <= 4
        if question == "email_any_case":
            yield cogmig.FoundUser("row-7", "Ann@example.com", hashed, True, "Ann",
                                   "2024-01-01T10:30:00.001Z", "2024-01-02T10:30:00.001Z")

    own = cogmig.Store(find=find)
    user = own.find_by_email("ann@example.com")
    assert (user.id, user.name, user.email_verified, user.updated_at) == (
        "row-7", "Ann", True, "2024-01-02T10:30:00.001Z")
    assert asked == [("email", "ann@example.com"), ("email_any_case", "ann@example.com")]
    with pytest.raises(cogmig.NotFound):
        own.find_by_id("row-8")
    answer = cogmig.Migration(own).answer(event("ann@example.com", "Correct-Horse-10"))
    assert answer.migrated


@pytest.mark.parametrize("failure, kind, reason", [
    (OSError("gone"), cogmig.Unavailable, "STORE_UNREACHABLE"),
    (cogmig.Unavailable("busy", cogmig.Status.STORE_BUSY), cogmig.Unavailable, "STORE_BUSY"),
    (TimeoutError("slow"), cogmig.DeadlineExceeded, "DEADLINE_EXCEEDED"),
    (LookupError("my own"), cogmig.Stopped, "STOPPED_BY_CALLBACK"),
    (cogmig.NotFound("mine", cogmig.Status.USER_NOT_FOUND), cogmig.Stopped, "STOPPED_BY_CALLBACK"),
    (cogmig.Invalid("row", cogmig.Status.STORE_ROW_INVALID), cogmig.Invalid, "STORE_ROW_INVALID"),
])
def test_what_a_store_of_ones_own_raises_is_no_missing_user(failure, kind, reason):
    def find(question, key, timeout_s):
        raise failure

    own = cogmig.Store(find=find)
    with pytest.raises(kind) as caught:
        own.find_by_email("ann@example.com")
    assert caught.value.reason == reason and caught.value.__cause__ is failure
    assert not isinstance(caught.value, cogmig.NotFound)
    if kind is not cogmig.Invalid:
        with pytest.raises(kind):
            cogmig.Migration(own).handle(event("ann@example.com", "x"))


def test_what_is_no_user_is_refused():
    for rows in ([("row-7", "ann@example.com")], [None], 7, [cogmig.FoundUser("", "a@example.com")],
                 [cogmig.FoundUser("row\0-7", "a@example.com")]):
        with pytest.raises((cogmig.Invalid, cogmig.Stopped)):
            cogmig.Store(find=lambda *_, rows=rows: rows).find_by_id("row-7")


# ---- events ----


def test_a_migrated_user_leads_to_the_row(store, migration, issuer, token):
    answer = migration.answer(event("mixed.case@example.com", "Case-Matters-Not"))
    assert answer.migrated and answer.reason is None
    response = answer.response["response"]
    assert response["finalUserStatus"] == "CONFIRMED"
    assert response["userAttributes"]["name"] == "Mixed Case User"
    claims = issuer.verifier("id").verify(token("id", **response["userAttributes"]))
    assert store.find_by_id(claims.legacy_id).email == "Mixed.Case@Example.com"


@pytest.mark.parametrize("name, password, reason", [
    ("verified@example.com", "wrong", "PASSWORD_MISMATCH"),
    ("nobody@example.com", "wrong", "USER_NOT_FOUND"),
    ("oauth-only@example.com", "wrong", "PASSWORD_NOT_SET"),
    ("argon2@example.com", "wrong", "HASH_UNSUPPORTED"),
    ("TWIN@example.com", "Twin-Lower-Case", "USER_AMBIGUOUS"),
])
def test_a_no_is_the_event_as_it_came_with_the_reason_apart(migration, name, password, reason):
    asked = event(name, password)
    answer = migration.answer(asked)
    assert answer.response == asked and not answer.migrated
    assert answer.reason.reason == reason and password not in str(answer.reason)
    assert migration.handle(asked) == asked


def test_a_password_that_was_cut_can_be_answered_with_a_reset(store, migration):
    asked = event("long-password@example.com", "0123456789" * 8)
    answer = cogmig.Migration(store, reset_long_passwords=True).answer(asked)
    assert answer.migrated and answer.reason.reason == "PASSWORD_TOO_LONG"
    assert answer.response["response"]["finalUserStatus"] is None
    strict = cogmig.Migration(store, rules=cogmig.PasswordRules(strict_length=True)).answer(asked)
    assert not strict.migrated and strict.reason.reason == "PASSWORD_TOO_LONG"
    assert migration.answer(asked).reason is None


def test_a_reset_is_for_verified_addresses(migration):
    forgot = "UserMigration_ForgotPassword"
    assert migration.answer(event("verified@example.com", "", forgot)).migrated
    answer = migration.answer(event("unverified@example.com", "", forgot))
    assert answer.reason.reason == "EMAIL_NOT_VERIFIED"


def test_every_event_of_the_examples_is_answered_as_in_c(sqlite_url, source):
    migration = cogmig.Migration(cogmig.Store(sqlite_url), deadline_ms=60000)
    for name in names():
        asked = event_named(name)
        expected = (source / f"tests/data/events/{name}.expected").read_bytes()
        word, _, status = expected.decode().partition("\n")[0].partition(" ")
        try:
            told = migration.handle_bytes(asked)
        except (cogmig.Invalid, cogmig.Denied) as error:
            assert (word, error.reason) == ("refused", status), name
        else:
            assert told == (asked if word in ("no", "passed") else expected), name


def test_what_is_no_event_is_invalid(migration):
    with pytest.raises(cogmig.Invalid) as caught:
        migration.handle({"triggerSource": "SignUp", "request": {}, "response": {}})
    assert caught.value.reason in ("TRIGGER_UNKNOWN", "EVENT_MALFORMED")
    with pytest.raises(TypeError):
        migration.handle({"triggerSource": object()})
    with pytest.raises(ValueError):
        migration.handle({"triggerSource": float("nan")})


def test_attributes_are_held_to_cognitos_rules(store):
    for settings, reason in (({"attributes": ["sub"]}, "ATTRIBUTE_RESERVED"),
                             ({"attributes": ["hat_size"]}, "ATTRIBUTE_INVALID"),
                             ({"legacy_id_attribute": "legacy_id"}, "ATTRIBUTE_INVALID"),
                             ({"deadline_ms": 0}, "CONFIG_INVALID")):
        with pytest.raises(cogmig.Invalid) as caught:
            cogmig.Migration(store, **settings)
        assert caught.value.reason == reason
    answer = cogmig.Migration(store, legacy_id_attribute="custom:row").answer(
        event("verified@example.com", "Correct-Horse-10"))
    assert answer.response["response"]["userAttributes"]["custom:row"] == USERS


def test_a_migration_outlives_the_store_it_was_made_on():
    def find(question, key, timeout_s):
        return []

    with cogmig.Store(find=find) as store:
        migration = cogmig.Migration(store, rules=cogmig.PasswordRules(prehash=lambda _: b"x"))
    del store, find
    assert not migration.answer(event("ann@example.com", "x")).migrated
    migration.close()
    with pytest.raises(cogmig.Invalid, match="this Migration is closed"):
        migration.handle(event("ann@example.com", "x"))


# promise 7
def test_no_password_and_no_hash_is_in_any_text(migration, store):
    texts = [repr(store), repr(migration), repr(store.find_by_id(USERS)), str(cogmig.PasswordRules())]
    for name in ("verified@example.com", "argon2@example.com", "cost16@example.com"):
        texts.append(repr(migration.answer(event(name, "My-Secret"))))
    texts.append(str(migration.answer(event("cost12@example.com", "Correct-Horse-12"))))
    assert "Correct-Horse" not in texts[-1] and "migrated=True" in texts[-1]
    assert not re.search(r"My-Secret|\$2[aby]\$\d|argon2id\$", json.dumps(texts))


# ---- policies ----


YES = ("verified@example.com", "Correct-Horse-10")


def reason_of(migration, *asked):
    answer = migration.answer(event(*asked))
    return answer.migrated, answer.reason and answer.reason.reason


def test_callers_can_be_named(store):
    allowed = cogmig.Migration(store, allowed_pools="eu-central-1_AbCdEfGhI",
                               allowed_clients=["another", "1example23456789"])
    assert reason_of(allowed, *YES) == (True, None)
    for settings in ({"allowed_pools": ["us-east-1_AbCdEfGhI"]}, {"allowed_clients": "another"}):
        picky = cogmig.Migration(store, **settings)
        assert reason_of(picky, *YES) == (False, "CALLER_REFUSED")


def test_weak_passwords_are_answered_with_a_reset(store):
    policy = cogmig.PasswordPolicy(min_length=8, lower=True, upper=True, digit=True, symbol=True)
    assert reason_of(cogmig.Migration(store, password_policy=policy), *YES) == (True, None)
    strict = cogmig.Migration(store, password_policy=policy._replace(min_length=40))
    assert reason_of(strict, *YES) == (True, "PASSWORD_TOO_WEAK")
    with pytest.raises(cogmig.Invalid):
        cogmig.Migration(store, password_policy=policy._replace(min_length=100))


def test_the_user_name_may_be_the_legacy_id(store):
    answer = cogmig.Migration(store, username_from_legacy_id=True).answer(event(*YES))
    assert answer.response["response"]["userAttributes"]["username"] == USERS


def test_linked_users_are_refused_relinked_or_allowed(store, tmp_path):
    url = f"file:{tmp_path}/map.db"
    cogmig.IdentityMap.install(url)
    idmap = cogmig.IdentityMap(url, pool_id="eu-central-1_AbCdEfGhI")
    for linked_users, told in ((None, (False, "USER_MIGRATED")), ("refuse", (False, "USER_MIGRATED")),
                               ("allow", (True, None)), ("relink", (True, None))):
        idmap.link(USERS, "an old sub")
        migration = cogmig.Migration(store, idmap=idmap, linked_users=linked_users, fail_closed=True)
        assert reason_of(migration, *YES) == told, linked_users
    with pytest.raises(cogmig.NotFound):
        idmap.find_sub(USERS)


def sign_up(source="PreSignUp_SignUp"):
    return {**event(YES[0], None, source),
            "request": {"userAttributes": {"email": YES[0]}}, "response": {}}


def test_sign_ups_are_guarded_as_configured(store):
    with pytest.raises(cogmig.Denied) as caught:
        cogmig.Migration(store, sign_up_refusal="Sign in with your old password.").handle(sign_up())
    assert (caught.value.reason, str(caught.value)) == (
        "SIGN_UP_REFUSED", "Sign in with your old password.")
    by_admin = sign_up("PreSignUp_AdminCreateUser")
    assert cogmig.Migration(store).handle(by_admin) == by_admin
    with pytest.raises(cogmig.Denied):
        cogmig.Migration(store, sign_up_guard=["user", "admin"]).handle(by_admin)
    assert cogmig.Migration(store, sign_up_guard=()).handle(sign_up()) == sign_up()

    def away(*_):
        raise OSError("the store is away")

    with pytest.raises(cogmig.Unavailable):
        cogmig.Migration(cogmig.Store(find=away)).handle(sign_up())
    patient = cogmig.Migration(cogmig.Store(find=away), sign_up_open_in_outage=True)
    assert patient.handle(sign_up()) == sign_up()
    assert patient.counters["sign_ups_unchecked"] == 1


def test_tokens_get_the_claim_as_configured(store):
    asked = event(YES[0], None, "TokenGeneration_Authentication")
    asked["request"] = {"userAttributes": {"sub": "s-1", "custom:legacy_id": USERS}}
    asked["response"] = {"claimsOverrideDetails": None}
    told = cogmig.Migration(store, claim_tokens=["id"]).handle(asked)
    claims = told["response"]["claimsOverrideDetails"]["claimsToAddOrOverride"]
    assert claims == {"legacy_id": USERS}
    assert cogmig.Migration(store, claim_tokens="access").handle(asked) == asked
    assert cogmig.Migration(store, claim_tokens=()).handle(asked) == asked


@pytest.mark.parametrize("settings", [
    {"linked_users": "ignore"}, {"linked_users": 1}, {"sign_up_guard": "nobody"},
    {"sign_up_guard": [None]}, {"claim_tokens": "refresh"}, {"sign_up_refusal": ""},
    {"sign_up_refusal": "x" * 256}, {"allowed_pools": "nonsense"}, {"allowed_clients": 7},
    {"password_policy": (8,)}, {"hook": "x"}, {"attributes": 7}])
def test_a_policy_that_cannot_be_kept_is_refused(store, settings):
    with pytest.raises((cogmig.Invalid, TypeError)):
        cogmig.Migration(store, **settings)


# ---- a hook ----


def test_a_hook_adds_attributes_and_sees_the_row(store, monkeypatch, sqlite_url):
    asked = []

    def hook(trigger, user):
        asked.append((trigger, user.as_dict()["email"], user))
        return {"custom:plan": "gold", "nickname": user.name}

    answer = cogmig.Migration(store, hook=hook).answer(event(*YES))
    attributes = answer.response["response"]["userAttributes"]
    assert (attributes["custom:plan"], attributes["nickname"]) == ("gold", "Verified User")
    [(trigger, email, user)] = asked
    assert (trigger, email) == ("UserMigration_Authentication", YES[0])
    with pytest.raises(cogmig.Invalid, match="valid until it returns"):
        user.email
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    from_env = cogmig.Migration.from_env(hook=hook, rules=cogmig.PasswordRules(max_cost=9))
    assert reason_of(from_env, *YES) == (False, "HASH_COST_REFUSED")
    assert reason_of(from_env, "prefix-2a@example.com", "wrong")[0] is False and len(asked) == 1


def test_a_hook_has_the_last_word(store):
    veto = cogmig.Denied("staff are moved by hand", cogmig.Status.HOOK_REFUSED)
    for failure, kind in ((cogmig.Unavailable("x", cogmig.Status.STORE_BUSY), cogmig.Unavailable),
                          (TimeoutError("slow"), cogmig.DeadlineExceeded),
                          (KeyError("a mistake of mine"), cogmig.Stopped)):
        with pytest.raises(kind) as caught:
            cogmig.Migration(store, hook=raising(failure)).answer(event(*YES))
        assert caught.value.__cause__ is failure
    answer = cogmig.Migration(store, hook=raising(veto)).answer(event(*YES))
    assert not answer.migrated and answer.response == event(*YES)
    assert answer.reason.reason == "HOOK_REFUSED" and answer.reason.__cause__ is veto


def raising(failure):
    def hook(trigger, user):
        raise failure

    return hook


@pytest.mark.parametrize("additions", [
    {"sub": "x"}, {"cognito:x": "x"}, {"hat size": "x"}, {"email": "x@example.com"},
    {"nickname": "x" * 2049}, {"nickname": 7}, {7: "x"}, {"nickname": "a\0b"}, "text", 7, [("a", "b")],
    {"nickname": "\ud800"}])
def test_what_a_hook_may_not_add_fails_the_event(store, additions):
    with pytest.raises(cogmig.Stopped) as caught:
        cogmig.Migration(store, hook=lambda trigger, user: additions).answer(event(*YES))
    assert caught.value.__cause__ is not None
