# SPDX-License-Identifier: Apache-2.0
"""verify_pyca.py HASH PASSWORD ROUNDS: the median time of one verification by pyca's bcrypt, in
microseconds."""

import statistics
import sys
import time

import bcrypt

stored, password, rounds = sys.argv[1].encode(), sys.argv[2].encode(), int(sys.argv[3])
times = []
for _ in range(rounds):
    start = time.perf_counter_ns()
    if not bcrypt.checkpw(password, stored):
        sys.exit("pyca says no")
    times.append((time.perf_counter_ns() - start) / 1000)
print(statistics.median(times))
