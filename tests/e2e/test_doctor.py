# SPDX-License-Identifier: Apache-2.0
"""`cogmig doctor`: each check can fail, nothing else does, and the command that it tells mends it."""

import copy
import functools
import http.server
import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import cognito_server  # noqa: E402
import sigv4  # noqa: E402
from jwks_server import KEYS as JWKS  # noqa: E402
from program import INVALID, OK, SOURCE, UNAVAILABLE, Program  # noqa: E402
from tap import equal, nothing, run, test  # noqa: E402

DATA = SOURCE / "tests/data/doctor"
FAKE_AWS = SOURCE / "tests/support/fake_aws.py"
SECRET = "1example2secret3value4567890abcdef"
SERVER = os.environ["COGNITO_SERVER"]

cogmig = Program(sys.argv[1])


def load(name):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


GOOD_POOL = load("good.pool.json")["UserPool"]
GOOD_CLIENT = load("good.client.json")["UserPoolClient"]
CASES = load("cases.json")


def merged(document, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(document) if isinstance(document, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def pool_of(case):
    pool = merged(GOOD_POOL, case.get("pool", {}))
    attributes = pool["SchemaAttributes"]
    if "attribute" in case:
        [legacy_id] = [each for each in attributes if each["Name"] == "custom:legacy_id"]
        others = [each for each in attributes if each is not legacy_id]
        changed = merged(legacy_id, case["attribute"])
        pool["SchemaAttributes"] = others + ([changed] if changed else [])
    if "required" in case:
        pool["SchemaAttributes"] = attributes + [
            {"Name": case["required"], "AttributeDataType": "String", "Required": True}]
    return pool


def write(name, content):
    path = cogmig.folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def policy_arguments(case):
    text = (DATA / "good.lambda-policy.json").read_text(encoding="utf-8")
    if "policy" in case:
        if case["policy"] is None:
            return []
        equal(case["policy"][0] in text, True, case["name"])
        text = text.replace(*case["policy"])
    return ["--lambda-policy", write("policy.json", text)]


def doctor(*arguments, **environment):
    return cogmig.run("doctor", *arguments, **environment)


def examine(pool, client, *arguments):
    done = doctor("--only", "pool", "--json", "--pool", write("pool.json", {"UserPool": pool}),
                  "--client", write("client.json", {"UserPoolClient": client}), *arguments)
    return done, {each["check"]: each for each in json.loads(done.stdout)["checks"]}


@functools.cache
def checks_of(number):
    return examine_case(CASES[number])


def examine_case(case):
    client = merged(GOOD_CLIENT, case.get("client", {}))
    return examine(pool_of(case), client, *policy_arguments(case), *case.get("arguments", ()))


def not_ok(checks):
    return {name: each["verdict"] for name, each in checks.items() if each["verdict"] != "ok"}


@test
def every_case_has_its_verdicts_and_no_other():
    for number, case in enumerate(CASES):
        done, checks = checks_of(number)
        equal(not_ok(checks), case["expect"], case["name"])
        equal(done.returncode, INVALID if "problem" in case["expect"].values() else OK, case["name"])
        equal(done.stderr, "", case["name"])


@test
def every_check_is_seen_to_fail():
    told = set(checks_of(0)[1])
    equal(len(told) >= 29, True)
    seen = {name for case in CASES for name in case["expect"]}
    # The secret is compared with a setting: see below.
    nothing(sorted((told - seen) - {"client-secret"}))
    nothing(sorted(seen - told))


@test
def what_is_not_ok_has_a_reason_a_consequence_and_a_remedy():
    for number in range(len(CASES)):
        for name, each in checks_of(number)[1].items():
            equal(bool(each["reason"]), True, name)
            equal(bool(each["consequence"] and each["mend"]), each["verdict"] != "ok", name)


@test
def the_guide_explains_every_check_and_no_other():
    guide = (SOURCE / "docs/guide/cognito-setup.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| .* \| .* \|$", guide, re.M)
    local_checks = json.loads(doctor("--only", "local", "--json").stdout)["checks"]
    equal(sorted(rows), sorted(list(checks_of(0)[1]) + [each["check"] for each in local_checks]))
    symptoms = (SOURCE / "docs/guide/troubleshooting.md").read_text(encoding="utf-8")
    named = {name for line in symptoms.splitlines() if line.startswith("|")
             for name in re.findall(r"`([a-z]+(?:-[a-z]+)*)`", line.split("|")[-2])}
    nothing(sorted(named - set(rows)))


# ---- the commands that mend ----

PLACEHOLDERS = {"<function-arn>": "arn:aws:lambda:eu-central-1:123456789012:function:cogmig",
                "<ses-identity-arn>": "arn:aws:ses:eu-central-1:123456789012:identity/example.com"}


def put_aws_in_path():
    folder = cogmig.folder / "bin"
    folder.mkdir(exist_ok=True)
    aws = folder / "aws"
    aws.write_text(f'#!/bin/sh\nexec python3 "{FAKE_AWS}" "$@"\n', encoding="utf-8")
    aws.chmod(aws.stat().st_mode | stat.S_IXUSR)
    return f"{folder}:{os.environ['PATH']}"


def run_command(command, path, case):
    for placeholder, value in PLACEHOLDERS.items():
        command = command.replace(placeholder, value)
    done = subprocess.run(["sh", "-c", "set -e; " + command], cwd=cogmig.folder, check=False,
                          env={"PATH": path, "FAKE_AWS_POOL": str(cogmig.folder / "pool.json"),
                               "FAKE_AWS_CLIENT": str(cogmig.folder / "client.json"),
                               "FAKE_AWS_POLICY": str(cogmig.folder / "policy.json")},
                          capture_output=True, text=True)
    equal(done.returncode, 0, f"{case['name']}: {command}\n{done.stderr}")


def reloaded(case):
    pool = json.loads((cogmig.folder / "pool.json").read_text(encoding="utf-8"))["UserPool"]
    client = json.loads((cogmig.folder / "client.json").read_text(encoding="utf-8"))["UserPoolClient"]
    policy = cogmig.folder / "policy.json"
    given = ["--lambda-policy", str(policy)] if case.get("policy", ()) is not None else []
    return pool, client, given


@test
def the_command_that_is_told_mends_it_and_changes_nothing_else():
    path = put_aws_in_path()
    tried = set()
    for number, case in enumerate(CASES):
        for name, verdict in case["expect"].items():
            command = checks_of(number)[1][name]["mend"]
            if not command.startswith("aws ") or (name, verdict) in tried or verdict == "unknown":
                continue
            tried.add((name, verdict))
            examine_case(case)  # its files
            # What is described is not where the command puts what it sends.
            (cogmig.folder / "sent").mkdir(exist_ok=True)
            before = copy.deepcopy(case["expect"])
            run_command("cd sent; " + command, path, case)
            pool, client, given = reloaded(case)
            checks = examine(pool, client, *given, *case.get("arguments", ()))[1]
            del before[name]
            if name == "legacy-id":
                before.clear()  # with the attribute its length and mutability are good as well
            equal(not_ok(checks), before, f"{case['name']}: after {command}")
    equal(len(tried) >= 20, True, f"{sorted(tried)}")


@test
def a_command_that_replaces_everything_comes_with_a_caution():
    broken = doctor("--only", "pool", "--pool", write("pool.json", GOOD_POOL), "--client",
                    write("client.json", merged(GOOD_CLIENT, {"EnableTokenRevocation": False})))
    equal(b"replace every setting" in broken.stdout, True)
    equal(broken.stdout.count(b"update-user-pool-client"), 1)
    good = doctor("--only", "pool", "--pool", write("pool.json", GOOD_POOL), "--client",
                  write("client.json", GOOD_CLIENT), *policy_arguments({}))
    equal(b"replace" in good.stdout, False)
    equal(b"mend" in good.stdout, False)


# ---- what is given, and what is not ----

@test
def without_the_client_its_checks_are_unknown():
    done = doctor("--only", "pool", "--json", "--pool", write("pool.json", GOOD_POOL),
                  *policy_arguments({}))
    verdicts = {each["check"]: each["verdict"] for each in json.loads(done.stdout)["checks"]}
    equal(verdicts["password-flow"], "unknown")
    equal(verdicts["legacy-id"], "ok")
    equal(done.returncode, OK)


@test
def strict_counts_warnings():
    warned = merged(GOOD_POOL, {"DeletionProtection": "INACTIVE"})
    arguments = ["--only", "pool", "--pool", write("pool.json", warned), "--client",
                 write("client.json", GOOD_CLIENT)]
    equal(doctor(*arguments).returncode, OK)
    equal(doctor(*arguments, "--strict").returncode, INVALID)


@test
def a_file_that_is_no_description_is_told():
    for content in ("", "[]", "{", '{"a":1,"a":2}', "{}", '{"UserPool":null}', '{"UserPool":{}}',
                    json.dumps({"UserPoolClient": GOOD_CLIENT})):
        done = doctor("--only", "pool", "--pool", write("broken.json", content))
        equal(done.returncode, INVALID, content)
        equal("broken.json" in done.stderr and "line -1" not in done.stderr, True, done.stderr)
    done = doctor("--only", "pool", "--client", write("broken.json", {"UserPool": GOOD_POOL}))
    equal("aws cognito-idp describe-user-pool-client" in done.stderr, True, done.stderr)
    done = doctor("--only", "pool", "--pool", "missing.json")
    equal((done.returncode, "missing.json cannot be read: No such file" in done.stderr), (INVALID, True),
          done.stderr)


@test
def options_are_checked():
    for arguments in (["--only", "half"], ["--legacy-id-attribute", "email"],
                      ["--legacy-id-attribute", "custom:a'b"], ["--legacy-id-length", "0"], ["--legacy-id-length", "x"],
                      ["--legacy-classes", ""], ["--legacy-classes", "lower,,upper"], ["--legacy-classes", "lower xupper"],
                      ["--legacy-classes", "letters"], ["--legacy-classes", ","],
                      ["--unknown"], ["extra"]):
        equal(doctor(*arguments).returncode, INVALID, str(arguments))


@test
def the_attribute_may_have_another_name():
    renamed = json.loads(json.dumps([GOOD_POOL, GOOD_CLIENT]).replace("legacy_id", "app_id"))
    policy = policy_arguments({})
    done, checks = examine(*renamed, *policy, "--legacy-id-attribute", "custom:app_id")
    equal((not_ok(checks), done.returncode), ({}, OK))
    own = ["--only", "pool", "--pool", write("pool.json", GOOD_POOL), "--client",
           write("client.json", GOOD_CLIENT), *policy]
    done = doctor(*own, COGMIG_LEGACY_ID_ATTRIBUTE="custom:app_id")
    equal((done.returncode, b"legacy_id" in done.stdout), (INVALID, False),
          done.stdout)
    equal(b"--custom-attributes 'Name=app_id,AttributeDataType=String" in done.stdout, True)
    equal(doctor(*own, COGMIG_LEGACY_ID_ATTRIBUTE="email").returncode, INVALID)


# ---- live ----

LIVE = {"COGNITO_USER_POOL_ID": "eu-central-1_AbCdEfGhI", "COGNITO_CLIENT_ID": "1example23456789",
        "COGNITO_ENDPOINT": SERVER, "COGMIG_ALLOW_PLAIN_HTTP": "1", "no_proxy": "127.0.0.1",
        "AWS_ACCESS_KEY_ID": sigv4.KEY_ID, "AWS_SECRET_ACCESS_KEY": sigv4.SECRET,
        "AWS_EC2_METADATA_DISABLED": "true"}


@test
def the_pool_is_asked_when_no_file_is_given():
    done = doctor("--only", "pool", "--json", **LIVE)
    verdicts = {each["check"]: each["verdict"] for each in json.loads(done.stdout)["checks"]}
    equal(verdicts["client-of-pool"], "unknown")  # the server's client does not say
    equal(verdicts["password-flow"], "problem")
    equal(done.returncode, INVALID)


@test
def a_pool_that_cannot_be_asked_is_an_outage_and_no_problem():
    done = doctor("--only", "pool", **{**LIVE, "AWS_SECRET_ACCESS_KEY": "wrong"})
    equal(done.returncode, UNAVAILABLE, done.stderr)
    equal("InvalidSignatureException" in done.stderr, True)
    equal(done.stdout, b"")


FUNCTION = GOOD_POOL["LambdaConfig"]["UserMigration"]
OTHER = FUNCTION + "-other:live"


def permission(pool, policies):
    """The check trigger-permission, and how many are not ok, of a pool and functions that are asked."""
    os.environ.update(COGNITO_SERVER_POOL=write("live.pool.json", {"UserPool": pool}),
                      COGNITO_SERVER_CLIENT=write("live.client.json", {"UserPoolClient": GOOD_CLIENT}),
                      COGNITO_SERVER_POLICIES=write("live.policies.json", policies))
    url = f"http://127.0.0.1:{cognito_server.serve()}"
    done = doctor("--only", "pool", "--json",
                  **{**LIVE, "COGNITO_ENDPOINT": url, "AWS_ENDPOINT_URL_LAMBDA": url})
    checks = {each["check"]: each for each in json.loads(done.stdout)["checks"]}
    equal(set(not_ok(checks)) <= {"trigger-permission"}, True, f"{not_ok(checks)}")
    return checks["trigger-permission"]


@test
def lambda_is_asked_whether_the_pool_may_invoke_each_triggers_function():
    policy = load("good.lambda-policy.json")
    with_other = merged(GOOD_POOL, {"LambdaConfig": {"PreTokenGenerationConfig": {
        "LambdaVersion": "V2_0", "LambdaArn": OTHER}}})
    equal(permission(GOOD_POOL, {FUNCTION: policy})["verdict"], "ok")
    equal(permission(with_other, {FUNCTION: policy, OTHER: policy})["verdict"], "ok")
    check = permission(with_other, {FUNCTION: policy})
    equal((check["verdict"], "PreTokenGenerationConfig" in check["reason"]), ("problem", True))
    equal(f"--function-name {OTHER} " in check["mend"], True, check["mend"])
    check = permission(GOOD_POOL, {FUNCTION: {"Policy": json.dumps({"Statement": []})}})
    equal(check["verdict"], "problem")
    equal(f"--function-name {FUNCTION} " in check["mend"], True, check["mend"])


def statement(operator_name="ArnLike", **condition):
    return {"Effect": "Allow", "Principal": {"Service": "cognito-idp.amazonaws.com"},
            "Action": ["lambda:InvokeFunction"],
            "Condition": {operator_name: condition} if condition else {}}


@test
def of_several_statements_the_order_does_not_matter():
    anybody, other = statement(), statement(**{"aws:sourcearn": GOOD_POOL["Arn"] + "x"})
    this = statement(**{"aws:sourcearn": ["arn:aws:cognito-idp:*:*:nothing/*", GOOD_POOL["Arn"]]})
    by_text = statement("StringLike", **{"aws:SourceArn": "arn:*userpool/eu-central-1_*"})
    exactly = statement("StringEquals", **{"aws:SourceArn": "arn:*userpool/eu-central-1_*"})
    everybody = {**this, "Principal": {"AWS": "*"}, "Condition": {}}
    for statements, expected in (([anybody, other], "warning"), ([other, anybody], "warning"),
                                 ([other, this], "ok"), ([this, other], "ok"), ([other], "problem"),
                                 ([this, anybody], "warning"), ([anybody, this], "warning"),
                                 ([everybody], "warning"), ([this, everybody], "warning"),
                                 ([by_text], "warning"), ([exactly], "problem"), ([], "problem")):
        equal(of_policy(statements)["verdict"], expected, f"{statements}")
    equal(of_policy(this)["verdict"], "ok")  # one statement needs no list


def of_policy(statements):
    return examine(GOOD_POOL, GOOD_CLIENT, "--lambda-policy",
                   write("policies.json", {"Statement": statements}))[1]["trigger-permission"]


def deny(**changes):
    return {**statement(), "Sid": "no", "Effect": "Deny", "Principal": "*", **changes}


@test
def what_is_denied_is_not_permitted():
    this = statement(**{"AWS:SourceArn": GOOD_POOL["Arn"]})
    for denied, expected in (({}, "problem"), ({"Action": "lambda:GetFunction"}, "ok"),
                             ({"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.1"}}}, "unknown")):
        check = of_policy([this, deny(**denied)])
        equal(check["verdict"], expected, f"{denied}")
    equal("aws:SourceIp" in check["reason"], True, check["reason"])
    # Nobody but this pool: what others would be allowed is denied to them.
    equal(of_policy([statement(), deny(Condition={
        "ArnNotLike": {"AWS:SourceArn": GOOD_POOL["Arn"]}})])["verdict"], "ok")


