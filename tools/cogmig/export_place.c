/* SPDX-License-Identifier: Apache-2.0 */
#include "export_place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FOLDER "backups"
#define OF_GIT FOLDER "/.gitignore"

/* Whose repository this is, we do not know; it is not to take all users in. */
static void let_git_ignore_it(void)
{
    static const char everything[] = "*\n";
    int file = open(OF_GIT, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return;
    if (write(file, everything, sizeof everything - 1) < 0)
        unlink(OF_GIT);
    close(file);
}

static bool make_folder(struct export_place *place, cogmig_error *err)
{
    place->folder_is_ours = mkdir(FOLDER, 0700) == 0;
    if (place->folder_is_ours)
        let_git_ignore_it();
    if (place->folder_is_ours || errno == EEXIST)
        return true;
    char message[128];
    snprintf(message, sizeof message, "Cannot make the folder " FOLDER ": %s.", strerror(errno));
    cogmig_error_set(err, COGMIG_FILE_UNWRITABLE, message);
    return false;
}

static void name_by_time(struct export_place *place, const char *shard, const char *extension)
{
    char when[32];
    size_t number = shard == NULL ? 0 : strcspn(shard, "/");
    time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(when, sizeof when, "%Y%m%dT%H%M%SZ", &parts);
    if (shard == NULL)
        snprintf(place->path, sizeof place->path, FOLDER "/users-%s%s", when, extension);
    else
        snprintf(place->path, sizeof place->path, FOLDER "/users-%s-%.*s-of-%s%s", when,
                 (int)number, shard, shard + number + 1, extension);
}

static bool is_taken(const char *path)
{
    char manifest[160];
    snprintf(manifest, sizeof manifest, "%s.manifest.json", path);
    return access(path, F_OK) == 0 || access(manifest, F_OK) == 0;
}

bool export_place_choose(struct export_place *place, const char *shard, const char *extension,
                         cogmig_error *err)
{
    static const struct timespec a_moment = {.tv_nsec = 50 * 1000 * 1000};
    if (!make_folder(place, err))
        return false;
    /* Another export of the same second has the name; the next second has one of its own. */
    name_by_time(place, shard, extension);
    for (; is_taken(place->path); name_by_time(place, shard, extension))
        nanosleep(&a_moment, NULL);
    return true;
}

static bool is_empty_but_for_ours(void)
{
    DIR *folder = opendir(FOLDER);
    bool empty = folder != NULL;
    for (struct dirent *entry; empty && (entry = readdir(folder)) != NULL;)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
                strcmp(entry->d_name, ".gitignore") == 0;
    if (folder != NULL)
        closedir(folder);
    return empty;
}

void export_place_tidy(const struct export_place *place)
{
    if (!place->folder_is_ours || !is_empty_but_for_ours())
        return;
    unlink(OF_GIT);
    rmdir(FOLDER);
}
