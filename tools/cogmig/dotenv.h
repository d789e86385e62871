/* SPDX-License-Identifier: Apache-2.0
 * .env.local and .env of the working directory, as Prisma and Next.js projects have them. */
#ifndef COGMIG_TOOL_DOTENV_H
#define COGMIG_TOOL_DOTENV_H

/* Put what the files say about DATABASE_URL, COGNITO_* and COGMIG_* into the environment; what is
 * there already stays, and .env.local goes before .env. */
void dotenv_load(void);

#endif