def mended(pool, client, name, statements=None):
    """What is not ok after the command that the check tells."""
    policy = {"Policy": json.dumps({"Statement": statements})} if statements is not None \
        else load("good.lambda-policy.json")
    given = ("--lambda-policy", write("policy.json", policy))
    command = examine(pool, client, *given)[1][name]["mend"]
    run_command("mkdir -p sent && cd sent; " + command, put_aws_in_path(), {"name": name})
    pool, client, _ = reloaded({"policy": None})
    return not_ok(examine(pool, client, *given)[1]), command


@test
def permissions_are_given_and_taken_by_the_command():
    this = {**statement(**{"AWS:SourceArn": GOOD_POOL["Arn"]}), "Sid": "this"}
    other = {**statement(**{"AWS:SourceArn": GOOD_POOL["Arn"] + "x"}), "Sid": "cognito"}
    for statements, removed in (([], []), ([other], []), ([{**statement(), "Sid": "cognito"}], ["cognito"]),
                                ([this, {**statement(), "Sid": "open"}], ["open"]),
                                ([this, deny()], ["no"]), ([deny()], ["no"])):
        left, command = mended(GOOD_POOL, GOOD_CLIENT, "trigger-permission", statements)
        equal(left, {}, command)
        equal(re.findall(r"remove-permission .*?--statement-id (\S+)", command), removed, command)
        equal("add-permission" in command, this not in statements, command)


