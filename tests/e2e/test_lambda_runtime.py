# SPDX-License-Identifier: Apache-2.0
"""The Lambda function against a runtime API that misbehaves, and a database that dies."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from program import SOURCE  # noqa: E402
from runtime_server import (WAIT_S, Function, RuntimeServer, cut_off, deliver, drip, garbage,  # noqa: E402
                            reset, stall, status)
from tap import equal, run, test  # noqa: E402

POSTGRES = SOURCE / "tests/support/postgres.py"
MEBIBYTE = 1 << 20

program = sys.argv[1]
database_url = os.environ["COGMIG_TEST_DATABASE_URL"]


def event_of(email="verified@example.com", password="Correct-Horse-10", **members):
    return json.dumps({
        "version": "1", "triggerSource": "UserMigration_Authentication", "userName": email,
        "request": {"password": password, "validationData": None, **members},
        "response": {"userAttributes": None, "finalUserStatus": None}}).encode()


def start(server, **environment):
    inherited = {name: value for name, value in os.environ.items()
                 if name.startswith(("LD_", "ASAN_", "UBSAN_", "LSAN_"))}
    return Function([program], **{
        **inherited, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
        "AWS_LAMBDA_FUNCTION_NAME": "migration", "DATABASE_URL": database_url, **environment})


def is_yes(body):
    return json.loads(body)["response"]["finalUserStatus"] == "CONFIRMED"


def expect(plays, words, posts=None, **environment):
    """Serve these replies; what must have been said of which invocation. The log's lines."""
    with RuntimeServer(*plays) as server, start(server, **environment) as function:
        server.wait_for_posts(posts or len(words))
        equal(server.words(), words, function.text())
        for _, word, body in server.answers():
            assert word == "error" or is_yes(body), body
        server.wait_for_polls(len(plays) + 1)
        return function.lines()


def psql(command):
    return subprocess.run(["psql", "-X", "-q", "-At", database_url, "-c", command], check=True,
                          capture_output=True, text=True).stdout.strip()


class Held:
    """A reply that waits until it is let go."""

    def __init__(self, play):
        self.play = play
        self.may_go = threading.Event()

    def __call__(self, handler):
        self.may_go.wait(WAIT_S)
        self.play(handler)


