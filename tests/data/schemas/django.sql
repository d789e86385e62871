-- SPDX-License-Identifier: Apache-2.0
-- auth_user as Django's migrations make it on PostgreSQL. Source: django/contrib/auth/migrations
-- and models.py of Django 3.2.25.
-- Passwords are "correct horse battery staple", by Django 3.2.25's BCryptSHA256PasswordHasher and, where
-- the address says so, BCryptPasswordHasher.

CREATE TABLE auth_user (
    id serial PRIMARY KEY,
    password varchar(128) NOT NULL,
    last_login timestamptz,
    is_superuser boolean NOT NULL,
    username varchar(150) NOT NULL UNIQUE,
    first_name varchar(150) NOT NULL,
    last_name varchar(150) NOT NULL,
    email varchar(254) NOT NULL,
    is_staff boolean NOT NULL,
    is_active boolean NOT NULL,
    date_joined timestamptz NOT NULL
);

INSERT INTO auth_user (password, is_superuser, username, first_name, last_name, email, is_staff,
                       is_active, date_joined) VALUES
    ('bcrypt_sha256$$2b$05$oyhhYDKou/.vNXYKzY9Y2u.0FS7E53qTxpF1.6WLLwF4Xl4/1inv.', false, 'ann', 'Ann', 'Example', 'ann@example.com', false, true, '2026-01-15 10:30+00'),
    ('bcrypt$$2b$05$nQ4YAH6ZmgkuZNktPJC5HujCFxreHMlnLbwVYV5PHAh4oNpIGtKka', false, 'plain', 'Bob', '', 'plain@example.com', false, true, '2026-01-15 10:30+00'),
    ('!h9ALy4C2aDVncTTZd0CxG9Y1YTrQe04r0ydMy28E', false, 'oda', '', '', 'oauth@example.com', false, true, '2026-01-15 10:30+00'),
    ('bcrypt_sha256$$2b$05$oyhhYDKou/.vNXYKzY9Y2u.0FS7E53qTxpF1.6WLLwF4Xl4/1inv.', false, 'ina', '', '', 'inactive@example.com', false, false, '2026-01-15 10:30+00'),
    ('bcrypt_sha256$$2b$05$oyhhYDKou/.vNXYKzY9Y2u.0FS7E53qTxpF1.6WLLwF4Xl4/1inv.', false, 'twin1', '', '', 'twin@example.com', false, true, '2026-01-15 10:30+00'),
    ('bcrypt_sha256$$2b$05$oyhhYDKou/.vNXYKzY9Y2u.0FS7E53qTxpF1.6WLLwF4Xl4/1inv.', false, 'twin2', '', '', 'twin@example.com', false, true, '2026-01-15 10:30+00');
