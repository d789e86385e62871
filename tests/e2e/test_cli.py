# SPDX-License-Identifier: Apache-2.0
"""The program `cogmig` from outside: what it prints, and with which exit code it ends."""

import json
import re
import resource
import sqlite3
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import event_cases  # noqa: E402
from event_cases import HASH, event_named  # noqa: E402
from issuer import Issuer  # noqa: E402
from program import (CONFLICT, DENIED, INVALID, NOT_FOUND, OK, SOURCE, UNAVAILABLE,  # noqa: E402
                     Program)
from tap import equal, nothing, run, test  # noqa: E402

POOL_ID = "eu-central-1_AbCdEfGhI"
ISSUER = f"https://cognito-idp.eu-central-1.amazonaws.com/{POOL_ID}"
CLIENT_ID = "1example23456789"
LEGACY_ID = "cm1a0verified000exampleu1"
HTML = b"<!DOCTYPE html>\n<html><body><h1>Sign in to the hotel's network</h1></body></html>\n"
VERBS = ("audit", "capacity", "doctor", "export", "idmap", "lambda", "migrate", "reconcile", "store",
         "status", "verify", "user")

cogmig = Program(sys.argv[1])
issuer = Issuer(ISSUER, cogmig.folder)
store_url = f"file:{cogmig.folder}/dev.db"
jwks_file = cogmig.folder / "jwks.json"


def prepare():
    jwks_file.write_text(issuer.jwks, encoding="utf-8")
    with sqlite3.connect(cogmig.folder / "dev.db") as database:
        database.executescript(
            (SOURCE / "examples/users/users.sqlite.sql").read_text(encoding="utf-8"))
    database.close()


def migrate(event, *arguments, **environment):
    return cogmig.run("migrate", *arguments, stdin=event,
                      **{"DATABASE_URL": store_url, "COGMIG_DEADLINE_MS": "60000", **environment})


def verify(token, *arguments, **environment):
    settings = {"COGNITO_USER_POOL_ID": POOL_ID, "COGNITO_CLIENT_ID": CLIENT_ID}
    return cogmig.run("verify", token, *arguments, **{**settings, **environment})


def verify_offline(token, *arguments, **environment):
    return verify(token, "--jwks", str(jwks_file), *arguments, **environment)


def user(*arguments, **environment):
    return cogmig.run("user", *arguments, **{"DATABASE_URL": store_url, **environment})


def explained(done, status, exit_code):
    """The status by name, a sentence for people, the exit code of the kind."""
    equal(done.returncode, exit_code, done.stderr)
    assert re.search(rf"\b{status}\b", done.stderr), done.stderr
    assert len(done.stderr.partition(status)[2].split()) >= 6, "no sentence: " + done.stderr
    assert not HASH.search(done.stderr), "a hash in " + done.stderr


def refused(done, status, exit_code):
    explained(done, status, exit_code)
    equal(done.stdout, b"", "stdout of a refusal")


class Web:
    """Answers every request with one status and body while the `with` block runs."""

    def __init__(self, body, status=200, content_type="application/json"):
        self.requests = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                web.requests.append(self.path)
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks.json"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class DotEnv:
    """The file .env or .env.local of the working directory while the `with` block runs."""

    def __init__(self, name, *lines, **settings):
        self.path = cogmig.folder / name
        self.text = "\n".join([*lines, *(f"{key}={value}" for key, value in settings.items())])

    def __enter__(self):
        self.path.write_bytes(self.text.encode())

    def __exit__(self, *_):
        self.path.unlink()


# ---- help ----


@test
def help_of_every_verb_teaches():
    for arguments in (["--help"], *([verb, "--help"] for verb in VERBS)):
        done = cogmig.run(*arguments)
        equal((done.returncode, done.stderr), (OK, ""), str(arguments))
        assert re.match(rb"cogmig \w+", done.stdout), done.stdout
        equal(cogmig.run("help", *arguments[:-1]).stdout, done.stdout)
        assert len(done.stdout.splitlines()) > 8, "teaches nothing: " + done.stdout.decode()


@test
def the_help_names_every_verb_and_every_setting():
    text = cogmig.run("--help").stdout.decode()
    names = [*VERBS, "DATABASE_URL", "COGNITO_USER_POOL_ID", "COGNITO_CLIENT_ID", ".env"]
    nothing(name for name in names if name not in text)


