# SPDX-License-Identifier: Apache-2.0
"""Tokens: what a service does with them each request."""

import asyncio
import json
import sys
import threading
import time
from datetime import datetime, timezone

import cogmig
import pytest
from cogmig.testing import Issuer
from issuer import Issuer as SignedByOpenSSL


def refusal(verifier, token, **arguments):
    with pytest.raises(cogmig.Denied) as caught:
        verifier.verify(token, **arguments)
    return caught.value


def test_a_good_token_gives_its_claims(issuer, token):
    good = token("id", email="ann@example.com", email_verified=True, groups=["admins", "staff"],
                 phone_number="+491701234567", phone_number_verified="true", name="Ann",
                 nonce="n-1", iat=1700000000, auth_time=1600000000, exp=4102444800,
                 **{"custom:legacy_id": "row-7"})
    claims = issuer.verifier("id").verify(good)
    assert (claims.sub, claims.legacy_id, claims.email, claims.email_verified) == (
        "1754aa68-d041-7034-8fb2-000000000001", "row-7", "ann@example.com", True)
    assert (claims.phone_number, claims.phone_number_verified) == ("+491701234567", True)
    assert (claims.name, claims.nonce, claims.username) == ("Ann", "n-1", claims.sub)
    assert (claims.issuer, claims.client_id, claims.token_use) == (
        issuer.url, issuer.client_id, "id")
    assert claims.groups == ("admins", "staff")
    assert claims.in_group("staff") and not claims.in_group("Staff")
    assert claims.expires_at == datetime(2100, 1, 1, tzinfo=timezone.utc)
    assert claims.issued_at.timestamp() == 1700000000
    assert claims.auth_time.timestamp() == 1600000000
    assert claims.jti and claims.origin_jti and claims.event_id
    assert claims.device_key is None and claims.version is None


def test_claims_are_a_mapping_of_all_that_the_token_says(issuer, token):
    claims = issuer.verifier().verify(token("id", **{"custom:tenant": "Zoë", "n": [1, None, 2.5]}))
    assert claims["custom:tenant"] == "Zoë" and claims["n"] == [1, None, 2.5]
    assert claims["iss"] == issuer.url and "aud" in claims and "client_id" not in claims
    assert dict(claims) == json.loads(claims.json) and len(claims) == len(dict(claims))
    assert claims.get("custom:other") is None
    with pytest.raises(KeyError):
        claims["custom:other"]


def test_an_access_token_has_scopes(issuer, token):
    claims = issuer.verifier("access").verify(
        token("access", scope="orders:read orders:list", version=2, device_key="d-1"))
    assert claims.scopes == ("orders:read", "orders:list")
    assert claims.has_scope("orders:read") and not claims.has_scope("orders")
    assert (claims.version, claims.device_key, claims.token_use) == (2, "d-1", "access")
    assert claims.groups == () and claims.legacy_id is None


class Silent(cogmig.Denied):
    def __init__(self, user):
        self.user = user


class Down(cogmig.Unavailable):
    def __init__(self):
        pass


class Speechless(Exception):
    def __str__(self):
        raise RuntimeError("no text")


@pytest.mark.parametrize("raised, expected", [
    (Silent("ann"), "TOKEN_CHECK_REFUSED"), (Down(), "STORE_UNREACHABLE"),
    (Speechless(), "STOPPED_BY_CALLBACK"), (cogmig.Denied("no", cogmig.Status.OK), "TOKEN_CHECK_REFUSED"),
    (cogmig.Unavailable("no", cogmig.Status.TOKEN_EXPIRED), "STORE_UNREACHABLE"),
    (cogmig.Invalid("no", cogmig.Status.OK), "STOPPED_BY_CALLBACK")], ids=repr)
def test_no_exception_of_a_check_is_a_yes(issuer, token, raised, expected):
    def check(claims):
        raise raised

    verifier = issuer.verifier(check=check)
    for _ in range(5):
        with pytest.raises(cogmig.Error) as caught:
            verifier.verify(token())
        assert caught.value.reason == expected


def test_a_check_that_is_a_coroutine_checks_nothing_and_is_no_yes(issuer, token):
    async def check(claims):
        raise cogmig.Denied("blocked", cogmig.Status.TOKEN_CHECK_REFUSED)

    for asked in (check, lambda claims: check(claims)):
        with pytest.raises(cogmig.Stopped) as caught:
            issuer.verifier(check=asked).verify(token())
        assert "coroutine" in str(caught.value.__cause__)


