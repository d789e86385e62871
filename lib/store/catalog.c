/* SPDX-License-Identifier: Apache-2.0 */
#include "store/catalog.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_ENTRIES = 50000,
    FIRST_CAPACITY = 256
};

static bool grow(struct catalog *catalog)
{
    if (catalog->count < catalog->capacity)
        return true;
    size_t capacity = catalog->capacity == 0 ? FIRST_CAPACITY : 2 * catalog->capacity;
    size_t size = capacity * sizeof *catalog->entries;
    struct catalog_entry *entries =
        catalog->entries == NULL ? memory_new(size) : memory_resize(catalog->entries, size);
    if (entries == NULL)
        return false;
    catalog->entries = entries;
    catalog->capacity = capacity;
    return true;
}

void catalog_add(void *data, const char *schema, const char *table, const char *text, bool is_index)
{
    struct catalog *catalog = data;
    if (catalog->refused || catalog->count == MAX_ENTRIES || !grow(catalog)) {
        catalog->refused = true;
        return;
    }
    struct catalog_entry *entry = &catalog->entries[catalog->count++];
    *entry = (struct catalog_entry){.schema = memory_copy_text(schema),
                                    .table = memory_copy_text(table),
                                    .text = memory_copy_text(text),
                                    .is_index = is_index};
    catalog->refused = entry->schema == NULL || entry->table == NULL || entry->text == NULL;
}

void catalog_release(struct catalog *catalog)
{
    for (size_t i = 0; i < catalog->count; i++) {
        memory_free(catalog->entries[i].schema);
        memory_free(catalog->entries[i].table);
        memory_free(catalog->entries[i].text);
    }
    memory_free(catalog->entries);
}

static int compare_entries(const void *left, const void *right)
{
    const struct catalog_entry *a = left, *b = right;
    int order = (a->is_index ? 1 : 0) - (b->is_index ? 1 : 0);
    if (order == 0)
        order = strcmp(a->schema, b->schema);
    if (order == 0)
        order = strcmp(a->table, b->table);
    return order == 0 ? strcmp(a->text, b->text) : order;
}

void catalog_sort(struct catalog *catalog)
{
    if (catalog->count > 0)
        qsort(catalog->entries, catalog->count, sizeof *catalog->entries, compare_entries);
}

const char *catalog_find_column(const struct catalog *catalog, const char *schema,
                                const char *table, const char *column)
{
    size_t low = 0, high = catalog->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct catalog_entry *entry = &catalog->entries[middle];
        int order = entry->is_index ? 1 : strcmp(entry->schema, schema);
        if (order == 0)
            order = strcmp(entry->table, table);
        if (order == 0)
            order = strcmp(entry->text, column);
        if (order == 0)
            return entry->text;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool catalog_says(const struct catalog *catalog, const char *schema, const char *table,
                  const char *word)
{
    for (size_t i = 0; i < catalog->count; i++) {
        const struct catalog_entry *entry = &catalog->entries[i];
        if (entry->is_index && strcmp(entry->text, word) == 0 &&
            strcmp(entry->schema, schema) == 0 && strcmp(entry->table, table) == 0)
            return true;
    }
    return false;
}
