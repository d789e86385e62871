# SPDX-License-Identifier: Apache-2.0
"""The Lambda package in an empty root: Cognito emulator -> invoke API -> runtime API -> bootstrap
-> PostgreSQL."""

import base64
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import event_cases  # noqa: E402
import jwks_server  # noqa: E402
from database_door import DatabaseDoor  # noqa: E402
from emulator import DIRECTLY, Emulator, Refused, cognito_reply  # noqa: E402
from invoke_endpoint import InvokeEndpoint, Reply, outcome_of  # noqa: E402
from program import INVALID, OK, SOURCE, Program  # noqa: E402
from runtime_server import WAIT_S, Function  # noqa: E402
from tap import equal, nothing, run, test  # noqa: E402

MEBIBYTE = 1 << 20
POSTGRES = SOURCE / "tests/support/postgres.py"

KINDS = ("OK", "DENIED", "NOT_FOUND", "INVALID", "CONFLICT", "UNAVAILABLE", "STOPPED", "INTERNAL")

cogmig = Program(sys.argv[1])
architecture = {"aarch64": "arm64"}.get(sys.argv[2], sys.argv[2])
database_url = os.environ["COGMIG_TEST_DATABASE_URL"]
door = DatabaseDoor(os.environ["COGMIG_TEST_PGDIRECTORY"])


# ---- the package ----


def package(folder):
    done = subprocess.run([SOURCE / "dev", "lambda", "--arch", architecture, folder],
                          capture_output=True, text=True, check=False)
    equal(done.returncode, 0, done.stdout + done.stderr)
    return SOURCE / "build" / folder / f"cogmig-migration-{architecture}.zip"


def unpack(archive, root):
    """As Lambda does: into /var/task, with the modes that the archive says."""
    task = Path(root, "var", "task")
    with zipfile.ZipFile(archive) as content:
        content.extractall(task)
        for entry in content.infolist():
            (task / entry.filename).chmod(entry.external_attr >> 16)
    return task