@test
def what_is_no_command_is_refused():
    for arguments in (["migrat"], ["migrate", "--passwrd=x"], ["migrate", "event.json"], ["user"],
                      ["verify"], ["user", "a@example.com", "b@example.com"],
                      ["user", "a@example.com", "--id", "cm0"], ["verify", "token", "--token-use"]):
        done = cogmig.run(*arguments, DATABASE_URL=store_url)
        equal((done.returncode, done.stdout), (INVALID, b""), str(arguments))
        assert "--help" in done.stderr, done.stderr


@test
def what_is_nearly_a_command_is_told():
    for arguments, told in ((["migrat"], "migrate"), (["useer", "a@example.com"], "user"),
                            (["auidt"], "audit"), (["capacitz"], "capacity"),
                            (["help", "doctr"], "doctor"),
                            (["verify", "--clinet-id=x"], "--client-id"), (["user", "--jsonn"], "--json")):
        done = cogmig.run(*arguments)
        equal((done.returncode, f"did you mean {told}?" in done.stderr.replace('"', "")), (INVALID, True),
              done.stderr)
    for arguments in (["migration"], ["a"], [""], ["user", "--secret"], ["user", "--i"], ["verify", "--"]):
        done = cogmig.run(*arguments)
        assert "did you mean" not in done.stderr, done.stderr


@test
def an_option_that_cannot_be_is_told_as_what_it_is():
    for arguments, told in ((["user", "--idx"], "--idx is not known to \"user\""),
                            (["user", "-x"], "-x is not known to \"user\""),
                            (["user", "--id"], "--id wants a value"),
                            (["user", "--json=1"], "--json takes no value"),
                            (["doctor", "--le=3"], "--le is not known to \"doctor\", or stands for several"),
                            (["verify", "--tokn=secret"], "--tokn is not known"),
                            (["lambda", "--port"], "--port wants a value"),
                            (["capacity", "--user-s"], "--user-s is not known")):
        done = cogmig.run(*arguments)
        equal((done.returncode, told in done.stderr), (INVALID, True), done.stderr)
        equal(("secret" in done.stderr, done.stderr.count("\n"), done.stdout), (False, 2, b""), done.stderr)


@test
def a_function_that_cannot_be_started_ends_the_runner():
    for program in ("./missing", "/etc/passwd", "no-such-program"):
        done = cogmig.run("lambda", "--local", "--port", "0", program)
        equal((done.returncode, f"{program} cannot be started" in done.stderr), (INVALID, True), done.stderr)
    # Standard input, output and error, the listener, the signals: nothing is left for the program.
    done = cogmig.run("lambda", "--local", "--port", "0", "/bin/true",
                      before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (5, 5)))
    equal((done.returncode, "/bin/true cannot be started: Too many open files" in done.stderr),
          (UNAVAILABLE, True), done.stderr)
    for most, told in ((4, "signals cannot be waited for"), (9, "calls cannot be waited for")):
        limits = (resource.RLIMIT_NOFILE, (most, most))
        done = cogmig.run("lambda", "--local", "--port", "0", before=lambda: resource.setrlimit(*limits))
        equal((done.returncode, told in done.stderr), (UNAVAILABLE, True), done.stderr)


# promise 10
@test
def a_password_cannot_be_given_on_the_command_line():
    done = migrate(event_named("sign-in"), "--password", "Correct-Horse-10")
    equal((done.returncode, done.stdout), (INVALID, b""))
    assert "Correct-Horse-10" not in done.stderr, done.stderr
    assert b"--password" not in cogmig.run("migrate", "--help").stdout


# ---- migrate ----


# promise 7
@test
def every_event_gets_its_answer_and_no_password_is_told():
    nothing(event_cases.faults(migrate))


@test
def a_plain_no_is_a_success():
    for name in ("wrong-password", "unknown-user", "forgot-password-address-not-verified",
                 "user-without-password"):
        equal(migrate(event_named(name)).returncode, OK, name)


@test
def a_no_that_hides_bad_data_fails_and_still_answers():
    for name, status, code in (("hash-is-argon2", "HASH_UNSUPPORTED", INVALID),
                               ("hash-was-cut-off", "HASH_MALFORMED", INVALID),
                               ("hash-of-cost-16", "HASH_COST_REFUSED", INVALID),
                               ("twin-in-a-third-case", "USER_AMBIGUOUS", CONFLICT)):
        done = migrate(event_named(name))
        explained(done, status, code)
        equal(done.stdout, event_named(name), name)


