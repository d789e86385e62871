-- SPDX-License-Identifier: Apache-2.0
-- The users table of Laravel's first migration on PostgreSQL, with soft deletes. Source:
-- laravel/laravel at 8a119d7, database/migrations/0001_01_01_000000_create_users_table.php. Passwords are
-- "correct horse battery staple", by password_hash() of PHP 8.2.36.

CREATE TABLE users (
    id bigserial PRIMARY KEY,
    name varchar(255) NOT NULL,
    email varchar(255) NOT NULL,
    email_verified_at timestamp(0) without time zone,
    password varchar(255) NOT NULL,
    remember_token varchar(100),
    created_at timestamp(0) without time zone,
    updated_at timestamp(0) without time zone
);
ALTER TABLE users ADD CONSTRAINT users_email_unique UNIQUE (email);
ALTER TABLE users ADD COLUMN deleted_at timestamp(0) without time zone;

INSERT INTO users (name, email, email_verified_at, password, created_at, deleted_at) VALUES
    ('Ann', 'ann@example.com', '2026-01-01', '$2y$05$x1DirOu3keO6JvUAXt0tXO8niavF4NdJ4PxMhSuA9AQhn2S.idXQ.', '2026-01-15 10:30', NULL),
    ('Bob', 'bob@example.com', NULL, '$2y$05$x1DirOu3keO6JvUAXt0tXO8niavF4NdJ4PxMhSuA9AQhn2S.idXQ.', NULL, NULL),
    ('Del', 'deleted@example.com', '2026-01-01', '$2y$05$x1DirOu3keO6JvUAXt0tXO8niavF4NdJ4PxMhSuA9AQhn2S.idXQ.', NULL, '2026-01-01');
