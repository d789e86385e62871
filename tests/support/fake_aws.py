# SPDX-License-Identifier: Apache-2.0
"""The AWS CLI, for the few commands that `cogmig doctor` tells: describes from files, and replaces
as strictly as AWS does.

FAKE_AWS_POOL, FAKE_AWS_CLIENT, FAKE_AWS_POLICY name the files. UpdateUserPool and
UpdateUserPoolClient take the members of the API and no others, and reset what is left out."""

import json
import os
import sys

POOL_SETTINGS = set("""Policies DeletionProtection LambdaConfig AutoVerifiedAttributes
    SmsVerificationMessage EmailVerificationMessage EmailVerificationSubject
    VerificationMessageTemplate SmsAuthenticationMessage UserAttributeUpdateSettings MfaConfiguration
    DeviceConfiguration EmailConfiguration SmsConfiguration UserPoolTags AdminCreateUserConfig
    UserPoolAddOns DcrConfiguration AccountRecoverySetting UserPoolTier KeyConfiguration
    IssuerConfiguration AcrConfiguration""".split())
CLIENT_SETTINGS = set("""ClientName RefreshTokenValidity AccessTokenValidity IdTokenValidity
    TokenValidityUnits ReadAttributes WriteAttributes ExplicitAuthFlows SupportedIdentityProviders
    CallbackURLs LogoutURLs DefaultRedirectURI AllowedOAuthFlows AllowedOAuthScopes
    AllowedOAuthFlowsUserPoolClient AnalyticsConfiguration PreventUserExistenceErrors
    EnableTokenRevocation EnablePropagateAdditionalUserContextData AuthSessionValidity
    RefreshTokenRotation""".split())


def load(variable):
    with open(os.environ[variable], encoding="utf-8") as file:
        return json.load(file)


def store(variable, document):
    with open(os.environ[variable], "w", encoding="utf-8") as file:
        json.dump(document, file)


def options(arguments):
    pairs = dict(zip(arguments[::2], arguments[1::2]))
    assert all(name.startswith("--") for name in pairs), arguments
    assert pairs.pop("--region") == "eu-central-1"
    return pairs


def describe(variable, wrapper, given, ids):
    output = given.pop("--output", "table")
    assert given == {**ids, "--query": wrapper}, given
    if output != "json":  # as many have it in ~/.aws/config
        sys.stdout.write("| " + wrapper + " |\n")
        return
    json.dump(load(variable)[wrapper], sys.stdout)


def replace(variable, wrapper, given, settings, ids):
    [(name, value)] = given.items()
    assert name == "--cli-input-json" and value.startswith("file://"), given
    with open(value[7:], encoding="utf-8") as file:
        request = json.load(file)
    unknown = set(request) - settings - set(ids)
    assert not unknown, f"Unknown parameter in input: {sorted(unknown)}"
    described = load(variable)[wrapper]
    for member, own in ids.items():
        assert request[member] == described[own], member
    kept = {name: value for name, value in described.items() if name not in settings}
    store(variable, {wrapper: {**kept, **{name: value for name, value in request.items()
                                          if name in settings}}})


def add_attribute(given):
    text = given["--custom-attributes"]
    assert text == ("Name=legacy_id,AttributeDataType=String,Mutable=true,"
                    "StringAttributeConstraints={MinLength=1,MaxLength=2048}"), text
    pool = load("FAKE_AWS_POOL")
    attributes = [each for each in pool["UserPool"]["SchemaAttributes"]
                  if not each["Name"].endswith("custom:legacy_id")]
    pool["UserPool"]["SchemaAttributes"] = attributes + [{
        "Name": "custom:legacy_id", "AttributeDataType": "String", "Mutable": True,
        "Required": False, "StringAttributeConstraints": {"MinLength": "1", "MaxLength": "2048"}}]
    store("FAKE_AWS_POOL", pool)


def add_permission(given):
    assert given["--action"] == "lambda:InvokeFunction", given
    statement = {"Sid": given["--statement-id"], "Effect": "Allow", "Principal": {"Service": given["--principal"]},
                 "Action": given["--action"], "Resource": given["--function-name"],
                 "Condition": {"ArnLike": {"AWS:SourceArn": given["--source-arn"]}}}
    policy = json.loads(load("FAKE_AWS_POLICY")["Policy"])
    assert statement["Sid"] not in [each.get("Sid") for each in policy["Statement"]], "in use"
    policy["Statement"].append(statement)
    store("FAKE_AWS_POLICY", {"Policy": json.dumps(policy)})


def remove_permission(given):
    policy = json.loads(load("FAKE_AWS_POLICY")["Policy"])
    kept = [each for each in policy["Statement"] if each.get("Sid") != given["--statement-id"]]
    assert len(kept) == len(policy["Statement"]) - 1, given
    policy["Statement"] = kept
    store("FAKE_AWS_POLICY", {"Policy": json.dumps(policy)})


def main(service, command, *arguments):
    given = options(arguments)
    pool = {"--user-pool-id": "eu-central-1_AbCdEfGhI"}
    client = {**pool, "--client-id": "1example23456789"}
    if (service, command) == ("lambda", "add-permission"):
        add_permission(given)
    elif (service, command) == ("lambda", "remove-permission"):
        remove_permission(given)
    elif command == "describe-user-pool":
        describe("FAKE_AWS_POOL", "UserPool", given, pool)
    elif command == "describe-user-pool-client":
        describe("FAKE_AWS_CLIENT", "UserPoolClient", given, client)
    elif command == "update-user-pool":
        replace("FAKE_AWS_POOL", "UserPool", given, POOL_SETTINGS,
                {"UserPoolId": "Id", "PoolName": "Name"})
    elif command == "update-user-pool-client":
        replace("FAKE_AWS_CLIENT", "UserPoolClient", given, CLIENT_SETTINGS,
                {"UserPoolId": "UserPoolId", "ClientId": "ClientId"})
    else:
        assert command == "add-custom-attributes", command
        add_attribute(given)


main(*sys.argv[1:])
