/* SPDX-License-Identifier: Apache-2.0
 * Marks the definition of an exported function. Everything else is hidden. */
#ifndef BASE_PUBLIC_H
#define BASE_PUBLIC_H

#define COGMIG_PUBLIC __attribute__((visibility("default")))

#endif
