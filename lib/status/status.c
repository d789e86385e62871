/* SPDX-License-Identifier: Apache-2.0 */
#include "base/public.h"

#include <cogmig/status.h>
#include <stddef.h>

struct status_entry {
    cogmig_status status;
    cogmig_kind kind;
    const char *name;
    const char *sentence;
};

/* In rising order. */
/* clang-format off */
static const struct status_entry entries[] = {
#define ENTRY(kind, name, sentence) {COGMIG_##name, COGMIG_KIND_##kind, #name, sentence},
    /* any call */
    ENTRY(OK, OK, "It worked.")
    ENTRY(INVALID, INVALID_ARGUMENT, "An argument is NULL or out of its range.")
    ENTRY(UNAVAILABLE, OUT_OF_MEMORY, "Memory was refused; free some, then try again.")
    ENTRY(INTERNAL, INTERNAL_ERROR,
          "The library or one below it failed in a way that should not happen; please report it.")
    ENTRY(STOPPED, STOPPED_BY_CALLBACK, "A callback of yours ended the call.")
    ENTRY(UNAVAILABLE, DEADLINE_EXCEEDED, "It took longer than allowed; try again.")
    ENTRY(INVALID, NOT_BUILT_IN, "This build of the library was made without that feature.")
    ENTRY(INVALID, CONFIG_INCOMPLETE, "A setting that has no safe default is missing.")
    ENTRY(INVALID, CONFIG_INVALID, "A setting has a value that cannot be used.")
    ENTRY(INVALID, FILE_UNREADABLE, "A file could not be read; check its path and permissions.")
    ENTRY(INVALID, FILE_UNWRITABLE,
          "A file could not be written; check its path, its permissions and whether it exists.")
    ENTRY(UNAVAILABLE, DISK_FULL, "The disk is full or failing; make room, then try again.")
    /* passwords */
    ENTRY(DENIED, PASSWORD_MISMATCH, "The password is not the one that was hashed.")
    ENTRY(DENIED, PASSWORD_NOT_SET, "The user has no password in the store.")
    ENTRY(DENIED, PASSWORD_LOCKED, "The user's password is locked in the store.")
    ENTRY(DENIED, PASSWORD_TOO_LONG,
          "The password is longer than what the stored hash can vouch for; let the user reset it.")
    ENTRY(INVALID, HASH_MALFORMED,
          "The stored hash begins like bcrypt but is damaged; mend the row or let the user reset "
          "the password.")
    ENTRY(INVALID, HASH_UNSUPPORTED,
          "The stored hash is not bcrypt, so the password cannot be checked; let the user reset it.")
    ENTRY(INVALID, HASH_COST_REFUSED,
          "The stored hash has a bcrypt cost above the ceiling; raise the ceiling or let the user "
          "reset the password.")
    /* keys */
    ENTRY(INVALID, JWKS_MALFORMED, "The JWKS document is not one.")
    ENTRY(INVALID, JWKS_NO_USABLE_KEY, "The JWKS document has no key that can verify RS256.")
    ENTRY(INVALID, JWKS_URL_INVALID, "The JWKS address is not an https:// URL.")
    ENTRY(UNAVAILABLE, JWKS_UNREACHABLE,
          "The issuer's JWKS address did not answer; check network, DNS and TLS, then try again.")
    ENTRY(UNAVAILABLE, JWKS_HTTP_STATUS,
          "The issuer's JWKS address answered with an HTTP status other than 200.")
    ENTRY(UNAVAILABLE, JWKS_RESPONSE_INVALID,
          "The issuer's JWKS address answered with something that is not a JWKS document.")
    ENTRY(UNAVAILABLE, KEYS_NEEDED,
          "The issuer's keys are not held or are due; fetch them, then try again.")
    ENTRY(INVALID, KEY_FILE_REFUSED,
          "The key file cannot be trusted or read, so it is as if there were none.")
    ENTRY(UNAVAILABLE, KEY_FETCH_POSTPONED,
          "Too many keys that nobody has seen were asked for lately; try again in half a minute.")
    /* tokens */
    ENTRY(DENIED, TOKEN_MALFORMED, "The token is not three base64url parts.")
    ENTRY(DENIED, TOKEN_TOO_LARGE, "The token is larger than any that Cognito issues.")
    ENTRY(DENIED, TOKEN_ENCRYPTED,
          "The token is encrypted, as refresh tokens are; an ID or access token is needed.")
    ENTRY(DENIED, TOKEN_HEADER_INVALID, "The token's header is not what RFC 7515 asks for.")
    ENTRY(DENIED, TOKEN_ALGORITHM_REFUSED,
          "The token is not signed with an algorithm that is accepted here.")
    ENTRY(DENIED, TOKEN_CRITICAL_REFUSED, "The token demands an extension that is not understood.")
    ENTRY(DENIED, TOKEN_TYPE_REFUSED, "The token's typ is not that of a JWT.")
    ENTRY(DENIED, TOKEN_KEY_UNKNOWN,
          "The token names a key that its issuer does not publish; often it is from another pool.")
    ENTRY(DENIED, TOKEN_SIGNATURE_INVALID, "The token's signature does not fit: it was changed.")
    ENTRY(DENIED, TOKEN_PAYLOAD_INVALID, "The token's payload is not one JSON object.")
    ENTRY(DENIED, TOKEN_ISSUER_REFUSED, "The token is from an issuer that is not trusted here.")
    ENTRY(DENIED, TOKEN_USE_REFUSED,
          "The token is of the other use: an ID token where an access token is wanted, or the "
          "reverse.")
    ENTRY(DENIED, TOKEN_CLIENT_REFUSED, "The token was issued to another app client.")
    ENTRY(DENIED, TOKEN_EXPIRED, "The token has expired; refresh it.")
    ENTRY(DENIED, TOKEN_NOT_YET_VALID, "The token is not valid yet; check the clocks.")
    ENTRY(DENIED, TOKEN_CLAIM_MISSING, "The token lacks a claim that it must have.")
    ENTRY(DENIED, TOKEN_CLAIM_INVALID, "A claim of the token has the wrong type or value.")
    ENTRY(DENIED, TOKEN_GROUP_REFUSED, "The token lacks a group that is demanded.")
    ENTRY(DENIED, TOKEN_SCOPE_REFUSED, "The token lacks a scope that is demanded.")
    ENTRY(DENIED, TOKEN_CLAIM_REFUSED, "A claim of the token does not say what is demanded.")
    ENTRY(DENIED, TOKEN_TOO_OLD, "The token was issued longer ago than is allowed; refresh it.")
    ENTRY(DENIED, TOKEN_EXPIRES_TOO_SOON,
          "The token is valid, but for less time than is demanded; refresh it.")
    ENTRY(DENIED, TOKEN_NONCE_REFUSED, "The token was made for another sign-in.")
    ENTRY(DENIED, TOKEN_CHECK_REFUSED, "A check of yours refused the token.")
    ENTRY(DENIED, TOKEN_SIGNER_REFUSED,
          "The token is from a load balancer that is not trusted here, or from none.")
    ENTRY(NOT_FOUND, CLAIM_NOT_FOUND, "The token has no such claim of that type.")
    ENTRY(INVALID, POOL_ID_INVALID,
          "That cannot be a user pool id; it looks like eu-central-1_AbCdEfGhI.")
    ENTRY(INVALID, ISSUER_INVALID, "That cannot be an issuer; it is an https:// URL.")
    ENTRY(INVALID, ISSUER_UNKNOWN, "The verifier was not configured with that issuer.")
    /* stores */
    ENTRY(NOT_FOUND, USER_NOT_FOUND, "The store has no such user.")
    ENTRY(CONFLICT, USER_AMBIGUOUS,
          "Several users have this address, differing in case at most; merge or rename them.")
    ENTRY(DENIED, USER_DISABLED, "The user is banned, deleted, locked or inactive in the store.")
    ENTRY(INVALID, STORE_URL_INVALID,
          "The store's URL cannot be used; it looks like postgresql://… or file:./dev.db.")
    ENTRY(UNAVAILABLE, STORE_UNREACHABLE,
          "The store could not be reached; check that it runs and that host and port are right.")
    ENTRY(UNAVAILABLE, STORE_LOGIN_REFUSED,
          "The store refused the login or the rights; check user, password, database and grants.")
    ENTRY(UNAVAILABLE, STORE_BUSY, "The store is locked or has too many connections; try again.")
    ENTRY(UNAVAILABLE, STORE_QUERY_FAILED, "The store failed to answer a query.")
    ENTRY(INVALID, STORE_SCHEMA_MISMATCH,
          "The store has no such table or column; set the names of your own model.")
    ENTRY(INVALID, STORE_ROW_INVALID,
          "A row cannot be a user: its id or address is missing or unusable.")
    ENTRY(UNAVAILABLE, STORE_POOL_EXHAUSTED,
          "All connections of the store stayed busy; try again, look for slow queries, or raise the "
          "pool's maximum.")
    /* migration */
    ENTRY(INVALID, EVENT_MALFORMED, "The event is not a Cognito trigger event in JSON.")
    ENTRY(INVALID, EVENT_TOO_LARGE, "The event is larger than Lambda allows (6 MiB).")
    ENTRY(INVALID, TRIGGER_UNKNOWN, "The event is from no trigger that Cognito is known to have.")
    ENTRY(DENIED, EMAIL_NOT_VERIFIED,
          "The user's address is not verified in the store, so a reset code cannot be sent to it.")
    ENTRY(DENIED, SIGN_UP_REFUSED,
          "The address is that of a legacy user who has yet to migrate: sign in instead.")
    ENTRY(DENIED, CALLER_REFUSED,
          "The event is from a user pool or an app client that is not on the list.")
    ENTRY(DENIED, USER_MIGRATED,
          "The user has migrated before and is linked to another Cognito user than would be made.")
    ENTRY(DENIED, HOOK_REFUSED, "A hook of yours refused the user.")
    ENTRY(DENIED, PASSWORD_TOO_WEAK,
          "The password is right but does not meet the pool's policy, so a new one is asked for.")
    ENTRY(INVALID, ATTRIBUTE_RESERVED,
          "Cognito refuses users for whom sub or a cognito: attribute is returned.")
    ENTRY(INVALID, ATTRIBUTE_INVALID,
          "An attribute's name or value breaks Cognito's rules (at most 2048 characters).")
    /* engine */
    ENTRY(UNAVAILABLE, ENGINE_BUSY,
          "The engine has as many jobs as it takes; try again when some are done.")
    ENTRY(UNAVAILABLE, ENGINE_DRAINING,
          "The engine takes no more jobs because it is being shut down.")
    ENTRY(INVALID, ENGINE_FORKED,
          "The engine was made before a fork and has no threads here; make one in the child.")
    ENTRY(STOPPED, JOB_CANCELLED, "The job was cancelled.")
    ENTRY(NOT_FOUND, JOB_NOT_FOUND, "There is no job of that number, or it has its verdict.")
    /* export */
    ENTRY(INVALID, EXPORT_ROW_REFUSED,
          "A user cannot be exported as he is; mend the row, or leave it out and have it reported.")
    ENTRY(INVALID, EXPORT_TOO_LARGE,
          "There are more users than one export of this format may hold; export into several files.")
    ENTRY(INVALID, EXPORT_DAMAGED,
          "The file is not what the export wrote, or not all of it; do not rely on it.")
    /* identity map */
    ENTRY(CONFLICT, IDMAP_CONFLICT,
          "The legacy id or the sub is linked to another one; decide which link is right, unlink the "
          "other.")
    ENTRY(NOT_FOUND, IDMAP_NOT_LINKED, "The identity map has no such link.")
    ENTRY(INVALID, IDMAP_ID_INVALID, "The legacy id is no UUID, and only those are taken here.")
    ENTRY(INVALID, IDMAP_NOT_INSTALLED,
          "The identity map's table is missing or of another form; run cogmig idmap install.")
    /* Cognito's API */
    ENTRY(UNAVAILABLE, COGNITO_UNREACHABLE,
          "Cognito's API did not answer; check network, DNS and TLS, then try again.")
    ENTRY(UNAVAILABLE, COGNITO_THROTTLED,
          "Cognito's API refused because of too many requests until the time was over; try again "
          "later.")
    ENTRY(UNAVAILABLE, COGNITO_FAILED, "Cognito's API failed with an error of its own; try again.")
    ENTRY(UNAVAILABLE, COGNITO_RESPONSE_INVALID,
          "What answered is not Cognito's API, or not as documented; look for a proxy in between.")
    ENTRY(UNAVAILABLE, COGNITO_TRIGGER_FAILED,
          "A Lambda trigger of the user pool failed; read the log of that function.")
    ENTRY(UNAVAILABLE, COGNITO_ACCESS_REFUSED,
          "AWS refused the credentials or what they may do; check them, their policy and the clock.")
    ENTRY(INVALID, COGNITO_REQUEST_REFUSED,
          "Cognito's API refused the request as wrong for this user pool or app client.")
    ENTRY(DENIED, COGNITO_SIGN_IN_REFUSED, "Cognito refused the user name, password or token.")
    ENTRY(DENIED, COGNITO_RESET_REQUIRED,
          "The user has to reset the password before signing in to Cognito.")
    ENTRY(DENIED, COGNITO_NOT_CONFIRMED,
          "The user signed up and has not confirmed it yet; send the code again.")
    ENTRY(NOT_FOUND, COGNITO_USER_NOT_FOUND, "The user pool has no such user.")
    ENTRY(CONFLICT, COGNITO_ALIAS_TAKEN,
          "Another user of the pool has this e-mail address or telephone number.")
    ENTRY(INVALID, AWS_CREDENTIALS_NOT_FOUND,
          "No AWS credentials were found; set them in the environment or choose a profile.")
#undef ENTRY
};
/* clang-format on */