def test_errors_of_ones_own_have_a_reason_and_a_text():
    assert (Silent("ann").reason, str(Silent("ann"))) == ("HOOK_REFUSED", "ann")
    assert (Down().reason, str(Down()), Down().failed_claims) == ("STORE_UNREACHABLE", "Down", frozenset())


def test_a_fetch_that_outlives_its_verifier_keeps_the_clock(python, tmp_path):
    done = python("""
import cogmig, gc, sys, time
from cogmig.testing import Issuer

issuer = Issuer()
times = []
verifier = cogmig.Verifier(issuer=issuer.url, client_id=issuer.client_id, token_use="access",
                           non_blocking=True, key_file=sys.argv[1],
                           clock=lambda: times.append(1) or time.time())
try:
    verifier.verify(issuer.token())
except cogmig.Unavailable:
    pass
fetch = verifier.begin_fetch()
del verifier
gc.collect()
others = [cogmig._native.progress_callback(lambda rows, estimate: 1 / 0) for _ in range(100)]
times.clear()
fetch.end(issuer.jwks)
print(len(times) > 0)
""", str(tmp_path / "keys"))
    assert done.stdout.strip() == "True"


@pytest.mark.parametrize("pool_id", ["eu-central-1_AbCdEfGhI", "us-gov-west-1_AbC", "cn-north-1_AbC",
                                     "eusc-de-east-1_AbC"])
def test_an_issuer_for_tests_is_the_one_that_a_verifier_of_its_pool_knows(pool_id):
    own = Issuer(pool_id)
    verifier = cogmig.Verifier(pool_id=pool_id, client_id=own.client_id, token_use="access")
    verifier.seed_keys(own.jwks, own.url)
    assert verifier.verify(own.token()).issuer == own.url
    with pytest.raises(cogmig.Invalid):
        Issuer("no pool")


def test_a_number_of_thousands_of_digits_keeps_no_other_claim_back(tmp_path):
    """The test's own issuer: that of the library makes no such number."""
    url = "https://issuer.example"
    own = SignedByOpenSSL(url, tmp_path)
    before = int_digits(0)
    token = own.access_token("c", **{"large": 10**5000, "cognito:groups": ["staff"], "n": 10**600})
    int_digits(before)
    verifier = cogmig.Verifier(issuer=url, client_id="c", token_use="access")
    verifier.seed_keys(own.jwks)
    claims = verifier.verify(token)
    assert claims.groups == ("staff",) and claims["large"] == float("inf")
    assert claims["n"] == 10**600 and claims["sub"] == claims.sub


def int_digits(limit):
    """Newer Pythons read and write integers of some thousand digits at most. Returns the former limit."""
    if not hasattr(sys, "set_int_max_str_digits"):
        return 0
    former = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(limit)
    return former


def test_scopes_are_parted_by_blanks_alone(issuer, token):
    claims = issuer.verifier("access").verify(token("access", scope=" read\tadmin  b\u00a0c "))
    assert claims.scopes == ("read\tadmin", "b\u00a0c")
    assert all(map(claims.has_scope, claims.scopes)) and not claims.has_scope("admin")


def test_an_expiry_beyond_the_calendar_is_its_end(issuer, token):
    claims = issuer.verifier().verify(token(exp=2**50))
    assert claims.expires_at.year == 9999


# promise 7
def test_no_token_and_no_claim_is_in_the_text_of_claims(issuer, token):
    claims = issuer.verifier().verify(token("id", email="ann@example.com"))
    assert repr(claims) == f"<Claims sub={claims.sub!r} token_use='id'>"


def test_claims_outlive_their_verifier(issuer, token):
    with issuer.verifier() as verifier:
        claims = verifier.verify(token(name="Ann"))
    del verifier
    assert claims.name == "Ann" and claims["name"] == "Ann"


