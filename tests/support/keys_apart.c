/* SPDX-License-Identifier: Apache-2.0
 * Loaded before all others: an RSA key is made by the program openssl, in a process of its own.
 * Under valgrind a search for primes takes half a minute, and shows nothing of the program under
 * test. Other keys, which OpenSSL 3.5 makes in this way for TLS, are left to it. */
#include <dlfcn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef EVP_PKEY *keygen(OSSL_LIB_CTX *, const char *, const char *, ...);

static EVP_PKEY *made_by_a_program(size_t bits)
{
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

static keygen *of_openssl(void)
{
    keygen *found;
    void *symbol = dlsym(RTLD_NEXT, "EVP_PKEY_Q_keygen");
    memcpy(&found, &symbol, sizeof found);
    return found;
}

EVP_PKEY *EVP_PKEY_Q_keygen(OSSL_LIB_CTX *library, const char *properties, const char *type, ...)
{
    va_list arguments;
    va_start(arguments, type);
    bool is_rsa = strcmp(type, "RSA") == 0, is_ec = strcmp(type, "EC") == 0;
    size_t bits = is_rsa ? va_arg(arguments, size_t) : 0;
    char *curve = is_ec ? va_arg(arguments, char *) : NULL;
    va_end(arguments);
    return is_rsa ? made_by_a_program(bits) : of_openssl()(library, properties, type, curve);
}
