/* SPDX-License-Identifier: Apache-2.0
 * Any document: jansson and the scanner agree, but for what jansson_comparison.h lists. */
#include "fuzz.h"
#include "jansson_comparison.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HOLDS(compare_with_jansson((struct span){(const char *)data, size}) != DIFFERENT);
    return 0;
}
