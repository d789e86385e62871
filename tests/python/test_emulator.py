# SPDX-License-Identifier: Apache-2.0
"""The whole way beside a Cognito emulator: sign-ins that migrate, tokens, the row, the map."""

import json
import os
import sys
from pathlib import Path

import cogmig
import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "e2e"))
from emulator import Emulator, Refused, cognito_reply
from invoke_endpoint import InvokeEndpoint


class PythonTrigger(InvokeEndpoint):
    """The Lambda function is a handler in this process."""

    def __init__(self, handler):
        super().__init__(None, None)
        self.handler = handler
        self.outcomes = []

    def get_remaining_time_in_millis(self):
        return 5000

    def invoke(self, event):
        asked = json.loads(event)
        try:
            response = self.handler(asked, self)
            outcome = "no" if response == asked else "yes"
        except RuntimeError:
            response, outcome = None, "failed"
        self.outcomes.append(outcome)
        return cognito_reply(outcome, json.dumps(response).encode())


@pytest.fixture(scope="module")
def store(postgresql_url):
    return cogmig.Store(postgresql_url)


@pytest.fixture(scope="module")
def trigger(store):
    with PythonTrigger(cogmig.Migration(store).as_lambda_handler()) as trigger:
        yield trigger


@pytest.fixture(scope="module")
def emulator(trigger):
    with Emulator(trigger.url) as emulator:
        yield emulator


@pytest.fixture
def verifier(emulator, monkeypatch):
    for name, value in emulator.environment().items():
        monkeypatch.setenv(name, value)
    return cogmig.Verifier.from_env


def test_a_sign_in_migrates_and_its_token_leads_to_the_row(emulator, trigger, verifier, store,
                                                          postgresql_url):
    tokens = emulator.sign_in("verified@example.com", "Correct-Horse-10")
    assert trigger.outcomes == ["yes"]
    claims = verifier("id").verify(tokens["IdToken"])
    assert store.find_by_id(claims.legacy_id).email == claims.email == "verified@example.com"
    cogmig.IdentityMap.install(postgresql_url)
    idmap = cogmig.IdentityMap(postgresql_url, pool_id=os.environ["COGNITO_USER_POOL_ID"])
    idmap.link(claims.legacy_id, claims.sub)
    access = verifier("access").verify(tokens["AccessToken"])
    assert access.legacy_id is None and access.sub == claims.sub
    assert idmap.find_user(store, access).id == claims.legacy_id


def test_the_second_sign_in_asks_nobody(emulator, trigger):
    before = len(trigger.outcomes)
    emulator.sign_in("verified@example.com", "Correct-Horse-10")
    assert len(trigger.outcomes) == before


def test_a_wrong_password_and_an_unknown_user_create_nobody(emulator, trigger):
    before = emulator.users()
    for email in ("prefix-2a@example.com", "nobody@example.com"):
        with pytest.raises(Refused):
            emulator.sign_in(email, "Wrong-Password")
    assert trigger.outcomes[-2:] == ["no", "no"] and emulator.users() == before


def test_tokens_of_another_use_client_or_content_are_denied(emulator, verifier):
    tokens = emulator.sign_in("verified@example.com", "Correct-Horse-10")
    with pytest.raises(cogmig.Denied) as caught:
        verifier("id").verify(tokens["AccessToken"])
    assert caught.value.reason == "TOKEN_USE_REFUSED"
    head, body, signature = tokens["IdToken"].split(".")
    with pytest.raises(cogmig.Denied) as caught:
        verifier("id").verify(f"{head}.{body}.{signature[:-8]}AAAAAAAA")
    assert caught.value.reason == "TOKEN_SIGNATURE_INVALID"
    os.environ["COGNITO_CLIENT_ID"] = "another"
    with pytest.raises(cogmig.Denied) as caught:
        verifier("id").verify(tokens["IdToken"])
    assert caught.value.reason == "TOKEN_CLIENT_REFUSED"
