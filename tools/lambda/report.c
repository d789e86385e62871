/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <jansson.h>
#include <stdbool.h>

char *report_of(const cogmig_error *err)
{
    bool for_the_person = cogmig_error_status(err) == COGMIG_SIGN_UP_REFUSED;
    json_t *report = json_pack("{s:s, s:s, s:[]}", "errorMessage",
                               for_the_person ? cogmig_error_message(err) : "No answer.",
                               "errorType", for_the_person ? "Refused" : "NoAnswer", "stackTrace");
    char *text = report == NULL ? NULL : json_dumps(report, JSON_COMPACT);
    json_decref(report);
    return text;
}
