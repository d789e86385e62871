# SPDX-License-Identifier: Apache-2.0
"""verify_pyjwt.py SAMPLES ROUNDS: the median time of one verification by PyJWT, in microseconds.
SAMPLES is what bench-tokens wrote: an issuer and its tokens."""

import json
import statistics
import sys
import time

import jwt

with open(sys.argv[1], encoding="utf-8") as file:
    samples = json.load(file)
kid = jwt.get_unverified_header(samples["tokens"][0])["kid"]
jwk = next(key for key in samples["jwks"]["keys"] if key["kid"] == kid)
key = jwt.PyJWK(jwk).key
times = []
for _ in range(int(sys.argv[2])):
    start = time.perf_counter_ns()
    for token in samples["tokens"]:
        jwt.decode(token, key, algorithms=["RS256"], issuer=samples["issuer"])
    times.append((time.perf_counter_ns() - start) / 1000 / len(samples["tokens"]))
print(statistics.median(times))
