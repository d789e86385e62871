// SPDX-License-Identifier: Apache-2.0
// Writes users.sql and users.sqlite.sql beside itself. The salts are fixed, so that a second run
// gives the same bytes; an application lets bcrypt choose them.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import bcrypt from "bcrypt";
import { argon2id } from "hash-wasm";

const salt = (name) =>
  createHash("sha256").update(name).digest("base64").replaceAll("+", ".").slice(0, 21) + ".";
const hash = (password, cost, name, prefix = "2b") =>
  bcrypt.hashSync(password, `$${prefix}$${cost}$${salt(name)}`);

// PHP writes $2y$ for the digest that node writes $2b$ for.
const phpHash = (password, cost, name) => hash(password, cost, name).replace(/^\$2b\$/, "$2y$");

const day = (n) => Date.UTC(2024, 0, n, 10, 30, 0, n);

const users = [
  {
    id: "cm1a0verified000exampleu1",
    name: "Verified User",
    email: "verified@example.com",
    verified: true,
    password: hash("Correct-Horse-10", 10, "verified"),
  },
  {
    id: "cm1a0costtwelve0exampleu2",
    name: "Cost Twelve User",
    email: "cost12@example.com",
    verified: true,
    password: hash("Correct-Horse-12", 12, "cost12"),
  },
  {
    id: "cm1a0unverified0exampleu3",
    name: "Unverified User",
    email: "unverified@example.com",
    verified: false,
    password: hash("Not-Verified-Yet", 10, "unverified"),
  },
  {
    id: "cm1a0mixedcase00exampleu4",
    name: "Mixed Case User",
    email: "Mixed.Case@Example.com",
    verified: true,
    password: hash("Case-Matters-Not", 10, "mixed"),
  },
  {
    id: "cm1a0oauthonly00exampleu5",
    name: "OAuth Only User",
    email: "oauth-only@example.com",
    verified: true,
    password: null,
  },
  {
    id: "cm1a0prefix2a000exampleu6",
    name: "Prefix 2a User",
    email: "prefix-2a@example.com",
    verified: true,
    password: hash("Older-Library-2a", 10, "prefix2a", "2a"),
  },
  {
    id: "cm1a0prefix2y000exampleu7",
    name: "Prefix 2y User",
    email: "prefix-2y@example.com",
    verified: true,
    password: phpHash("From-PHP-2y", 10, "prefix2y"),
  },
  {
    id: "cm1a0argontwo000exampleu8",
    name: "Argon2 User",
    email: "argon2@example.com",
    verified: true,
    password: await argon2id({
      password: "Not-Bcrypt-At-All",
      salt: "argon2 user salt",
      memorySize: 65536,
      iterations: 3,
      parallelism: 4,
      hashLength: 32,
      outputType: "encoded",
    }),
  },
  {
    id: "cm1a0unicode0000exampleu9",
    name: "Ünïcode User",
    email: "unicode@example.com",
    verified: true,
    password: hash("Pässwörd-\u{1F511}", 10, "unicode"),
  },
  {
    id: "cm1a0longpass000exampleua",
    name: "Long Password User",
    email: "long-password@example.com",
    verified: true,
    password: hash("0123456789".repeat(8), 10, "long"),
  },
  {
    id: "cm1a0twinlower00exampleub",
    name: "Twin User (lower case)",
    email: "twin@example.com",
    verified: true,
    password: hash("Twin-Lower-Case", 10, "twinlower"),
  },
  {
    id: "cm1a0twinupper00exampleuc",
    name: "Twin User (upper case)",
    email: "Twin@example.com",
    verified: true,
    password: hash("Twin-Upper-Case", 10, "twinupper"),
  },
  {
    id: "cm1a0truncated00exampleud",
    name: "Truncated Hash User",
    email: "truncated-hash@example.com",
    verified: true,
    password: hash("Column-Too-Short", 10, "truncated").slice(0, 50),
  },
  {
    id: "cm1a0costsixteenexampleue",
    name: "Cost Sixteen User",
    email: "cost16@example.com",
    verified: true,
    password: hash("Too-Slow-To-Check", 16, "cost16"),
  },
  {
    id: "cm1a0noname00000exampleuf",
    name: null,
    email: "no-name@example.com",
    verified: true,
    password: hash("Nobody-In-Particular", 10, "noname"),
  },
];

const quoted = (text) => (text === null ? "NULL" : `'${text.replaceAll("'", "''")}'`);
const sqlTime = (ms) => quoted(new Date(ms).toISOString().replace("T", " ").replace("Z", ""));

const insert = (user, number, time) => {
  const created = time(day(number));
  const values = [
    quoted(user.id),
    quoted(user.name),
    quoted(user.email),
    user.verified ? created : "NULL",
    quoted(user.password),
    created,
    time(day(number + 10)),
  ];
  return `    (${values.join(", ")})`;
};

const file = (comment, timeType, key, time) => `-- SPDX-License-Identifier: Apache-2.0
-- Written by make-hashes.mjs; the passwords are in README.md.
-- ${comment}
CREATE TABLE "User" (
    "id" TEXT NOT NULL${key.inline},
    "name" TEXT,
    "email" TEXT NOT NULL,
    "emailVerified" ${timeType},
    "image" TEXT,
    "password" TEXT,
    "createdAt" ${timeType} NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" ${timeType} NOT NULL${key.apart}
);

CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

INSERT INTO "User" ("id", "name", "email", "emailVerified", "password", "createdAt", "updatedAt")
VALUES
${users.map((user, index) => insert(user, index + 1, time)).join(",\n")};
`;

const write = (name, text) => writeFileSync(new URL(name, import.meta.url), text);

write(
  "users.sql",
  file(
    "For PostgreSQL, as `prisma migrate` writes it.",
    "TIMESTAMP(3)",
    { inline: "", apart: ',\n\n    CONSTRAINT "User_pkey" PRIMARY KEY ("id")' },
    sqlTime,
  ),
);
write(
  "users.sqlite.sql",
  file(
    "For SQLite, as `prisma migrate` writes it; its client stores times as milliseconds since 1970.",
    "DATETIME",
    { inline: " PRIMARY KEY", apart: "" },
    String,
  ),
);
