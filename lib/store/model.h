/* SPDX-License-Identifier: Apache-2.0
 * The names of a model, owned. */
#ifndef STORE_MODEL_H
#define STORE_MODEL_H

#include "store/backend.h"

bool model_copy(struct store_model *to, const struct store_model *from); /* false: no memory */
void model_release(struct store_model *model);

#endif
