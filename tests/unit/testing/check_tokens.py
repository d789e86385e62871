# SPDX-License-Identifier: Apache-2.0
"""The tokens of libcogmig-testing, verified with nothing but integers: RFC 8017 section 8.2.2."""
import base64
import hashlib
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["COGMIG_SOURCE_DIR"], "tests", "support"))
import tap

# RFC 8017 section 9.2, note 1: the DER of a DigestInfo for SHA-256.
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def decode(text):
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)


def signature_fits(token, key):
    signed, _, signature = token.rpartition(".")
    modulus = int.from_bytes(decode(key["n"]), "big")
    exponent = int.from_bytes(decode(key["e"]), "big")
    opened = pow(int.from_bytes(decode(signature), "big"), exponent, modulus)
    digest_info = SHA256_PREFIX + hashlib.sha256(signed.encode()).digest()
    expected = b"\0\1" + b"\xff" * (256 - 3 - len(digest_info)) + b"\0" + digest_info
    return opened.to_bytes(256, "big") == expected


lines = subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout.splitlines()
keys = json.loads(lines[0])["keys"]
tokens = dict(line.split(" ") for line in lines[1:])


def header(name):
    return json.loads(decode(tokens[name].split(".")[0]))


@tap.test
def the_id_token_fits_the_first_key_alone():
    tap.equal(header("id"), {"kid": keys[0]["kid"], "alg": "RS256"})
    tap.equal([signature_fits(tokens["id"], key) for key in keys], [True, False])


@tap.test
def the_access_token_fits_the_second_key_alone():
    tap.equal(header("access"), {"kid": keys[1]["kid"], "alg": "RS256"})
    tap.equal([signature_fits(tokens["access"], key) for key in keys], [False, True])


@tap.test
def a_token_signed_badly_fits_no_key():
    tap.equal([signature_fits(tokens["bad"], key) for key in keys], [False, False])


@tap.test
def a_header_that_says_none_is_signed_with_rs256_all_the_same():
    tap.equal(header("none")["alg"], "none")
    tap.equal(signature_fits(tokens["none"], keys[0]), True)


@tap.test
def a_kid_is_the_standard_base64_of_32_bytes():
    for key in keys:
        tap.equal(len(base64.b64decode(key["kid"], validate=True)), 32)


@tap.test
def a_modulus_has_2048_bits():
    for key in keys:
        tap.equal(int.from_bytes(decode(key["n"]), "big").bit_length(), 2048)


tap.run()