@test
def commands_mind_what_else_is_set():
    rotating = {**GOOD_CLIENT, "RefreshTokenRotation": {"Feature": "ENABLED"}}
    for flows in (["ALLOW_USER_SRP_AUTH"], None, ["CUSTOM_AUTH_FLOW_ONLY"]):
        client = merged(rotating, {"ExplicitAuthFlows": flows})
        equal(mended(GOOD_POOL, client, "password-flow")[0], {}, f"{flows}")
    client = merged(rotating, {"ExplicitAuthFlows": None})
    equal(mended(GOOD_POOL, client, "rotation")[0], {"password-flow": "problem"})
    [two] = [case for case in CASES if case["name"] == "two functions for tokens"]
    plus = merged(pool_of(two), {"UserPoolTier": "PLUS"})
    equal(mended(plus, GOOD_CLIENT, "token-trigger")[0], {})
    equal(reloaded({"policy": None})[0]["UserPoolTier"], "PLUS")
    number = copy.deepcopy(GOOD_POOL)
    for each in number["SchemaAttributes"]:
        each["AttributeDataType"] = "Number"
    text = examine(number, GOOD_CLIENT)[1]["legacy-id"]["mend"]
    equal("another attribute" in text and "aws " not in text, True, text)


STANDARD = set("""address birthdate email family_name gender given_name locale middle_name name nickname
    phone_number picture preferred_username profile updated_at website zoneinfo""".split())
