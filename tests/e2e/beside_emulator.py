# SPDX-License-Identifier: Apache-2.0
"""Runs a command beside a Cognito emulator with one user in its pool.

    beside_emulator.py COMMAND...

COGNITO_USER_POOL_ID, COGNITO_CLIENT_ID and COGNITO_ENDPOINT are set for it; its exit code is ours."""

import os
import subprocess
import sys

from emulator import Emulator

NOBODY = "http://127.0.0.1:1"  # where there would be the triggers
# Any: the emulator does not look at signatures.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


def main():
    with Emulator(NOBODY) as emulator:
        pool = {"UserPoolId": emulator.pool_id}
        emulator.call("AdminCreateUser", **pool, Username="ann@example.com", MessageAction="SUPPRESS",
                      UserAttributes=[{"Name": "email", "Value": "ann@example.com"},
                                      {"Name": "custom:legacy_id", "Value": "legacy-1"}])
        emulator.call("AdminSetUserPassword", **pool, Username="ann@example.com",
                      Password="Correct-Horse-1", Permanent=True)
        environment = {**os.environ, **emulator.environment(), **CREDENTIALS,
                       "COGNITO_ENDPOINT": emulator.endpoint}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
