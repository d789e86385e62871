/* SPDX-License-Identifier: Apache-2.0
 * Password hashes that have strayed into other columns. */
#ifndef EXPORT_TRIPWIRE_H
#define EXPORT_TRIPWIRE_H

#include "base/span.h"

#include <stdbool.h>

/* Does the text hold something in the form of a password hash? With is_id digits of hexadecimal
 * alone are none, however many. */
bool tripwire_finds_hash(struct span text, bool is_id);

#endif
