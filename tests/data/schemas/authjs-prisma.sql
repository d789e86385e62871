-- SPDX-License-Identifier: Apache-2.0
-- The model of Auth.js's Prisma adapter as `prisma migrate` writes it, with the password column that
-- teams add. Source: nextauthjs/next-auth at a1a16a5, docs/pages/getting-started/adapters/prisma.mdx
-- (authjs.dev, "Prisma Adapter"). Passwords are "correct horse battery staple", hashed by bcryptjs 3.0.3.

CREATE TABLE "User" (
    "id" TEXT NOT NULL,
    "name" TEXT,
    "email" TEXT NOT NULL,
    "emailVerified" TIMESTAMP(3),
    "image" TEXT,
    "password" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE TABLE "Account" (
    "userId" TEXT NOT NULL REFERENCES "User"("id"),
    "type" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "providerAccountId" TEXT NOT NULL,
    CONSTRAINT "Account_pkey" PRIMARY KEY ("provider", "providerAccountId")
);

INSERT INTO "User" VALUES
    ('cm1', 'Ann', 'ann@example.com', '2026-01-01', NULL, '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy', '2026-01-15 10:30', '2026-01-15'),
    ('cm2', 'Bob', 'bob@example.com', NULL, NULL, '$2b$05$qCBpv0ZXtr1oFYDnPh4NeO6LGjgw6P2PTeKj08f76l9nAyDu.b/xy', '2026-01-15', '2026-01-15'),
    ('cm3', 'Oda', 'oauth@example.com', '2026-01-01', NULL, NULL, '2026-01-15', '2026-01-15');
INSERT INTO "Account" VALUES ('cm3', 'oauth', 'github', '1');