@test
def a_malformed_event_gives_no_answer():
    refused(migrate(b'{"version": "1", "triggerSource": '), "EVENT_MALFORMED", INVALID)


@test
def an_unknown_trigger_gives_no_answer():
    refused(migrate(event_named("trigger-of-no-pool")), "TRIGGER_UNKNOWN", INVALID)


@test
def an_event_beyond_the_limit_gives_no_answer():
    event = event_named("sign-in") + b" " * (6 * 1024 * 1024)
    refused(migrate(event), "EVENT_TOO_LARGE", INVALID)


@test
def a_database_that_is_down_gives_no_answer():
    nowhere = f"postgresql://legacy:Secret-Of-The-Database@localhost/app?host={cogmig.folder}"
    done = migrate(event_named("sign-in"), DATABASE_URL=nowhere)
    refused(done, "STORE_UNREACHABLE", UNAVAILABLE)
    assert "Secret-Of-The-Database" not in done.stderr, done.stderr


@test
def a_database_file_that_is_not_there_gives_no_answer():
    done = migrate(event_named("sign-in"), DATABASE_URL="file:./absent.db")
    refused(done, "STORE_UNREACHABLE", UNAVAILABLE)
    assert not (cogmig.folder / "absent.db").exists(), "made on the way"


@test
def a_database_without_the_table_gives_no_answer():
    done = migrate(event_named("sign-in"), COGMIG_TABLE="Customer")
    refused(done, "STORE_SCHEMA_MISMATCH", INVALID)


@test
def a_url_that_cannot_be_one_gives_no_answer():
    done = migrate(event_named("sign-in"), DATABASE_URL="mysql://localhost/app")
    refused(done, "STORE_URL_INVALID", INVALID)


@test
def no_url_at_all_gives_no_answer():
    done = cogmig.run("migrate", stdin=event_named("sign-in"))
    refused(done, "CONFIG_INCOMPLETE", INVALID)
    assert "DATABASE_URL" in done.stderr, done.stderr


@test
def an_output_that_takes_nothing_is_a_failure():
    for arguments, stdin in ((["migrate"], event_named("sign-in")), (["--help"], b""),
                             (["user", "--id", LEGACY_ID], b"")):
        done = cogmig.run(*arguments, stdin=stdin, stdout=open("/dev/full", "wb"),
                          DATABASE_URL=store_url)
        equal(done.returncode, UNAVAILABLE, str(arguments))
        assert "No space left" in done.stderr, done.stderr


@test
def a_refusal_in_json_is_one_object():
    for done, status, kind in (
            (migrate(b"{}", "--json"), "EVENT_MALFORMED", "INVALID"),
            (migrate(event_named("wrong-password"), "--json"), "PASSWORD_MISMATCH", "DENIED"),
            (user("nobody@example.com", "--json"), "USER_NOT_FOUND", "NOT_FOUND"),
            (verify_offline("a.b.c", "--json"), "TOKEN_MALFORMED", "DENIED"),
            (user("x@example.com", "--json", "--url", "file:no.db"), "STORE_UNREACHABLE",
             "UNAVAILABLE")):
        told = json.loads(done.stderr)
        equal((told["status"], told["kind"]), (status, kind))
        assert len(told["message"]) > 20, told


@test
def the_flags_of_migrate_do_what_they_say():
    event = event_named("sign-in")
    refusal = migrate(event, "--max-cost", "9")
    explained(refusal, "HASH_COST_REFUSED", INVALID)
    equal(refusal.stdout, event)
    answer = json.loads(migrate(event, "--attribute", "name").stdout)
    equal(answer["response"]["userAttributes"]["name"], "Verified User")
    answer = json.loads(migrate(event, "--legacy-id-attribute", "custom:old_id").stdout)
    equal(answer["response"]["userAttributes"]["custom:old_id"], LEGACY_ID)
    assert "custom:legacy_id" not in answer["response"]["userAttributes"], answer


@test
def a_flag_with_a_value_that_cannot_be_is_refused():
    event = event_named("sign-in")
    for flag, value, status in (("--attribute", "sub", "ATTRIBUTE_RESERVED"),
                                ("--attribute", "cognito:groups", "ATTRIBUTE_RESERVED"),
                                ("--attribute", "shoe_size", "ATTRIBUTE_INVALID"),
                                ("--legacy-id-attribute", "legacy_id", "ATTRIBUTE_INVALID"),
                                ("--deadline-ms", "0", "CONFIG_INVALID"),
                                ("--deadline-ms", "soon", "CONFIG_INVALID"),
                                ("--max-cost", "32", "CONFIG_INVALID"),
                                ("--max-cost", "", "CONFIG_INVALID")):
        refused(migrate(event, flag, value), status, INVALID)


