/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LISTENER_H
#define LISTENER_H

/* Listen on this machine alone, and print the address; -1 when it cannot be done.
 *
 * port   "0" for any that is free
 * flags  of socket(), SOCK_NONBLOCK for example */
int listener_open(const char *port, int flags);

#endif
