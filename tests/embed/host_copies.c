/* SPDX-License-Identifier: Apache-2.0
 * host_copies SHARED ONE TWO COPY: libcogmig four times in one process, all at work at the same
 * time: the host's own, which a module that is linked to the shared library uses too; one inside of
 * each of two modules that are linked to the static one; and a copy of the shared library, by its
 * path. */
#include "use.h"

#include <cogmig/cogmig.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    MODULES = 3,
    SHARED = 0,
    ROUNDS = 3
};

struct module {
    void *handle;
    bool (*run)(const struct world *, struct trouble *);
    const void *(*where)(void);
    struct world world;
    struct trouble trouble;
    bool well;
    pthread_t thread;
};

static void fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static void find(struct module *module)
{
    if (module->handle == NULL)
        fail("dlopen", dlerror());
    *(void **)&module->run = dlsym(module->handle, "plugin_run");
    *(void **)&module->where = dlsym(module->handle, "plugin_where");
    if (module->run == NULL || module->where == NULL)
        fail("dlsym", dlerror());
}

static void load(struct module modules[MODULES], char *const *paths)
{
    for (int i = 0; i < MODULES; i++) {
        modules[i].handle = dlopen(paths[i], RTLD_NOW | RTLD_LOCAL);
        find(&modules[i]);
        modules[i].world = world_from_environment();
    }
}

/* The host's copy is also that of the module linked to the shared library; all others differ. */
static void expect_copies(const struct module modules[MODULES])
{
    for (int i = 0; i < MODULES; i++) {
        const void *here = modules[i].where();
        if ((here == (const void *)cogmig_version) != (i == SHARED))
            fail("copies", "a module has not the copy that it should have");
        for (int j = 0; j < i; j++)
            if (here == modules[j].where())
                fail("copies", "two modules have the same copy");
    }
}

static void *work(void *argument)
{
    struct module *module = argument;
    module->well = true;
    for (int i = 0; i < ROUNDS && module->well; i++)
        module->well = module->run(&module->world, &module->trouble);
    return NULL;
}

static void expect_well(const struct module *module, const char *name)
{
    if (!module->well)
        fail(name, module->trouble.text);
}

static void work_side_by_side(struct module modules[MODULES])
{
    for (int i = 0; i < MODULES; i++)
        if (pthread_create(&modules[i].thread, NULL, work, &modules[i]) != 0)
            fail("pthread_create", "was refused");
    for (int i = 0; i < MODULES; i++)
        (void)pthread_join(modules[i].thread, NULL);
}

/* Its functions call each other, not those of the same name that came first. */
static void use_copy(const char *path)
{
    static const char stored[] = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    cogmig_status (*verify)(const char *, size_t, const char *, cogmig_error *) = NULL;
    void *copy = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (copy == NULL)
        fail("dlopen", dlerror());
    *(void **)&verify = dlsym(copy, "cogmig_password_verify");
    if (verify == NULL || verify == cogmig_password_verify)
        fail("copy", "has no function of its own");
    if (verify("U*U", 3, stored, NULL) != COGMIG_OK || dlclose(copy) != 0)
        fail("copy", "does not work");
}

int main(int argc, char **argv)
{
    if (argc != MODULES + 2)
        return 2;
    struct module modules[MODULES] = {{0}}, own = {.run = use_everything};
    own.world = world_from_environment();
    load(modules, argv + 1);
    expect_copies(modules);
    work_side_by_side(modules);
    use_copy(argv[MODULES + 1]);
    for (int i = 0; i < MODULES; i++) {
        expect_well(&modules[i], argv[i + 1]);
        if (dlclose(modules[i].handle) != 0)
            fail("dlclose", dlerror());
    }
    (void)work(&own);
    expect_well(&own, "the host's own");
    return 0;
}
