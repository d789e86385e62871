/* SPDX-License-Identifier: Apache-2.0
 * Ed25519 public keys for which anybody can make a signature, or that have a second form. */
#ifndef KEYSET_ED25519_H
#define KEYSET_ED25519_H

#include "base/span.h"

/* Why a point (RFC 8032 section 5.1.2) is no key; static, NULL when it may be one. */
const char *ed25519_reason_against(struct span point);

#endif
