/* SPDX-License-Identifier: Apache-2.0
 * host_unload MODULE TIMES: load the module, use it, unload it; each tenth time with PostgreSQL,
 * which takes longest. Says "KIB DESCRIPTORS THREADS" after a tenth of the times and at the end. */
#include "use.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static int entries(const char *folder)
{
    int count = 0;
    DIR *opened = opendir(folder);
    while (opened != NULL && readdir(opened) != NULL)
        count++;
    closedir(opened);
    return count;
}

static long resident_kib(void)
{
    long kib = -1;
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "VmRSS: %ld", &kib) == 1)
            break;
    if (status != NULL)
        (void)fclose(status);
    return kib;
}

static bool is_mapped(const char *name)
{
    bool found = false;
    char line[4096];
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps != NULL && !found && fgets(line, sizeof line, maps) != NULL)
        found = strstr(line, name) != NULL;
    if (maps != NULL)
        (void)fclose(maps);
    return found;
}

static void load_use_unload(const char *path, const struct world *world)
{
    struct trouble trouble = {""};
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (module == NULL)
        fail("dlopen", dlerror());
    bool (*run)(const struct world *, struct trouble *) = NULL;
    *(void **)&run = dlsym(module, "plugin_run");
    if (run == NULL)
        fail("dlsym", dlerror());
    if (!run(world, &trouble))
        fail("plugin_run", trouble.text);
    if (!is_mapped("libcogmig.so"))
        fail("libcogmig.so", "is not mapped, so this says nothing of it");
    if (dlclose(module) != 0)
        fail("dlclose", dlerror());
    if (is_mapped("libcogmig.so"))
        fail("libcogmig.so", "is still mapped");
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    long times = strtol(argv[2], NULL, 10);
    struct world world = world_from_environment();
    const char *postgres_url = world.postgres_url;
    for (long i = 1; i <= times; i++) {
        world.postgres_url = i % 10 == 0 ? postgres_url : "";
        load_use_unload(argv[1], &world);
        if (i == times / 10 || i == times)
            printf("%ld %d %d\n", resident_kib(), entries("/proc/self/fd"),
                   entries("/proc/self/task"));
    }
    return 0;
}
