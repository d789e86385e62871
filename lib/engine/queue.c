/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/queue.h"

void queue_push(struct job_queue *queue, struct job *job)
{
    job->previous = queue->last;
    job->next = NULL;
    if (queue->last == NULL)
        queue->first = job;
    else
        queue->last->next = job;
    queue->last = job;
    queue->length++;
}

struct job *queue_pop(struct job_queue *queue)
{
    struct job *job = queue->first;
    if (job != NULL)
        queue_remove(queue, job);
    return job;
}

void queue_remove(struct job_queue *queue, struct job *job)
{
    if (job->previous == NULL)
        queue->first = job->next;
    else
        job->previous->next = job->next;
    if (job->next == NULL)
        queue->last = job->previous;
    else
        job->next->previous = job->previous;
    job->previous = job->next = NULL;
    queue->length--;
}
