/* SPDX-License-Identifier: Apache-2.0
 * Loaded before all others: an RSA key is made by the program openssl, in a process of its own.
 * Under valgrind a search for primes takes half a minute, and shows nothing of the program under
 * test. */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

EVP_PKEY *EVP_PKEY_Q_keygen(OSSL_LIB_CTX *library, const char *properties, const char *type, ...)
{
    (void)library, (void)properties;
    va_list arguments;
    va_start(arguments, type);
    size_t bits = va_arg(arguments, size_t);
    va_end(arguments);
    if (strcmp(type, "RSA") != 0)
        abort();
    char command[128];
    snprintf(
        command, sizeof command,
        "LD_PRELOAD= exec openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:%zu 2>/dev/null",
        bits);
    FILE *made = popen(command, "r");
    if (made == NULL)
        return NULL;
    EVP_PKEY *key = PEM_read_PrivateKey(made, NULL, NULL, NULL);
    return pclose(made) == 0 ? key : NULL;
}
