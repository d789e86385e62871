# SPDX-License-Identifier: Apache-2.0
"""cognito-local, an emulator of Cognito, with our migration trigger behind it.

    emulator.py install    put the pinned npm package under build/; starting does so itself

cognito-local differs from Cognito in two ways that matter here, and `cognito_reply` plays
Cognito's part: it takes an untouched response for a yes, and it gives a migrated user no `sub`.
5.1.0 is the last version that runs with the node 18 of Debian 12.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import npm  # noqa: E402
from invoke_endpoint import Reply, as_lambda, function_error  # noqa: E402
from postgres import die_with_parent  # noqa: E402

HERE = Path(__file__).resolve().parent
INSTALLED = HERE.parent.parent / "build" / "emulator"
PROGRAM = INSTALLED / "node_modules" / "cognito-local" / "lib" / "bin" / "start.js"
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
START_TIMEOUT_S = 30
CALL_TIMEOUT_S = 30


class Refused(Exception):
    """The emulator said no: `type` is Cognito's name of the error."""

    def __init__(self, error_type, message):
        super().__init__(f"{error_type}: {message}")
        self.type = error_type


def cognito_reply(outcome, response):
    if outcome == "no":
        return function_error()
    if outcome == "yes":
        return Reply(None, with_sub(response))
    return as_lambda(outcome, response)


def with_sub(response):
    event = json.loads(response)
    event["response"]["userAttributes"]["sub"] = str(uuid.uuid4())
    return json.dumps(event).encode()


def install():
    npm.install(HERE, INSTALLED)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Emulator:
    """Runs while the `with` block runs, on a port and with a data folder of its own."""

    def __init__(self, invoke_url, triggers=("UserMigration",)):
        self.invoke_url = invoke_url
        self.triggers = triggers
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.folder = tempfile.TemporaryDirectory(prefix="cogmig-emulator-")
        self.process = None
        self.pool_id = None
        self.client_id = None

    @property
    def issuer(self):
        return f"{self.endpoint}/{self.pool_id}"

    @property
    def log(self):
        return Path(self.folder.name, "log")

    def __enter__(self):
        install()
        self.write_config()
        try:
            self.start()
            self.create_pool()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.terminate()
            self.process.wait()
        self.folder.cleanup()

    def write_config(self):
        config = Path(self.folder.name, ".cognito", "config.json")
        config.parent.mkdir()
        config.write_text(json.dumps({
            "LambdaClient": {"endpoint": self.invoke_url},
            "TriggerFunctions": dict.fromkeys(self.triggers, "cogmig"),
        }), encoding="utf-8")

    def start(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["node", str(PROGRAM)], cwd=self.folder.name, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, preexec_fn=die_with_parent,
                env={**os.environ, "HOST": "127.0.0.1", "PORT": str(self.port),
                     "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE": "1"})
        give_up_at = time.monotonic() + START_TIMEOUT_S
        while not self.is_up():
            if self.process.poll() is not None or time.monotonic() > give_up_at:
                raise RuntimeError("cognito-local did not start: " + self.log.read_text("utf-8"))
            time.sleep(0.05)

    def is_up(self):
        try:
            with DIRECTLY.open(f"{self.endpoint}/health", timeout=1):
                return True
        except OSError:
            return False

    def create_pool(self):
        self.pool_id = self.call("CreateUserPool", PoolName="legacy", UsernameAttributes=["email"],
                                 AutoVerifiedAttributes=["email"], Schema=[{
                                     "Name": "legacy_id", "AttributeDataType": "String",
                                     "Mutable": False, "Required": False,
                                     "StringAttributeConstraints": {"MaxLength": "256"},
                                 }])["UserPool"]["Id"]
        self.client_id = self.call("CreateUserPoolClient", UserPoolId=self.pool_id,
                                   ClientName="web", IdTokenValidity=60, AccessTokenValidity=1,
                                   ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
                                   PreventUserExistenceErrors="ENABLED",
                                   )["UserPoolClient"]["ClientId"]

    def call(self, action, **parameters):
        """One call of the Cognito API; those used here need no signature."""
        request = urllib.request.Request(self.endpoint, json.dumps(parameters).encode(), {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{action}",
        })
        try:
            with DIRECTLY.open(request, timeout=CALL_TIMEOUT_S) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            said = json.loads(error.read() or b"{}")
            raise Refused(said.get("__type", str(error.code)), said.get("message", "")) from None

    def sign_in(self, email, password):
        return self.call("InitiateAuth", ClientId=self.client_id, AuthFlow="USER_PASSWORD_AUTH",
                         AuthParameters={"USERNAME": email, "PASSWORD": password}
                         )["AuthenticationResult"]

    def users(self):
        """Every user of the pool: a list of attribute dictionaries with `status`."""
        return [attributes_of(user) for user in
                self.call("ListUsers", UserPoolId=self.pool_id)["Users"]]

    def environment(self):
        return {
            "COGNITO_USER_POOL_ID": self.pool_id,
            "COGNITO_CLIENT_ID": self.client_id,
            "COGNITO_ISSUER": self.issuer,
            "COGMIG_ALLOW_PLAIN_HTTP": "1",
            "no_proxy": "127.0.0.1",
        }


def attributes_of(user):
    attributes = {each["Name"]: each["Value"] for each in user["Attributes"]}
    return {**attributes, "status": user["UserStatus"]}


def main(arguments):
    if arguments != ["install"]:
        sys.exit(__doc__)
    install()


if __name__ == "__main__":
    main(sys.argv[1:])