@contextlib.contextmanager
def lookup_hangs(server, event):
    """The function has this event, and what it asks of the database hangs in a lock."""
    server.wait_for_polls(1)
    holder = subprocess.Popen(["psql", "-X", "-q", "-At", database_url], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
    with holder:
        holder.stdin.write('BEGIN; LOCK TABLE "User" IN ACCESS EXCLUSIVE MODE; SELECT 1;\n')
        holder.stdin.flush()
        equal(holder.stdout.readline(), "1\n")
        event.may_go.set()
        wait_until_a_lookup_hangs()
        yield


def wait_until_a_lookup_hangs():
    give_up_at = time.monotonic() + WAIT_S
    while psql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == "0":
        assert time.monotonic() < give_up_at, "no look-up waits for the lock"
        time.sleep(0.02)


def postgres(verb):
    subprocess.run([sys.executable, POSTGRES, verb], check=True)


# ---- a runtime API as it should be ----


@test
def events_are_answered_one_after_the_other():
    lines = expect([deliver(event_of(), "a-1"), deliver(event_of(), "b-2")],
                   [("a-1", "response"), ("b-2", "response")])
    equal([(line["requestId"], line["message"], line["coldStart"]) for line in lines],
          [("a-1", "answered", True), ("b-2", "answered", False)])


@test
def each_line_counts_its_event():
    with RuntimeServer(deliver(event_of()), deliver(event_of(password="wrong"), "b"),
                       deliver(b"{}", "c")) as server, start(server) as function:
        server.wait_for_posts(3)
        lines = function.wait_for_lines(3)
    equal([(line["level"], line["message"], line.get("status")) for line in lines],
          [("INFO", "answered", None), ("INFO", "answered", "PASSWORD_MISMATCH"),
           ("ERROR", "no answer", "EVENT_MALFORMED")])
    equal([(line["Confirmed"], line["Refused"], line["Failed"]) for line in lines],
          [(1, 0, 0), (0, 1, 0), (0, 0, 1)])
    for line in lines:
        [directive] = line["_aws"]["CloudWatchMetrics"]
        equal((directive["Namespace"], directive["Dimensions"]), ("libcogmig", [["FunctionName"]]))
        for metric in directive["Metrics"]:
            assert isinstance(line[metric["Name"]], (int, float)), metric
        equal(line["FunctionName"], "migration")
        assert abs(line["_aws"]["Timestamp"] / 1000 - time.time()) < 600, line


@test
def a_no_is_the_event_as_it_came():
    event = event_of(password="wrong")
    with RuntimeServer(deliver(event)) as server, start(server):
        server.wait_for_posts(1)
        equal(list(server.answers()), [("good", "response", event)])


# promise 7
@test
def no_password_no_address_and_no_hash_is_in_the_log():
    plays = [deliver(event_of(email, password)) for email, password in (
        ("verified@example.com", "Correct-Horse-10"), ("verified@example.com", "Wrong-Horse-11"),
        ("nobody@example.com", "Wrong-Horse-11"), ("argon2@example.com", "Not-Bcrypt-At-All"))]
    plays.append(deliver(event_of() + b"}"))
    with RuntimeServer(*plays) as server, start(server) as function:
        server.wait_for_posts(5)
        function.wait_for_lines(5)
    for secret in ("Horse", "Not-Bcrypt", "example.com", "$2b$1", "$argon2id$"):
        assert secret not in function.text(), function.text()


@test
def several_invocations_run_at_a_time():
    events = [deliver(event_of(), f"id-{number}") for number in range(12)]
    with RuntimeServer(*events) as server, start(
            server, AWS_LAMBDA_MAX_CONCURRENCY="4") as function:
        server.wait_for_posts(12)
        server.wait_for_polls(12 + 4)
        counted = sum(line["Confirmed"] for line in function.lines())
        equal(sorted(server.words()), sorted((f"id-{n}", "response") for n in range(12)))
        assert all(is_yes(body) for _, _, body in server.answers())
    equal(counted, 12)


@test
def a_proxy_of_the_environment_is_not_asked():
    nobody = "http://127.0.0.1:9"
    expect([deliver(event_of())], [("good", "response")], http_proxy=nobody, HTTP_PROXY=nobody,
           ALL_PROXY=nobody, all_proxy=nobody)


# promise 12
@test
def what_is_said_of_a_failure_says_nothing():
    with RuntimeServer(deliver(event_of() + b"x")) as server, start(server):
        server.wait_for_posts(1)
        [(_, headers, body)] = server.posts
    equal(json.loads(body), {"errorMessage": "No answer.", "errorType": "NoAnswer",
                             "stackTrace": []})
    equal(headers["Lambda-Runtime-Function-Error-Type"], "Cogmig.NoAnswer")
    assert "Expect" not in headers, headers


# ---- events ----


@test
def an_event_of_6_mb_is_answered():
    event = event_of()
    event = event_of(clientMetadata={"k": "x" * (6 * MEBIBYTE - len(event) - 100)})
    assert 6 * MEBIBYTE - 200 < len(event) <= 6 * MEBIBYTE
    expect([deliver(event), deliver(event_of())], [("good", "response")] * 2)


@test
def a_larger_event_is_refused_and_the_next_one_answered():
    event = event_of(clientMetadata={"k": "x" * 6 * MEBIBYTE})
    lines = expect([deliver(event, "large"), deliver(event_of())],
                   [("large", "error"), ("good", "response")])
    equal((lines[0]["status"], lines[0]["Failed"]), ("EVENT_TOO_LARGE", 1))
    assert "larger" in lines[0]["reason"], lines[0]


@test
def what_is_not_json_is_refused_and_the_next_one_answered():
    for event in (b"", b"null", b"[1,2", b"<html></html>", b"\xff\xfe", event_of()[:-1]):
        lines = expect([deliver(event, "bad"), deliver(event_of())],
                       [("bad", "error"), ("good", "response")])
        equal((lines[0]["status"], lines[0]["kind"]), ("EVENT_MALFORMED", "INVALID"))


# ---- a runtime API that misbehaves ----


@test
def a_bad_reply_does_not_end_the_function():
    for bad in (status(500), status(403), reset, garbage):
        lines = expect([bad, deliver(event_of()), bad, bad, deliver(event_of())],
                       [("good", "response")] * 2)
        assert any(line["message"] == "the runtime API failed" for line in lines), lines


@test
def three_bad_replies_in_a_row_end_it():
    with RuntimeServer(*[status(500)] * 3) as server, start(server) as function:
        equal(function.wait(), 1, function.text())
        equal(server.polls, 3)
    equal(len(function.lines()), 3)
    assert "HTTP status 500" in function.text(), function.text()


@test
def a_runtime_api_that_is_not_there_ends_it():
    with RuntimeServer() as server:
        closed = start(server)
    with closed as function:
        equal(function.wait(), 1, function.text())


@test
def half_an_event_is_reported_and_the_next_one_answered():
    lines = expect([cut_off(event_of()), deliver(event_of())],
                   [("half", "error"), ("good", "response")])
    equal((lines[0]["message"], lines[0]["status"]), ("no answer", "EVENT_MALFORMED"))


@test
def an_event_that_comes_slowly_is_answered():
    expect([drip(event_of())], [("drip", "response")])


@test
def an_event_that_stops_coming_costs_no_more_than_its_time():
    lines = expect([stall(event_of()), deliver(event_of())], [("stall", "error"), ("good", "response")])
    equal((lines[0]["status"], lines[0]["kind"]), ("DEADLINE_EXCEEDED", "UNAVAILABLE"))


@test
def an_invocation_without_a_usable_id_is_not_answered():
    for request_id in ("", "../../init/error", "a b", "x" * 200):
        lines = expect([deliver(event_of(), request_id), deliver(event_of())],
                       [("good", "response")])
        equal(lines[0]["message"], "the runtime API failed")


@test
def a_response_that_is_refused_concerns_that_invocation_alone():
    with RuntimeServer(deliver(event_of(), "a"), deliver(event_of(), "b"),
                       replies=[status(413)]) as server, start(server) as function:
        server.wait_for_posts(2)
        equal(server.words(), [("a", "response"), ("b", "response")])
        assert "HTTP status 413" in function.text(), function.text()


@test
def a_response_that_may_not_have_arrived_is_sent_again():
    with RuntimeServer(deliver(event_of(), "a"), replies=[reset]) as server, start(server):
        server.wait_for_posts(2)
        server.wait_for_polls(2)
        equal(set(server.words()), {("a", "response")})


# ---- the start ----


@test
def a_setting_that_is_wrong_fails_the_start():
    for wrong in ({"DATABASE_URL": "mysql://x"}, {"DATABASE_URL": ""},
                  {"COGMIG_TABLE": "NoSuchTable"}, {"COGMIG_DEADLINE_MS": "5000"},
                  {"COGMIG_DEADLINE_MS": "fast"}, {"AWS_LAMBDA_MAX_CONCURRENCY": "0"}):
        with RuntimeServer() as server, start(server, **wrong) as function:
            equal(function.wait(), 1)
            equal([(path, json.loads(body)["errorType"]) for path, _, body in server.posts],
                  [("/2018-06-01/runtime/init/error", "NotReady")])
            equal(server.polls, 0)
        [line] = function.lines()
        equal((line["level"], line["kind"]), ("FATAL", "INVALID"))


@test
def a_database_that_is_down_does_not_fail_the_start():
    postgres("stop")
    try:
        with RuntimeServer(deliver(event_of(), "down")) as server, start(server) as function:
            server.wait_for_posts(1)
            server.wait_for_polls(2)
            equal(server.words(), [("down", "error")])
            equal(function.lines()[0]["kind"], "UNAVAILABLE")
    finally:
        postgres("start")


@test
def who_has_migrated_gets_tokens_while_the_database_is_down():
    event = json.dumps({
        "version": "2", "triggerSource": "TokenGeneration_Authentication",
        "userPoolId": "eu-central-1_AbCdEfGhI", "request": {"userAttributes": {
            "sub": "1754aa68-d041-7034-8fb2-000000000001", "custom:legacy_id": "cm1a0"},
            "groupConfiguration": {}, "scopes": []}, "response": {}}).encode()
    postgres("stop")
    try:
        with RuntimeServer(deliver(event)) as server, start(
                server, COGMIG_IDMAP="1", COGNITO_USER_POOL_ID="eu-central-1_AbCdEfGhI") as function:
            server.wait_for_posts(1)
            [(_, word, body)] = server.answers()
            equal(word, "response", function.text())
            equal(b'"legacy_id":"cm1a0"' in body.replace(b" ", b""), True, body)
    finally:
        postgres("start")


# ---- the database dies ----


@test
def a_database_that_restarts_between_two_events_is_found_again():
    postgres_restarts = lambda handler: (postgres("restart"), deliver(event_of())(handler))
    expect([deliver(event_of()), postgres_restarts], [("good", "response")] * 2)


@test
def a_database_that_is_down_fails_the_invocation_until_it_is_back():
    goes = lambda handler: (postgres("crash"), deliver(event_of(), "down")(handler))
    comes_back = lambda handler: (postgres("start"), deliver(event_of(), "up")(handler))
    lines = expect([deliver(event_of()), goes, comes_back],
                   [("good", "response"), ("down", "error"), ("up", "response")])
    equal([line.get("kind") for line in lines], [None, "UNAVAILABLE", None])


@test
def a_database_that_dies_during_an_event_fails_that_invocation():
    event = Held(deliver(event_of(), "dies"))
    comes_back = lambda handler: (postgres("start"), deliver(event_of(), "up")(handler))
    with RuntimeServer(event, comes_back) as server, start(server) as function:
        with lookup_hangs(server, event):
            postgres("crash")
            server.wait_for_posts(2)
        equal(server.words(), [("dies", "error"), ("up", "response")], function.text())
        equal(function.wait_for_lines(1)[0]["kind"], "UNAVAILABLE")


@test
def the_time_that_lambda_leaves_is_kept():
    event = Held(deliver(event_of(), "late", left_ms=600))
    with RuntimeServer(event) as server, start(server) as function:
        with lookup_hangs(server, event):
            server.wait_for_posts(1)
        equal(server.words(), [("late", "error")])
        equal(function.wait_for_lines(1)[0]["status"], "DEADLINE_EXCEEDED")


@test
def an_invocation_that_is_over_is_not_begun():
    lines = expect([deliver(event_of(), "over", left_ms=0), deliver(event_of())],
                   [("over", "error"), ("good", "response")])
    equal(lines[0]["status"], "DEADLINE_EXCEEDED")


# ---- the end ----


@test
def a_signal_ends_it_while_it_waits():
    for number in (signal.SIGTERM, signal.SIGINT):
        with RuntimeServer() as server, start(server) as function:
            server.wait_for_polls(1)
            function.process.send_signal(number)
            equal((function.wait(), function.text()), (0, ""))


@test
def a_signal_lets_the_event_at_hand_be_answered():
    event = Held(deliver(event_of()))
    with RuntimeServer(event) as server, start(server) as function:
        with lookup_hangs(server, event):
            function.process.send_signal(signal.SIGTERM)
        equal(function.wait(), 0, function.text())
        equal((server.words(), server.polls), ([("good", "response")], 1))


subprocess.run(["psql", "-X", "-q", "--set=ON_ERROR_STOP=1", database_url, "-f",
                SOURCE / "examples/users/users.sql"], check=True)
run()
