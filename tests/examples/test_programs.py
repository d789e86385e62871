# SPDX-License-Identifier: Apache-2.0
"""Each of examples/ does what it is there to show.

    test_programs.py PROGRAM..."""

import contextlib
import http.client
import http.server
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from keys_endpoint import KeysEndpoint  # noqa: E402
from program import DENIED, OK, SOURCE, UNAVAILABLE, Program  # noqa: E402
from tap import equal, run, test  # noqa: E402

PROGRAMS = {Path(path).name: Program(path) for path in sys.argv[1:]}
NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
LEGACY_ID = "cm1a0verified000exampleu1"
EMAIL, PASSWORD = "verified@example.com", "Correct-Horse-10"
HASH = "$2b$10$HDT4hwe1XmEExOsg5x/6P..PGcedy6bkkxyr3ga1NgF9kiWDddozi"

folder = tempfile.TemporaryDirectory(prefix="cogmig-examples-")


def keys():
    return KeysEndpoint(tempfile.mkdtemp(dir=folder.name))


def event(email, password):
    return json.dumps({
        "version": "1", "triggerSource": "UserMigration_Authentication", "userName": email,
        "userPoolId": "eu-central-1_AbCdEfGhI", "callerContext": {"clientId": "1example23456789"},
        "request": {"password": password}, "response": {}}, separators=(",", ":")).encode()


def database(program):
    path = program.folder / "dev.db"
    if not path.exists():
        users = sqlite3.connect(path)
        users.executescript((SOURCE / "examples/users/users.sqlite.sql").read_text(encoding="utf-8"))
        users.close()
    return {"DATABASE_URL": f"file:{path}"}


@contextlib.contextmanager
def running(name, **environment):
    """A service on a port of its own; gives its address."""
    inherited = {key: value for key, value in os.environ.items()
                 if key.startswith(("PATH", "LD_", "ASAN_", "UBSAN_", "LSAN_"))}
    with subprocess.Popen([PROGRAMS[name].path, "0"], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL, env={**inherited, **environment}) as process:
        try:
            yield process.stdout.readline().strip().removeprefix("http://")
        finally:
            process.kill()


class LocalConnection(http.client.HTTPConnection):
    """To a socket of the file system."""

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def connect(address):
    if not address.startswith("/"):
        return http.client.HTTPConnection(address, timeout=30)
    connection = LocalConnection("localhost")
    connection.path = address
    return connection


def ask(address, path, token=None, **headers):
    """Status, headers and body."""
    connection = connect(address)
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read().decode()


def spoiled(token):
    return token[:-2] + ("AA" if token[-2:] != "AA" else "BB")


# ---- one program, one token ----

@test
def hello_tells_good_bad_and_unknown_apart():
    hello, endpoint = PROGRAMS["cogmig-hello"], keys()
    good = endpoint.token()
    done = hello.run(good, **endpoint.environment)
    equal((done.returncode, done.stdout), (OK, b"1754aa68-d041-7034-8fb2-000000000001\n"))
    equal(hello.run(spoiled(good), **endpoint.environment).returncode, DENIED)
    endpoint.down = True
    equal(hello.run(good, **endpoint.environment).returncode, UNAVAILABLE)


# ---- the service ----

@test
def the_service_lets_in_who_has_a_good_token():
    endpoint = keys()
    with running("cogmig-service", **endpoint.environment) as address:
        token = endpoint.token(legacy_id=LEGACY_ID)
        status, _, body = ask(address, "/me", token)
        equal((status, json.loads(body)), (200, {
            "sub": "1754aa68-d041-7034-8fb2-000000000001", "legacyId": LEGACY_ID}))
        equal(ask(address, "/health")[0], 200)
        equal(ask(address, "/nowhere", token)[0], 404)
        counted = dict(line.split() for line in ask(address, "/metrics")[2].splitlines())
        equal((counted["cogmig_key_fetches_total"], counted["cogmig_key_fetch_failures_total"]),
              ("1", "0"))


