/* SPDX-License-Identifier: Apache-2.0
 * `bootstrap`: starts the function with the loader and the libraries beside it, so that it needs
 * nothing of the system it runs on. Linked statically. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MAX_PATH = PATH_MAX + 32
};

/* Where this program is; Lambda says it too. */
static const char *find_folder(char *path, size_t size)
{
    ssize_t len = readlink("/proc/self/exe", path, size - 1);
    if (len <= 0)
        return getenv("LAMBDA_TASK_ROOT");
    path[len] = '\0';
    *strrchr(path, '/') = '\0';
    return path;
}

int main(void)
{
    char path[PATH_MAX], loader[MAX_PATH], libraries[MAX_PATH], program[MAX_PATH];
    const char *folder = find_folder(path, sizeof path);
    if (folder == NULL) {
        fputs("bootstrap: neither /proc nor LAMBDA_TASK_ROOT says where it is.\n", stderr);
        return EXIT_FAILURE;
    }
    snprintf(loader, sizeof loader, "%s/lib/loader", folder);
    snprintf(libraries, sizeof libraries, "%s/lib", folder);
    snprintf(program, sizeof program, "%s/lib/cogmig-lambda", folder);
    execl(loader, loader, "--library-path", libraries, program, (char *)NULL);
    perror("bootstrap: lib/loader");
    return EXIT_FAILURE;
}
