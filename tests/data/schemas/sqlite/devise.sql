-- SPDX-License-Identifier: Apache-2.0
-- The users of ../devise.sql as Rails makes them in SQLite. Source and passwords as there.

CREATE TABLE "users" (
    "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    "email" varchar DEFAULT '' NOT NULL,
    "encrypted_password" varchar DEFAULT '' NOT NULL,
    "reset_password_token" varchar,
    "reset_password_sent_at" datetime(6),
    "remember_created_at" datetime(6),
    "confirmation_token" varchar,
    "confirmed_at" datetime(6),
    "confirmation_sent_at" datetime(6),
    "unconfirmed_email" varchar,
    "failed_attempts" integer DEFAULT 0 NOT NULL,
    "unlock_token" varchar,
    "locked_at" datetime(6),
    "created_at" datetime(6) NOT NULL,
    "updated_at" datetime(6) NOT NULL
);
CREATE UNIQUE INDEX "index_users_on_email" ON "users" ("email");

INSERT INTO "users" ("email", "encrypted_password", "confirmed_at", "locked_at", "created_at", "updated_at") VALUES
    ('ann@example.com', '$2a$05$8eDd6pLVdQrQLLC02bSovevZXhE6VZBcl3sm.tFJANnVo3NKFD3ai', '2026-01-01 00:00:00', NULL, '2026-01-15 10:30:00.123456', '2026-01-15 00:00:00'),
    ('bob@example.com', '$2a$05$8eDd6pLVdQrQLLC02bSovevZXhE6VZBcl3sm.tFJANnVo3NKFD3ai', NULL, NULL, '2026-01-15 00:00:00', '2026-01-15 00:00:00'),
    ('oauth@example.com', '', '2026-01-01 00:00:00', NULL, '2026-01-15 00:00:00', '2026-01-15 00:00:00'),
    ('locked@example.com', '$2a$05$8eDd6pLVdQrQLLC02bSovevZXhE6VZBcl3sm.tFJANnVo3NKFD3ai', '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2026-01-15 00:00:00', '2026-01-15 00:00:00'),
    ('no-pepper@example.com', '$2a$05$vIxzmMuUY.BcG7W06zicZ.KkTWoQgh2vispCDE8uYZ5HafkC.T8kW', '2026-01-01 00:00:00', NULL, '2026-01-15 00:00:00', '2026-01-15 00:00:00');
