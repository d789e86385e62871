/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libxcrypt.h"

#include "base/cleanup.h"
#include "base/memory.h"

#include <crypt.h>
#include <string.h>

cogmig_status libxcrypt_bcrypt(const char *password, const char *setting,
                               char out[LIBXCRYPT_BCRYPT_TEXT + 1])
{
    SCOPED(memory_release) struct crypt_data *work = memory_new(sizeof *work); /* 32 KiB */
    if (work == NULL)
        return COGMIG_OUT_OF_MEMORY;
    /* Not crypt_r(): AddressSanitizer has one of its own, and the linker then drops libcrypt. */
    const char *text = crypt_rn(password, setting, work, (int)sizeof *work);
    if (text == NULL || strlen(text) != LIBXCRYPT_BCRYPT_TEXT)
        return COGMIG_INTERNAL_ERROR;
    memcpy(out, text, LIBXCRYPT_BCRYPT_TEXT + 1);
    return COGMIG_OK;
}
