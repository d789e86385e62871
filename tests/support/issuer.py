# SPDX-License-Identifier: Apache-2.0
"""Tokens made with the openssl program alone: no code in common with the library."""

import base64
import json
import subprocess
import time

DAY_S = 24 * 3600


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True,
                          check=True).stdout


class Issuer:
    """One RSA key in `folder`, under one kid."""

    kid = "test-key-1+/="

    def __init__(self, url, folder):
        self.url = url
        self.key = str(folder / "issuer.pem")
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
                "-out", self.key)

    @property
    def jwks(self):
        said = openssl("rsa", "-in", self.key, "-noout", "-modulus").decode()
        modulus = bytes.fromhex(said.strip().removeprefix("Modulus="))
        return json.dumps({"keys": [{
            "kid": self.kid, "kty": "RSA", "alg": "RS256", "use": "sig", "e": "AQAB",
            "n": base64url(modulus)}]})

    def sign(self, claims):
        head = compact({"kid": self.kid, "alg": "RS256"})
        body = compact(claims).replace(b"/", rb"\/")
        signed = f"{base64url(head)}.{base64url(body)}"
        signature = openssl("dgst", "-sha256", "-sign", self.key, data=signed.encode())
        return f"{signed}.{base64url(signature)}"

    def id_token(self, client_id, **claims):
        return self.sign({**self.common(), "token_use": "id", "aud": client_id,
                          "cognito:username": "1754aa68", **claims})

    def access_token(self, client_id, **claims):
        return self.sign({**self.common(), "token_use": "access", "client_id": client_id,
                          "username": "1754aa68", "scope": "aws.cognito.signin.user.admin",
                          **claims})

    def common(self):
        now = int(time.time())
        return {"sub": "1754aa68-d041-7034-8fb2-000000000001", "iss": self.url, "iat": now,
                "auth_time": now, "exp": now + DAY_S}