# ---- verify ----


@test
def a_good_token_is_told_with_its_claims():
    token = issuer.id_token(CLIENT_ID, **{"custom:legacy_id": LEGACY_ID})
    for done in (verify_offline(token), verify_offline("-", stdin=token.encode() + b"\n"),
                 verify_offline(token, "--token-use", "id")):
        equal(done.returncode, OK, done.stderr)
        assert LEGACY_ID.encode() in done.stdout, done.stdout


@test
def a_good_token_is_told_in_json():
    token = issuer.access_token(CLIENT_ID)
    done = verify_offline(token, "--json", "--token-use", "access")
    equal(done.returncode, OK, done.stderr)
    told = json.dumps(json.loads(done.stdout))
    assert "1754aa68-d041-7034-8fb2-000000000001" in told and ISSUER in told, told


@test
def claims_in_json_are_as_the_issuer_wrote_them():
    token = issuer.access_token(CLIENT_ID, large=10**30, text="line\nend", empty={})
    done = verify_offline(token, "--json")
    equal((done.returncode, done.stdout.count(b"\n")), (OK, 1), done.stderr)
    claims = json.loads(done.stdout)["claims"]
    equal((claims["large"], claims["text"], claims["empty"]), (10**30, "line\nend", {}))


@test
def a_refused_token_is_told_with_the_reason():
    good = issuer.id_token(CLIENT_ID)
    head, body, signature = good.split(".")
    spoiled = f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    for token, status in ((issuer.id_token(CLIENT_ID, exp=1700000000), "TOKEN_EXPIRED"),
                          (issuer.id_token("another-client"), "TOKEN_CLIENT_REFUSED"),
                          (issuer.id_token(CLIENT_ID, iss=ISSUER + "x"), "TOKEN_ISSUER_REFUSED"),
                          (spoiled, "TOKEN_SIGNATURE_INVALID")):
        done = verify_offline(token)
        refused(done, status, DENIED)
        assert token not in done.stderr and signature not in done.stderr, "the token is told"


@test
def a_token_of_the_other_use_is_refused():
    done = verify_offline(issuer.access_token(CLIENT_ID), "--token-use", "id")
    refused(done, "TOKEN_USE_REFUSED", DENIED)


@test
def what_is_no_token_is_refused():
    done = verify_offline("not-a-token")
    explained(done, "TOKEN_MALFORMED", done.returncode)
    assert done.returncode in (DENIED, INVALID) and done.stdout == b"", done


@test
def a_pool_id_that_cannot_be_one_is_refused():
    for pool_id in ("eu-central-1", "eu-central-1_", "_AbCdEfGhI", "eu-central-1_A/../b", "x y_z"):
        done = verify(issuer.id_token(CLIENT_ID), COGNITO_USER_POOL_ID=pool_id)
        refused(done, "POOL_ID_INVALID", INVALID)


@test
def a_jwks_file_that_is_html_is_refused():
    page = cogmig.folder / "page.html"
    page.write_bytes(HTML)
    done = verify(issuer.id_token(CLIENT_ID), "--jwks", str(page))
    refused(done, "JWKS_MALFORMED", INVALID)


@test
def a_jwks_file_that_is_not_there_is_refused():
    done = verify(issuer.id_token(CLIENT_ID), "--jwks", "absent.json")
    refused(done, "FILE_UNREADABLE", INVALID)


def verify_online(token, web_url, *arguments):
    return verify(token, "--issuer", ISSUER, "--jwks-url", web_url, *arguments)


@test
def a_jwks_from_the_web_verifies():
    with Web(issuer.jwks.encode()) as web:
        done = verify_online(issuer.id_token(CLIENT_ID), web.url, "--allow-plain-http")
        equal(done.returncode, OK, done.stderr)
        equal(web.requests, ["/jwks.json"])


@test
def a_jwks_from_the_web_that_is_html_is_an_outage():
    for content_type in ("text/html", "application/json"):
        with Web(HTML, content_type=content_type) as web:
            done = verify_online(issuer.id_token(CLIENT_ID), web.url, "--allow-plain-http")
        refused(done, "JWKS_RESPONSE_INVALID", UNAVAILABLE)


