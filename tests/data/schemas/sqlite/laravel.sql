-- SPDX-License-Identifier: Apache-2.0
-- The users of ../laravel.sql as Laravel makes them in SQLite, its default. Source and passwords as
-- there.

CREATE TABLE "users" (
    "id" integer primary key autoincrement not null,
    "name" varchar not null,
    "email" varchar not null,
    "email_verified_at" datetime,
    "password" varchar not null,
    "remember_token" varchar,
    "created_at" datetime,
    "updated_at" datetime,
    "deleted_at" datetime
);
CREATE UNIQUE INDEX "users_email_unique" on "users" ("email");

INSERT INTO "users" ("name", "email", "email_verified_at", "password", "created_at", "deleted_at") VALUES
    ('Ann', 'ann@example.com', '2026-01-01 00:00:00', '$2y$05$x1DirOu3keO6JvUAXt0tXO8niavF4NdJ4PxMhSuA9AQhn2S.idXQ.', '2026-01-15 10:30:00', NULL),
    ('Bob', 'bob@example.com', NULL, '$2y$05$x1DirOu3keO6JvUAXt0tXO8niavF4NdJ4PxMhSuA9AQhn2S.idXQ.', NULL, NULL),
    ('Del', 'deleted@example.com', '2026-01-01 00:00:00', '$2y$05$x1DirOu3keO6JvUAXt0tXO8niavF4NdJ4PxMhSuA9AQhn2S.idXQ.', NULL, '2026-01-01 00:00:00');
