/* SPDX-License-Identifier: Apache-2.0
 * host_namespace MODULE: the module, libcogmig and all behind it in a namespace of their own, with
 * a C library of their own. The host has none of them itself: glibc has one set of a thread's own
 * values for all namespaces, so OpenSSL cannot be used by the same thread in two of them. */
#include "use.h"

#include <dlfcn.h>
#include <stdio.h>

static int fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "%s: %s\n", what, why);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    struct world world = world_from_environment();
    struct trouble trouble = {""};
    bool (*run)(const struct world *, struct trouble *) = NULL;
    void *module = dlmopen(LM_ID_NEWLM, argv[1], RTLD_NOW | RTLD_LOCAL);
    if (module == NULL)
        return fail("dlmopen", dlerror());
    *(void **)&run = dlsym(module, "plugin_run");
    if (run == NULL)
        return fail("dlsym", dlerror());
    if (!run(&world, &trouble))
        return fail("plugin_run", trouble.text);
    return dlclose(module) == 0 ? 0 : fail("dlclose", dlerror());
}