def in_root(root, *command):
    if os.geteuid() == 0:
        found = shutil.which("chroot", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
        return [found, str(root), *command]
    enter = ["unshare", "--map-root-user"]
    if subprocess.run([*enter, "true"], capture_output=True, check=False).returncode != 0:
        sys.exit("An empty root takes root, or user namespaces, which this system refuses. On Ubuntu:"
                 " sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0")
    return [*enter, f"--root={root}", *command]


archive = package("lambda")
holder = tempfile.TemporaryDirectory(prefix="cogmig-lambda-")
root = Path(holder.name)
task = unpack(archive, root)
(root / "tmp").mkdir()


class Runner(Function):
    """`cogmig lambda --local` and the function that it starts; `url` is where to call it."""

    def __init__(self, *program, options=("--port", "0"), **environment):
        super().__init__([cogmig.path, "lambda", "--local", *options, *map(str, program)],
                         PATH=os.environ["PATH"], **environment)

    def __enter__(self):
        super().__enter__()
        try:
            self.wait_for_text("\n")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    @property
    def url(self):
        return self.text().splitlines()[0]

    def lines(self):
        return [json.loads(line) for line in self.text().splitlines()[1:]]

    def invoke(self, event):
        """The function's error, or None, and what it returned."""
        request = urllib.request.Request(f"{self.url}/2015-03-31/functions/cogmig/invocations",
                                         event)
        with DIRECTLY.open(request, timeout=WAIT_S) as reply:
            return reply.headers["X-Amz-Function-Error"], reply.read()


def packaged(**environment):
    """The package in its root, where there is nothing else. It has what time it can be given, which
    a busy machine may need."""
    return Runner(*in_root(root, "/var/task/bootstrap"),
                  options=("--port", "0", "--timeout-ms", "60000"),
                  **{"LAMBDA_TASK_ROOT": "/var/task", "DATABASE_URL": door.url(),
                     "COGMIG_DEADLINE_MS": "4900", **environment})


@test
def the_package_holds_all_that_it_loads():
    with zipfile.ZipFile(archive) as content:
        entries = {entry.filename: entry.external_attr >> 16 for entry in content.infolist()}
    equal({oct(mode) for mode in entries.values()}, {"0o100755"})
    names = {name.removeprefix("lib/") for name in entries}
    assert {"bootstrap", "loader", "libc.so.6", "libpq.so.5", "cogmig-lambda"} <= names, names
    for name in entries:
        said = subprocess.run(["readelf", "-dl", task / name], check=True, capture_output=True,
                              text=True).stdout
        needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", said))
        equal({need for need in needed - names if not need.startswith("ld-linux")}, set(), name)
        assert not re.search(r"\((RPATH|RUNPATH)\)", said), name
    assert "INTERP" not in subprocess.run(["readelf", "-l", task / "bootstrap"], check=True,
                                          capture_output=True, text=True).stdout


@test
def the_package_is_small_and_names_no_folder_of_the_build():
    assert archive.stat().st_size <= 10 * MEBIBYTE
    for name in ("bootstrap", "lib/cogmig-lambda", "lib/libcogmig.so.1"):
        assert str(SOURCE).encode() not in (task / name).read_bytes(), name


@test
def another_build_gives_the_same_bytes():
    assert package("lambda-again").read_bytes() == archive.read_bytes()


# ---- the package at work ----


def event_of(email="verified@example.com", password="Correct-Horse-10"):
    return json.dumps({
        "version": "1", "triggerSource": "UserMigration_Authentication", "userName": email,
        "request": {"password": password}, "response": {}}).encode()


def is_yes(reply):
    return reply[0] is None and json.loads(reply[1])["response"].get("userAttributes") is not None


@test
def every_event_is_answered_as_the_library_answers_it():
    with packaged() as runner:
        def migrate(event):
            error, payload = runner.invoke(event)
            migrate.asked += 1
            [*_, line] = runner.wait_for_lines(1 + migrate.asked)
            said = json.dumps(line)
            assert not any(secret in said.encode() for secret in event_cases.passwords_in(event))
            if not error:
                return subprocess.CompletedProcess([], OK, payload, said if "status" in line else "")
            equal(error, "Unhandled")
            for_the_person = line["status"] == "SIGN_UP_REFUSED"
            told = json.loads(payload)["errorMessage"]
            equal((told == "No answer.", told == line["reason"]), (not for_the_person, for_the_person))
            return subprocess.CompletedProcess([], KINDS.index(line["kind"]), b"", said)
        migrate.asked = 0
        nothing(event_cases.faults(migrate))


@contextlib.contextmanager
def in_etc(**files):
    """The root has these files under /etc while the `with` block runs."""
    for name, text in files.items():
        path = root / "etc" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    try:
        yield
    finally:
        shutil.rmtree(root / "etc")


@test
def a_name_is_resolved_by_the_c_library_that_is_shipped():
    with in_etc(hosts="127.0.0.1 legacy.internal\n"):
        with packaged(DATABASE_URL=door.url("legacy.internal")) as runner:
            assert is_yes(runner.invoke(event_of())), runner.text()


@test
def the_authorities_of_the_image_are_those_that_a_database_is_verified_with():
    with tempfile.TemporaryDirectory() as folder:
        jwks_server.make_authority(folder)
        context = jwks_server.make_context(folder, "localhost")
        authority = Path(folder, "ca.pem").read_text()
    pgdirectory = os.environ["COGMIG_TEST_PGDIRECTORY"]
    with DatabaseDoor(pgdirectory, context) as secure:
        url = secure.url("localhost", sslmode="verify-full")
        with in_etc(hosts="127.0.0.1 localhost\n", **{"pki/tls/certs/ca-bundle.crt": authority}):
            with packaged(DATABASE_URL=url) as runner:
                assert is_yes(runner.invoke(event_of())), runner.text()
        with in_etc(hosts="127.0.0.1 localhost\n"), packaged(DATABASE_URL=url) as runner:
            error, _ = runner.invoke(event_of())
            equal((error, runner.wait_for_lines(2)[0]["status"]),
                  ("Unhandled", "STORE_UNREACHABLE"))


@test
def a_connection_that_died_while_nobody_looked_costs_no_answer():
    with packaged() as runner:
        assert is_yes(runner.invoke(event_of())), runner.text()
        door.kill_lines()
        assert is_yes(runner.invoke(event_of())), runner.text()


@test
def the_package_runs_from_any_folder_and_takes_no_library_from_elsewhere():
    with tempfile.TemporaryDirectory() as elsewhere:
        for name in ("libcrypto.so.3", "libpq.so.5", "libc.so.6"):
            Path(elsewhere, name).write_text("not a library")
        with Runner("env", f"LD_LIBRARY_PATH={elsewhere}", task / "bootstrap",
                    DATABASE_URL=database_url) as runner:
            assert is_yes(runner.invoke(event_of())), runner.text()


@test
def a_package_that_cannot_find_itself_says_so():
    done = subprocess.run(in_root(root, "/var/task/bootstrap"), env={}, check=False,
                          capture_output=True, text=True)
    if "COGMIG_EMULATED" in os.environ:  # qemu tells where a program is without /proc
        assert "AWS_LAMBDA_RUNTIME_API is not set" in done.stdout, done.stdout
        return
    equal((done.returncode, done.stdout), (1, ""))
    assert "LAMBDA_TASK_ROOT" in done.stderr, done.stderr


@test
def peppered_users_of_devise_migrate():
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", database_url,
                    "--file", SOURCE / "tests/data/schemas/devise.sql"], check=True)
    event = event_of("ann@example.com", "correct horse battery staple")
    for pepper, expected in ({"COGMIG_PEPPER": "a-pepper"}, True), ({}, False):
        with packaged(COGMIG_PRESET="devise", **pepper) as runner:
            equal(is_yes(runner.invoke(event)), expected, runner.text())
            runner.wait_for_lines(2)
            assert "a-pepper" not in runner.text(), runner.text()
    with packaged(COGMIG_PEPPER="a-pepper" * 129) as runner:  # more than 1,024 bytes
        [line, *_] = runner.wait_for_lines(2)
        equal((line["level"], line["status"]), ("FATAL", "CONFIG_INVALID"))
        assert "a-pepper" not in runner.text(), runner.text()


