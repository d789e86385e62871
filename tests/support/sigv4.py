# SPDX-License-Identifier: Apache-2.0
"""AWS Signature Version 4, from its specification: what the client under test is checked by.

`check_itself` holds it against the signatures that AWS published in its test suite for the
algorithm (aws-sig-v4-test-suite: post-vanilla, post-header-key-case, post-header-key-sort,
post-x-www-form-urlencoded, post-sts-header-before)."""

import hashlib
import hmac

KEY_ID = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SESSION_TOKEN = (
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfI"
    "eoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0"
    "wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==")


def sign(secret, date, region, service, headers, body, method="POST", path="/", query=""):
    """The signature over all of `headers`, whose names are in lower case."""
    names = sorted(headers)
    canonical = "\n".join([
        method, path, query, *(f"{name}:{' '.join(headers[name].split())}" for name in names), "",
        ";".join(names), hashlib.sha256(body).hexdigest()])
    scope = f"{date[:8]}/{region}/{service}/aws4_request"
    string = "\n".join(["AWS4-HMAC-SHA256", date, scope,
                        hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"AWS4" + secret.encode()
    for part in (date[:8], region, service, "aws4_request", string):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def check_itself():
    date = "20150830T123600Z"
    plain = {"host": "example.amazonaws.com", "x-amz-date": date}
    form = {**plain, "content-type": "application/x-www-form-urlencoded"}
    for headers, body, expected in (
            (plain, b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
            ({**plain, "my-header1": "value1"}, b"",
             "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"),
            ({**plain, "my-header1": "VALUE1"}, b"",
             "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
            (form, b"Param1=value1",
             "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
            ({**plain, "x-amz-security-token": SESSION_TOKEN}, b"",
             "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead")):
        signature = sign(SECRET, date, "us-east-1", "service", headers, body)
        if signature != expected:
            raise AssertionError(f"signature of {sorted(headers)}: {signature}, not {expected}")
