/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight_json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

json_t *value_at(json_t *object, const char *path)
{
    char name[64];
    while (object != NULL) {
        size_t len = strcspn(path, ".");
        snprintf(name, sizeof name, "%.*s", (int)len, path);
        object = json_object_get(object, name);
        if (path[len] == '\0')
            return json_is_null(object) ? NULL : object;
        path += len + 1;
    }
    return NULL;
}

const char *text_at(json_t *object, const char *path)
{
    return json_string_value(value_at(object, path));
}

bool is_text_at(json_t *object, const char *path, const char *expected)
{
    const char *text = text_at(object, path);
    return text != NULL && strcmp(text, expected) == 0;
}

bool has_element(json_t *array, const char *text)
{
    size_t i;
    json_t *element;
    json_array_foreach(array, i,
                       element) if (json_is_string(element) &&
                                    strcmp(json_string_value(element), text) == 0) return true;
    return false;
}

json_t *schema_attribute(json_t *pool, const char *name)
{
    size_t i;
    json_t *attribute;
    json_array_foreach(value_at(pool, "SchemaAttributes"), i,
                       attribute) if (is_text_at(attribute, "Name", name)) return attribute;
    return NULL;
}

void conclude(struct finding *finding, enum verdict verdict, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    finding->verdict = verdict;
    vsnprintf(finding->reason, sizeof finding->reason, format, arguments);
    va_end(arguments);
    for (char *at = finding->reason; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            *at = '?'; /* a file could steer the terminal */
}