enum {
    ENTRY_COUNT = sizeof entries / sizeof entries[0]
};

static const struct status_entry *find(cogmig_status status)
{
    for (size_t i = 0; i < ENTRY_COUNT; i++)
        if (entries[i].status == status)
            return &entries[i];
    return NULL;
}

COGMIG_PUBLIC cogmig_kind cogmig_status_kind(cogmig_status status)
{
    const struct status_entry *entry = find(status);
    return entry == NULL ? COGMIG_KIND_INTERNAL : entry->kind;
}

COGMIG_PUBLIC const char *cogmig_status_name(cogmig_status status)
{
    const struct status_entry *entry = find(status);
    return entry == NULL ? "UNKNOWN_STATUS" : entry->name;
}

COGMIG_PUBLIC const char *cogmig_status_sentence(cogmig_status status)
{
    const struct status_entry *entry = find(status);
    return entry == NULL ? "A status that this version of the library does not know."
                         : entry->sentence;
}

COGMIG_PUBLIC const char *cogmig_kind_name(cogmig_kind kind)
{
    switch (kind) {
    case COGMIG_KIND_OK:
        return "OK";
    case COGMIG_KIND_DENIED:
        return "DENIED";
    case COGMIG_KIND_NOT_FOUND:
        return "NOT_FOUND";
    case COGMIG_KIND_INVALID:
        return "INVALID";
    case COGMIG_KIND_CONFLICT:
        return "CONFLICT";
    case COGMIG_KIND_UNAVAILABLE:
        return "UNAVAILABLE";
    case COGMIG_KIND_STOPPED:
        return "STOPPED";
    default:
        return "INTERNAL";
    }
}

COGMIG_PUBLIC int32_t cogmig_status_count(void)
{
    return ENTRY_COUNT;
}

COGMIG_PUBLIC cogmig_status cogmig_status_at(int32_t index)
{
    return index < 0 || index >= ENTRY_COUNT ? COGMIG_INTERNAL_ERROR : entries[index].status;
}
