-- SPDX-License-Identifier: Apache-2.0
-- The schema of Auth.js's Drizzle adapter for PostgreSQL, with the password column that teams add.
-- Source: nextauthjs/next-auth at a1a16a5, packages/adapter-drizzle/src/lib/pg.ts and
-- docs/pages/getting-started/adapters/drizzle.mdx. Passwords are "correct horse battery staple", hashed by bcryptjs 3.0.3.

CREATE TABLE "user" (
    "id" text PRIMARY KEY,
    "name" text,
    "email" text UNIQUE,
    "emailVerified" timestamp,
    "image" text
);
ALTER TABLE "user" ADD COLUMN "password" text;

INSERT INTO "user" VALUES
    ('6f9619ff-8b86-d011-b42d-00cf4fc964ff', 'Ann', 'ann@example.com', '2026-01-01', NULL, '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy'),
    ('7f9619ff-8b86-d011-b42d-00cf4fc964ff', 'Bob', 'bob@example.com', NULL, NULL, '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy'),
    ('8f9619ff-8b86-d011-b42d-00cf4fc964ff', NULL, 'oauth@example.com', '2026-01-01', NULL, NULL);
