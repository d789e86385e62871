/* SPDX-License-Identifier: Apache-2.0
 * Where an export goes that was not told where to. */
#ifndef COGMIG_TOOL_EXPORT_PLACE_H
#define COGMIG_TOOL_EXPORT_PLACE_H

#include <cogmig/error.h>
#include <stdbool.h>

struct export_place {
    bool folder_is_ours; /* there was none before */
    char path[128];
};

/* backups/users-20260115T103000Z.json, a name that nobody has, in a folder for its owner alone that
 * git ignores; false with a message in the box.
 *
 * shard  NULL, or 1/4: shards run side by side, so that is in the name, too */
bool export_place_choose(struct export_place *place, const char *shard, const char *extension,
                         cogmig_error *err);

/* After a failure: the folder goes, too, if it was made for nothing. */
void export_place_tidy(const struct export_place *place);

#endif