@pytest.mark.parametrize("make, reason", [
    (lambda token: token(exp=1), "TOKEN_EXPIRED"),
    (lambda token: token(nbf=4102444800), "TOKEN_NOT_YET_VALID"),
    (lambda token: token(spoiled=True), "TOKEN_SIGNATURE_INVALID"),
    (lambda token: token("id"), "TOKEN_USE_REFUSED"),
    (lambda token: token(client_id="other"), "TOKEN_CLIENT_REFUSED"),
    (lambda token: token(iss="https://evil.example.com"), "TOKEN_ISSUER_REFUSED"),
    (lambda token: token(header={"kid": "other"}), "TOKEN_KEY_UNKNOWN"),
    (lambda token: token(header={"alg": "HS256"}), "TOKEN_ALGORITHM_REFUSED"),
    (lambda token: token(header={"crit": ["exp"]}), "TOKEN_CRITICAL_REFUSED"),
    (lambda token: token(header={"typ": "secevent+jwt"}), "TOKEN_TYPE_REFUSED"),
    (lambda token: token(header={"kid": 7}), "TOKEN_HEADER_INVALID"),
    (lambda token: token(without_header=["alg"]), "TOKEN_HEADER_INVALID"),
    (lambda token: token(without=["exp"]), "TOKEN_CLAIM_MISSING"),
    (lambda token: token(exp="soon"), "TOKEN_CLAIM_INVALID"),
    (lambda token: "a.b.c.d.e", "TOKEN_ENCRYPTED"),
    (lambda token: "", "TOKEN_MALFORMED"),
    (lambda token: "Bearer " + token(), "TOKEN_MALFORMED"),
    (lambda token: token() + "\n", "TOKEN_MALFORMED"),
    (lambda token: token() + "\0", "TOKEN_MALFORMED"),
    (lambda token: token() + "\ud800", "TOKEN_MALFORMED"),
    (lambda token: "\u0131" + token(), "TOKEN_MALFORMED"),
    (lambda token: "x" * 10_000_000, "TOKEN_TOO_LARGE"),
])
def test_a_bad_token_is_denied_for_its_reason(issuer, token, make, reason):
    with issuer.verifier("access", fetch=lambda *_: issuer.jwks) as verifier:
        error = refusal(verifier, make(token))
    assert (error.reason, error.status) == (reason, cogmig.Status[reason])
    assert not error.retryable and str(error)
    assert not isinstance(error, (OSError, LookupError, ValueError))


def test_all_claims_that_a_token_failed_by_are_told(issuer, token):
    error = refusal(issuer.verifier("access"), token(exp=1, client_id="other"))
    assert error.failed_claims == {"CLIENT", "EXPIRY"}
    assert error.status.kind is cogmig.Kind.DENIED and "other client" not in repr(error)


def test_bytes_and_bytearrays_do_as_well_as_text(issuer, token):
    verifier = issuer.verifier()
    good = token()
    for form in (good, good.encode(), bytearray(good, "ascii"), memoryview(good.encode())):
        assert verifier.verify(form).sub


def test_groups_scopes_and_claims_can_be_demanded(issuer, token):
    verifier = issuer.verifier(
        "access", require_groups="staff", require_any_group=["admins", "support"],
        require_scopes=["a"], require_any_scope=["b", "c"],
        require_claims={"tenant": None, "region": "eu"})
    good = {"groups": ["staff", "support"], "scope": "a c", "tenant": 7, "region": "eu"}
    assert verifier.verify(token(**good))
    for change, reason in (({"groups": ["staff"]}, "TOKEN_GROUP_REFUSED"),
                           ({"scope": "b c"}, "TOKEN_SCOPE_REFUSED"),
                           ({"tenant": None}, "TOKEN_CLAIM_MISSING"),
                           ({"region": "us"}, "TOKEN_CLAIM_REFUSED")):
        assert refusal(verifier, token(**{**good, **change})).reason == reason, change


def test_ages_and_nonces_are_judged(issuer, token):
    now = int(time.time())
    young = issuer.verifier(max_age_s=60)
    assert young.verify(token(iat=now - 10))
    assert refusal(young, token(iat=now - 100)).reason == "TOKEN_TOO_OLD"
    patient = issuer.verifier(min_remaining_s=600)
    assert refusal(patient, token(exp=now + 300)).reason == "TOKEN_EXPIRES_TOO_SOON"
    assert issuer.verifier(leeway_s=300).verify(token(exp=now - 100))
    verifier = issuer.verifier("id")
    assert verifier.verify(token("id", nonce="n-1"), nonce="n-1").nonce == "n-1"
    assert refusal(verifier, token("id", nonce="n-1"), nonce="n-2").reason == "TOKEN_NONCE_REFUSED"


