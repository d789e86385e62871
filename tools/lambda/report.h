/* SPDX-License-Identifier: Apache-2.0
 * What Lambda, and through it Cognito and whoever waits there, is told of a failure. */
#ifndef COGMIG_LAMBDA_REPORT_H
#define COGMIG_LAMBDA_REPORT_H

#include <cogmig/error.h>

/* JSON, to be freed; NULL when memory is refused. A sign-up that is refused has the words that are
 * meant for the person; any other failure says nothing, since Cognito shows it to strangers. */
char *report_of(const cogmig_error *err);

#endif
