// SPDX-License-Identifier: Apache-2.0
// The migration as people write it for node: pg and bcrypt, and the runtime API without a runtime
// client around it. node bootstrap.mjs FOLDER, where FOLDER has the packages.
import http from "node:http";
import { createRequire } from "node:module";

const require = createRequire(`${process.argv[2]}/`);
const { Pool } = require("pg");
const bcrypt = require("bcrypt");

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true });
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
const query = 'SELECT id, email, password, "emailVerified" FROM "User" WHERE email = $1';

function call(method, path, body) {
    return new Promise((resolve, reject) => {
        const request = http.request(
            { hostname, port, agent, method, path: `/2018-06-01/runtime/invocation/${path}` },
            (response) => {
                const chunks = [];
                response.on("data", (chunk) => chunks.push(chunk));
                response.on("end", () => resolve({ headers: response.headers,
                                                   text: Buffer.concat(chunks).toString() }));
            });
        request.on("error", reject);
        request.end(body);
    });
}

async function migrate(event) {
    const { rows: [user] } = await pool.query(query, [event.userName.toLowerCase()]);
    if (user && await bcrypt.compare(event.request.password, user.password)) {
        event.response = {
            userAttributes: { email: user.email, email_verified: String(user.emailVerified !== null),
                              "custom:legacy_id": user.id },
            finalUserStatus: "CONFIRMED", messageAction: "SUPPRESS",
        };
    }
    return event;
}

for (;;) {
    const { headers, text } = await call("GET", "next");
    const response = JSON.stringify(await migrate(JSON.parse(text)));
    await call("POST", `${headers["lambda-runtime-aws-request-id"]}/response`, response);
}
