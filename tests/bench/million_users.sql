-- SPDX-License-Identifier: Apache-2.0
-- As many users as a large migration has, in Prisma's Auth.js model.
CREATE TABLE "User" (
    id text PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text,
    password text,
    "emailVerified" timestamp(3),
    "createdAt" timestamp(3) NOT NULL,
    "updatedAt" timestamp(3) NOT NULL
);
INSERT INTO "User"
SELECT 'c' || substr(md5(i::text), 1, 24), 'user' || i || '@example.com', 'User Number ' || i,
    '$2b$10$CCCCCCCCCCCCCCCCCCCCC.1wmuOmCZIrF1GAlfu86tqkPlAQKJe52', now(),
    timestamp '2024-01-01' + i * interval '1 minute', timestamp '2025-01-01' + i * interval '1 second'
FROM generate_series(1, 1000000) AS i;
VACUUM ANALYZE "User";
