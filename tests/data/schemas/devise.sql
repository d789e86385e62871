-- SPDX-License-Identifier: Apache-2.0
-- What Devise's generator writes for PostgreSQL, with all that it leaves commented out. Source:
-- heartcombo/devise at 7ca7ed9, lib/generators/active_record/devise_generator.rb. Passwords are
-- "correct horse battery staple" with the pepper "a-pepper", by bcrypt 3.1.18 of Ruby; no-pepper has none.

CREATE TABLE users (
    id bigserial PRIMARY KEY,
    email character varying DEFAULT '' NOT NULL,
    encrypted_password character varying DEFAULT '' NOT NULL,
    reset_password_token character varying,
    reset_password_sent_at timestamp(6) without time zone,
    remember_created_at timestamp(6) without time zone,
    sign_in_count integer DEFAULT 0 NOT NULL,
    current_sign_in_at timestamp(6) without time zone,
    last_sign_in_at timestamp(6) without time zone,
    current_sign_in_ip inet,
    last_sign_in_ip inet,
    confirmation_token character varying,
    confirmed_at timestamp(6) without time zone,
    confirmation_sent_at timestamp(6) without time zone,
    unconfirmed_email character varying,
    failed_attempts integer DEFAULT 0 NOT NULL,
    unlock_token character varying,
    locked_at timestamp(6) without time zone,
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL
);
CREATE UNIQUE INDEX index_users_on_email ON users (email);

INSERT INTO users (email, encrypted_password, confirmed_at, locked_at, created_at, updated_at) VALUES
    ('ann@example.com', '$2a$05$8eDd6pLVdQrQLLC02bSovevZXhE6VZBcl3sm.tFJANnVo3NKFD3ai', '2026-01-01', NULL, '2026-01-15 10:30', '2026-01-15'),
    ('bob@example.com', '$2a$05$8eDd6pLVdQrQLLC02bSovevZXhE6VZBcl3sm.tFJANnVo3NKFD3ai', NULL, NULL, '2026-01-15', '2026-01-15'),
    ('oauth@example.com', '', '2026-01-01', NULL, '2026-01-15', '2026-01-15'),
    ('locked@example.com', '$2a$05$8eDd6pLVdQrQLLC02bSovevZXhE6VZBcl3sm.tFJANnVo3NKFD3ai', '2026-01-01', '2026-01-01', '2026-01-15', '2026-01-15'),
    ('no-pepper@example.com', '$2a$05$vIxzmMuUY.BcG7W06zicZ.KkTWoQgh2vispCDE8uYZ5HafkC.T8kW', '2026-01-01', NULL, '2026-01-15', '2026-01-15');