def test_a_clock_of_ones_own(issuer, token):
    moment = [1_000_000_000]
    verifier = issuer.verifier(clock=lambda: moment[0])
    good = token(iat=999_999_999, exp=1_000_000_100, auth_time=999_999_999)
    assert verifier.verify(good)
    moment[0] += 200.5
    assert refusal(verifier, good).reason == "TOKEN_EXPIRED"


def test_a_refusal_is_explained_once_its_signature_is_good(issuer, token):
    verifier = issuer.verifier()
    assert verifier.explain_refusal(token(exp=1))["exp"] == 1
    assert verifier.explain_refusal(token()) is None
    assert verifier.explain_refusal(token(exp=1, spoiled=True)) is None


def test_a_token_can_be_forgotten(issuer, token):
    verifier, good = issuer.verifier(), token()
    assert verifier.verify(good)
    verifier.forget(good)
    verifier.forget_all()
    assert verifier.verify(good)


def test_other_algorithms_are_for_issuers_by_url(issuer, token):
    verifier = cogmig.Verifier(
        issuer=cogmig.TrustedIssuer(issuer.url, algorithms=("RS256", "ES256", "EdDSA")),
        allow_any_client=True, token_use="any")
    verifier.seed_keys(json.loads(issuer.jwks))
    assert verifier.verify(token(client_id="anybody"))
    with pytest.raises(cogmig.Invalid, match="'none'"):
        cogmig.Verifier(issuer=cogmig.TrustedIssuer(issuer.url, algorithms=("none",)))


def test_an_event_loop_verifies_too(issuer, token):
    verifier = issuer.verifier()

    async def main():
        good = await asyncio.gather(*(verifier.verify_async(token()) for _ in range(10)))
        with pytest.raises(cogmig.Denied):
            await verifier.verify_async("no.token.this")
        return {claims.sub for claims in good}

    assert len(asyncio.run(main())) == 1


# ---- keys ----


def test_keys_are_fetched_once_and_counted(issuer, token):
    asked = []

    def fetch(url, timeout_s, etag):
        asked.append((url, etag))
        return cogmig.JwksReply(issuer.jwks, max_age_s=3600, etag='"v1"')

    verifier = cogmig.Verifier(pool_id=issuer.pool_id, client_id=issuer.client_id, token_use="any",
                               fetch=fetch)
    assert verifier.verify(token("id")) and verifier.verify(token("access"))
    assert asked == [(issuer.url + "/.well-known/jwks.json", None)]
    assert verifier.counters["fetches"] == 1 and verifier.counters["fetch_failures"] == 0


@pytest.mark.parametrize("failure, reason", [
    (OSError("no route"), "JWKS_UNREACHABLE"),
    (ConnectionError("reset"), "JWKS_UNREACHABLE"),
    (TimeoutError("slow"), "DEADLINE_EXCEEDED"),
])
def test_keys_that_cannot_be_had_are_an_outage_and_never_a_no(issuer, token, failure, reason):
    def fetch(url, timeout_s, etag):
        raise failure

    verifier = cogmig.Verifier(issuer=issuer.url, client_id=issuer.client_id, token_use="any",
                               fetch=fetch)
    with pytest.raises(cogmig.Unavailable) as caught:
        verifier.verify(token())
    error = caught.value
    assert error.retryable and isinstance(error, ConnectionError)
    assert not isinstance(error, (PermissionError, LookupError, ValueError, cogmig.Denied))
    assert error.reason in (reason, "JWKS_UNREACHABLE")
    assert error.__cause__ is failure


def test_what_is_no_document_is_an_outage(issuer, token):
    for reply in (b"<html>", cogmig.JwksReply(b"", http_status=500), b"x" * 300_000):
        verifier = cogmig.Verifier(issuer=issuer.url, client_id=issuer.client_id, token_use="any",
                                   fetch=lambda *_, reply=reply: reply)
        with pytest.raises(cogmig.Unavailable):
            verifier.verify(token())
        with pytest.raises(cogmig.Unavailable):
            verifier.hydrate()


