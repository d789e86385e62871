/* SPDX-License-Identifier: Apache-2.0
 * What a host program does with libcogmig from beginning to end: it makes, uses and frees one of
 * everything, by the public API alone. */
#ifndef TESTS_EMBED_USE_H
#define TESTS_EMBED_USE_H

#include "world.h"

#include <stdbool.h>

/* What went wrong; empty when nothing did. */
struct trouble {
    char text[512];
};

/* Each false when something went wrong. The user in both databases is ann@example.com, "row-7",
 * with the password U*U. */
bool use_tokens(const struct world *world, struct trouble *trouble);
bool use_password(struct trouble *trouble);
bool use_store(const char *url, struct trouble *trouble);
bool use_idmap(const char *url, struct trouble *trouble);
bool use_migration(const char *url, struct trouble *trouble);
bool use_export(const char *url, struct trouble *trouble);
bool use_engine(struct trouble *trouble);
bool use_everything(const struct world *world, struct trouble *trouble);

#endif
