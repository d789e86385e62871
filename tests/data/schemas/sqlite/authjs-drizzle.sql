-- SPDX-License-Identifier: Apache-2.0
-- The schema of Auth.js's Drizzle adapter for SQLite, with the password column that teams add. Source:
-- nextauthjs/next-auth at a1a16a5, docs/pages/getting-started/adapters/drizzle.mdx ("emailVerified"
-- is a timestamp_ms). Passwords as in ../authjs-drizzle.sql.

CREATE TABLE `user` (
    `id` text PRIMARY KEY NOT NULL,
    `name` text,
    `email` text,
    `emailVerified` integer,
    `image` text,
    `password` text
);
CREATE UNIQUE INDEX `user_email_unique` ON `user` (`email`);

INSERT INTO `user` VALUES
    ('6f9619ff-8b86-d011-b42d-00cf4fc964ff', 'Ann', 'ann@example.com', 1767225600000, NULL, '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy'),
    ('7f9619ff-8b86-d011-b42d-00cf4fc964ff', 'Bob', 'bob@example.com', NULL, NULL, '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy'),
    ('8f9619ff-8b86-d011-b42d-00cf4fc964ff', NULL, 'oauth@example.com', 1767225600000, NULL, NULL);
