/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/registry.h"

#include "base/memory.h"

bool registry_init(struct registry *registry, size_t capacity)
{
    *registry = (struct registry){.capacity = capacity};
    registry->places = memory_new(capacity * sizeof *registry->places);
    registry->free_places = memory_new(capacity * sizeof *registry->free_places);
    if (registry->places == NULL || registry->free_places == NULL) {
        registry_release(registry);
        return false;
    }
    while (registry->free_count < capacity) {
        registry->free_places[registry->free_count] = registry->free_count;
        registry->free_count++;
    }
    return true;
}

void registry_release(struct registry *registry)
{
    memory_free(registry->places);
    memory_free(registry->free_places);
    *registry = (struct registry){0};
}

static size_t place_of(const struct registry *registry, int64_t number)
{
    return (size_t)number % registry->capacity;
}

void registry_add(struct registry *registry, struct job *job)
{
    size_t place = registry->free_places[--registry->free_count];
    job->number = ++registry->given * (int64_t)registry->capacity + (int64_t)place;
    registry->places[place] = job;
}

void registry_remove(struct registry *registry, const struct job *job)
{
    size_t place = place_of(registry, job->number);
    registry->places[place] = NULL;
    registry->free_places[registry->free_count++] = place;
}

struct job *registry_find(const struct registry *registry, int64_t number)
{
    if (number < 0)
        return NULL;
    struct job *job = registry->places[place_of(registry, number)];
    return job != NULL && job->number == number ? job : NULL;
}
