# SPDX-License-Identifier: Apache-2.0
"""The demo with a Cognito emulator: cognito-local, whose trigger calls `cogmig migrate`."""

import json
import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent.parent / "tests"
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "e2e")]
from emulator import Emulator, Refused, cognito_reply  # noqa: E402
from invoke_endpoint import InvokeEndpoint  # noqa: E402


class Demo:
    def __init__(self, cogmig, emulator, invoke):
        self.cogmig = cogmig
        self.emulator = emulator
        self.invoke = invoke
        self.environment = {**os.environ, **emulator.environment()}

    def run(self, *arguments, stdin=""):
        done = subprocess.run([self.cogmig, *arguments], input=stdin, text=True, check=False,
                              capture_output=True, env=self.environment)
        return done.stdout + done.stderr

    def show(self, *arguments, stdin=""):
        print(f"   $ cogmig {' '.join(arguments)}")
        for line in self.run(*arguments, stdin=stdin).splitlines():
            print(f"   {line}")

    def sign_in(self, email, password):
        """The tokens, or None when Cognito refuses."""
        calls = len(self.invoke.calls)
        try:
            tokens = self.emulator.sign_in(email, password)
            print("   Cognito signs the user in", end="")
        except Refused as refused:
            tokens = None
            print(f"   Cognito refuses: {refused.type}", end="")
        print(f"; the trigger was called {len(self.invoke.calls) - calls} time(s)")
        return tokens

    def tell(self):
        heading(1, "verified@example.com signs in for the first time, with the right password")
        token = self.sign_in("verified@example.com", "Correct-Horse-10")["IdToken"]
        heading(2, "The ID token that came back, checked with the emulator's JWKS")
        self.show("verify", "-", stdin=token)
        heading(3, "Its legacy id is a row of the store")
        claims = json.loads(self.run("verify", "--json", "-", stdin=token))
        self.show("user", "--id", claims["legacy_id"])
        heading(4, "The second sign-in is Cognito's own: the trigger is not called")
        self.sign_in("verified@example.com", "Correct-Horse-10")
        heading(5, "A wrong password, for a user who has not migrated yet, creates nobody")
        self.sign_in("cost12@example.com", "not the password")
        print(f"   users in the pool: {len(self.emulator.users())}")
        heading(6, "The same token with one character changed")
        self.show("verify", "-", stdin=tampered(token))


def heading(number, text):
    print(f"\n{number}. {text}", flush=True)


def tampered(token):
    place = len(token) - 20
    return token[:place] + ("B" if token[place] == "A" else "A") + token[place + 1:]


def run(build):
    cogmig = build / "tools" / "cogmig" / "cogmig"
    with InvokeEndpoint([str(cogmig), "migrate"], dict(os.environ), cognito_reply) as invoke:
        with Emulator(invoke.url) as emulator:
            Demo(str(cogmig), emulator, invoke).tell()
