-- SPDX-License-Identifier: Apache-2.0
-- auth.users of Supabase Auth, without its tables beside it. Source: supabase/auth at bc32168,
-- migrations/ and internal/models/user.go. Passwords are "correct horse battery staple", hashed by
-- golang.org/x/crypto/bcrypt 0.4.0, as Supabase Auth does.

CREATE SCHEMA auth;
CREATE TABLE auth.users (
    instance_id uuid,
    id uuid NOT NULL PRIMARY KEY,
    aud varchar(255),
    role varchar(255),
    email varchar(255),
    encrypted_password varchar(255),
    email_confirmed_at timestamptz,
    invited_at timestamptz,
    confirmation_token varchar(255),
    confirmation_sent_at timestamptz,
    recovery_token varchar(255),
    recovery_sent_at timestamptz,
    email_change_token_new varchar(255),
    email_change varchar(255),
    email_change_sent_at timestamptz,
    last_sign_in_at timestamptz,
    raw_app_meta_data jsonb,
    raw_user_meta_data jsonb,
    is_super_admin boolean,
    created_at timestamptz,
    updated_at timestamptz,
    phone text UNIQUE DEFAULT NULL,
    phone_confirmed_at timestamptz,
    phone_change text DEFAULT '',
    phone_change_token varchar(255) DEFAULT '',
    phone_change_sent_at timestamptz,
    confirmed_at timestamptz GENERATED ALWAYS AS (LEAST(email_confirmed_at, phone_confirmed_at)) STORED,
    email_change_token_current varchar(255) DEFAULT '',
    email_change_confirm_status smallint DEFAULT 0,
    banned_until timestamptz,
    reauthentication_token varchar(255) DEFAULT '',
    reauthentication_sent_at timestamptz,
    is_sso_user boolean NOT NULL DEFAULT false,
    deleted_at timestamptz,
    is_anonymous boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX users_email_partial_key ON auth.users (email) WHERE (is_sso_user = false);
CREATE INDEX users_instance_id_email_idx ON auth.users (instance_id, lower(email));
CREATE INDEX users_instance_id_idx ON auth.users (instance_id);

INSERT INTO auth.users (id, email, encrypted_password, email_confirmed_at, created_at, updated_at,
                        banned_until, deleted_at, is_sso_user, is_anonymous) VALUES
    ('00000000-0000-4000-8000-000000000001', 'ann@example.com', '$2a$05$90FQYGIwzA7BmIhpnYL17e6he7n8bIzGS4l9fN778TZn9CLra4hmq', '2026-01-01', '2026-01-15 10:30+02', now(), NULL, NULL, false, false),
    ('00000000-0000-4000-8000-000000000002', 'bob@example.com', '$2a$05$90FQYGIwzA7BmIhpnYL17e6he7n8bIzGS4l9fN778TZn9CLra4hmq', NULL, now(), now(), NULL, NULL, false, false),
    ('00000000-0000-4000-8000-000000000003', 'oauth@example.com', NULL, '2026-01-01', now(), now(), NULL, NULL, false, false),
    ('00000000-0000-4000-8000-000000000004', 'banned-until-3000@example.com', '$2a$05$90FQYGIwzA7BmIhpnYL17e6he7n8bIzGS4l9fN778TZn9CLra4hmq', '2026-01-01', now(), now(), '3000-01-01', NULL, false, false),
    ('00000000-0000-4000-8000-000000000005', 'ban-expired@example.com', '$2a$05$90FQYGIwzA7BmIhpnYL17e6he7n8bIzGS4l9fN778TZn9CLra4hmq', '2026-01-01', now(), now(), '2020-01-01', NULL, false, false),
    ('00000000-0000-4000-8000-000000000006', 'deleted@example.com', '$2a$05$90FQYGIwzA7BmIhpnYL17e6he7n8bIzGS4l9fN778TZn9CLra4hmq', '2026-01-01', now(), now(), NULL, now(), false, false),
    ('00000000-0000-4000-8000-000000000007', 'ann@example.com', NULL, '2026-01-01', now(), now(), NULL, NULL, true, false),
    ('00000000-0000-4000-8000-000000000008', NULL, NULL, NULL, now(), now(), NULL, NULL, false, true),
    ('00000000-0000-4000-8000-000000000009', 'banned-for-good@example.com', '$2a$05$90FQYGIwzA7BmIhpnYL17e6he7n8bIzGS4l9fN778TZn9CLra4hmq', '2026-01-01', now(), now(), 'infinity', NULL, false, false);
