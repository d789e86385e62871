// SPDX-License-Identifier: Apache-2.0
// node verify_tokens.mjs PEER SAMPLES ROUNDS: the median time of one verification, in microseconds.
// SAMPLES is what bench-tokens wrote: an issuer and its tokens.
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [peer, file, rounds] = process.argv.slice(2);
const samples = JSON.parse(readFileSync(file, "utf8"));
const resolve = createRequire(`${process.cwd()}/`).resolve;
const load = (name) => import(pathToFileURL(resolve(name)));

const header = JSON.parse(Buffer.from(samples.tokens[0].split(".")[0], "base64url"));
const jwk = samples.jwks.keys.find((key) => key.kid === header.kid);
const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ format: "pem", type: "spki" });

const fastJwt = async (cache) => {
    const { createVerifier } = await load("fast-jwt");
    return createVerifier({ key: pem, algorithms: ["RS256"], allowedIss: samples.issuer, cache });
};
const peers = {
    "aws-jwt-verify": async () => {
        const { CognitoJwtVerifier } = await load("aws-jwt-verify");
        const verifier = CognitoJwtVerifier.create({
            userPoolId: samples.pool_id,
            clientId: samples.client_id,
            tokenUse: "access",
        });
        verifier.cacheJwks(samples.jwks);
        return (token) => verifier.verifySync(token);
    },
    "fast-jwt": () => fastJwt(false),
    "fast-jwt-cache": () => fastJwt(true),
    jose: async () => {
        const { importJWK, jwtVerify } = await load("jose");
        const key = await importJWK(jwk, "RS256");
        return (token) => jwtVerify(token, key, { issuer: samples.issuer });
    },
};

const verify = await peers[peer]();
const once = async () => {
    const start = process.hrtime.bigint();
    for (const token of samples.tokens) {
        const verified = verify(token);
        if (verified instanceof Promise) await verified;
    }
    return Number(process.hrtime.bigint() - start) / 1000 / samples.tokens.length;
};
const times = [];
for (let i = 0; i < 2 * Number(rounds); i++) times.push(await once());
// The first half was for the compiler to warm up, and for a cache to fill.
const counted = times.slice(times.length / 2).sort((a, b) => a - b);
console.log(counted[counted.length >> 1]);