@test
def the_service_refuses_everybody_else():
    endpoint = keys()
    with running("cogmig-service", **endpoint.environment) as address:
        status, headers, _ = ask(address, "/me")
        equal((status, headers["WWW-Authenticate"]), (401, "Bearer"))
        for token in (spoiled(endpoint.token()), endpoint.token(exp=1), endpoint.token("id"), "x",
                      endpoint.token(client="another"), ""):
            status, headers, _ = ask(address, "/me", token)
            equal(status, 401, token)
            equal("WWW-Authenticate" in headers, True)
        with socket.create_connection(address.split(":")) as twice:
            header = f"Authorization: Bearer {endpoint.token()}\r\n"
            twice.sendall(f"GET /me HTTP/1.1\r\n{header}{header}\r\n".encode())
            equal(twice.recv(12), b"HTTP/1.1 401")
        with socket.create_connection(address.split(":")) as long:
            long.sendall(b"GET /me HTTP/1.1\r\nX: " + b"x" * (24 * 1024))
            equal(long.recv(12), b"HTTP/1.1 400")


@test
def an_outage_is_503_and_no_refusal():
    endpoint = keys()
    endpoint.down = True
    with running("cogmig-service", **endpoint.environment) as address:
        status, headers, _ = ask(address, "/me", endpoint.token())
        equal((status, "Retry-After" in headers), (503, True))
        equal(ask(address, "/me")[0], 401)


@test
def while_keys_are_on_their_way_one_request_waits_and_others_do_not():
    endpoint = keys()
    endpoint.open.clear()
    with running("cogmig-service", **endpoint.environment) as address:
        answers = []
        waiting = threading.Thread(
            target=lambda: answers.append(ask(address, "/me", endpoint.token())[0]))
        waiting.start()
        endpoint.asked.acquire()
        equal([ask(address, "/health")[0], ask(address, "/me")[0], answers], [200, 401, []])
        endpoint.open.set()
        waiting.join()
        equal(answers, [200])


# ---- nginx ----

class Orders(http.server.BaseHTTPRequestHandler):
    """The service behind nginx: tells which headers it was given."""

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200 if self.path != "/orders/fails" else 500)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def nginx(helper):
    """nginx as nginx.conf has it, before the helper and the orders; gives its address."""
    orders = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Orders)
    threading.Thread(target=orders.serve_forever, daemon=True).start()
    prefix = tempfile.mkdtemp(dir=folder.name)
    path = f"{prefix}/socket"
    configuration = (SOURCE / "examples/auth_request/nginx.conf").read_text(encoding="utf-8")
    for name, value in (("HELPER", helper), ("SERVICE", f"127.0.0.1:{orders.server_address[1]}"),
                        ("SOCKET", path)):
        configuration = re.sub(rf"(?<=[/:]){name}(?=;)", value, configuration)
    (Path(prefix) / "nginx.conf").write_text(configuration, encoding="utf-8")
    os.chmod(folder.name, 0o755)
    os.chmod(prefix, 0o755)
    with subprocess.Popen([NGINX, "-p", prefix, "-c", "nginx.conf", "-e", "stderr"],
                          stderr=subprocess.PIPE, text=True) as process:
        try:
            while process.poll() is None and not os.path.exists(path):
                time.sleep(0.02)
            if process.poll() is not None:
                raise AssertionError(process.stderr.read())
            yield path
        finally:
            process.terminate()
            orders.shutdown()


@test
def nginx_lets_in_who_has_a_good_token():
    endpoint = keys()
    with running("cogmig-auth-request", **endpoint.environment) as helper, nginx(helper) as address:
        token = endpoint.token(legacy_id=LEGACY_ID, padding="x" * 6000)
        status, _, body = ask(address, "/orders/7", token, **{"X-Auth-Legacy-Id": "forged"})
        seen = json.loads(body)
        equal((status, seen["x-auth-sub"], seen["x-auth-legacy-id"], seen.get("authorization")),
              (200, "1754aa68-d041-7034-8fb2-000000000001", LEGACY_ID, None))
        equal(ask(address, "/orders/fails", token)[0], 500, "the service's own fault stays one")
        forged = endpoint.token(legacy_id="x\r\nX-Auth-Sub: somebody")
        equal("x-auth-legacy-id" in json.loads(ask(address, "/orders/7", forged)[2]), False)


@test
def nginx_refuses_everybody_else():
    endpoint = keys()
    with running("cogmig-auth-request", **endpoint.environment) as helper, nginx(helper) as address:
        status, headers, _ = ask(address, "/orders/7", **{"X-Auth-Sub": "forged"})
        equal((status, headers["WWW-Authenticate"]), (401, "Bearer"))
        for token in (spoiled(endpoint.token()), endpoint.token(exp=1), endpoint.token("id")):
            status, headers, _ = ask(address, "/orders/7", token)
            equal((status, "invalid_token" in headers["WWW-Authenticate"]), (401, True), token)
        equal(ask(address, "/_token", endpoint.token())[0], 404)