READ_ALONE = {"email_verified", "phone_number_verified"}


@test
def a_client_that_listed_nothing_keeps_all_standard_attributes():
    client = merged(GOOD_CLIENT, {"ReadAttributes": None, "WriteAttributes": None})
    equal(mended(GOOD_POOL, client, "legacy-id-protected")[0], {"legacy-id-readable": "warning"})
    equal(set(reloaded({"policy": None})[1]["WriteAttributes"]), STANDARD)
    equal(mended(GOOD_POOL, client, "legacy-id-readable")[0], {"legacy-id-protected": "problem"})
    equal(set(reloaded({"policy": None})[1]["ReadAttributes"]),
          STANDARD | READ_ALONE | {"custom:legacy_id"})


@test
def who_recovered_by_telephone_still_does():
    mail, phone = {"Priority": 1, "Name": "verified_email"}, {"Priority": 2, "Name": "verified_phone_number"}
    for before, after in (([{**phone, "Priority": 1}], [mail, phone]), (None, [mail, phone]),
                          ([{"Priority": 1, "Name": "admin_only"}], [mail])):
        setting = {"RecoveryMechanisms": before} if before else None
        pool = merged(GOOD_POOL, {"AccountRecoverySetting": None})
        pool = merged(pool, {"AccountRecoverySetting": setting})
        equal(mended(pool, GOOD_CLIENT, "recovery")[0], {})
        equal(reloaded({"policy": None})[0]["AccountRecoverySetting"], {"RecoveryMechanisms": after})


