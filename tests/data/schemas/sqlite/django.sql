-- SPDX-License-Identifier: Apache-2.0
-- auth_user as `manage.py migrate` of Django 3.2.25 makes it in SQLite. Passwords as in ../django.sql.

CREATE TABLE "auth_user" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "password" varchar(128) NOT NULL,
    "last_login" datetime NULL,
    "is_superuser" bool NOT NULL,
    "username" varchar(150) NOT NULL UNIQUE,
    "last_name" varchar(150) NOT NULL,
    "email" varchar(254) NOT NULL,
    "is_staff" bool NOT NULL,
    "is_active" bool NOT NULL,
    "date_joined" datetime NOT NULL,
    "first_name" varchar(150) NOT NULL
);

INSERT INTO "auth_user" ("password", "is_superuser", "username", "first_name", "last_name", "email", "is_staff", "is_active", "date_joined") VALUES
    ('bcrypt_sha256$$2b$05$oyhhYDKou/.vNXYKzY9Y2u.0FS7E53qTxpF1.6WLLwF4Xl4/1inv.', 0, 'ann', 'Ann', 'Example', 'ann@example.com', 0, 1, '2026-01-15 10:30:00'),
    ('bcrypt$$2b$05$nQ4YAH6ZmgkuZNktPJC5HujCFxreHMlnLbwVYV5PHAh4oNpIGtKka', 0, 'plain', 'Bob', '', 'plain@example.com', 0, 1, '2026-01-15 10:30:00'),
    ('!h9ALy4C2aDVncTTZd0CxG9Y1YTrQe04r0ydMy28E', 0, 'oda', '', '', 'oauth@example.com', 0, 1, '2026-01-15 10:30:00'),
    ('bcrypt_sha256$$2b$05$oyhhYDKou/.vNXYKzY9Y2u.0FS7E53qTxpF1.6WLLwF4Xl4/1inv.', 0, 'ina', '', '', 'inactive@example.com', 0, 0, '2026-01-15 10:30:00');
