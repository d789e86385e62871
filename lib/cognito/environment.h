/* SPDX-License-Identifier: Apache-2.0
 * Variables of the environment. */
#ifndef COGNITO_ENVIRONMENT_H
#define COGNITO_ENVIRONMENT_H

/* NULL when it is not set, or empty as an .env file leaves it. */
const char *variable(const char *name);

#endif