@test
def commands_are_made_for_a_shell():
    evil = "eu-central-1_x'$(touch pwned)\x1b\n;"
    pool = {**GOOD_POOL, "Id": evil, "DeletionProtection": "INACTIVE"}
    command = examine(pool, GOOD_CLIENT)[1]["deletion-protection"]["mend"]
    equal([letter for letter in command if ord(letter) < 32], [], command)
    done = subprocess.run(["sh", "-c", "aws() { printf '%s\\n' \"$@\"; }; jq() { cat; }; " + command],
                          cwd=cogmig.folder, capture_output=True, text=True, check=True)
    equal((cogmig.folder / "pwned").exists(), False)
    equal("eu-central-1_x'$(touch pwned)??;" in (cogmig.folder / "pool.json").read_text("utf-8"),
          True, done.stdout)


@test
def pool_and_client_are_those_that_are_set():
    def verdict(**environment):
        done = doctor("--json", "--pool", write("pool.json", GOOD_POOL), "--client",
                      write("client.json", GOOD_CLIENT), **environment)
        [check] = [each for each in json.loads(done.stdout)["checks"]
                   if each["check"] == "client-of-pool"]
        return check["verdict"]

    equal(verdict(), "ok")
    equal(verdict(COGNITO_USER_POOL_ID=GOOD_POOL["Id"], COGNITO_CLIENT_ID="a, 1example23456789"), "ok")
    equal(verdict(COGNITO_USER_POOL_ID="eu-central-1_Another1"), "problem")
    equal(verdict(COGNITO_CLIENT_ID="1example2345678,11example23456789"), "problem")


