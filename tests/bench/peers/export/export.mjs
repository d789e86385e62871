// SPDX-License-Identifier: Apache-2.0
// What most backup scripts do: export.mjs MODULES URL FILE
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, url, file] = process.argv.slice(2);
const pg = createRequire(join(modules, "package.json"))("pg");

const client = new pg.Client({ connectionString: url });
await client.connect();
const { rows } = await client.query(
  'SELECT id, email, name, "createdAt", "updatedAt" FROM "User" ORDER BY id',
);
writeFileSync(file, JSON.stringify(rows, null, 2));
await client.end();
