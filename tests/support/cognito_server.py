#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cognito's API as its documentation has it, and stricter: what is wrong is refused, not guessed.

    cognito_server.py COMMAND...

Runs COMMAND with these variables set, and ends with its exit code:

    COGNITO_SERVER        http://127.0.0.1:PORT
    COGNITO_SERVER_HTTPS  https://localhost:PORT
    COGNITO_SERVER_CA     the certificate authority of it
    COGNITO_SERVER_CLOSED http://127.0.0.1:PORT where nobody listens

Signed operations must be signed for eu-central-1 by sigv4.SECRET, every header among those signed:
with sigv4.KEY_ID, or with TEMPORARY_KEY_ID and the session token. How it misbehaves is chosen by
user name, pool id, pagination token and name of the function. Lambda's GetPolicy is there, too.
"""

import base64
import datetime
import hashlib
import hmac
import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import uuid
from collections import Counter

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sigv4  # noqa: E402
from jwks_server import closed_port, make_authority, make_context  # noqa: E402

REGION = "eu-central-1"
PREFIX = "AWSCognitoIdentityProviderService."
SECRETS = {"1example23456789": None, "2secret23456789": "1example2secret3value4567890abcdef"}
TEMPORARY_KEY_ID = "ASIAEXAMPLE"  # good with the session token alone
SUB = "3c1d5f0e-1111-4222-8333-444455556666"
USERS = 150
PAGE = 60
CLOCK_SKEW_S = 300
HTML = b"<!DOCTYPE html><html><body>Sign in to the hotel network</body></html>"


class Refusal(Exception):
    def __init__(self, error_type, message="", status=400):
        super().__init__(error_type)
        self.type, self.message, self.status = error_type, message, status


class Raw(Exception):
    """Something that is no answer of Cognito's."""

    def __init__(self, status, body):
        super().__init__(status)
        self.status, self.body = status, body


class Lost(Exception):
    """The connection ends without an answer."""


tries = Counter()
updates = []


def demand(condition, message):
    if not condition:
        raise Refusal("InvalidParameterException", message)


def members(request, required, optional=()):
    demand(isinstance(request, dict), "the body is no object")
    for name in required:
        demand(name in request, f"{name} is missing")
    nothing_else = set(request) - set(required) - set(optional)
    demand(not nothing_else, f"unknown members {sorted(nothing_else)}")


def first_times(key, count, refusal):
    """Refuse the first `count` requests under this key."""
    tries[key] += 1
    if tries[key] <= count:
        raise refusal


# ---- what users do ----

