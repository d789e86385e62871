-- SPDX-License-Identifier: Apache-2.0
-- The model of ../authjs-prisma.sql as `prisma migrate` writes it for SQLite, with times as Prisma
-- writes them there: milliseconds since 1970. Source and passwords as there.

CREATE TABLE "User" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT,
    "email" TEXT NOT NULL,
    "emailVerified" DATETIME,
    "image" TEXT,
    "password" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL
);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

INSERT INTO "User" VALUES
    ('cm1', 'Ann', 'ann@example.com', 1767225600000, NULL, '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy', 1768473000000, 1768435200000),
    ('cm2', 'Bob', 'Bob@Example.com', NULL, NULL, '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy', 1768435200000, 1768435200000),
    ('cm3', 'Oda', 'oauth@example.com', 1767225600000, NULL, NULL, 1768435200000, 1768435200000);
