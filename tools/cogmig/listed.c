/* SPDX-License-Identifier: Apache-2.0 */
#include "listed.h"

#include <string.h>

bool is_listed(const char *list, const char *name)
{
    static const char between[] = ", \t\r\n";
    size_t len = strlen(name);
    for (list += strspn(list, between); *list != '\0'; list += strspn(list, between)) {
        size_t element = strcspn(list, between);
        if (element == len && strncmp(list, name, len) == 0)
            return true;
        list += element;
    }
    return false;
}
