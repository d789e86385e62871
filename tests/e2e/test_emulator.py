# SPDX-License-Identifier: Apache-2.0
"""Users of a PostgreSQL database sign in to a Cognito emulator, and are migrated by it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from emulator import Emulator, Refused, cognito_reply  # noqa: E402
from invoke_endpoint import InvokeEndpoint  # noqa: E402
from program import DENIED, OK, SOURCE, UNAVAILABLE, Program  # noqa: E402
from tap import equal, run, test  # noqa: E402

POSTGRES = SOURCE / "tests/support/postgres.py"

cogmig = Program(sys.argv[1])
database_url = os.environ["COGMIG_TEST_DATABASE_URL"]
invoke = InvokeEndpoint([cogmig.path, "migrate"], {**os.environ, "DATABASE_URL": database_url},
                        cognito_reply)
emulator = Emulator(invoke.url)


def load_users():
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", database_url,
                    "--file", SOURCE / "examples/users/users.sql"], check=True)


def verify(token, *arguments):
    return cogmig.run("verify", "-", "--json", *arguments, stdin=token.encode(),
                      **emulator.environment())


def row_of(legacy_id):
    done = cogmig.run("user", "--id", legacy_id, "--json", DATABASE_URL=database_url)
    equal(done.returncode, OK, done.stderr)
    return json.loads(done.stdout)


def claims_of(token, *arguments):
    done = verify(token, *arguments)
    equal(done.returncode, OK, done.stderr)
    return done.stdout.decode()


class Calls:
    """What the trigger is asked while the `with` block runs: `outcomes`."""

    def __enter__(self):
        self.before = len(invoke.calls)
        return self

    def __exit__(self, *_):
        self.calls = invoke.calls[self.before:]
        self.outcomes = [call.outcome for call in self.calls]


class Stopped:
    """The database is down while the `with` block runs."""

    def __enter__(self):
        subprocess.run([sys.executable, POSTGRES, "stop"], check=True)

    def __exit__(self, *_):
        subprocess.run([sys.executable, POSTGRES, "start"], check=True)


def is_turned_away(email, password):
    try:
        emulator.sign_in(email, password)
    except Refused as refused:
        equal(refused.type, "NotAuthorizedException")
        return True
    return False


def user_with(email):
    return [user for user in emulator.users() if user.get("email") == email]


# ---- one user, from the first sign-in on ----


@test
def the_first_sign_in_migrates():
    equal(emulator.users(), [])
    with Calls() as asked:
        emulator.sign_in("verified@example.com", "Correct-Horse-10")
    equal([(call.trigger, call.outcome, call.exit_code) for call in asked.calls],
          [("UserMigration_Authentication", "yes", OK)])
    [user] = emulator.users()
    equal((user["email"], user["email_verified"], user["custom:legacy_id"], user["status"]),
          ("verified@example.com", "true", "cm1a0verified000exampleu1", "CONFIRMED"))


@test
def the_second_sign_in_does_not_call_the_trigger():
    with Calls() as asked:
        emulator.sign_in("verified@example.com", "Correct-Horse-10")
    equal(asked.outcomes, [])
    equal(len(emulator.users()), 1)


@test
def the_wrong_password_of_a_migrated_user_does_not_call_the_trigger():
    with Calls() as asked:
        try:
            emulator.sign_in("verified@example.com", "Wrong-Password")
            raise AssertionError("signed in")
        except Refused:
            pass
    equal(asked.outcomes, [])


@test
def the_id_token_leads_to_the_row():
    tokens = emulator.sign_in("verified@example.com", "Correct-Horse-10")
    claims = claims_of(tokens["IdToken"], "--token-use", "id")
    [user] = user_with("verified@example.com")
    assert user["sub"] in claims and user["custom:legacy_id"] in claims, claims
    row = row_of(user["custom:legacy_id"])
    equal((row["id"], row["email"], row["name"]),
          ("cm1a0verified000exampleu1", "verified@example.com", "Verified User"))


@test
def the_access_token_verifies_as_such():
    tokens = emulator.sign_in("verified@example.com", "Correct-Horse-10")
    assert "access" in claims_of(tokens["AccessToken"], "--token-use", "access")
    equal(verify(tokens["AccessToken"], "--token-use", "id").returncode, DENIED)


@test
def a_tampered_token_is_refused():
    head, body, signature = emulator.sign_in("verified@example.com",
                                             "Correct-Horse-10")["IdToken"].split(".")
    other = emulator.sign_in("cost12@example.com", "Correct-Horse-12")["IdToken"].split(".")[1]
    for spoiled in (f"{head}.{other}.{signature}", f"{head}.{body}.{signature[:-8]}AAAAAAAA"):
        done = verify(spoiled)
        equal((done.returncode, done.stdout), (DENIED, b""), done.stderr)
        assert "TOKEN_SIGNATURE_INVALID" in done.stderr, done.stderr


@test
def a_token_for_another_client_is_refused():
    tokens = emulator.sign_in("verified@example.com", "Correct-Horse-10")
    done = verify(tokens["IdToken"], "--client-id", "another-client")
    equal(done.returncode, DENIED)
    assert "TOKEN_CLIENT_REFUSED" in done.stderr, done.stderr


# ---- who is turned away ----


@test
def a_wrong_password_and_an_unknown_user_create_nobody():
    before = emulator.users()
    with Calls() as asked:
        assert is_turned_away("nobody@example.com", "Wrong-Password")
        assert is_turned_away("prefix-2a@example.com", "Wrong-Password")
    equal(asked.outcomes, ["no", "no"])
    equal([call.exit_code for call in asked.calls], [OK, OK])
    equal(emulator.users(), before)


@test
def a_user_whose_hash_is_not_bcrypt_is_not_created():
    with Calls() as asked:
        assert is_turned_away("argon2@example.com", "Not-Bcrypt-At-All")
    equal(asked.outcomes, ["no"])
    assert "HASH_UNSUPPORTED" in asked.calls[0].reason, asked.calls[0].reason
    equal(user_with("argon2@example.com"), [])


@test
def the_right_password_after_a_wrong_one_migrates():
    assert is_turned_away("prefix-2y@example.com", "Wrong-Password")
    emulator.sign_in("prefix-2y@example.com", "From-PHP-2y")
    equal(len(user_with("prefix-2y@example.com")), 1)


@test
def no_password_is_in_what_the_trigger_said():
    said = "".join(call.reason for call in invoke.calls)
    for secret in ("Wrong-Password", "Correct-Horse", "Not-Bcrypt", "From-PHP", "$2b$1", "$argon2"):
        assert secret not in said, said


# ---- addresses ----


@test
def an_address_typed_in_another_case_leads_to_the_same_row():
    with Calls() as asked:
        tokens = emulator.sign_in("mixed.CASE@example.com", "Case-Matters-Not")
    equal(asked.outcomes, ["yes"])
    assert "cm1a0mixedcase00exampleu4" in claims_of(tokens["IdToken"])
    equal(row_of("cm1a0mixedcase00exampleu4")["email"], "Mixed.Case@Example.com")
    with Calls() as asked:
        emulator.sign_in("mixed.CASE@example.com", "Case-Matters-Not")
    equal(asked.outcomes, [])


@test
def two_addresses_that_differ_in_case_stay_two_users():
    emulator.sign_in("twin@example.com", "Twin-Lower-Case")
    emulator.sign_in("Twin@example.com", "Twin-Upper-Case")
    equal([user["custom:legacy_id"] for user in
           user_with("twin@example.com") + user_with("Twin@example.com")],
          ["cm1a0twinlower00exampleub", "cm1a0twinupper00exampleuc"])
    assert is_turned_away("TWIN@example.com", "Twin-Lower-Case")


@test
def a_password_that_is_not_ascii_migrates():
    emulator.sign_in("unicode@example.com", "Pässwörd-\U0001F511")
    equal(len(user_with("unicode@example.com")), 1)


# ---- the database goes away ----


@test
def a_stopped_database_fails_the_function_and_creates_nobody():
    before = emulator.users()
    with Stopped(), Calls() as asked:
        assert is_turned_away("long-password@example.com", "0123456789" * 8)
        assert is_turned_away("nobody@example.com", "Wrong-Password")
    equal(asked.outcomes, ["failed", "failed"])
    equal([call.exit_code for call in asked.calls], [UNAVAILABLE, UNAVAILABLE])
    equal(emulator.users(), before)


@test
def the_user_signs_in_once_the_database_is_back():
    emulator.sign_in("long-password@example.com", "0123456789" * 8)
    equal(len(user_with("long-password@example.com")), 1)


# So that what was started is stopped when the test itself is.
signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
load_users()
with invoke, emulator:
    run()
