/* SPDX-License-Identifier: Apache-2.0
 * Jobs in the order in which they came. A job is in one queue at most. */
#ifndef ENGINE_QUEUE_H
#define ENGINE_QUEUE_H

#include "engine/job.h"

struct job_queue {
    struct job *first, *last;
    size_t length;
};

void queue_push(struct job_queue *queue, struct job *job);
struct job *queue_pop(struct job_queue *queue); /* NULL when empty */
void queue_remove(struct job_queue *queue, struct job *job);

#endif