def test_an_outage_tells_what_stood_behind_it(issuer, token):
    verifier = cogmig.Verifier(issuer="http://127.0.0.1:1", client_id="c", token_use="any",
                               allow_plain_http=True, fetch_timeout_ms=2000)
    with pytest.raises(cogmig.Unavailable) as caught:
        verifier.hydrate()
    assert caught.value.upstream == cogmig.Upstream("curl", "7")


def test_rotated_keys_take_their_tokens_with_them():
    issuer = Issuer()
    verifier = issuer.verifier(fetch=lambda *_: issuer.jwks)
    old = issuer.token()
    assert verifier.verify(old)
    issuer.rotate_keys()
    assert verifier.verify(issuer.token())
    assert refusal(verifier, old).reason == "TOKEN_KEY_UNKNOWN"


def test_keys_come_from_files_too(issuer, token, tmp_path):
    path = tmp_path / "jwks.json"
    path.write_bytes(issuer.jwks)
    verifier = cogmig.Verifier(issuer=issuer.url, client_id=issuer.client_id, token_use="any")
    verifier.seed_keys_from_file(path, issuer.url)
    assert verifier.verify(token())
    assert cogmig.KeySet.from_file(str(path)).kids == cogmig.KeySet(issuer.jwks).kids
    with pytest.raises(cogmig.Invalid) as caught:
        verifier.seed_keys_from_file(tmp_path / "missing")
    assert caught.value.reason == "FILE_UNREADABLE" and caught.value.upstream.source == "system"


def test_a_key_set_checks_signatures_alone(issuer, token):
    keys = cogmig.KeySet(issuer.jwks)
    assert json.loads(keys.verify_jws(token(exp=1)))["exp"] == 1
    assert repr(keys).startswith("<KeySet kids=[")
    with pytest.raises(cogmig.Denied):
        keys.verify_jws(token(spoiled=True))


# ---- keys, without ever waiting ----


def never_blocking(issuer, **settings):
    return cogmig.Verifier(pool_id=issuer.pool_id, client_id=issuer.client_id, token_use="any",
                           **settings)


def test_a_program_may_fetch_keys_in_its_own_way(issuer, token):
    verifier, good = never_blocking(issuer, non_blocking=True), token()
    assert verifier.begin_fetch() is None  # no token asked yet
    with pytest.raises(cogmig.Unavailable) as caught:
        verifier.verify(good)
    assert caught.value.reason == "KEYS_NEEDED"
    with verifier.begin_fetch() as fetch:
        assert verifier.begin_fetch() is None  # one is on its way
        assert fetch.url == issuer.url + "/.well-known/jwks.json" and fetch.etag is None
        assert 0 < fetch.timeout_s <= 60
        fetch.end(cogmig.JwksReply(issuer.jwks, max_age_s=3600))
        with pytest.raises(cogmig.Invalid, match="this KeyFetch is closed"):
            fetch.url
        fetch.fail()
    assert verifier.verify(good).sub and verifier.counters["fetches"] == 1


@pytest.mark.parametrize("end, reason", [
    (lambda fetch: fetch.fail(), "JWKS_UNREACHABLE"),
    (lambda fetch: fetch.fail(OSError("away")), "JWKS_UNREACHABLE"),
    (lambda fetch: fetch.fail(TimeoutError("slow")), "DEADLINE_EXCEEDED"),
    (lambda fetch: fetch.close(), "JWKS_UNREACHABLE"),
    (lambda fetch: outcome(fetch, b"<html>"), "JWKS_RESPONSE_INVALID"),
    (lambda fetch: outcome(fetch, cogmig.JwksReply(b"", 503)), "JWKS_HTTP_STATUS"),
])
def test_a_fetch_that_fails_is_an_outage(issuer, token, end, reason):
    verifier = never_blocking(issuer, non_blocking=True)
    with pytest.raises(cogmig.Unavailable):
        verifier.verify(token())
    end(verifier.begin_fetch())
    with pytest.raises(cogmig.Unavailable) as caught:
        verifier.verify(token())
    assert caught.value.reason in (reason, "JWKS_UNREACHABLE")


def outcome(fetch, received):
    with pytest.raises(cogmig.Unavailable):
        fetch.end(received)


