/* SPDX-License-Identifier: Apache-2.0
 * Prisma's table of users, two of them, in a fresh folder that becomes the working directory. */
#ifndef TESTS_OOM_USERS_H
#define TESTS_OOM_USERS_H

#define USERS_URL "file:users.db"
#define USERS_EMAIL "ann@example.com"

/* Of cost 4, for "U*U". */
#define USERS_HASH "$2a$04$CCCCCCCCCCCCCCCCCCCCC.K7Qr0se1MxuggH4aP4YgB.U2Em1pGSK"

/* Before anything else: memory is refused to SQLite too. */
void users_prepare_sqlite(void);

int users_enter_folder(void **state);
int users_leave_folder(void **state);

#endif
