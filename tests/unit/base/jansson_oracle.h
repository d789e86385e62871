/* SPDX-License-Identifier: Apache-2.0
 * What jansson makes of a document. It has names in common with base/json.h, so it stays behind
 * this. */
#ifndef BASE_JANSSON_ORACLE_H
#define BASE_JANSSON_ORACLE_H

#include "base/buffer.h"

enum oracle {
    ORACLE_ACCEPTS,
    ORACLE_REFUSES,
    ORACLE_CANNOT_SAY /* a number or name that jansson has no room for */
};

/* The values of a document that is accepted, in a form that two parsers can agree on: n, t, f,
 * i<integer>, r for any other number, s<bytes>:<text>, [...] and {...}. */
enum oracle oracle_read(struct span document, struct buffer *values);

#endif