@test
def a_jwks_server_in_trouble_is_an_outage():
    with Web(b"{}", status=503) as web:
        done = verify_online(issuer.id_token(CLIENT_ID), web.url, "--allow-plain-http")
    refused(done, "JWKS_HTTP_STATUS", UNAVAILABLE)
    assert "503" in done.stderr, done.stderr
    done = verify_online(issuer.id_token(CLIENT_ID), web.url, "--allow-plain-http")
    refused(done, "JWKS_UNREACHABLE", UNAVAILABLE)


@test
def plain_http_needs_leave():
    with Web(issuer.jwks.encode()) as web:
        done = verify_online(issuer.id_token(CLIENT_ID), web.url)
        refused(done, "JWKS_URL_INVALID", INVALID)
        equal(web.requests, [], "asked all the same")


@test
def the_flags_of_verify_do_what_they_say():
    other = issuer.id_token("another-client")
    equal(verify_offline(other, "--any-client").returncode, OK)
    equal(verify_offline(other, "--client-id", "another-client").returncode, OK)
    equal(verify_offline(other, COGNITO_CLIENT_ID=f"{CLIENT_ID},another-client").returncode, OK)
    late = issuer.id_token(CLIENT_ID, exp=int(time.time()) - 100)
    refused(verify_offline(late), "TOKEN_EXPIRED", DENIED)
    equal(verify_offline(late, "--leeway", "300").returncode, OK)
    refused(verify_offline(late, "--leeway", "301"), "CONFIG_INVALID", INVALID)


@test
def a_flag_for_the_pool_goes_before_the_environment():
    token = issuer.id_token(CLIENT_ID)
    equal(verify_offline(token, "--pool-id", POOL_ID, COGNITO_USER_POOL_ID="eu-west-1_Other",
                         COGNITO_ISSUER="https://example.com").returncode, OK)
    equal(verify_offline(token, "--issuer", ISSUER, COGNITO_USER_POOL_ID="eu-west-1_Other",
                         COGNITO_ISSUER="https://example.com").returncode, OK)


@test
def no_pool_or_no_client_is_said():
    token = issuer.id_token(CLIENT_ID)
    for missing in ({"COGNITO_CLIENT_ID": CLIENT_ID}, {"COGNITO_USER_POOL_ID": POOL_ID}):
        done = cogmig.run("verify", token, "--jwks", str(jwks_file), **missing)
        refused(done, "CONFIG_INCOMPLETE", INVALID)


# ---- user ----


@test
def a_user_is_told_without_the_hash():
    for arguments in (["verified@example.com"], ["--id", LEGACY_ID], ["VERIFIED@example.com"],
                      ["verified@example.com", "--json"], ["--json", "--id", LEGACY_ID]):
        done = user(*arguments)
        equal(done.returncode, OK, done.stderr)
        told = done.stdout.decode()
        nothing(part for part in (LEGACY_ID, "Verified User", "bcrypt", "10") if part not in told)
        assert "$2b$" not in told and "HDT4hwe1XmEExOsg5x" not in told, "the hash is told"


# promise 7
@test
def of_no_user_is_any_hash_told():
    with sqlite3.connect(cogmig.folder / "dev.db") as database:
        rows = database.execute('SELECT "id", "password" FROM "User"').fetchall()
    database.close()
    equal(len(rows), 15)
    for legacy_id, stored in rows:
        for form in ((), ("--json",)):
            done = user("--id", legacy_id, *form)
            told = done.stdout.decode() + done.stderr
            equal(done.returncode, OK, told)
            assert stored is None or stored[-12:] not in told, told
            assert not HASH.search(told), told


@test
def a_user_in_json_is_json():
    told = json.loads(user("oauth-only@example.com", "--json").stdout)
    equal((told["id"], told["email"]), ("cm1a0oauthonly00exampleu5", "oauth-only@example.com"))


@test
def nobody_is_told_as_such():
    refused(user("nobody@example.com"), "USER_NOT_FOUND", NOT_FOUND)
    refused(user("--id", "cm0nobody"), "USER_NOT_FOUND", NOT_FOUND)


@test
def two_users_are_a_conflict():
    refused(user("TWIN@example.com"), "USER_AMBIGUOUS", CONFLICT)


# ---- settings ----


