/* SPDX-License-Identifier: Apache-2.0
 * A fuzz target without libFuzzer: the inputs of its corpus, one after the other. */
#include "base/base64url.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void replay(struct span text)
{
    unsigned char *bytes = malloc(base64url_max_decoded(text.len));
    size_t len;
    HOLDS(bytes != NULL && base64url_decode(text, bytes, &len));
    /* As long as the input, so that a sanitizer sees the first byte read too far. */
    unsigned char *input = malloc(len);
    HOLDS(input != NULL || len == 0);
    if (len > 0)
        memcpy(input, bytes, len);
    free(bytes);
    LLVMFuzzerTestOneInput(input, len);
    free(input);
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    int inputs = 0;
    FILE *corpus = argc == 2 ? fopen(argv[1], "r") : NULL;
    HOLDS(corpus != NULL);
    while ((len = getline(&line, &room, corpus)) > 0) {
        replay((struct span){line, (size_t)len - (line[len - 1] == '\n')});
        inputs++;
    }
    fclose(corpus);
    free(line);
    printf("1..1\n%sok 1 - %d inputs\n", inputs > 0 ? "" : "not ", inputs);
    return inputs > 0 ? 0 : 1;
}
