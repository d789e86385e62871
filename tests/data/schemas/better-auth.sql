-- SPDX-License-Identifier: Apache-2.0
-- What Better Auth 1.7.25 itself migrates a PostgreSQL database to, with e-mail and password and the
-- admin plugin; session and verification left out. Passwords are "correct horse battery staple": by bcryptjs
-- 3.0.3, except for one by Better Auth's own scrypt.

CREATE TABLE "user" (
    "id" text NOT NULL PRIMARY KEY,
    "name" text NOT NULL,
    "email" text NOT NULL UNIQUE,
    "emailVerified" boolean NOT NULL,
    "image" text,
    "createdAt" timestamptz DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamptz DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "role" text,
    "banned" boolean,
    "banReason" text,
    "banExpires" timestamptz
);
CREATE TABLE "account" (
    "id" text NOT NULL PRIMARY KEY,
    "accountId" text NOT NULL,
    "providerId" text NOT NULL,
    "userId" text NOT NULL REFERENCES "user" ("id") ON DELETE CASCADE,
    "accessToken" text,
    "refreshToken" text,
    "idToken" text,
    "accessTokenExpiresAt" timestamptz,
    "refreshTokenExpiresAt" timestamptz,
    "scope" text,
    "password" text,
    "createdAt" timestamptz DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamptz NOT NULL
);
CREATE INDEX "account_userId_idx" ON "account" ("userId");

INSERT INTO "user" ("id", "name", "email", "emailVerified", "banned", "banExpires") VALUES
    ('u1', 'Ann', 'ann@example.com', true, NULL, NULL),
    ('u2', 'Bob', 'bob@example.com', false, false, NULL),
    ('u3', 'Oda', 'oauth@example.com', true, false, NULL),
    ('u4', 'Sam', 'scrypt@example.com', true, false, NULL),
    ('u5', 'Ban', 'banned@example.com', true, true, NULL),
    ('u6', 'Tim', 'banned-until-3000@example.com', true, true, '3000-01-01'),
    ('u7', 'Eva', 'ban-expired@example.com', true, true, '2020-01-01');
INSERT INTO "account" ("id", "accountId", "providerId", "userId", "password", "updatedAt") VALUES
    ('a1', 'u1', 'credential', 'u1', '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy', now()),
    ('a2', '4711', 'github', 'u1', NULL, now()),
    ('a3', 'u2', 'credential', 'u2', '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy', now()),
    ('a4', '4712', 'google', 'u3', NULL, now()),
    ('a5', 'u4', 'credential', 'u4', '1671e5ebb4fe5b26da66c8420bfca789:ad3d0cdc561a25054a57763c8a006a8d593f6e362c4653712c9295b7c4450667a792a521cd13a2433f8d1dd29069016293ed33b6bfd90213a397d8d036850acb', now()),
    ('a6', 'u5', 'credential', 'u5', '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy', now()),
    ('a7', 'u6', 'credential', 'u6', '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy', now()),
    ('a8', 'u7', 'credential', 'u7', '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy', now());
