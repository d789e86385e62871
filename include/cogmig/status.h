/* SPDX-License-Identifier: Apache-2.0
 * What a call says: a status, its name, its sentence and its kind. */
#ifndef COGMIG_STATUS_H
#define COGMIG_STATUS_H

#include <stdint.h>

/* The result of such a function is a verdict: a build that ignores it is warned. */
#if defined(__GNUC__)
#define COGMIG_MUST_CHECK __attribute__((warn_unused_result))
#else
#define COGMIG_MUST_CHECK
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Fixed width: a newer library may return values that an older header does not name.
 * Branch on the kind, log the name. */
typedef int32_t cogmig_status;

/* What a caller has to do about a status, one of COGMIG_KIND_*. */
typedef int32_t cogmig_kind;

enum {
    COGMIG_KIND_OK = 0,
    COGMIG_KIND_DENIED = 1,      /* say no to whoever asked */
    COGMIG_KIND_NOT_FOUND = 2,   /* there is no such thing */
    COGMIG_KIND_INVALID = 3,     /* mend the input, the data or the configuration */
    COGMIG_KIND_CONFLICT = 4,    /* two things claim the same place: decide, then mend the data */
    COGMIG_KIND_UNAVAILABLE = 5, /* an outage: try again later, and never say no because of it */
    COGMIG_KIND_STOPPED = 6,     /* a callback of yours stopped it */
    COGMIG_KIND_INTERNAL = 7     /* a defect of the library: report it */
};

/* Each number is given once and never reused. */
enum {
    COGMIG_OK = 0,

    /* any call */
    COGMIG_INVALID_ARGUMENT = 1,
    COGMIG_OUT_OF_MEMORY = 2,
    COGMIG_INTERNAL_ERROR = 3,
    COGMIG_STOPPED_BY_CALLBACK = 4,
    COGMIG_DEADLINE_EXCEEDED = 5,
    COGMIG_NOT_BUILT_IN = 6,
    COGMIG_CONFIG_INCOMPLETE = 7,
    COGMIG_CONFIG_INVALID = 8,
    COGMIG_FILE_UNREADABLE = 9,
    COGMIG_FILE_UNWRITABLE = 10,
    COGMIG_DISK_FULL = 11,

    /* password.h */
    COGMIG_PASSWORD_MISMATCH = 100,
    COGMIG_PASSWORD_NOT_SET = 101,
    COGMIG_PASSWORD_LOCKED = 102,
    COGMIG_PASSWORD_TOO_LONG = 103,
    COGMIG_HASH_MALFORMED = 110,
    COGMIG_HASH_UNSUPPORTED = 111,
    COGMIG_HASH_COST_REFUSED = 112,

    /* keyset.h */
    COGMIG_JWKS_MALFORMED = 200,
    COGMIG_JWKS_NO_USABLE_KEY = 201,
    COGMIG_JWKS_URL_INVALID = 202,
    COGMIG_JWKS_UNREACHABLE = 203,
    COGMIG_JWKS_HTTP_STATUS = 204,
    COGMIG_JWKS_RESPONSE_INVALID = 205,
    COGMIG_KEYS_NEEDED = 206,
    COGMIG_KEY_FILE_REFUSED = 207,
    COGMIG_KEY_FETCH_POSTPONED = 208,

    /* verifier.h, claims.h: why a token is refused */
    COGMIG_TOKEN_MALFORMED = 300,
    COGMIG_TOKEN_TOO_LARGE = 301,
    COGMIG_TOKEN_ENCRYPTED = 302,
    COGMIG_TOKEN_HEADER_INVALID = 303,
    COGMIG_TOKEN_ALGORITHM_REFUSED = 304,
    COGMIG_TOKEN_CRITICAL_REFUSED = 305,
    COGMIG_TOKEN_TYPE_REFUSED = 306,
    COGMIG_TOKEN_KEY_UNKNOWN = 307,
    COGMIG_TOKEN_SIGNATURE_INVALID = 308,
    COGMIG_TOKEN_PAYLOAD_INVALID = 309,
    COGMIG_TOKEN_ISSUER_REFUSED = 310,
    COGMIG_TOKEN_USE_REFUSED = 311,
    COGMIG_TOKEN_CLIENT_REFUSED = 312,
    COGMIG_TOKEN_EXPIRED = 313,
    COGMIG_TOKEN_NOT_YET_VALID = 314,
    COGMIG_TOKEN_CLAIM_MISSING = 315,
    COGMIG_TOKEN_CLAIM_INVALID = 316,
    COGMIG_TOKEN_GROUP_REFUSED = 317,
    COGMIG_TOKEN_SCOPE_REFUSED = 318,
    COGMIG_TOKEN_CLAIM_REFUSED = 319,
    COGMIG_TOKEN_TOO_OLD = 320,
    COGMIG_TOKEN_EXPIRES_TOO_SOON = 321,
    COGMIG_TOKEN_NONCE_REFUSED = 322,
    COGMIG_TOKEN_CHECK_REFUSED = 323,
    COGMIG_TOKEN_SIGNER_REFUSED = 324,
    COGMIG_CLAIM_NOT_FOUND = 330,
    COGMIG_POOL_ID_INVALID = 340,
    COGMIG_ISSUER_INVALID = 341,
    COGMIG_ISSUER_UNKNOWN = 342,