# ---- with an emulator of Cognito in front ----


class ThroughLambda(InvokeEndpoint):
    """The emulator's triggers, which call the function at its runner."""

    def __init__(self, runner):
        super().__init__(None, None)
        self.runner = runner

    def invoke(self, event):
        trigger = json.loads(event)["triggerSource"]
        if trigger.startswith("TokenGeneration_"):
            event = event.replace(b'"version":"0"', b'"version":"1"')  # as Cognito has it
        error, payload = self.runner.invoke(event)
        outcome = outcome_of(event, b"" if error else payload)
        self.calls.append((trigger, outcome))
        if trigger.startswith("UserMigration_"):
            return cognito_reply(outcome, payload)
        return Reply(error, payload)

    @property
    def migrations(self):
        return [outcome for trigger, outcome in self.calls if trigger.startswith("UserMigration_")]


def is_turned_away(emulator, email, password):
    try:
        emulator.sign_in(email, password)
    except Refused as refused:
        equal(refused.type, "NotAuthorizedException")
        return True
    return False


def postgres(verb):
    subprocess.run([sys.executable, POSTGRES, verb], check=True)


@test
def users_of_an_emulator_are_migrated_by_the_package():
    with packaged() as runner, ThroughLambda(runner) as trigger, Emulator(trigger.url) as emulator:
        assert is_turned_away(emulator, "verified@example.com", "Wrong-Password")
        assert is_turned_away(emulator, "nobody@example.com", "Wrong-Password")
        equal(emulator.users(), [])
        tokens = emulator.sign_in("verified@example.com", "Correct-Horse-10")
        emulator.sign_in("verified@example.com", "Correct-Horse-10")
        equal(trigger.migrations, ["no", "no", "yes"])
        [user] = emulator.users()
        equal((user["email"], user["custom:legacy_id"], user["status"]),
              ("verified@example.com", "cm1a0verified000exampleu1", "CONFIRMED"))
        done = cogmig.run("verify", "-", "--json", "--token-use", "id",
                          stdin=tokens["IdToken"].encode(), **emulator.environment())
        equal(json.loads(done.stdout)["legacy_id"], "cm1a0verified000exampleu1", done.stderr)
        postgres("stop")
        assert is_turned_away(emulator, "cost12@example.com", "Correct-Horse-12")
        postgres("start")
        emulator.sign_in("cost12@example.com", "Correct-Horse-12")
        equal(trigger.migrations[3:], ["failed", "yes"])


