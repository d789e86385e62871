/* SPDX-License-Identifier: Apache-2.0 */
#include "audit_tally.h"

#include <stdio.h>
#include <string.h>

const char *const fate_names[FATE_COUNT] = {
    [FATE_MIGRATES] = "migrate at sign-in",
    [FATE_RESETS] = "reset the password",
    [FATE_STRANDED] = "stranded",
    [FATE_AMBIGUOUS] = "ambiguous",
    [FATE_UNACCEPTABLE] = "refused by Cognito",
    [FATE_DISABLED] = "disabled",
};

const char *const remark_names[REMARK_COUNT] = {
    [REMARK_UNVERIFIED] = "address not verified",
    [REMARK_NO_PASSWORD] = "no password",
    [REMARK_LOCKED] = "password locked",
    [REMARK_DAMAGED_HASH] = "bcrypt, damaged",
    [REMARK_COSTLY_HASH] = "bcrypt, cost too high",
    [REMARK_HASH_BEHIND_PREFIX] = "bcrypt behind a prefix",
    [REMARK_UNSUPPORTED_HASH] = "hash not supported",
    [REMARK_EMAIL_REFUSED] = "address refused",
    [REMARK_EMAIL_COLLIDES] = "address twice",
    [REMARK_ID_MISSING] = "no id",
    [REMARK_ID_TOO_LONG] = "id too long",
    [REMARK_ID_NO_USER_NAME] = "id is no user name",
    [REMARK_NAME_TOO_LONG] = "name too long",
    [REMARK_PHONE_NOT_E164] = "telephone not E.164",
    [REMARK_ATTRIBUTE_REFUSED] = "attribute refused",
};

static void remark(struct tally *tally, enum remark what, const char *id)
{
    struct tally_remark *entry = &tally->remarks[what];
    entry->count++;
    if (entry->examples < TALLY_EXAMPLES)
        snprintf(entry->ids[entry->examples++], TALLY_EXAMPLE_BYTES, "%s", id);
}

static void count_scheme(struct tally *tally, const char *name)
{
    for (size_t i = 0; i < TALLY_SCHEMES; i++) {
        struct tally_scheme *entry = &tally->schemes[i];
        if (entry->name == NULL)
            entry->name = name;
        if (strcmp(entry->name, name) != 0)
            continue;
        entry->count++;
        return;
    }
}

static void count_cost(int64_t costs[TALLY_MAX_COST + 1], const struct hash_reading *hash)
{
    bool has_one = hash->worth == HASH_USABLE || hash->worth == HASH_BEHIND_PREFIX ||
                   hash->worth == HASH_TOO_COSTLY;
    if (has_one && hash->cost > 0 && hash->cost <= TALLY_MAX_COST)
        costs[hash->cost]++;
}

static bool remark_hash(struct tally *tally, const struct hash_reading *hash, const char *id)
{
    static const enum remark remarks[] = {
        [HASH_NONE] = REMARK_NO_PASSWORD,
        [HASH_LOCKED] = REMARK_LOCKED,
        [HASH_DAMAGED] = REMARK_DAMAGED_HASH,
        [HASH_TOO_COSTLY] = REMARK_COSTLY_HASH,
        [HASH_BEHIND_PREFIX] = REMARK_HASH_BEHIND_PREFIX,
        [HASH_UNSUPPORTED] = REMARK_UNSUPPORTED_HASH,
    };
    bool usable = hash->worth == HASH_USABLE || hash->worth == HASH_BEHIND_PREFIX;
    count_scheme(tally, hash->scheme);
    count_cost(usable ? tally->costs : tally->refused_costs, hash);
    if (hash->worth != HASH_USABLE)
        remark(tally, remarks[hash->worth], id);
    return usable;
}

static bool remark_id(struct tally *tally, const char *id)
{
    int64_t length = (int64_t)strlen(id);
    bool is_too_long = is_longer_than(id, tally->max_id_length);
    bool is_no_user_name = tally->id_is_user_name && length > 0 && !is_user_name(id);
    if (length > tally->longest_id)
        tally->longest_id = length;
    if (length == 0)
        remark(tally, REMARK_ID_MISSING, id);
    else if (is_too_long)
        remark(tally, REMARK_ID_TOO_LONG, id);
    if (is_no_user_name)
        remark(tally, REMARK_ID_NO_USER_NAME, id);
    return length > 0 && !is_too_long && !is_no_user_name;
}

static bool remark_identity(struct tally *tally, const cogmig_audit_row *row, const char *id)
{
    bool address_is_good = email_fault(cogmig_audit_row_email(row)) == NULL;
    if (!address_is_good)
        remark(tally, REMARK_EMAIL_REFUSED, id);
    return remark_id(tally, id) && address_is_good;
}

/* Those that the migration does not send keep nobody out. */
static bool remark_attributes(struct tally *tally, const cogmig_audit_row *row, const char *id)
{
    const char *name = cogmig_audit_row_name(row), *phone = cogmig_audit_row_phone(row);
    bool is_refused = cogmig_audit_row_refused_attribute(row) != NULL;
    bool is_too_long = name != NULL && is_longer_than(name, COGNITO_MAX_ATTRIBUTE_CHARACTERS);
    if (!cogmig_audit_row_email_verified(row))
        remark(tally, REMARK_UNVERIFIED, id);
    if (is_too_long)
        remark(tally, REMARK_NAME_TOO_LONG, id);
    if (phone != NULL && phone[0] != '\0' && !is_e164(phone))
        remark(tally, REMARK_PHONE_NOT_E164, id);
    if (is_refused)
        remark(tally, REMARK_ATTRIBUTE_REFUSED, id);
    return !is_refused && !(is_too_long && tally->sends_name);
}

/* A locked password is not reset either: the migration takes it for a ban. */
static enum fate fate_of(const cogmig_audit_row *row, bool acceptable, bool usable, bool locked)
{
    if (cogmig_audit_row_disabled(row) || locked)
        return FATE_DISABLED;
    if (!acceptable)
        return FATE_UNACCEPTABLE;
    if (usable)
        return FATE_MIGRATES;
    return cogmig_audit_row_email_verified(row) ? FATE_RESETS : FATE_STRANDED;
}

/* The rows of one address come one behind the other. */
static enum fate collide(struct tally *tally, const char *id, enum fate fate)
{
    if (!tally->last_collided) {
        remark(tally, REMARK_EMAIL_COLLIDES, tally->last_id);
        if (tally->last_fate != FATE_DISABLED) {
            tally->fates[tally->last_fate]--;
            tally->fates[FATE_AMBIGUOUS]++;
        }
    }
    remark(tally, REMARK_EMAIL_COLLIDES, id);
    return fate == FATE_DISABLED ? fate : FATE_AMBIGUOUS;
}

void tally_row(struct tally *tally, const cogmig_audit_row *row)
{
    const char *id = cogmig_audit_row_id(row);
    struct hash_reading hash = read_hash(cogmig_audit_row_hash_kind(row),
                                         cogmig_audit_row_hash_length(row), &tally->rules);
    bool usable = remark_hash(tally, &hash, id);
    bool identified = remark_identity(tally, row, id);
    bool acceptable = remark_attributes(tally, row, id) && identified;
    enum fate fate = fate_of(row, acceptable, usable, hash.worth == HASH_LOCKED);
    bool collides = cogmig_audit_row_repeats_email(row);
    if (collides)
        fate = collide(tally, id, fate);
    tally->users++;
    tally->fates[fate]++;
    tally->last_fate = fate;
    tally->last_collided = collides;
    snprintf(tally->last_id, sizeof tally->last_id, "%s", id);
}
