// SPDX-License-Identifier: Apache-2.0
// node verify.mjs PACKAGE HASH PASSWORD ROUNDS: the median time of one verification, in
// microseconds.
import { createRequire } from "node:module";

const [name, hash, password, rounds] = process.argv.slice(2);
const peer = createRequire(`${process.cwd()}/`)(name);
// The same question under three names.
const verify = peer.compareSync ?? peer.verifySync ?? peer.default.compareSync;

const times = [];
for (let i = 0; i < Number(rounds); i++) {
    const start = process.hrtime.bigint();
    if (!verify(password, hash)) throw new Error(`${name} says no`);
    times.push(Number(process.hrtime.bigint() - start) / 1000);
}
times.sort((a, b) => a - b);
console.log(times[times.length >> 1]);