def test_a_coroutine_fetches_keys_once_for_all_who_wait(issuer, token):
    asked, tokens = [], [token(n=number) for number in range(20)]

    async def fetch(url, timeout_s, etag):
        asked.append((url, etag))
        await asyncio.sleep(0)
        return issuer.jwks

    async def main():
        verifier = never_blocking(issuer, fetch=fetch)
        impatient = asyncio.ensure_future(verifier.verify_async(tokens[0]))
        await asyncio.sleep(0)
        waiting = [asyncio.ensure_future(verifier.verify_async(each)) for each in tokens]
        await asyncio.sleep(0)
        impatient.cancel()  # the others still want the keys
        claims = await asyncio.gather(*waiting)
        with pytest.raises(cogmig.Denied):
            await verifier.verify_async(token(spoiled=True))
        return [each["n"] for each in claims], verifier.verify(tokens[0]).sub

    assert asyncio.run(main())[0] == list(range(20)) and len(asked) == 1


@pytest.mark.parametrize("failure, kind, reason", [
    (OSError("away"), cogmig.Unavailable, "JWKS_UNREACHABLE"),
    (KeyError("a mistake of mine"), cogmig.Stopped, "STOPPED_BY_CALLBACK"),
    (cogmig.Unavailable("busy", cogmig.Status.JWKS_HTTP_STATUS), cogmig.Unavailable,
     "JWKS_HTTP_STATUS"),
])
def test_a_coroutine_that_fails_is_told(issuer, token, failure, kind, reason):
    async def fetch(url, timeout_s, etag):
        raise failure

    with pytest.raises(kind) as caught:
        asyncio.run(never_blocking(issuer, fetch=fetch).verify_async(token()))
    assert caught.value.reason in (reason, "JWKS_UNREACHABLE")
    assert caught.value.__cause__ is failure


@pytest.mark.parametrize("received", [b"<html>", None, "\ud800", 7, b"x" * 10_000_000])
def test_a_coroutine_that_brings_no_keys_is_an_outage(issuer, token, received):
    async def fetch(url, timeout_s, etag):
        return received

    with pytest.raises(cogmig.Error) as caught:
        asyncio.run(never_blocking(issuer, fetch=fetch).verify_async(token()))
    assert not isinstance(caught.value, cogmig.Denied)


def test_a_coroutine_that_takes_too_long_is_an_outage(issuer, token):
    async def fetch(url, timeout_s, etag):
        await asyncio.sleep(3600)

    with pytest.raises(cogmig.Unavailable):
        asyncio.run(never_blocking(issuer, fetch=fetch, fetch_timeout_ms=1).verify_async(token()))


