-- SPDX-License-Identifier: Apache-2.0
-- The schema of Auth.js's pg adapter, with the password column that teams add. Source:
-- nextauthjs/next-auth at a1a16a5, packages/adapter-pg/schema.sql and
-- docs/pages/getting-started/adapters/pg.mdx. Passwords are "correct horse battery staple", hashed by bcryptjs 3.0.3.

CREATE TABLE users (
    id SERIAL PRIMARY KEY,
    name VARCHAR(255),
    email VARCHAR(255),
    "emailVerified" TIMESTAMPTZ,
    image TEXT
);
ALTER TABLE users ADD COLUMN password TEXT;

INSERT INTO users (name, email, "emailVerified", password) VALUES
    ('Ann', 'ann@example.com', '2026-01-01', '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy'),
    ('Bob', 'bob@example.com', NULL, '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy'),
    (NULL, 'oauth@example.com', '2026-01-01', NULL);