def secret_hash(username, client_id):
    secret = SECRETS[client_id]
    digest = hmac.new(secret.encode(), (username + client_id).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def check_client(client_id):
    if client_id not in SECRETS:
        raise Refusal("ResourceNotFoundException", f"User pool client {client_id} does not exist.")


def check_hash(client_id, given, *usernames):
    check_client(client_id)
    if SECRETS[client_id] is None:
        demand(given is None, "the client has no secret")
    elif given not in [secret_hash(username, client_id) for username in usernames]:
        raise Refusal("NotAuthorizedException", f"SecretHash does not match for the client: {client_id}")


def check_raw_secret(request):
    check_client(request["ClientId"])
    if request.get("ClientSecret") != SECRETS[request["ClientId"]]:
        raise Refusal("NotAuthorizedException", "the client's secret is wrong")


def tokens(refresh=None):
    result = {"AccessToken": "access.of.ann", "IdToken": "id.of.ann", "ExpiresIn": 3600,
              "TokenType": "Bearer"}
    if refresh:
        result["RefreshToken"] = refresh
    return {"ChallengeParameters": {}, "AuthenticationResult": result}


def misbehave(name):
    refusals = {
        "wrong": Refusal("NotAuthorizedException", "Incorrect username or password."),
        "missing": Refusal("UserNotFoundException", "User does not exist."),
        "reset": Refusal("PasswordResetRequiredException", "Password reset required for the user"),
        "unconfirmed": Refusal("UserNotConfirmedException", "User is not confirmed."),
        "untriggered": Refusal("UserNotFoundException",
                               "Exception migrating user in app client 1example23456789"),
        "trigger": Refusal("UserLambdaValidationException", "UserMigration failed with error x."),
        "flow": Refusal("InvalidParameterException",
                        "USER_PASSWORD_AUTH flow not enabled for this client"),
        "firewall": Refusal("ForbiddenException", "Request not allowed due to WAF block.", 403),
        "attempts": Refusal("LimitExceededException", "Attempt limit exceeded."),
        "throttled": Refusal("TooManyRequestsException", "Rate exceeded"),
        "decorated": Refusal("com.amazonaws#NotAuthorizedException:http://internal/", "No."),
        "unknown": Refusal("SomethingNewException", "Nobody knows."),
        "html": Raw(200, HTML),
        "html403": Raw(403, HTML),
        "nothing": Raw(200, b"{}"),
        "empty": Raw(200, b'{"ChallengeName":"","AuthenticationResult":{"AccessToken":""}}'),
        "late": Raw(200, b'{"AuthenticationResult":{"AccessToken":"a","ExpiresIn":-5}}'),
        "both": Raw(200, b'{"ChallengeName":"SMS_MFA","AuthenticationResult":{"AccessToken":"a"}}'),
        "huge": Raw(200, b" " * (17 * 1024 * 1024)),
        "empty500": Raw(500, b""),
    }
    kind = name.partition("@")[0]
    if kind in refusals:
        raise refusals[kind]
    if kind.startswith("throttled-"):
        first_times(name, int(kind[10:]), Refusal("TooManyRequestsException", "Rate exceeded"))
    if kind.startswith("failing-"):
        first_times(name, int(kind[8:]), Refusal("InternalErrorException", "Oops", 500))


def initiate_auth(request):
    members(request, ("AuthFlow", "ClientId", "AuthParameters"))
    parameters, client_id = request["AuthParameters"], request["ClientId"]
    if request["AuthFlow"] == "USER_PASSWORD_AUTH":
        members(parameters, ("USERNAME", "PASSWORD"), ("SECRET_HASH",))
        name = parameters["USERNAME"]
        check_hash(client_id, parameters.get("SECRET_HASH"), name)
        if name.startswith("echo@"):
            raise Refusal("InvalidParameterException", f"Value '{parameters['PASSWORD']}' is bad")
        misbehave(name)
        if name.startswith("challenge@"):
            return {"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "a session of 20 bytes",
                    "ChallengeParameters": {"USER_ID_FOR_SRP": SUB}}
        if parameters["PASSWORD"] != 'p\u00e4ss "word"\\':
            raise Refusal("NotAuthorizedException", "Incorrect username or password.")
        return tokens("refresh-1")
    demand(request["AuthFlow"] == "REFRESH_TOKEN_AUTH", "unknown flow")
    members(parameters, ("REFRESH_TOKEN",), ("SECRET_HASH",))
    check_hash(client_id, parameters.get("SECRET_HASH"), SUB)  # the real name, never the alias
    check_refresh_token(parameters["REFRESH_TOKEN"])
    return tokens()


def check_refresh_token(token):
    if token == "refresh-lost":  # throttled, then used while the answer is lost
        first_times(token, 1, Refusal("TooManyRequestsException", "Rate exceeded"))
        first_times(("lost", token), 1, Lost())
        raise Refusal("RefreshTokenReuseException", "Refresh token reuse detected")
    if token == "refresh-used":
        raise Refusal("RefreshTokenReuseException", "Refresh token reuse detected")
    if token != "refresh-1":
        raise Refusal("NotAuthorizedException", "Invalid Refresh Token: " + token)


def get_tokens(request):
    members(request, ("RefreshToken", "ClientId"), ("ClientSecret",))
    check_raw_secret(request)
    check_refresh_token(request["RefreshToken"])
    return tokens("refresh-2")


def revoke_token(request):
    members(request, ("Token", "ClientId"), ("ClientSecret",))
    check_raw_secret(request)
    if request["Token"] == "access.of.ann":
        raise Refusal("UnsupportedTokenTypeException", "Unsupported token type")
    check_refresh_token(request["Token"])
    return None


def forgot_password(request):
    members(request, ("ClientId", "Username"), ("SecretHash",))
    check_hash(request["ClientId"], request.get("SecretHash"), request["Username"])
    misbehave(request["Username"])
    return {"CodeDeliveryDetails": {"Destination": "a***@e***", "DeliveryMedium": "EMAIL",
                                    "AttributeName": "email"}}


# ---- what administrators do ----

def attributes(number):
    return [{"Name": "sub", "Value": f"sub-{number}"},
            {"Name": "email", "Value": f"u\u00ebser{number}@example.com"},
            {"Name": "custom:legacy_id", "Value": f"legacy-{number}"}]


def check_pool(request):
    pool = request["UserPoolId"]
    demand(re.fullmatch(r"[\w-]+_[0-9a-zA-Z]+", pool), "no pool id")
    if pool.endswith("_Missing"):
        raise Refusal("ResourceNotFoundException", f"User pool {pool} does not exist.")
    if pool.endswith("_Forbidden"):
        raise Refusal("AccessDeniedException", "User: arn:aws:iam::1:user/x is not authorized to "
                      "perform: cognito-idp:ListUsers")
    return pool


def list_users(request):
    """150 users: pages of 60, 0, 60 and 30, the second of which is throttled once."""
    members(request, ("UserPoolId", "Limit"), ("PaginationToken", "Filter"))
    pool = check_pool(request)
    demand(1 <= request["Limit"] <= PAGE, "Limit is 1 to 60")
    if request.get("Filter", "") not in ("", 'email ^= "u\u00ebser1"'):
        raise Refusal("InvalidParameterException", "One or more requested attributes is wrong")
    at = request.get("PaginationToken", "page-0")
    if pool.endswith("_Loops"):
        return {"Users": [], "PaginationToken": "page-again"}
    if pool.endswith("_Circles"):
        return {"Users": [], "PaginationToken": {"1": "2", "2": "3", "3": "1"}.get(at, "1")}
    if pool.endswith("_Nameless"):
        return {"Users": [{"Attributes": []}]}
    if pool.endswith("_Many"):
        return {"Users": [{"Username": "u"}] * (PAGE + 1)}
    pages = {"page-0": (0, 60, "page-1"), "page-1": (60, 60, "page-2"), "page-2": (60, 120, "page-3"),
             "page-3": (120, USERS, None)}
    demand(at in pages, "Invalid pagination token given.")
    if at == "page-1":
        first_times(("page", pool), 1, Refusal("TooManyRequestsException", "Rate exceeded"))
    begin, end, following = pages[at]
    reply = {"Users": [{"Username": f"sub-{number}", "Attributes": attributes(number),
                        "UserCreateDate": 1700000000.123, "UserLastModifiedDate": 1700000001,
                        "Enabled": number % 2 == 0, "UserStatus": "CONFIRMED"}
                       for number in range(begin, end)]}
    if following:
        reply["PaginationToken"] = following
    return reply


def admin_get_user(request):
    members(request, ("UserPoolId", "Username"))
    check_pool(request)
    misbehave(request["Username"])
    asked = request["Username"].startswith("asker-")
    return {"Username": request["Username"] if asked else SUB, "UserAttributes": attributes(7), "Enabled": True,
            "UserStatus": "FORCE_CHANGE_PASSWORD", "UserCreateDate": 1.7e9}


def admin_update_user_attributes(request):
    members(request, ("UserPoolId", "Username", "UserAttributes"))
    check_pool(request)
    for attribute in request["UserAttributes"]:
        members(attribute, ("Name", "Value"))
        if attribute["Value"] == "taken@example.com":
            raise Refusal("AliasExistsException", "An account with the email already exists.")
        demand(attribute["Name"] != "sub", "Cannot modify the sub attribute")
    updates.append(request)
    return {}


def described(name):
    """From the file that the variable names."""
    with open(os.environ["COGNITO_SERVER_" + name], encoding="utf-8") as file:
        return json.load(file)


def describe_user_pool(request):
    members(request, ("UserPoolId",))
    pool = check_pool(request)
    if "COGNITO_SERVER_POOL" in os.environ:
        return described("POOL")
    return {"UserPool": {"Id": pool, "Name": "legacy"}}


def describe_user_pool_client(request):
    members(request, ("UserPoolId", "ClientId"))
    check_pool(request)
    check_client(request["ClientId"])
    if "COGNITO_SERVER_CLIENT" in os.environ:
        return described("CLIENT")
    return {"UserPoolClient": {"ClientId": request["ClientId"]}}


UNSIGNED = {"InitiateAuth": initiate_auth, "GetTokensFromRefreshToken": get_tokens,
            "RevokeToken": revoke_token, "ForgotPassword": forgot_password}
SIGNED = {"ListUsers": list_users, "AdminGetUser": admin_get_user,
          "AdminUpdateUserAttributes": admin_update_user_attributes,
          "DescribeUserPool": describe_user_pool, "DescribeUserPoolClient": describe_user_pool_client}


# ---- Lambda ----

def get_policy(function, qualifier):
    """COGNITO_SERVER_POLICIES: the answers by ARN, with the qualifier."""
    arn = f"{function}:{qualifier}" if qualifier else function
    name = function.rpartition(":")[2]
    if name == "throttled":
        first_times(arn, 2, Refusal("TooManyRequestsException", "Rate Exceeded.", 429))
    if name == "forbidden":
        raise Refusal("AccessDeniedException", "User is not authorized to perform: lambda:GetPolicy",
                      403)
    if name == "namespaced":
        raise Refusal("com.amazonaws.a.namespace.as.long.as.any.that.was.seen.in.the.field.so.far"
                      "#AccessDeniedException", "no", 403)
    if name == "html":
        raise Raw(200, HTML)
    policies = described("POLICIES") if "COGNITO_SERVER_POLICIES" in os.environ else {}
    if name == "missing" or (policies and arn not in policies):
        raise Refusal("ResourceNotFoundException", "The resource you requested does not exist.", 404)
    return policies.get(arn, {"Policy": json.dumps({"Statement": [], "Id": arn}), "RevisionId": "1"})


# ---- signatures ----

def check_signature(headers, body, service="cognito-idp", **request):
    """headers: names in lower case."""
    found = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, "
        r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})", headers.get("authorization", ""))
    if not found:
        raise Refusal("MissingAuthenticationTokenException", "Missing Authentication Token")
    key_id, day, region, signed_for, names, signature = found.groups()
    if key_id == "AKIDEXPIRED":
        raise Refusal("ExpiredTokenException", "The security token included in the request is expired")
    token = {sigv4.KEY_ID: None, TEMPORARY_KEY_ID: sigv4.SESSION_TOKEN}
    if key_id not in token or headers.get("x-amz-security-token") != token[key_id]:
        raise Refusal("UnrecognizedClientException", "The security token included in the request is invalid.")
    wanted = [name for name in headers if name in ("host", "content-type") or name.startswith("x-amz-")]
    if names.split(";") != sorted(wanted):
        raise Refusal("InvalidSignatureException", f"signed {names}, sent {sorted(wanted)}")
    date = headers.get("x-amz-date", "")
    check_date(date, day)
    if (region, signed_for) != (REGION, service):
        raise Refusal("InvalidSignatureException",
                      f"Credential should be scoped, not {region}/{signed_for}")
    covered = {name: headers[name] for name in wanted}
    if signature != sigv4.sign(sigv4.SECRET, date, region, service, covered, body, **request):
        raise Refusal("InvalidSignatureException", "The request signature we calculated does not match")


