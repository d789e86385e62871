/* SPDX-License-Identifier: Apache-2.0
 * A password against a stored hash. The check is made at its submission. */
#include "engine/job.h"

const struct job_kind password_job = {.look_up = NULL, .conclude = job_take_verdict};
