-- SPDX-License-Identifier: Apache-2.0
-- What bench_reconcile.c reconciles: a million users, and ten thousand.
CREATE TABLE users_many AS
  SELECT 'c' || lpad(i::text, 7, '0') AS id, 'user' || i || '@example.com' AS email,
         'User ' || i AS name, NULL::text AS password, timestamp '2026-01-15 10:30' AS "emailVerified",
         timestamp '2026-01-15 10:30' AS "createdAt", timestamp '2026-01-15 10:30' AS "updatedAt"
  FROM generate_series(0, 999999) AS i;
CREATE TABLE users_few AS SELECT * FROM users_many LIMIT 10000;
CREATE TABLE map_many (
  pool_id text COLLATE "C" NOT NULL, legacy_id text COLLATE "C" NOT NULL,
  sub text COLLATE "C" NOT NULL, linked_at timestamptz NOT NULL DEFAULT now());
INSERT INTO map_many (pool_id, legacy_id, sub)
  SELECT 'eu-central-1_AbCdEfGhI', 'c' || lpad(i::text, 7, '0'),
         '00000000-0000-4000-8000-' || lpad(i::text, 12, '0')
  FROM generate_series(0, 999999) AS i;
CREATE TABLE map_few AS SELECT * FROM map_many LIMIT 10000;
ALTER TABLE map_many ADD PRIMARY KEY (pool_id, legacy_id), ADD UNIQUE (pool_id, sub);
ALTER TABLE map_few ADD PRIMARY KEY (pool_id, legacy_id), ADD UNIQUE (pool_id, sub);
ANALYZE;
