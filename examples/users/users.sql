-- SPDX-License-Identifier: Apache-2.0
-- Written by make-hashes.mjs; the passwords are in README.md.
-- For PostgreSQL, as `prisma migrate` writes it.
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

INSERT INTO "User" ("id", "name", "email", "emailVerified", "password", "createdAt", "updatedAt")
VALUES
    ('cm1a0verified000exampleu1', 'Verified User', 'verified@example.com', '2024-01-01 10:30:00.001', '$2b$10$HDT4hwe1XmEExOsg5x/6P..PGcedy6bkkxyr3ga1NgF9kiWDddozi', '2024-01-01 10:30:00.001', '2024-01-11 10:30:00.011'),
    ('cm1a0costtwelve0exampleu2', 'Cost Twelve User', 'cost12@example.com', '2024-01-02 10:30:00.002', '$2b$12$41d.qgbsTumxmO4qQc.bw.UeE/b/JUnKOsxL2qA7UhIkt/8KR3EmW', '2024-01-02 10:30:00.002', '2024-01-12 10:30:00.012'),
    ('cm1a0unverified0exampleu3', 'Unverified User', 'unverified@example.com', NULL, '$2b$10$l7fi23meK3nmX0GLQqfTB.7bOYLxvQ7u105lCRrHf80xjYY8Vs0om', '2024-01-03 10:30:00.003', '2024-01-13 10:30:00.013'),
    ('cm1a0mixedcase00exampleu4', 'Mixed Case User', 'Mixed.Case@Example.com', '2024-01-04 10:30:00.004', '$2b$10$P4/uYk9DsqnWhTUyaaCrP.yce4AMl99yeroBI9GT/xKJP7wLw2/OG', '2024-01-04 10:30:00.004', '2024-01-14 10:30:00.014'),
    ('cm1a0oauthonly00exampleu5', 'OAuth Only User', 'oauth-only@example.com', '2024-01-05 10:30:00.005', NULL, '2024-01-05 10:30:00.005', '2024-01-15 10:30:00.015'),
    ('cm1a0prefix2a000exampleu6', 'Prefix 2a User', 'prefix-2a@example.com', '2024-01-06 10:30:00.006', '$2a$10$J0czyW7ScHwnIHxnR/LMw.tDALOhQhBI.fQ41Q6MgVgkTk9g4Mrua', '2024-01-06 10:30:00.006', '2024-01-16 10:30:00.016'),
    ('cm1a0prefix2y000exampleu7', 'Prefix 2y User', 'prefix-2y@example.com', '2024-01-07 10:30:00.007', '$2y$10$6l0eARPHIyERkbkbtAe5D.ReZek9RwgQmqT9i/3rghgpLUSYR1IOK', '2024-01-07 10:30:00.007', '2024-01-17 10:30:00.017'),
    ('cm1a0argontwo000exampleu8', 'Argon2 User', 'argon2@example.com', '2024-01-08 10:30:00.008', '$argon2id$v=19$m=65536,t=3,p=4$YXJnb24yIHVzZXIgc2FsdA$MhA6S4l8vs/+c55OrVnGK+hvEmYPT4ueUxQuFVadMQE', '2024-01-08 10:30:00.008', '2024-01-18 10:30:00.018'),
    ('cm1a0unicode0000exampleu9', 'Ünïcode User', 'unicode@example.com', '2024-01-09 10:30:00.009', '$2b$10$L892pMPHWx.1KI2D1i3RF.MF4BchXU1dq3qHXBqoL.Z26p6AzjYWS', '2024-01-09 10:30:00.009', '2024-01-19 10:30:00.019'),
    ('cm1a0longpass000exampleua', 'Long Password User', 'long-password@example.com', '2024-01-10 10:30:00.010', '$2b$10$/GbwIcZ9BkwUkKErWk1NL.ADGbw1RxjRb4xKIqFbLi5HmuEqbjh36', '2024-01-10 10:30:00.010', '2024-01-20 10:30:00.020'),
    ('cm1a0twinlower00exampleub', 'Twin User (lower case)', 'twin@example.com', '2024-01-11 10:30:00.011', '$2b$10$ax/4xoteWQJtvQASVImAG.uG4VE01tncb.soTBVIaKD3SziFesBo6', '2024-01-11 10:30:00.011', '2024-01-21 10:30:00.021'),
    ('cm1a0twinupper00exampleuc', 'Twin User (upper case)', 'Twin@example.com', '2024-01-12 10:30:00.012', '$2b$10$ZOsaEyLnfqMlWihzF/Pd/.f/GxlkGRDduGZ7viBDipbpppm67.15W', '2024-01-12 10:30:00.012', '2024-01-22 10:30:00.022'),
    ('cm1a0truncated00exampleud', 'Truncated Hash User', 'truncated-hash@example.com', '2024-01-13 10:30:00.013', '$2b$10$InscLlPP1KPcHMJsg7nE/.P71mkQi.oMn/of3Y7vVYW', '2024-01-13 10:30:00.013', '2024-01-23 10:30:00.023'),
    ('cm1a0costsixteenexampleue', 'Cost Sixteen User', 'cost16@example.com', '2024-01-14 10:30:00.014', '$2b$16$pIZhJuSRWY/jhy/JERte3.6ZPJeL27cD8NX7ati7Axv8QFLXonZrm', '2024-01-14 10:30:00.014', '2024-01-24 10:30:00.024'),
    ('cm1a0noname00000exampleuf', NULL, 'no-name@example.com', '2024-01-15 10:30:00.015', '$2b$10$AUtfCaKVuMJQCkyHLZH78.CfGan/ZUdj9OXb0lFA2bBa7jzncVd1G', '2024-01-15 10:30:00.015', '2024-01-25 10:30:00.025');