def finds_the_user(*arguments, **environment):
    return cogmig.run("user", "verified@example.com", *arguments, **environment).returncode == OK


@test
def the_url_comes_from_either_file():
    for name in (".env", ".env.local"):
        with DotEnv(name, DATABASE_URL=f'"{store_url}"'):
            assert finds_the_user(), name
    assert not finds_the_user(), "from nowhere"


@test
def env_local_goes_before_env():
    with DotEnv(".env.local", DATABASE_URL=store_url), DotEnv(".env", DATABASE_URL="file:no.db"):
        assert finds_the_user()
    with DotEnv(".env.local", DATABASE_URL="file:no.db"), DotEnv(".env", DATABASE_URL=store_url):
        assert not finds_the_user()


@test
def the_environment_goes_before_the_files():
    with DotEnv(".env.local", DATABASE_URL="file:no.db"):
        assert finds_the_user(DATABASE_URL=store_url)
    with DotEnv(".env.local", DATABASE_URL=store_url):
        assert not finds_the_user(DATABASE_URL="file:no.db")


@test
def a_flag_goes_before_everything():
    with DotEnv(".env.local", DATABASE_URL="file:no.db"):
        assert finds_the_user("--url", store_url, DATABASE_URL="file:no.db")
    assert not finds_the_user("--url", "file:no.db", DATABASE_URL=store_url)


@test
def a_file_is_read_as_other_programs_read_it():
    for line in (f"DATABASE_URL={store_url}", f'DATABASE_URL="{store_url}"',
                 f"DATABASE_URL='{store_url}'", f"export DATABASE_URL={store_url}",
                 f"  DATABASE_URL = {store_url}  ", f"DATABASE_URL={store_url} # the old one",
                 f'DATABASE_URL="{store_url}" # the old one', f"DATABASE_URL={store_url}\r",
                 f"\ufeffDATABASE_URL={store_url}",
                 f"# DATABASE_URL=file:no.db\n\nNO SETTING\n=\nDATABASE_URL={store_url}",
                 f"DATABASE_URL=file:no.db\nDATABASE_URL={store_url}\n"):
        with DotEnv(".env", line):
            assert finds_the_user(), line


@test
def a_file_that_is_there_and_cannot_be_read_is_told():
    path = cogmig.folder / ".env"
    path.symlink_to(".env")
    done = cogmig.run("user", "verified@example.com", DATABASE_URL=store_url)
    path.unlink()
    equal((done.returncode, ".env cannot be read" in done.stderr, done.stderr.count("\n")), (OK, True, 1),
          done.stderr)


@test
def keys_are_not_looked_for_where_nobody_asks():
    done = verify(issuer.id_token(CLIENT_ID), "--jwks-url", "https://keys.example/")
    equal((done.returncode, "--jwks-url goes with --issuer" in done.stderr), (INVALID, True), done.stderr)


@test
def a_file_sets_nothing_but_our_own_settings():
    token = issuer.id_token(CLIENT_ID)
    with Web(issuer.jwks.encode()) as web, DotEnv(".env", http_proxy="http://127.0.0.1:9"):
        done = verify_online(token, web.url, "--allow-plain-http")
        equal((done.returncode, done.stderr), (OK, ""))


@test
def capacity_measures_and_plans():
    done = cogmig.run("capacity", "--users", "1000", "--peak", "5", "--cost", "10=90,12=10", "--json")
    equal(done.returncode, OK, done.stderr)
    plan = json.loads(done.stdout)
    assert plan["side_by_side_ms_at_cost_10"] > 0 and plan["cores_for_peak"] >= 1, plan
    assert abs(plan["drain_seconds_here"] * plan["sign_ins_per_second_here"] - 1000) < 1, plan
    people = cogmig.run("capacity").stdout.decode()
    assert "Lambda memory" in people and "peak" not in people, people
    for wrong in (("--cost", "3"), ("--peak", "-1"), ("--users", "many"), ("more",)):
        refused(cogmig.run("capacity", *wrong), "cogmig --help", INVALID)


@test
def each_setting_is_looked_for_by_itself():
    with DotEnv(".env.local", COGNITO_CLIENT_ID=CLIENT_ID), DotEnv(".env", COGNITO_ISSUER=ISSUER):
        done = cogmig.run("verify", issuer.id_token(CLIENT_ID), "--jwks", str(jwks_file))
        equal(done.returncode, OK, done.stderr)


prepare()
run()
