-- SPDX-License-Identifier: Apache-2.0
-- The tables of ../better-auth.sql in SQLite: booleans are integers, times are text in ISO 8601.
-- Source: better-auth/better-auth at 451aa4b, packages/better-auth/src/db/get-migration.ts and
-- packages/core/src/db/adapter/factory.ts. Passwords as there.

CREATE TABLE "user" (
    "id" text NOT NULL PRIMARY KEY,
    "name" text NOT NULL,
    "email" text NOT NULL UNIQUE,
    "emailVerified" integer NOT NULL,
    "image" text,
    "createdAt" date NOT NULL,
    "updatedAt" date NOT NULL,
    "role" text,
    "banned" integer,
    "banReason" text,
    "banExpires" date
);
CREATE TABLE "account" (
    "id" text NOT NULL PRIMARY KEY,
    "accountId" text NOT NULL,
    "providerId" text NOT NULL,
    "userId" text NOT NULL REFERENCES "user" ("id") ON DELETE CASCADE,
    "password" text,
    "createdAt" date NOT NULL,
    "updatedAt" date NOT NULL
);

INSERT INTO "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt", "banned", "banExpires") VALUES
    ('u1', 'Ann', 'ann@example.com', 1, '2026-01-15T10:30:00.000Z', '2026-01-15T10:30:00.000Z', NULL, NULL),
    ('u2', 'Bob', 'bob@example.com', 0, '2026-01-15T10:30:00.000Z', '2026-01-15T10:30:00.000Z', 0, NULL),
    ('u3', 'Oda', 'oauth@example.com', 1, '2026-01-15T10:30:00.000Z', '2026-01-15T10:30:00.000Z', 0, NULL),
    ('u4', 'Sam', 'scrypt@example.com', 1, '2026-01-15T10:30:00.000Z', '2026-01-15T10:30:00.000Z', 0, NULL),
    ('u5', 'Ban', 'banned@example.com', 1, '2026-01-15T10:30:00.000Z', '2026-01-15T10:30:00.000Z', 1, NULL),
    ('u6', 'Tim', 'banned-until-3000@example.com', 1, '2026-01-15T10:30:00.000Z', '2026-01-15T10:30:00.000Z', 1, '3000-01-01T00:00:00.000Z'),
    ('u7', 'Eva', 'ban-expired@example.com', 1, '2026-01-15T10:30:00.000Z', '2026-01-15T10:30:00.000Z', 1, '2020-01-01T00:00:00.000Z');
INSERT INTO "account" VALUES
    ('a1', 'u1', 'credential', 'u1', '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy', '2026-01-15T10:30:00.000Z', '2026-01-15T10:30:00.000Z'),
    ('a2', '4711', 'github', 'u1', NULL, '2026-01-15T10:30:00.000Z', '2026-01-15T10:30:00.000Z'),
    ('a3', 'u2', 'credential', 'u2', '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy', '2026-01-15T10:30:00.000Z', '2026-01-15T10:30:00.000Z'),
    ('a4', '4712', 'google', 'u3', NULL, '2026-01-15T10:30:00.000Z', '2026-01-15T10:30:00.000Z'),
    ('a5', 'u4', 'credential', 'u4', '1671e5ebb4fe5b26da66c8420bfca789:ad3d0cdc561a25054a57763c8a006a8d593f6e362c4653712c9295b7c4450667a792a521cd13a2433f8d1dd29069016293ed33b6bfd90213a397d8d036850acb', '2026-01-15T10:30:00.000Z', '2026-01-15T10:30:00.000Z'),
    ('a6', 'u5', 'credential', 'u5', '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy', '2026-01-15T10:30:00.000Z', '2026-01-15T10:30:00.000Z'),
    ('a7', 'u6', 'credential', 'u6', '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy', '2026-01-15T10:30:00.000Z', '2026-01-15T10:30:00.000Z'),
    ('a8', 'u7', 'credential', 'u7', '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy', '2026-01-15T10:30:00.000Z', '2026-01-15T10:30:00.000Z');
