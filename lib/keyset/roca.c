/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/roca.h"

enum {
    LARGEST_PRIME = 701, /* of those whose product shapes the factors of 1984 bits and more */
    GENERATOR = 65537
};

static bool is_prime(unsigned odd)
{
    for (unsigned divisor = 3; divisor * divisor <= odd; divisor += 2)
        if (odd % divisor == 0)
            return false;
    return true;
}

static unsigned remainder_of(struct span number, unsigned prime)
{
    unsigned remainder = 0;
    for (size_t i = 0; i < number.len; i++)
        remainder = (remainder * 256 + (unsigned char)number.bytes[i]) % prime;
    return remainder;
}

static bool is_power_of_generator(unsigned remainder, unsigned prime)
{
    unsigned power = 1;
    do {
        if (power == remainder)
            return true;
        power = power * (GENERATOR % prime) % prime;
    } while (power != 1);
    return false;
}

/* Nemec and others, "The Return of Coppersmith's Attack", 2017: modulo each of these primes such a
 * modulus is a power of 65537. Of other moduli not one in 2^100 is. */
bool roca_has_made(struct span modulus)
{
    for (unsigned odd = 3; odd <= LARGEST_PRIME; odd += 2)
        if (is_prime(odd) && !is_power_of_generator(remainder_of(modulus, odd), odd))
            return false;
    return true;
}