def check_date(date, day):
    try:
        at = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        raise Refusal("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'") from None
    now = datetime.datetime.now(datetime.timezone.utc)
    if abs((now - at).total_seconds()) > CLOCK_SKEW_S or not date.startswith(day):
        raise Refusal("InvalidSignatureException", "Signature expired")


# ---- credentials of containers and instances ----

def credentials(key_id=TEMPORARY_KEY_ID, expires="2099-01-01T00:00:00Z"):
    return {"Code": "Success", "AccessKeyId": key_id, "SecretAccessKey": sigv4.SECRET,
            "Token": sigv4.SESSION_TOKEN, "Expiration": expires}


def container(path, headers):
    if headers.get("authorization") != "container-token":
        raise Raw(403, b"no")
    if path == "/container/renewed":  # the first are refused by the API, the next are good
        tries["renewed"] += 1
        return credentials("AKIDEXPIRED" if tries["renewed"] == 1 else TEMPORARY_KEY_ID)
    if path == "/container/short":  # about to expire whenever they are looked at
        tries["short"] += 1
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=60)
        return credentials(expires=soon.strftime("%Y-%m-%dT%H:%M:%SZ"))
    if path == "/container/headers":
        return {**credentials(), "Token": sigv4.SESSION_TOKEN + "\r\nx-amz-evil: 1"}
    if path == "/container/count":
        return {"short": tries["short"]}
    return credentials()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body go together: otherwise each waits 40 ms for the other end's delayed answer.
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def send(self, status, body, headers=()):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amzn-RequestId", str(uuid.UUID(int=12345)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self, make):
        try:
            body = make()
            body = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send(200, body)
        except Refusal as refusal:
            said = {"__type": refusal.type}
            if refusal.message:
                said["message"] = refusal.message
            self.send(refusal.status, json.dumps(said).encode())
        except Raw as raw:
            self.send(raw.status, raw.body)
        except Lost:
            self.close_connection = True

    def lower_headers(self):
        names = [name.lower() for name in self.headers.keys()]
        if len(names) != len(set(names)):
            raise Refusal("InvalidParameterException", "a header came twice")
        return {name.lower(): value for name, value in self.headers.items()}

    asker = None  # who asks over this connection: a listing, or one of the users "asker-N"

    def demand_one_asker(self, request):
        asker = request.get("Username", "")
        if asker.startswith("asker-") or "Limit" in request:
            demand(self.asker in (None, asker), f"{asker} asks over the connection of {self.asker}")
            self.asker = asker

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(lambda: self.operate(body))

    def operate(self, body):
        headers = self.lower_headers()
        demand(self.path == "/", "the path is /")
        demand(headers.get("content-type") == "application/x-amz-json-1.1", "the content type is wrong")
        demand("accept-encoding" not in headers and "cookie" not in headers, "an unwanted header")
        operation = headers.get("x-amz-target", "").removeprefix(PREFIX)
        if operation in SIGNED:
            check_signature(headers, body)
            self.demand_one_asker(json.loads(body))
            return SIGNED[operation](json.loads(body))
        if operation not in UNSIGNED:
            raise Refusal("UnknownOperationException")
        demand("authorization" not in headers, "an unsigned operation is signed")
        return UNSIGNED[operation](json.loads(body))

    def lambda_policy(self):
        path, _, query = self.path.partition("?")
        found = re.fullmatch("/2015-03-31/functions/([^/]+)/policy", path)
        qualifier = re.fullmatch("(?:Qualifier=([A-Za-z0-9_-]+))?", query)
        demand(found and qualifier, "no path of GetPolicy")
        headers = self.lower_headers()
        demand("content-type" not in headers and "accept-encoding" not in headers,
               "an unwanted header")
        check_signature(headers, b"", "lambda", method="GET", query=query,
                        path=urllib.parse.quote(path, safe="/~"))
        return get_policy(urllib.parse.unquote(found[1]), qualifier[1])

    def answer_as_lambda(self):
        """Its errors have their type in a header."""
        try:
            self.send(200, json.dumps(self.lambda_policy()).encode())
        except Refusal as refusal:
            self.send(refusal.status, json.dumps({"Type": "User", "Message": refusal.message}).encode(),
                      {"x-amzn-ErrorType": refusal.type + ":http://internal.example/coral/com.example.coral.service/"})
        except Raw as raw:
            self.send(raw.status, raw.body)

    def do_GET(self):
        if self.path.startswith("/2015-03-31/"):
            self.answer_as_lambda()
        elif self.path.startswith("/container"):
            self.answer(lambda: container(self.path, self.lower_headers()))
        else:
            self.answer(self.instance)

    def do_PUT(self):
        if self.path.removeprefix("/broken") != "/latest/api/token" or self.headers["X-aws-ec2-metadata-token-ttl-seconds"] != "21600":
            self.send(400, b"")
        else:
            self.send(200, b"metadata-token")

    def instance(self):
        role = "/latest/meta-data/iam/security-credentials/"
        if self.headers["X-aws-ec2-metadata-token"] != "metadata-token":
            raise Raw(401, b"")
        if self.path == role:
            return b"a-role"
        if self.path == role + "a-role":
            return credentials()
        if self.path == "/broken" + role:
            return b"a-role"
        if self.path.startswith("/broken"):
            raise Raw(503, b"")
        raise Raw(404, b"")


def serve(context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *arguments: None
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def main():
    sigv4.check_itself()
    with tempfile.TemporaryDirectory() as folder:
        make_authority(folder)
        environment = {name: value for name, value in os.environ.items()
                       if not name.lower().endswith("_proxy")
                       and not name.startswith(("AWS_", "COGNITO_USER", "COGNITO_CLIENT"))}
        environment.update(
            HOME=folder, AWS_EC2_METADATA_DISABLED="true",
            COGNITO_SERVER=f"http://127.0.0.1:{serve()}",
            COGNITO_SERVER_HTTPS=f"https://localhost:{serve(make_context(folder, 'localhost'))}",
            COGNITO_SERVER_CA=f"{folder}/ca.pem",
            COGNITO_SERVER_CLOSED=f"http://127.0.0.1:{closed_port()}")
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
