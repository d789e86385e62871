-- SPDX-License-Identifier: Apache-2.0
-- Written by make-hashes.mjs; the passwords are in README.md.
-- For SQLite, as `prisma migrate` writes it; its client stores times as milliseconds since 1970.
CREATE TABLE "User" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT,
    "email" TEXT NOT NULL,
    "emailVerified" DATETIME,
    "image" TEXT,
    "password" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL
);

CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

INSERT INTO "User" ("id", "name", "email", "emailVerified", "password", "createdAt", "updatedAt")
VALUES
    ('cm1a0verified000exampleu1', 'Verified User', 'verified@example.com', 1704105000001, '$2b$10$HDT4hwe1XmEExOsg5x/6P..PGcedy6bkkxyr3ga1NgF9kiWDddozi', 1704105000001, 1704969000011),
    ('cm1a0costtwelve0exampleu2', 'Cost Twelve User', 'cost12@example.com', 1704191400002, '$2b$12$41d.qgbsTumxmO4qQc.bw.UeE/b/JUnKOsxL2qA7UhIkt/8KR3EmW', 1704191400002, 1705055400012),
    ('cm1a0unverified0exampleu3', 'Unverified User', 'unverified@example.com', NULL, '$2b$10$l7fi23meK3nmX0GLQqfTB.7bOYLxvQ7u105lCRrHf80xjYY8Vs0om', 1704277800003, 1705141800013),
    ('cm1a0mixedcase00exampleu4', 'Mixed Case User', 'Mixed.Case@Example.com', 1704364200004, '$2b$10$P4/uYk9DsqnWhTUyaaCrP.yce4AMl99yeroBI9GT/xKJP7wLw2/OG', 1704364200004, 1705228200014),
    ('cm1a0oauthonly00exampleu5', 'OAuth Only User', 'oauth-only@example.com', 1704450600005, NULL, 1704450600005, 1705314600015),
    ('cm1a0prefix2a000exampleu6', 'Prefix 2a User', 'prefix-2a@example.com', 1704537000006, '$2a$10$J0czyW7ScHwnIHxnR/LMw.tDALOhQhBI.fQ41Q6MgVgkTk9g4Mrua', 1704537000006, 1705401000016),
    ('cm1a0prefix2y000exampleu7', 'Prefix 2y User', 'prefix-2y@example.com', 1704623400007, '$2y$10$6l0eARPHIyERkbkbtAe5D.ReZek9RwgQmqT9i/3rghgpLUSYR1IOK', 1704623400007, 1705487400017),
    ('cm1a0argontwo000exampleu8', 'Argon2 User', 'argon2@example.com', 1704709800008, '$argon2id$v=19$m=65536,t=3,p=4$YXJnb24yIHVzZXIgc2FsdA$MhA6S4l8vs/+c55OrVnGK+hvEmYPT4ueUxQuFVadMQE', 1704709800008, 1705573800018),
    ('cm1a0unicode0000exampleu9', 'Ünïcode User', 'unicode@example.com', 1704796200009, '$2b$10$L892pMPHWx.1KI2D1i3RF.MF4BchXU1dq3qHXBqoL.Z26p6AzjYWS', 1704796200009, 1705660200019),
    ('cm1a0longpass000exampleua', 'Long Password User', 'long-password@example.com', 1704882600010, '$2b$10$/GbwIcZ9BkwUkKErWk1NL.ADGbw1RxjRb4xKIqFbLi5HmuEqbjh36', 1704882600010, 1705746600020),
    ('cm1a0twinlower00exampleub', 'Twin User (lower case)', 'twin@example.com', 1704969000011, '$2b$10$ax/4xoteWQJtvQASVImAG.uG4VE01tncb.soTBVIaKD3SziFesBo6', 1704969000011, 1705833000021),
    ('cm1a0twinupper00exampleuc', 'Twin User (upper case)', 'Twin@example.com', 1705055400012, '$2b$10$ZOsaEyLnfqMlWihzF/Pd/.f/GxlkGRDduGZ7viBDipbpppm67.15W', 1705055400012, 1705919400022),
    ('cm1a0truncated00exampleud', 'Truncated Hash User', 'truncated-hash@example.com', 1705141800013, '$2b$10$InscLlPP1KPcHMJsg7nE/.P71mkQi.oMn/of3Y7vVYW', 1705141800013, 1706005800023),
    ('cm1a0costsixteenexampleue', 'Cost Sixteen User', 'cost16@example.com', 1705228200014, '$2b$16$pIZhJuSRWY/jhy/JERte3.6ZPJeL27cD8NX7ati7Axv8QFLXonZrm', 1705228200014, 1706092200024),
    ('cm1a0noname00000exampleuf', NULL, 'no-name@example.com', 1705314600015, '$2b$10$AUtfCaKVuMJQCkyHLZH78.CfGan/ZUdj9OXb0lFA2bBa7jzncVd1G', 1705314600015, 1706178600025);
