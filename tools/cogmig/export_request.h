/* SPDX-License-Identifier: Apache-2.0
 * What the command line wants of "cogmig export". */
#ifndef COGMIG_TOOL_EXPORT_REQUEST_H
#define COGMIG_TOOL_EXPORT_REQUEST_H

#include "export_place.h"
#include "export_report.h"

#include <cogmig/export.h>

enum {
    EXPORT_MAX_PATH = 4096
};

struct export_format_name {
    const char *name, *extension;
    int32_t format;
};

struct export_request {
    const char *output; /* NULL: one of ours */
    const char *verify;
    const char *header;
    const char *shard; /* NULL: all */
    const struct export_format_name *format;
    bool as_json;
    cogmig_export_config *config;
    struct export_report report;
    struct export_place place;
    char own_report[EXPORT_MAX_PATH];
};

/* 0, or the exit code, when it has been said what is wrong. */
int export_request_read(int argc, char **argv, struct export_request *request, cogmig_error *err);

/* --header is a list, or a file that the AWS command line wrote. */
cogmig_status export_request_set_header(struct export_request *request, cogmig_error *err);

#endif
