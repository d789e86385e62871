# SPDX-License-Identifier: Apache-2.0
"""Where people meet tokens: middleware, the examples for FastAPI, Flask and Lambda, pytest."""

import asyncio
import importlib.util
import logging
import subprocess
import sys
import textwrap

import cogmig
import cogmig.asgi
import cogmig.wsgi
import pytest
from test_migrate import event


@pytest.fixture
def example(source, monkeypatch):
    def load(name):
        spec = importlib.util.spec_from_file_location(name, source / f"examples/python/{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def environment(issuer, monkeypatch):
    """The variables of a service, and keys without a network."""
    monkeypatch.setenv("COGNITO_USER_POOL_ID", issuer.pool_id)
    monkeypatch.setenv("COGNITO_CLIENT_ID", issuer.client_id)
    from_env = cogmig.Verifier.from_env

    def seeded(token_use):
        verifier = from_env(token_use)
        verifier.seed_keys(issuer.jwks)
        return verifier

    monkeypatch.setattr(cogmig.Verifier, "from_env", seeded)


def away(*_):
    raise OSError("the issuer is away")


# ---- ASGI ----


def asgi_get(app, *authorizations, path="/", kind="http"):
    """The status, headers and body that an ASGI application answers with."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.disconnect"}

    headers = [(b"Authorization", value.encode("latin-1")) for value in authorizations]
    scope = {"type": kind, "path": path, "headers": headers}
    asyncio.run(app(scope, receive, send))
    start = next((m for m in sent if m["type"] == "http.response.start"), {})
    body = b"".join(m.get("body", b"") for m in sent)
    return start.get("status"), dict(start.get("headers", [])), body, sent, scope


async def hello(scope, receive, send):
    claims = scope.get("cogmig.claims")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": claims.sub.encode() if claims else b"-"})


def test_asgi_lets_good_tokens_in_and_nothing_else(issuer, token, caplog):
    app = cogmig.asgi.TokenMiddleware(hello, issuer.verifier("access", require_scopes="read"),
                                      open_paths="/health")
    caplog.set_level(logging.INFO, "cogmig")
    good = token(scope="read")
    assert asgi_get(app, "Bearer " + good)[::2][:2] == (200, issuer_sub(issuer, good))
    assert asgi_get(app, "bearer  " + good + " ")[0] == 200
    status, headers, body, _, _ = asgi_get(app)
    assert (status, headers[b"www-authenticate"], body) == (401, b"Bearer", b"a token is needed\n")
    assert asgi_get(app, "Basic YTpi")[1][b"www-authenticate"] == b"Bearer"
    for bad in ("Bearer", "Bearer x", "Bearer " + token(scope="read", exp=1), "Bearer \xff"):
        status, headers, body, _, _ = asgi_get(app, bad)
        assert (status, headers[b"www-authenticate"]) in (
            (401, b'Bearer error="invalid_token"'), (401, b"Bearer")), bad
    assert asgi_get(app, "Bearer " + good, "Bearer " + good)[0] == 401
    status, headers, _, _, _ = asgi_get(app, "Bearer " + token(scope="write"))
    assert (status, headers[b"www-authenticate"]) == (403, b'Bearer error="insufficient_scope"')
    assert asgi_get(app, path="/health")[2] == b"-"
    assert "TOKEN_EXPIRED" in caplog.text and good not in caplog.text


def issuer_sub(issuer, good):
    return issuer.verifier().verify(good).sub.encode()


def test_asgi_answers_an_outage_with_503(issuer, token, caplog):
    verifier = cogmig.Verifier(issuer=issuer.url, client_id=issuer.client_id, token_use="any",
                               fetch=away)
    status, headers, body, _, _ = asgi_get(cogmig.asgi.TokenMiddleware(hello, verifier),
                                           "Bearer " + token())
    assert status == 503 and headers[b"retry-after"] and b"away" not in body
    assert "JWKS_UNREACHABLE" in caplog.text


def test_asgi_closes_a_websocket_and_leaves_the_lifespan_alone(issuer):
    app = cogmig.asgi.TokenMiddleware(hello, issuer.verifier())
    assert asgi_get(app, kind="websocket")[3] == [{"type": "websocket.close", "code": 1008}]
    assert asgi_get(app, kind="lifespan")[0] == 200


def test_asgi_with_an_optional_token(issuer, token):
    app = cogmig.asgi.TokenMiddleware(hello, issuer.verifier(), optional=True)
    assert asgi_get(app)[::2][:2] == (200, b"-")
    assert asgi_get(app, "Bearer " + token(exp=1))[0] == 401
    for two in (("Basic YTpi", "Bearer " + token()), ("Basic YTpi", "Basic YTpi")):
        assert asgi_get(app, *two)[0] == 401, two


def test_asgi_does_not_hide_a_mistake(issuer, token):
    verifier = issuer.verifier(check=lambda claims: 1 / 0)
    with pytest.raises(cogmig.Stopped):
        asgi_get(cogmig.asgi.TokenMiddleware(hello, verifier), "Bearer " + token())
    verifier.close()
    with pytest.raises(cogmig.Invalid):
        asgi_get(cogmig.asgi.TokenMiddleware(hello, verifier), "Bearer " + token())


# ---- WSGI ----


def wsgi_get(app, authorization=None, path="/"):
    started = []
    environ = {"PATH_INFO": path}
    if authorization is not None:
        environ["HTTP_AUTHORIZATION"] = authorization
    body = b"".join(app(environ, lambda status, headers: started.append((status, dict(headers)))))
    return started[0][0], started[0][1], body


def greet(environ, start_response):
    start_response("200 OK", [])
    claims = environ.get("cogmig.claims")
    return [claims.sub.encode() if claims else b"-"]


def test_wsgi_lets_good_tokens_in_and_nothing_else(issuer, token):
    app = cogmig.wsgi.TokenMiddleware(greet, issuer.verifier("access", require_groups="staff"),
                                      open_paths=["/health"])
    good = token(groups=["staff"])
    assert wsgi_get(app, "Bearer " + good)[::2] == ("200 OK", issuer_sub(issuer, good))
    assert wsgi_get(app)[:1] == ("401 Unauthorized",)
    status, headers, _ = wsgi_get(app, "Bearer " + token(spoiled=True))
    assert (status, headers["WWW-Authenticate"]) == (
        "401 Unauthorized", 'Bearer error="invalid_token"')
    assert wsgi_get(app, "Bearer " + token())[0] == "403 Forbidden"
    assert wsgi_get(app, path="/health") == ("200 OK", {}, b"-")
    verifier = cogmig.Verifier(issuer=issuer.url, client_id=issuer.client_id, token_use="any",
                               fetch=away)
    status, headers, _ = wsgi_get(cogmig.wsgi.TokenMiddleware(greet, verifier), "Bearer " + good)
    assert status == "503 Service Unavailable" and headers["Retry-After"]
    optional = cogmig.wsgi.TokenMiddleware(greet, verifier, optional=True)
    assert wsgi_get(optional)[2] == b"-" and wsgi_get(optional, "Basic x")[2] == b"-"


# ---- the examples ----


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_fastapi_example(example, environment, issuer, token):
    from fastapi.testclient import TestClient

    module = example("fastapi_app")
    client = TestClient(module.app)
    good = {"Authorization": "Bearer " + token(groups=["staff"])}
    answer = client.get("/me", headers=good)
    assert answer.status_code == 200 and answer.json()["groups"] == ["staff"]
    answer = client.get("/me")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    answer = client.get("/me", headers={"Authorization": "Bearer " + token(exp=1)})
    assert answer.status_code == 401 and answer.json() == {"detail": "TOKEN_EXPIRED"}
    module.app.dependency_overrides[module.verifier] = lambda: cogmig.Verifier(
        issuer=issuer.url, client_id=issuer.client_id, token_use="any", fetch=away)
    assert client.get("/me", headers=good).status_code == 503


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_flask_example(example, environment, issuer, token):
    module = example("flask_app")
    client = module.app.test_client()
    good = {"Authorization": "Bearer " + token(groups=["staff"])}
    answer = client.get("/me", headers=good)
    assert answer.status_code == 200 and answer.json["groups"] == ["staff"]
    assert client.get("/me").headers["WWW-Authenticate"] == "Bearer"
    answer = client.get("/me", headers={"Authorization": "Bearer " + token("id")})
    assert answer.status_code == 401
    module.app.extensions["cogmig"] = cogmig.Verifier(
        issuer=issuer.url, client_id=issuer.client_id, token_use="any", fetch=away)
    assert client.get("/me", headers=good).status_code == 503


class Context:
    """What Lambda hands to a function."""

    def __init__(self, remaining_ms):
        self.remaining_ms = remaining_ms

    def get_remaining_time_in_millis(self):
        return self.remaining_ms


def test_the_lambda_example(example, sqlite_url, monkeypatch, caplog):
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    handler = example("lambda_handler").handler
    yes = handler(event("verified@example.com", "Correct-Horse-10"), Context(900_000))
    assert yes["response"]["finalUserStatus"] == "CONFIRMED"
    no = event("verified@example.com", "guess")
    assert handler(no, Context(4000)) == no and "PASSWORD_MISMATCH" in caplog.text
    for fails in (lambda: handler({"triggerSource": "None"}, Context(4000)),
                  lambda: handler(no, Context(0))):
        with pytest.raises(RuntimeError) as caught:
            fails()
        assert str(caught.value) == "No answer can be given." and caught.value.__cause__ is None
    assert "guess" not in caplog.text and "no answer: " in caplog.text
    taken = {"triggerSource": "PreSignUp_SignUp", "userName": "x", "response": {},
             "request": {"userAttributes": {"email": "verified@example.com"}}}
    with pytest.raises(RuntimeError) as caught:
        handler(taken, Context(4000))
    assert "sign in" in str(caught.value).lower()


def test_the_lambda_example_has_five_lines(source):
    text = (source / "examples/python/lambda_handler.py").read_text(encoding="utf-8")
    code = text.split('"""')[2]
    assert len([line for line in code.splitlines() if line]) <= 5


# ---- pytest ----


def test_the_pytest_plugin_gives_its_fixtures(tmp_path):
    (tmp_path / "test_theirs.py").write_text(textwrap.dedent("""
        import cogmig, pytest

        def test_good(issuer, token):
            assert issuer.verifier("id").verify(token("id", email="a@example.com")).email

        def test_bad(issuer, token):
            with pytest.raises(cogmig.Denied):
                issuer.verifier("id").verify(token("access"))
    """), encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "cogmig.pytest_plugin", "-p",
                           "no:cacheprovider", str(tmp_path)], capture_output=True, text=True,
                          cwd=tmp_path, check=False)
    assert "2 passed" in done.stdout, done.stdout
