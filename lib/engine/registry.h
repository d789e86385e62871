/* SPDX-License-Identifier: Apache-2.0
 * The jobs without a verdict, found by their number. A number is never given twice. */
#ifndef ENGINE_REGISTRY_H
#define ENGINE_REGISTRY_H

#include "engine/job.h"

struct registry {
    struct job **places; /* a job's place is its number modulo the capacity */
    size_t *free_places;
    size_t capacity;
    size_t free_count;
    int64_t given; /* jobs so far */
};

bool registry_init(struct registry *registry, size_t capacity); /* false: memory was refused */
void registry_release(struct registry *registry);

/* Give the job its number. There is room: whoever adds counts. */
void registry_add(struct registry *registry, struct job *job);
void registry_remove(struct registry *registry, const struct job *job);

struct job *registry_find(const struct registry *registry, int64_t number); /* or NULL */

#endif
