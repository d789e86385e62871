/* SPDX-License-Identifier: Apache-2.0
 * The names of a model, owned. */
#ifndef STORE_MODEL_H
#define STORE_MODEL_H

#include "store/backend.h"

/* Both false: no memory. */
bool model_set(char **name, const char *value); /* NULL: there is none */
bool model_copy(struct store_model *to, const struct store_model *from);

void model_release(struct store_model *model);

void model_clear_flags(struct store_model *model);

#endif