@test
def each_of_several_clients_is_looked_at():
    other = {**GOOD_CLIENT, "ClientId": "2example", "ClientSecret": SECRET,
             "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]}
    files = ["--client", write("client.json", GOOD_CLIENT), "--client", write("other.json", other)]
    for order in (files, files[2:] + files[:2]):
        done = doctor("--only", "pool", "--json", "--pool", write("pool.json", GOOD_POOL), *order,
                      *policy_arguments({}))
        equal(done.returncode, INVALID)
        checks = json.loads(done.stdout)["checks"]
        [wrong] = [each for each in checks if each["verdict"] != "ok"]
        equal((wrong["check"], wrong["reason"].startswith("2example: ")), ("password-flow", True))
        equal(" --client-id 2example " in wrong["mend"], True, wrong["mend"])
        equal(sum(each["check"] == "revocation" for each in checks), 2)
    # The secret is the first one's that is set.
    done = doctor("--json", "--pool", write("pool.json", GOOD_POOL), *files,
                  COGNITO_CLIENT_ID="1example23456789, 2example")
    equal([each["verdict"] for each in json.loads(done.stdout)["checks"]
           if each["check"] == "client-secret"], ["ok", "ok"])
    os.environ.update(COGNITO_SERVER_POOL=write("live.pool.json", {"UserPool": GOOD_POOL}),
                      COGNITO_SERVER_CLIENT=write("live.client.json", {"UserPoolClient": GOOD_CLIENT}))
    url = f"http://127.0.0.1:{cognito_server.serve()}"
    done = doctor("--only", "pool", "--json", **{**LIVE, "COGNITO_ENDPOINT": url,
                                                 "COGNITO_CLIENT_ID": "1example23456789, 2secret23456789"})
    equal([each["check"] for each in json.loads(done.stdout)["checks"]].count("password-flow"), 2)


@test
def a_client_alone_says_of_which_pool_it_is():
    client = merged(GOOD_CLIENT, {"EnableTokenRevocation": False})
    done = doctor("--only", "pool", "--json", "--client", write("client.json", client))
    [check] = [each for each in json.loads(done.stdout)["checks"] if each["check"] == "revocation"]
    equal("--region eu-central-1 --user-pool-id eu-central-1_AbCdEfGhI " in check["mend"], True,
          check["mend"])


@test
def a_policy_that_may_not_be_read_is_unknown_and_the_rest_is_told():
    forbidden = FUNCTION.replace("cogmig", "forbidden")
    pool = {**GOOD_POOL, "LambdaConfig": {trigger: forbidden for trigger in GOOD_POOL["LambdaConfig"]}}
    check = permission(pool, {FUNCTION: load("good.lambda-policy.json")})
    equal((check["verdict"], "lambda:GetPolicy" in check["reason"]), ("unknown", True))


def local(**environment):
    done = doctor("--only", "local", "--json", **environment)
    return {each["check"]: each for each in json.loads(done.stdout)["checks"]}


@test
def the_local_half_names_what_is_missing():
    checks = local()
    equal({name: each["verdict"] for name, each in checks.items()},
          {"environment": "problem", "plain-http": "ok", "own-issuer": "ok", "database": "problem",
           "email-index": "unknown", "pepper": "ok", "identity-map": "problem", "keys": "problem"})
    equal("DATABASE_URL, COGNITO_USER_POOL_ID, COGNITO_CLIENT_ID" in checks["environment"]["reason"],
          True)
    equal("CONFIG_INCOMPLETE" in checks["database"]["reason"], True)


class Keys(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(JWKS)


@test
def with_everything_in_place_the_local_half_is_ok():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sqlite3.connect(cogmig.folder / "dev.db") as database:
        database.executescript(
            (SOURCE / "examples/users/users.sqlite.sql").read_text(encoding="utf-8"))
    database.close()
    environment = {"DATABASE_URL": f"file:{cogmig.folder}/dev.db", "COGNITO_CLIENT_ID": "client",
                   "COGNITO_USER_POOL_ID": "local_AbCdEfGh", "COGMIG_ALLOW_PLAIN_HTTP": "1",
                   "COGNITO_ISSUER": f"http://127.0.0.1:{server.server_port}/local_AbCdEfGh",
                   "no_proxy": "127.0.0.1"}
    equal(not_ok(local(**environment)), {"email-index": "warning", "identity-map": "warning"})
    statement = local(**environment)["email-index"]["reason"].partition(": ")[2]
    with sqlite3.connect(cogmig.folder / "dev.db") as database:
        database.execute(statement)
    database.close()
    equal(not_ok(local(**environment)), {"identity-map": "warning"})
    equal(cogmig.run("idmap", "install", **environment).returncode, OK)
    equal(not_ok(local(**environment)), {})
    equal(doctor("--only", "local", **environment).returncode, OK)
    checks = local(**environment, COGMIG_PASSWORD_CLASSES="letters")
    equal(not_ok(checks), {"environment": "problem"})
    equal("COGMIG_PASSWORD_CLASSES" in checks["environment"]["reason"], True)
    server.shutdown()
    equal(not_ok(local(**environment, COGMIG_TABLE="Users")),
          {"database": "problem", "email-index": "unknown", "keys": "problem"})


@test
def the_pepper_of_devise_is_asked_for_and_never_told():
    def pepper(**environment):
        done = doctor("--only", "local", "--json", **environment)
        equal("a-pepper" in done.stdout.decode() + done.stderr, False, "the pepper is told")
        [check] = [each for each in json.loads(done.stdout)["checks"] if each["check"] == "pepper"]
        return check["verdict"]

    with sqlite3.connect(cogmig.folder / "devise.db") as database:
        database.executescript("CREATE TABLE users (id integer PRIMARY KEY, email text, "
                               "encrypted_password text, confirmed_at text, created_at text, "
                               "updated_at text)")
    database.close()
    found = {"DATABASE_URL": f"file:{cogmig.folder}/devise.db"}
    named = {"COGMIG_PRESET": "devise"}
    for environment in (found, named):
        equal(pepper(**environment), "unknown")
        equal(pepper(**environment, COGMIG_PEPPER="a-pepper"), "ok")
        equal(pepper(**environment, COGMIG_PEPPER=""), "ok")
    equal(pepper(COGMIG_PRESET="laravel"), "ok")


@test
def plain_http_and_a_foreign_issuer_are_problems():
    checks = local(COGNITO_USER_POOL_ID="eu-central-1_AbCdEfGhI", COGMIG_ALLOW_PLAIN_HTTP="1",
                   COGNITO_ISSUER="https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Other")
    equal(checks["plain-http"]["verdict"], "problem")
    equal(checks["own-issuer"]["verdict"], "problem")


@test
def the_secret_is_compared_with_the_setting():
    def verdict(client, **environment):
        done = doctor("--json", "--pool", write("pool.json", GOOD_POOL), "--client",
                      write("client.json", client), **environment)
        equal(SECRET in done.stdout.decode() + done.stderr, False, "the secret is told")
        [check] = [each for each in json.loads(done.stdout)["checks"]
                   if each["check"] == "client-secret"]
        return check["verdict"]

    with_secret = {**GOOD_CLIENT, "ClientSecret": SECRET}
    equal(verdict(GOOD_CLIENT), "ok")
    equal(verdict(with_secret, COGNITO_CLIENT_SECRET=SECRET), "ok")
    equal(verdict(with_secret), "problem")
    equal(verdict(GOOD_CLIENT, COGNITO_CLIENT_SECRET=SECRET), "problem")
    equal(verdict(with_secret, COGNITO_CLIENT_SECRET="another"), "problem")


@test
def the_password_policy_is_compared_with_what_the_migration_asks_for():
    def verdict(*arguments, **environment):
        done = doctor("--json", "--pool", write("pool.json", GOOD_POOL), "--client",
                      write("client.json", GOOD_CLIENT), *arguments, **environment)
        [check] = [each for each in json.loads(done.stdout)["checks"]
                   if each["check"] == "password-policy"]
        return check["verdict"], check["reason"]

    before = ("--legacy-min-length", "6", "--legacy-classes", "none")
    rule = {"COGMIG_PASSWORD_MIN_LENGTH": "8", "COGMIG_PASSWORD_CLASSES": "lower, upper,digit"}
    told, reason = verdict()
    equal((told, "8 characters with lower,upper,digit; a migrated password is taken over" in reason),
          ("ok", True), reason)
    told, reason = verdict(*before)
    equal((told, "the old system for 6 characters of any class: old passwords that break the policy"
           " are taken over" in reason), ("warning", True), reason)
    told, reason = verdict(*before, **rule)
    equal((told, "asked for a new password" in reason), ("ok", True), reason)
    for changed, said in (({"COGMIG_PASSWORD_MIN_LENGTH": "7"}, "taken over"),
                          ({"COGMIG_PASSWORD_CLASSES": "lower,upper,"}, "taken over"),
                          ({"COGMIG_PASSWORD_MIN_LENGTH": "9"}, "have to replace"),
                          ({"COGMIG_PASSWORD_CLASSES": "lower,upper,digit,symbol"}, "have to replace"),
                          ({"COGMIG_PASSWORD_CLASSES": "lower,upper,symbol"}, "have to replace")):
        told, reason = verdict(*before, **{**rule, **changed})
        equal((told, said in reason), ("warning", True), f"{changed}: {reason}")


@test
def the_issuer_that_is_set_is_compared_with_the_pools_type():
    def verdict(pool, issuer):
        done = doctor("--json", "--pool", write("pool.json", pool), "--client",
                      write("client.json", GOOD_CLIENT), COGNITO_ISSUER=issuer)
        [check] = [each for each in json.loads(done.stdout)["checks"] if each["check"] == "issuer"]
        return check["verdict"]

    updated = {**GOOD_POOL, "IssuerConfiguration": {"Type": "UPDATED"}}
    original_issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI"
    updated_issuer = "https://issuer-cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI"
    equal(verdict(GOOD_POOL, original_issuer), "ok")
    equal(verdict(GOOD_POOL, updated_issuer), "problem")
    equal(verdict(updated, original_issuer), "problem")
    equal(verdict(updated, updated_issuer), "warning")
    equal(verdict(GOOD_POOL, original_issuer + "x"), "problem")
    equal(verdict({**GOOD_POOL, "Id": "local_AbCdEfGh"}, "http://localhost:9229/local_AbCdEfGh"), "ok")
    equal(verdict({**GOOD_POOL, "Id": "local_AbCdEfGh"}, "http://localhost:9229/local_Other"), "problem")


run()
