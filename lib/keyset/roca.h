/* SPDX-License-Identifier: Apache-2.0
 * RSA moduli that one maker's chips made of too few numbers, so that they can be factored
 * (CVE-2017-15361). */
#ifndef KEYSET_ROCA_H
#define KEYSET_ROCA_H

#include "base/span.h"

/* modulus  big-endian, of 2048 bits at least: smaller ones show less */
bool roca_has_made(struct span modulus);

#endif
