# SPDX-License-Identifier: Apache-2.0
"""Cognito's API: sign-ins, users, descriptions, and how each refusal is told."""

import threading

import cogmig
import cognito_server
import pytest
import sigv4

POOL = "eu-central-1_AbCdEfGhI"
PLAIN, WITH_SECRET = "1example23456789", "2secret23456789"
SECRET = cognito_server.SECRETS[WITH_SECRET]
PASSWORD = 'p\u00e4ss "word"\\'
KEYS = cogmig.AwsCredentials(sigv4.KEY_ID, sigv4.SECRET)


@pytest.fixture(scope="module")
def endpoint():
    return f"http://127.0.0.1:{cognito_server.serve()}"


@pytest.fixture
def client(endpoint, monkeypatch, tmp_path):
    """A client of the server, with nobody's credentials but those that are given."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE",
                 "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    def make(pool_id=POOL, **settings):
        return cogmig.Cognito(pool_id, **{
            "client_id": PLAIN, "credentials": KEYS, "endpoint": endpoint, "allow_plain_http": True,
            "pages_per_s": 1000, **settings})

    return make


# ---- what users do ----


def test_a_sign_in_brings_tokens(client):
    tokens = client().sign_in("ann@example.com", PASSWORD)
    assert (tokens.id_token, tokens.access_token, tokens.refresh_token, tokens.expires_in_s) == (
        "id.of.ann", "access.of.ann", "refresh-1", 3600)
    assert tokens.challenge is None and tokens.session is None
    assert repr(tokens) == "<Tokens challenge=None>"
    for form in (PASSWORD.encode(), bytearray(PASSWORD, "utf-8")):
        assert client().sign_in("ann@example.com", form).id_token


def test_a_challenge_is_a_result(client):
    tokens = client().sign_in("challenge@example.com", "x")
    assert tokens.challenge == "NEW_PASSWORD_REQUIRED" and tokens.session
    assert tokens.id_token is tokens.access_token is tokens.refresh_token is None
    assert tokens.expires_in_s == 0


@pytest.mark.parametrize("secret", [SECRET, SECRET.encode(), bytearray(SECRET, "ascii")])
def test_an_app_client_may_have_a_secret(client, secret):
    cognito = client(client_id=WITH_SECRET, client_secret=secret)
    assert cognito.sign_in("ann@example.com", PASSWORD).refresh_token == "refresh-1"
    assert cognito.refresh("refresh-1", cognito_server.SUB).refresh_token is None
    assert cognito.get_tokens(b"refresh-1").refresh_token == "refresh-2"
    cognito.revoke_token(bytearray(b"refresh-1"))
    assert cognito.forgot_password("ann@example.com") == "a***@e***"
    with pytest.raises(cogmig.Denied):
        cognito.refresh("refresh-1", "ann@example.com")
    with pytest.raises(cogmig.Denied):
        client(client_id=WITH_SECRET, client_secret="another").sign_in("ann@example.com", PASSWORD)


@pytest.mark.parametrize("name, kind, reason, upstream", [
    ("wrong", cogmig.Denied, "COGNITO_SIGN_IN_REFUSED", "NotAuthorizedException"),
    ("reset", cogmig.Denied, "COGNITO_RESET_REQUIRED", "PasswordResetRequiredException"),
    ("unconfirmed", cogmig.Denied, "COGNITO_NOT_CONFIRMED", "UserNotConfirmedException"),
    ("missing", cogmig.NotFound, "COGNITO_USER_NOT_FOUND", "UserNotFoundException"),
    ("trigger", cogmig.Unavailable, "COGNITO_TRIGGER_FAILED", "UserLambdaValidationException"),
    ("flow", cogmig.Invalid, "COGNITO_REQUEST_REFUSED", "InvalidParameterException"),
    ("firewall", cogmig.Unavailable, "COGNITO_ACCESS_REFUSED", "ForbiddenException"),
    ("attempts", cogmig.Unavailable, "COGNITO_THROTTLED", "LimitExceededException"),
    ("html", cogmig.Unavailable, "COGNITO_RESPONSE_INVALID", None),
])
def test_each_refusal_is_told_for_what_it_is(client, name, kind, reason, upstream):
    with pytest.raises(kind) as caught:
        client(timeout_ms=2000).sign_in(f"{name}@example.com", "My-Secret")
    error = caught.value
    assert error.reason == reason and error.retryable == (kind is cogmig.Unavailable)
    assert upstream is None or error.upstream == cogmig.Upstream("AWS", upstream)
    assert "My-Secret" not in str(error)


def test_outages_are_tried_again_while_time_lasts(client):
    assert client().sign_in("throttled-2@example.com", PASSWORD).id_token
    for name, reason in (("throttled", "COGNITO_THROTTLED"), ("empty500", "COGNITO_FAILED")):
        with pytest.raises(cogmig.Unavailable) as caught:
            client(timeout_ms=300).sign_in(f"{name}@example.com", PASSWORD)
        assert caught.value.reason == reason
    with pytest.raises(ConnectionError) as caught:
        client(endpoint="http://127.0.0.1:1", timeout_ms=1000).sign_in("ann@example.com", PASSWORD)
    assert caught.value.reason == "COGNITO_UNREACHABLE" and caught.value.upstream.source == "curl"


def test_a_refresh_token_is_used_once(client):
    with pytest.raises(cogmig.Denied) as caught:
        client().get_tokens("refresh-used")
    assert caught.value.upstream.code == "RefreshTokenReuseException"
    assert "refresh-used" not in str(caught.value)


# ---- what administrators do ----


def test_a_user_of_the_pool_is_read_whole(client):
    user = client().get_user("ann@example.com")
    assert (user.username, user.status, user.enabled) == (
        cognito_server.SUB, "FORCE_CHANGE_PASSWORD", True)
    assert user.attributes == {"sub": "sub-7", "email": "u\u00ebser7@example.com",
                               "custom:legacy_id": "legacy-7"}
    assert (user.sub, user.email, user.email_verified, user.legacy_id) == (
        "sub-7", "u\u00ebser7@example.com", False, "legacy-7")
    assert "legacy-7" not in repr(user)
    with pytest.raises(LookupError):
        client().get_user("missing@example.com")


def test_all_users_are_listed_in_flat_pages(client):
    cognito = client()
    users = list(cognito.users())
    assert [user.legacy_id for user in users] == [f"legacy-{number}" for number in range(150)]
    assert [user.enabled for user in users[:2]] == [True, False]
    pages = list(cognito.pages())
    assert [len(page.users) for page in pages] == [60, 0, 60, 30]
    assert pages[-1].next is None
    resumed = cognito.pages(resume_at=pages[1].next)
    assert [user for page in resumed for user in page.users] == users[60:]
    assert next(cognito.users('email ^= "u\u00ebser1"')).email == "u\u00ebser0@example.com"
    with pytest.raises(cogmig.Invalid):
        next(cognito.users('nonsense ^= "x"'))


def test_a_listing_that_is_left_early_leaves_no_thread(client):
    users = client().users()
    assert next(users).sub == "sub-0" and reading_ahead()
    users.close()
    assert not reading_ahead()
    unread = client().pages()  # one that nobody reads asks nobody
    assert not reading_ahead()
    del unread


def reading_ahead():
    return [thread for thread in threading.enumerate() if thread.name == "cogmig reads ahead"]


@pytest.mark.parametrize("pool, reason", [
    ("_Missing", "COGNITO_REQUEST_REFUSED"), ("_Forbidden", "COGNITO_ACCESS_REFUSED"),
    ("_Loops", "COGNITO_RESPONSE_INVALID"), ("_Many", "COGNITO_RESPONSE_INVALID")])
def test_a_listing_that_fails_is_told(client, pool, reason):
    with pytest.raises(cogmig.Error) as caught:
        list(client("eu-central-1" + pool).users())
    assert caught.value.reason == reason


def test_attributes_are_set(client):
    before = len(cognito_server.updates)
    client().update_user("sub-7", {"custom:legacy_id": "row-7", "name": "Zo\u00eb"})
    [update] = cognito_server.updates[before:]
    assert (update["Username"], update["UserAttributes"]) == (
        "sub-7", [{"Name": "custom:legacy_id", "Value": "row-7"},
                  {"Name": "name", "Value": "Zo\u00eb"}])
    with pytest.raises(cogmig.Conflict) as caught:
        client().update_user("sub-7", {"email": "taken@example.com"})
    assert caught.value.reason == "COGNITO_ALIAS_TAKEN"
    for nothing in ({}, {"name": None}, {7: "x"}):
        with pytest.raises((cogmig.Invalid, TypeError)):
            client().update_user("sub-7", nothing)


def test_the_pool_and_its_client_are_described(client):
    assert client().describe_pool() == {"Id": POOL, "Name": "legacy"}
    assert client().describe_client() == {"ClientId": PLAIN}
    with pytest.raises(cogmig.Invalid) as caught:
        client(client_id=None).describe_client()
    assert caught.value.reason == "CONFIG_INCOMPLETE"


def test_who_may_invoke_a_function_is_told(client, endpoint):
    function = "arn:aws:lambda:eu-central-1:123456789012:function:"
    asking = client(lambda_endpoint=endpoint)
    assert asking.function_policy(function + "cogmig:live") == {
        "Statement": [], "Id": function + "cogmig:live"}
    with pytest.raises(cogmig.Invalid) as caught:
        asking.function_policy(function + "missing")
    assert caught.value.reason == "COGNITO_REQUEST_REFUSED"
    with pytest.raises(cogmig.Invalid) as caught:
        client().function_policy(function + "cogmig")
    assert caught.value.reason == "CONFIG_INCOMPLETE"


def test_credentials_are_given_or_found(client, monkeypatch):
    temporary = cogmig.AwsCredentials(cognito_server.TEMPORARY_KEY_ID, sigv4.SECRET.encode(),
                                      sigv4.SESSION_TOKEN)
    assert client(credentials=temporary).describe_pool()
    assert sigv4.SECRET not in repr(temporary)
    with pytest.raises(cogmig.Unavailable) as caught:
        client(credentials=cogmig.AwsCredentials("AKIDOTHER", "x")).describe_pool()
    assert caught.value.reason == "COGNITO_ACCESS_REFUSED"
    with pytest.raises(cogmig.Error) as caught:
        client(credentials=None).describe_pool()
    assert caught.value.reason == "AWS_CREDENTIALS_NOT_FOUND"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", sigv4.KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", sigv4.SECRET)
    assert client(credentials=None).describe_pool()


# ---- configuration ----


def test_a_client_comes_from_the_environment(client, endpoint, monkeypatch):
    for name, value in {"COGNITO_USER_POOL_ID": POOL, "COGNITO_CLIENT_ID": f"{WITH_SECRET},{PLAIN}",
                        "COGNITO_CLIENT_SECRET": SECRET, "COGNITO_ENDPOINT": endpoint,
                        "COGMIG_ALLOW_PLAIN_HTTP": "1"}.items():
        monkeypatch.setenv(name, value)
    cognito = cogmig.Cognito.from_env(credentials=KEYS, timeout_ms=5000, pages_per_s=1000)
    assert cognito.sign_in("ann@example.com", PASSWORD).id_token
    assert cognito.describe_client() == {"ClientId": WITH_SECRET}
    monkeypatch.delenv("COGNITO_USER_POOL_ID")
    with pytest.raises(cogmig.Invalid, match="COGNITO_USER_POOL_ID"):
        cogmig.Cognito.from_env()


@pytest.mark.parametrize("settings, reason", [
    ({"pool_id": "nonsense"}, "POOL_ID_INVALID"),
    ({"endpoint": "ftp://x"}, "CONFIG_INVALID"),
    ({"allow_plain_http": False}, "CONFIG_INVALID"),
    ({"timeout_ms": 0}, "CONFIG_INVALID"),
    ({"pages_per_s": 2**33}, "INVALID_ARGUMENT"),
    ({"client_id": None, "client_secret": "x"}, "INVALID_ARGUMENT"),
    ({"client_secret": "a\0b"}, "INVALID_ARGUMENT"),
    ({"credentials": cogmig.AwsCredentials("", "x")}, "CONFIG_INVALID"),
])
def test_a_configuration_that_cannot_be_used_is_invalid(client, settings, reason):
    with pytest.raises(cogmig.Invalid) as caught:
        client(**settings)
    assert caught.value.reason == reason


def test_a_closed_client_says_so(client):
    with client() as cognito:
        assert cognito.describe_pool()
    with pytest.raises(cogmig.Invalid, match="this Cognito is closed"):
        cognito.sign_in("ann@example.com", PASSWORD)
    with pytest.raises(cogmig.Invalid, match="this Cognito is closed"):
        next(cognito.users())
