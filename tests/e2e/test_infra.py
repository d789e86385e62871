# SPDX-License-Identifier: Apache-2.0
"""The CloudFormation template, put to AWS's own validator, and what it must say of the pool."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import npm  # noqa: E402
from program import OK, SOURCE, Program  # noqa: E402
from tap import equal, nothing, run, test  # noqa: E402

HERE = Path(__file__).resolve().parent / "infra"
INSTALLED = SOURCE / "build" / "infra"
TEMPLATE = SOURCE / "examples" / "infra" / "migration.yaml"

cogmig = Program(sys.argv[1])

# The validator puts the empty default where it is not used: without subnets there is no VpcConfig.
NOT_A_FAULT = {("F3031", "Properties.VpcConfig.SecurityGroupIds.{}"),
               ("F3031", "Properties.VpcConfig.SubnetIds.{}"),
               ("E1150", "Properties.VpcConfig.SecurityGroupIds.{}")}

PLACE_OF_THE_ACCOUNT = "123456789012"  # what the validator has for AWS::AccountId


def validate(*paths):
    done = subprocess.run(["node", HERE / "validate.mjs", INSTALLED, *paths], check=True,
                          capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def faults(said):
    for one in said["diagnostics"]:
        if (one["severity"] in ("FATAL", "ERROR", "WARN")
                and (one["ruleId"], one.get("propertyPath")) not in NOT_A_FAULT):
            yield f"line {one.get('startLine')}: {one['ruleId']}: {one['message']}"


def plain(value):
    """What the validator found out about a value, as the value itself where it is known."""
    if "Concrete" in value:
        return value["Concrete"]["value"]
    if "Reference" in value:
        kind = value["Reference"]["kind"]
        attribute = "" if kind == "REF" else "." + kind["GET_ATT"]["attr"]
        return value["Reference"]["target"] + attribute
    if "Map" in value:
        return {entry["key"]: plain(entry["value"]) for entry in value["Map"]["entries"]}
    if "Conditional" in value:
        return plain(value["Conditional"]["if_true"])
    return value


def properties(logical_id):
    found = template["resources"][logical_id]["properties"]
    return {name: plain(value) for name, value in found.items()}


# What is right in the template, and what it is replaced by to see that the validator finds it.
CHANGES = (
    ("PreventUserExistenceErrors: ENABLED", "PreventUserExistenceErrors: YES_PLEASE"),
    ("UsernameAttributes: [email]", "UserNameAttributes: [email]"),
    ("!GetAtt Function.Arn\n      Action", "!GetAtt Funktion.Arn\n      Action"),
    ("COGMIG_PRESET: !Ref Preset", "COGMIG_PRESET: !Ref Presets"),
    ("MinimumLength: 8", "MinimumLength: 4"),
)


def changed(folder):
    """The template with each of the changes."""
    text = TEMPLATE.read_text("utf-8")
    for number, (right, wrong) in enumerate(CHANGES):
        equal(text.count(right), 1, right)
        path = Path(folder, f"{number}.yaml")
        path.write_text(text.replace(right, wrong), "utf-8")
        yield path


npm.install(HERE, INSTALLED)
with tempfile.TemporaryDirectory() as holder:
    template, *spoiled = validate(TEMPLATE, *changed(holder))


@test
def the_validator_finds_nothing_wrong():
    nothing(faults(template))
    equal(set(template["resources"]), {"Role", "Log", "Function", "Permission", "Pool", "Client"})


@test
def the_validator_finds_what_was_made_wrong():
    equal(len(spoiled), len(CHANGES))
    for said, (_, wrong) in zip(spoiled, CHANGES):
        assert list(faults(said)), f"not found: {wrong}"


@test
def the_pool_is_as_the_guide_says():
    pool = properties("Pool")
    equal(pool["UsernameAttributes"], ["email"])
    equal(pool["UsernameConfiguration"], {"CaseSensitive": False})
    equal(pool["AutoVerifiedAttributes"], ["email"])
    equal((pool["MfaConfiguration"], pool["EnabledMfas"]), ("OPTIONAL", ["SOFTWARE_TOKEN_MFA"]))
    policy = pool["Policies"]["PasswordPolicy"]
    equal(policy["MinimumLength"], 8)
    for kind in ("Uppercase", "Lowercase", "Numbers", "Symbols"):
        equal(policy[f"Require{kind}"], True)
    [legacy_id] = pool["Schema"]
    equal(legacy_id, {"Name": "legacy_id", "AttributeDataType": "String", "Mutable": True,
                      "Required": False,
                      "StringAttributeConstraints": {"MinLength": "0", "MaxLength": "256"}})
    equal(plain(template["resources"]["Pool"]["deletionPolicy"]), "Retain")


@test
def the_client_is_as_the_guide_says():
    client = properties("Client")
    flows = client["ExplicitAuthFlows"]
    assert "ALLOW_USER_PASSWORD_AUTH" in flows and "ALLOW_REFRESH_TOKEN_AUTH" not in flows, flows
    equal(client["RefreshTokenRotation"]["Feature"], "ENABLED")
    equal((client["AccessTokenValidity"], client["RefreshTokenValidity"]), (60, 30))
    equal(client["TokenValidityUnits"],
          {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"})
    equal((client["PreventUserExistenceErrors"], client["EnableTokenRevocation"]),
          ("ENABLED", True))
    assert "custom:legacy_id" in client["ReadAttributes"]
    assert client["WriteAttributes"] and "custom:legacy_id" not in client["WriteAttributes"]


@test
def the_function_may_be_called_by_this_pool_alone():
    permission = properties("Permission")
    equal((permission["Principal"], permission["Action"]),
          ("cognito-idp.amazonaws.com", "lambda:InvokeFunction"))
    equal((permission["FunctionName"], permission["SourceArn"]), ("Function.Arn", "Pool.Arn"))
    equal(permission["SourceAccount"], PLACE_OF_THE_ACCOUNT)


@test
def the_function_ends_when_cognito_no_longer_waits():
    function = properties("Function")
    equal((function["Runtime"], function["Handler"], function["Timeout"]),
          ("provided.al2023", "bootstrap", 5))


@test
def each_trigger_calls_the_function():
    equal(properties("Pool")["LambdaConfig"], {
        "UserMigration": "Function.Arn", "PreSignUp": "Function.Arn",
        "PostAuthentication": "Function.Arn", "PostConfirmation": "Function.Arn",
        "PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": "Function.Arn"}})


ACCOUNT = "arn:aws:{service}:eu-central-1:123456789012:{resource}"
POOL_ID = "eu-central-1_AbCdEfGhI"
CLIENT_ID = "1example23456789"
FUNCTION_ARN = ACCOUNT.format(service="lambda", resource="function:cogmig")
POOL_ARN = ACCOUNT.format(service="cognito-idp", resource=f"userpool/{POOL_ID}")


def deployed_pool():
    """What Cognito describes when the template has been deployed."""
    pool = properties("Pool")
    as_it_is_there = json.loads(json.dumps(pool["LambdaConfig"]).replace("Function.Arn",
                                                                         FUNCTION_ARN))
    attributes = [{**each, "Name": "custom:" + each["Name"]} for each in pool.pop("Schema")]
    return {**pool, "Id": POOL_ID, "Arn": POOL_ARN, "LambdaConfig": as_it_is_there,
            "SchemaAttributes": attributes, "EstimatedNumberOfUsers": 0}


def deployed_client():
    client = properties("Client")
    client.pop("GenerateSecret")
    return {**client, "UserPoolId": POOL_ID, "ClientId": CLIENT_ID}


def deployed_policy():
    permission = properties("Permission")
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [{
        "Sid": "cognito", "Effect": "Allow", "Principal": {"Service": permission["Principal"]},
        "Action": permission["Action"], "Resource": FUNCTION_ARN,
        "Condition": {"StringEquals": {"AWS:SourceAccount": permission["SourceAccount"]},
                      "ArnLike": {"AWS:SourceArn": POOL_ARN}}}]})}


def written(name, document):
    path = cogmig.folder / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@test
def the_doctor_finds_nothing_wrong():
    done = cogmig.run("doctor", "--only", "pool", "--strict", "--json",
                      "--pool", written("pool.json", {"UserPool": deployed_pool()}),
                      "--client", written("client.json", {"UserPoolClient": deployed_client()}),
                      "--lambda-policy", written("policy.json", deployed_policy()))
    checks = json.loads(done.stdout)["checks"]
    assert len(checks) > 20, checks
    nothing(f"{each['check']}: {each['reason']}" for each in checks if each["verdict"] != "ok")
    equal(done.returncode, OK, done.stderr)


@test
def no_secret_is_in_the_template():
    text = TEMPLATE.read_text("utf-8")
    variables = template["resources"]["Function"]["properties"]["Environment"]
    for secret in ("DATABASE_URL", "COGMIG_PEPPER"):
        assert f"{secret}: " in text and secret in json.dumps(variables)
    equal(text.count("{{resolve:secretsmanager:"), 2)
    assert "postgres://" not in text and "postgresql://" not in text


run()