def test_a_verifier_that_never_blocks_may_be_used_by_several_loops(issuer, token):
    asked = []

    async def fetch(url, timeout_s, etag):
        asked.append(url)
        await asyncio.sleep(0.05)
        return issuer.jwks

    verifier, good = never_blocking(issuer, fetch=fetch), token()
    told = []
    threads = [threading.Thread(target=lambda: told.append(
        asyncio.run(verifier.verify_async(good)).sub)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 4 and len(asked) == 1


# ---- configuration ----


@pytest.mark.parametrize("settings, reason", [
    ({}, "CONFIG_INCOMPLETE"),
    ({"pool_id": "eu-central-1_AbCdEfGhI"}, "CONFIG_INCOMPLETE"),
    ({"pool_id": "eu-central-1_AbCdEfGhI", "client_id": "c"}, "CONFIG_INCOMPLETE"),
    ({"pool_id": "eu-central-1_AbCdEfGhI", "token_use": "id"}, "CONFIG_INCOMPLETE"),
    ({"pool_id": "nonsense"}, "POOL_ID_INVALID"),
    ({"issuer": "nonsense"}, "ISSUER_INVALID"),
    ({"issuer": "http://localhost", "client_id": "c", "token_use": "id"}, "JWKS_URL_INVALID"),
    ({"token_use": "refresh"}, "INVALID_ARGUMENT"),
    ({"leeway_s": 301}, "CONFIG_INVALID"),
    ({"leeway_s": 2**32}, "INVALID_ARGUMENT"),
    ({"require_scopes": "two words"}, "CONFIG_INVALID"),
    ({"cache_bytes": 1}, "CONFIG_INVALID"),
    ({"cache_bytes": -1}, "INVALID_ARGUMENT"),
])
def test_a_configuration_that_cannot_be_used_is_invalid(settings, reason):
    with pytest.raises(cogmig.Invalid) as caught:
        cogmig.Verifier(**settings)
    assert caught.value.reason == reason and isinstance(caught.value, ValueError)


def test_pools_clients_and_replicas_are_one_or_several(issuer, token):
    verifier = cogmig.Verifier(
        pool_id=[issuer.pool_id, "us-east-1_AbCdEfGhI"], client_id=("a", issuer.client_id),
        replicas=[(issuer.pool_id, "eu-west-1")], token_use="any")
    verifier.seed_keys(issuer.jwks, issuer.url)
    assert verifier.verify(token())


def test_a_verifier_comes_from_the_environment(issuer, token, monkeypatch):
    monkeypatch.setenv("COGNITO_USER_POOL_ID", issuer.pool_id)
    monkeypatch.setenv("COGNITO_CLIENT_ID", f"a,{issuer.client_id}")
    verifier = cogmig.Verifier.from_env("access")
    verifier.seed_keys(issuer.jwks)
    assert verifier.verify(token())
    monkeypatch.delenv("COGNITO_CLIENT_ID")
    with pytest.raises(cogmig.Invalid, match="COGNITO_CLIENT_ID"):
        cogmig.Verifier.from_env("access")


# ---- a check of one's own ----


def test_a_check_is_asked_each_time_and_can_refuse(issuer, token):
    blocked, asked = set(), []

    def check(claims):
        asked.append(claims.sub)
        if claims.sub in blocked:
            raise cogmig.Denied("the user is blocked", cogmig.Status.TOKEN_CHECK_REFUSED)

    verifier, good = issuer.verifier(check=check), token()
    assert verifier.verify(good).sub == asked[0] and verifier.verify(good)
    blocked.add(asked[0])
    error = refusal(verifier, good)
    assert error.reason == "TOKEN_CHECK_REFUSED" and "blocked" in str(error)
    assert isinstance(error.__cause__, cogmig.Denied) and len(asked) == 3


def test_an_outage_of_a_check_is_an_outage(issuer, token):
    def check(claims):
        raise cogmig.Unavailable("the list is away", cogmig.Status.STORE_UNREACHABLE)

    with pytest.raises(cogmig.Unavailable, match="the list is away"):
        issuer.verifier(check=check).verify(token())


def test_a_check_that_breaks_stops_the_call_and_says_why(issuer, token):
    def check(claims):
        raise KeyError("a mistake of mine")

    with pytest.raises(cogmig.Stopped) as caught:
        issuer.verifier(check=check).verify(token())
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_check_that_says_false_is_a_mistake_and_no_yes(issuer, token):
    with pytest.raises(cogmig.Stopped) as caught:
        issuer.verifier(check=lambda claims: claims.sub == "somebody else").verify(token())
    assert isinstance(caught.value.__cause__, TypeError)
    assert issuer.verifier(check=lambda claims: claims.sub != "somebody else").verify(token())


def test_ctrl_c_in_a_check_is_ctrl_c(issuer, token):
    def check(claims):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        issuer.verifier(check=check).verify(token())


def test_a_clock_that_breaks_is_no_refusal(issuer, token):
    with pytest.raises(cogmig.Stopped) as caught:
        issuer.verifier(clock=lambda: "noon").verify(token())
    assert isinstance(caught.value.__cause__, ValueError)


def test_claims_of_a_check_are_not_kept(issuer, token):
    kept = []
    verifier = issuer.verifier(check=kept.append)
    verifier.verify(token())
    with pytest.raises(cogmig.Invalid, match="until it returns"):
        kept[0].sub


def test_a_check_may_verify_another_token(issuer, token):
    other, good = issuer.verifier("id"), token("id", name="Inner")

    def check(claims):
        with pytest.raises(cogmig.Denied):
            other.verify("no.token.this")
        assert other.verify(good).name == "Inner"

    assert issuer.verifier("access", check=check).verify(token(name="Outer")).name == "Outer"


# ---- closing ----


def test_a_closed_verifier_says_so(issuer, token):
    verifier = issuer.verifier()
    verifier.close()
    verifier.close()
    with pytest.raises(cogmig.Invalid, match="this Verifier is closed"):
        verifier.verify(token())