@test
def to_nginx_too_an_outage_is_503():
    endpoint = keys()
    endpoint.down = True
    with running("cogmig-auth-request", **endpoint.environment) as helper, nginx(helper) as address:
        status, headers, _ = ask(address, "/orders/7", endpoint.token())
        equal((status, headers["Retry-After"]), (503, "5"))


# ---- migrations ----

def users_file(program, *lines):
    (program.folder / "users.txt").write_text("".join(line + "\n" for line in lines))
    return "users.txt"


@test
def a_store_of_ones_own_migrates_its_users():
    program = PROGRAMS["cogmig-custom-store"]
    users = users_file(program, f"7:Ann@example.com:verified:{HASH}", "8:bob@example.com:unverified:")
    done = program.run(users, stdin=event("ann@example.com", PASSWORD))
    answer = json.loads(done.stdout)["response"]
    equal((done.returncode, answer["userAttributes"]["custom:legacy_id"], answer["finalUserStatus"]),
          (OK, "7", "CONFIRMED"))
    for email, password, reason in (("ann@example.com", "wrong", "PASSWORD_MISMATCH"),
                                    ("bob@example.com", PASSWORD, "PASSWORD_NOT_SET"),
                                    ("eve@example.com", PASSWORD, "USER_NOT_FOUND")):
        sent = event(email, password)
        done = program.run(users, stdin=sent)
        equal((done.returncode, done.stdout, done.stderr.partition(":")[0]), (OK, sent, reason))


@test
def its_outages_and_faults_are_told_as_such():
    program = PROGRAMS["cogmig-custom-store"]
    sent = event("ann@example.com", PASSWORD)
    done = program.run("missing.txt", stdin=sent)
    equal((done.returncode, done.stdout), (UNAVAILABLE, b""))
    done = program.run(users_file(program, "7:ann@example.com"), stdin=sent)
    equal((done.stdout, done.stderr.partition(":")[0]), (sent, "STORE_ROW_INVALID"))
    twins = users_file(program, f"7:Ann@example.com:verified:{HASH}", f"8:ANN@example.com:verified:{HASH}")
    done = program.run(twins, stdin=sent)
    equal((done.stdout, done.stderr.partition(":")[0]), (sent, "USER_AMBIGUOUS"))


@test
def a_dry_run_tells_what_would_become_of_each():
    program = PROGRAMS["cogmig-dry-run"]
    events = [event(EMAIL, PASSWORD), event(EMAIL, "wrong"), event("nobody@example.com", "x"),
              event("argon2@example.com", "Not-Bcrypt-At-All")]
    done = program.run(stdin=b"\n".join(events) + b"\n", **database(program), COGMIG_IDMAP="1",
                       COGNITO_USER_POOL_ID="eu-central-1_AbCdEfGhI")
    lines = done.stdout.decode().splitlines()
    equal([line.partition(":")[0] for line in lines[:-1]],
          ["OK", "PASSWORD_MISMATCH", "USER_NOT_FOUND", "HASH_UNSUPPORTED"], done.stderr)
    equal((done.returncode, lines[-1]), (OK, "1 would migrate, 3 are refused, 0 get no answer"))
    equal(PASSWORD in done.stdout.decode(), False)
    done = program.run(stdin=b"{}\n", **database(program))
    equal((done.returncode, done.stdout.decode().splitlines()[-1]),
          (1, "0 would migrate, 0 are refused, 1 get no answer"))


@test
def sign_ins_on_an_event_loop():
    program = PROGRAMS["cogmig-sign-in"]
    attempts = f"{EMAIL} {PASSWORD}\n{EMAIL} wrong\nnobody@example.com x\n" * 3
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as pipe:
        pipe.stdin.write(attempts.encode())
        pipe.stdin.close()
        said = subprocess.run([program.path], stdin=pipe.stdout, capture_output=True, text=True,
                              env={**os.environ, **database(program)}, timeout=120)
    equal((said.returncode, said.stderr), (0, ""))
    equal(sorted(said.stdout.splitlines()), sorted(
        [f"{EMAIL} OK", f"{EMAIL} PASSWORD_MISMATCH", "nobody@example.com USER_NOT_FOUND"] * 3))


@test
def the_tests_of_a_service_pass():
    equal(PROGRAMS["test-orders"].run().returncode, OK)


run()