def claims_of(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


@test
def an_emulator_signs_nobody_up_with_the_address_of_a_legacy_user():
    with packaged() as runner, ThroughLambda(runner) as trigger:
        with Emulator(trigger.url, ("UserMigration", "PreSignUp")) as emulator:
            def sign_up(email):
                emulator.call("SignUp", ClientId=emulator.client_id, Username=email,
                              Password="Chosen-By-Me-1",
                              UserAttributes=[{"Name": "email", "Value": email}])
            try:
                sign_up("Verified@example.com")
                raise AssertionError("signed up")
            except Refused as refused:
                equal(refused.type, "UserLambdaValidationException")
                assert "sign in" in str(refused), refused
            equal(emulator.users(), [])
            sign_up("new@example.com")
            equal(len(emulator.users()), 1)
            emulator.sign_in("verified@example.com", "Correct-Horse-10")
        lines = runner.wait_for_lines(4)
    equal([(line["level"], line["message"]) for line in lines],
          [("INFO", "sign-up refused"), ("INFO", "answered"), ("INFO", "answered")])
    equal([(line["SignUpsRefused"], line["PassedThrough"], line["Confirmed"]) for line in lines],
          [(1, 0, 0), (0, 1, 0), (0, 0, 1)])


@test
def the_tokens_of_an_emulator_have_the_legacy_id():
    with packaged() as runner, ThroughLambda(runner) as trigger:
        with Emulator(trigger.url, ("UserMigration", "PreTokenGeneration")) as emulator:
            tokens = emulator.sign_in("verified@example.com", "Correct-Horse-10")
            equal(claims_of(tokens["IdToken"])["legacy_id"], "cm1a0verified000exampleu1")


@test
def a_sign_in_links_the_user():
    pool = "eu-central-1_AbCdEfGhI"
    map_of = {"COGNITO_USER_POOL_ID": pool, "DATABASE_URL": database_url}
    equal(cogmig.run("idmap", "install", **map_of).returncode, OK)
    with packaged(COGMIG_IDMAP="1", COGNITO_USER_POOL_ID=pool) as runner:
        sub = "1754aa68-d041-7034-8fb2-000000000001"
        event = json.dumps({
            "version": "1", "triggerSource": "PostAuthentication_Authentication",
            "userPoolId": pool, "userName": sub, "request": {"userAttributes": {
                "sub": sub, "custom:legacy_id": "cm1a0verified000exampleu1"}},
            "response": {}}).encode()
        equal(runner.invoke(event), (None, event))
        equal(runner.wait_for_lines(2)[0]["Linked"], 1)
    found = cogmig.run("idmap", "find", "cm1a0verified000exampleu1", **map_of)
    equal(found.stdout.decode().strip(), sub, found.stderr)


# ---- the runner ----


@test
def callers_at_the_same_time_get_each_their_own_answer():
    answers = {}
    with packaged(AWS_LAMBDA_MAX_CONCURRENCY="2") as runner:
        def call(email, password):
            answers[email] = runner.invoke(event_of(email, password))
        callers = [threading.Thread(target=call, args=arguments) for arguments in (
            ("verified@example.com", "Correct-Horse-10"), ("nobody@example.com", "Wrong"),
            ("prefix-2a@example.com", "Wrong"), ("cost12@example.com", "Correct-Horse-12"))]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
    for email, (error, payload) in answers.items():
        equal((error, json.loads(payload)["userName"]), (None, email))
    equal(sorted(email for email, reply in answers.items() if is_yes(reply)),
          ["cost12@example.com", "verified@example.com"])


def function_of(runner):
    """The process id of the function."""
    children = Path(f"/proc/{runner.process.pid}/task/{runner.process.pid}/children").read_text()
    return int(children)


def wait_until_gone(process):
    give_up_at = time.monotonic() + WAIT_S
    while Path(f"/proc/{process}").exists():
        assert time.monotonic() < give_up_at, process
        time.sleep(0.01)


@test
def a_function_that_ends_is_reported_and_started_again():
    with packaged() as runner:
        assert is_yes(runner.invoke(event_of()))
        before = function_of(runner)
        os.kill(before, signal.SIGKILL)
        wait_until_gone(before)
        assert is_yes(runner.invoke(event_of()))
        assert function_of(runner) != before
    with Runner("false") as runner:
        error, payload = runner.invoke(event_of())
        equal((error, json.loads(payload)["errorType"]), ("Unhandled", "Runtime.ExitError"))


@test
def an_invocation_that_takes_too_long_is_ended():
    with Runner("sleep", "1000", options=("--port", "0", "--timeout-ms", "200")) as runner:
        error, payload = runner.invoke(event_of())
        equal((error, json.loads(payload)["errorType"]), ("Unhandled", "Sandbox.Timedout"))


@test
def what_the_runner_does_not_take_is_refused():
    with Runner() as runner:
        for path, body, code in (("/", b"{}", 404), ("/2015-03-31/functions//invocations", b"", 404),
                                 ("/2018-06-01/runtime/invocation/x/response", b"{}", 404),
                                 ("/2018-06-01/runtime/invocation/"
                                  "00000000-0000-4000-8000-000000000001/response", b"{}", 403),
                                 ("/" + "x" * 20000, b"", 400)):
            try:
                DIRECTLY.open(urllib.request.Request(runner.url + path, body), timeout=WAIT_S)
                raise AssertionError(path)
            except urllib.error.HTTPError as refused:
                equal(refused.code, code, path[:80])


@test
def bytes_that_are_no_request_do_not_end_the_runner():
    with Runner() as runner:
        host, port = runner.url.removeprefix("http://").split(":")
        for data in (b"\0" * 64, b"GET\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
                     b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"x" * 30000,
                     b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"):
            with connect(host, port) as client:
                client.sendall(data)
                client.shutdown(1)
                said = client.makefile("rb").read()
                assert said == b"" or b" 400 " in said, (data[:60], said)
        with connect(host, port) as client:
            client.sendall(b"GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\nConnection: close\r\n\r\n")
            equal(client.makefile("rb").read().count(b" 404 "), 2)


def connect(host, port):
    return socket.create_connection((host, int(port)), timeout=WAIT_S)


@test
def the_runner_says_how_it_is_used():
    for arguments, words in (((), "--local"), (("--local", "--port", "70000"), "--port"),
                             (("--local", "--timeout-ms", "0"), "--timeout-ms"),
                             (("--local", "--far"), "--help")):
        done = cogmig.run("lambda", *arguments)
        equal((done.returncode, done.stdout), (INVALID, b""), arguments)
        assert words in done.stderr, done.stderr


@test
def a_signal_ends_runner_and_function():
    with packaged() as runner:
        assert is_yes(runner.invoke(event_of()))
        function = function_of(runner)
        runner.process.send_signal(signal.SIGTERM)
        equal(runner.wait(), 0)
        assert not Path(f"/proc/{function}").exists()


# So that what was started is stopped when the test itself is.
signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
subprocess.run(["psql", "-X", "-q", "--set=ON_ERROR_STOP=1", database_url, "-f",
                SOURCE / "examples/users/users.sql"], check=True)
with door, holder:
    run()