    /* store.h */
    COGMIG_USER_NOT_FOUND = 400,
    COGMIG_USER_AMBIGUOUS = 401,
    COGMIG_USER_DISABLED = 402,
    COGMIG_STORE_URL_INVALID = 410,
    COGMIG_STORE_UNREACHABLE = 411,
    COGMIG_STORE_LOGIN_REFUSED = 412,
    COGMIG_STORE_BUSY = 413,
    COGMIG_STORE_QUERY_FAILED = 414,
    COGMIG_STORE_SCHEMA_MISMATCH = 415,
    COGMIG_STORE_ROW_INVALID = 416,
    COGMIG_STORE_POOL_EXHAUSTED = 417,

    /* migration.h */
    COGMIG_EVENT_MALFORMED = 500,
    COGMIG_EVENT_TOO_LARGE = 501,
    COGMIG_TRIGGER_UNKNOWN = 502,
    COGMIG_EMAIL_NOT_VERIFIED = 503,
    COGMIG_SIGN_UP_REFUSED = 504,
    COGMIG_CALLER_REFUSED = 505,
    COGMIG_USER_MIGRATED = 506,
    COGMIG_HOOK_REFUSED = 507,
    COGMIG_PASSWORD_TOO_WEAK = 508,
    COGMIG_ATTRIBUTE_RESERVED = 510,
    COGMIG_ATTRIBUTE_INVALID = 511,

    /* engine.h */
    COGMIG_ENGINE_BUSY = 600,
    COGMIG_ENGINE_DRAINING = 601,
    COGMIG_ENGINE_FORKED = 602,
    COGMIG_JOB_CANCELLED = 610,
    COGMIG_JOB_NOT_FOUND = 611,

    /* export.h */
    COGMIG_EXPORT_ROW_REFUSED = 700,
    COGMIG_EXPORT_TOO_LARGE = 701,
    COGMIG_EXPORT_DAMAGED = 702,

    /* idmap.h */
    COGMIG_IDMAP_CONFLICT = 800,
    COGMIG_IDMAP_NOT_LINKED = 801,
    COGMIG_IDMAP_ID_INVALID = 802,
    COGMIG_IDMAP_NOT_INSTALLED = 803,

    /* cognito.h */
    COGMIG_COGNITO_UNREACHABLE = 900,
    COGMIG_COGNITO_THROTTLED = 901,
    COGMIG_COGNITO_FAILED = 902,
    COGMIG_COGNITO_RESPONSE_INVALID = 903,
    COGMIG_COGNITO_TRIGGER_FAILED = 904,
    COGMIG_COGNITO_ACCESS_REFUSED = 905,
    COGMIG_COGNITO_REQUEST_REFUSED = 906,
    COGMIG_COGNITO_SIGN_IN_REFUSED = 910,
    COGMIG_COGNITO_RESET_REQUIRED = 911,
    COGMIG_COGNITO_NOT_CONFIRMED = 912,
    COGMIG_COGNITO_USER_NOT_FOUND = 913,
    COGMIG_COGNITO_ALIAS_TAKEN = 914,
    COGMIG_AWS_CREDENTIALS_NOT_FOUND = 920
};

/* The kind of a status. A number that this library does not know is COGMIG_KIND_INTERNAL.
 *
 * Errors: none. Threads: any. Since: 1.0. */
cogmig_kind cogmig_status_kind(cogmig_status status);

/* The name of a status without its prefix, e.g. "PASSWORD_MISMATCH"; "UNKNOWN_STATUS" for a
 * number that this library does not know. Static storage, never NULL.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_status_name(cogmig_status status);

/* One sentence for people: what it means and what to do. Static storage, never NULL.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_status_sentence(cogmig_status status);

/* The name of a kind, e.g. "DENIED"; "INTERNAL" for an unknown number. Static storage, never NULL.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_kind_name(cogmig_kind kind);

/* How many statuses this library knows, COGMIG_OK included. With cogmig_status_at() a binding
 * makes its own table of them.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int32_t cogmig_status_count(void);

/* The status at a place of that list, in rising order; COGMIG_INTERNAL_ERROR outside of it.
 *
 * index  0 to cogmig_status_count() - 1
 *
 * Errors: none. Threads: any. Since: 1.0. */
cogmig_status cogmig_status_at(int32_t index);

#ifdef __cplusplus
}
#endif

#endif
