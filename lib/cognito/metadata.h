/* SPDX-License-Identifier: Apache-2.0
 * Credentials that the machine gives to what runs on it. */
#ifndef COGNITO_METADATA_H
#define COGNITO_METADATA_H

#include "cognito/credentials.h"

/* ECS, EKS Pod Identity, Greengrass: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or …_FULL_URI. Without
 * them COGMIG_OK and no credentials; with them, any failure is one. */
cogmig_status credentials_from_container(struct deadline deadline,
                                         struct credentials *ret_credentials, cogmig_error *err);

/* EC2, instance metadata service v2. Where it does not answer, or tells no role, this is no such
 * machine: COGMIG_OK and no credentials. Once it told a role, any failure is one. */
cogmig_status credentials_from_instance(struct deadline deadline,
                                        struct credentials *ret_credentials, cogmig_error *err);

/* 2026-01-15T10:30:00Z in seconds since 1970; 0 for anything else. */
int64_t metadata_expiry_s(const char *text);

/* May a token be sent there? https:// anywhere; http:// to this machine and to the link-local
 * addresses of ECS and EKS alone. */
bool metadata_url_is_allowed(const char *url);

#endif
