/* SPDX-License-Identifier: Apache-2.0 */
#include "token/rules.h"

#include "base/memory.h"
#include "status/error.h"

#include <inttypes.h>
#include <string.h>

enum {
    MAX_SHOWN = 64 /* of a claim, in a message */
};

static cogmig_status missing(enum claim claim, cogmig_error *err)
{
    return fail(err, COGMIG_TOKEN_CLAIM_MISSING, "The token has no %s.", claim_name(claim));
}

static int shown(struct json_value value)
{
    return value.text.len > MAX_SHOWN ? MAX_SHOWN : (int)value.text.len;
}

static cogmig_status invalid(const cogmig_claims *claims, enum claim claim, const char *expected,
                             cogmig_error *err)
{
    struct json_value came = claims->found[claim];
    return fail(err, COGMIG_TOKEN_CLAIM_INVALID, "The token's %s must be %s; it is %.*s.",
                claim_name(claim), expected, shown(came), came.text.bytes);
}

static cogmig_status require_text(const cogmig_claims *claims, enum claim claim, cogmig_error *err)
{
    if (!claims_have(claims, claim))
        return missing(claim, err);
    const char *text = claims_text(claims, claim);
    if (text != NULL && text[0] != '\0')
        return COGMIG_OK;
    return invalid(claims, claim, "text that is not empty", err);
}

/* ---- the payload as a whole ---- */

static cogmig_status judge_payload(const cogmig_claims *claims, cogmig_error *err)
{
    if (claims->fault.reason == NULL)
        return COGMIG_OK;
    return fail(err, COGMIG_TOKEN_PAYLOAD_INVALID,
                "The token's payload is not one strict JSON object: %s, at byte %zu.",
                claims->fault.reason, claims->fault.offset);
}

static cogmig_status judge_issuer_claim(const cogmig_claims *claims, cogmig_error *err)
{
    if (!claims_have(claims, CLAIM_ISS))
        return missing(CLAIM_ISS, err);
    if (claims->found[CLAIM_ISS].type != JSON_STRING)
        return invalid(claims, CLAIM_ISS, "text", err);
    return COGMIG_OK;
}

/* What the payload says, if it says anything, is what the header says. */
static cogmig_status judge_same_issuer(const struct header_claims *said, cogmig_claims *claims,
                                       cogmig_error *err)
{
    const char *text = claims_text(claims, CLAIM_ISS);
    claims->issuer_of_header = memory_copy_text(said->issuer);
    if (claims->issuer_of_header == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (!claims_have(claims, CLAIM_ISS))
        return COGMIG_OK;
    if (text != NULL && strcmp(text, said->issuer) == 0)
        return COGMIG_OK;
    return fail(err, COGMIG_TOKEN_ISSUER_REFUSED,
                "The token's iss is another than that of its header, %.128s.", said->issuer);
}

cogmig_status rules_judge_issuer_claim(const cogmig_claims *claims, cogmig_error *err)
{
    cogmig_status status = judge_payload(claims, err);
    if (status != COGMIG_OK)
        return status;
    status = judge_issuer_claim(claims, err);
    if (status != COGMIG_OK)
        fail_claims(err, COGMIG_FAILED_ISSUER);
    return status;
}

/* ---- token use ---- */

static cogmig_status read_token_use(const struct circumstances *circumstances,
                                    cogmig_claims *claims, cogmig_error *err)
{
    if (!claims_have(claims, CLAIM_TOKEN_USE) && circumstances->token_use_optional)
        return COGMIG_OK;
    cogmig_status status = require_text(claims, CLAIM_TOKEN_USE, err);
    if (status != COGMIG_OK)
        return status;
    const char *text = claims_text(claims, CLAIM_TOKEN_USE);
    if (strcmp(text, "id") == 0)
        claims->token_use = COGMIG_TOKEN_USE_ID;
    else if (strcmp(text, "access") == 0)
        claims->token_use = COGMIG_TOKEN_USE_ACCESS;
    else
        return fail(err, COGMIG_TOKEN_USE_REFUSED,
                    "The token's token_use must be id or access; it is \"%.*s\".", MAX_SHOWN, text);
    return COGMIG_OK;
}

/* A token use that is absent was found optional, and then any is welcome. */
static cogmig_status judge_token_use(const struct rules *rules, const cogmig_claims *claims,
                                     cogmig_error *err)
{
    if (claims->token_use == 0 || (claims->token_use & rules->token_use) != 0)
        return COGMIG_OK;
    return fail(err, COGMIG_TOKEN_USE_REFUSED, "The token is an %s token where an %s is wanted.",
                claims_text(claims, CLAIM_TOKEN_USE),
                rules->token_use == COGMIG_TOKEN_USE_ID ? "ID token" : "access token");
}

/* RFC 8725 section 3.11: what calls itself an access token must not pass for an ID token. */
static cogmig_status judge_type(const struct rules *rules,
                                const struct circumstances *circumstances,
                                const cogmig_claims *claims, cogmig_error *err)
{
    bool stands_for_id =
        claims->token_use == COGMIG_TOKEN_USE_ID || rules->token_use == COGMIG_TOKEN_USE_ID;
    if (!circumstances->access_token_type || !stands_for_id)
        return COGMIG_OK;
    return fail(
        err, COGMIG_TOKEN_TYPE_REFUSED,
        "The token's typ is at+jwt, that of an access token, but it stands for an ID token.");
}

/* ---- client ---- */

static const char *client_among(const struct rules *rules, const cogmig_claims *claims,
                                struct json_value string)
{
    const char *text = claims_text_of(claims, string);
    return text != NULL && text_list_has(&rules->clients, text) ? text : NULL;
}

static const char *client_within(const struct rules *rules, const cogmig_claims *claims,
                                 struct json_value array)
{
    struct json_cursor cursor = json_enter(array);
    struct json_value element;
    const char *client = NULL;
    while (client == NULL && json_next_element(&cursor, &element))
        if (element.type == JSON_STRING)
            client = client_among(rules, claims, element);
    return client;
}

/* RFC 7519 section 4.1.3: text, or an array of texts. */
static bool is_audience(struct json_value value)
{
    if (value.type != JSON_ARRAY)
        return value.type == JSON_STRING;
    struct json_cursor cursor = json_enter(value);
    struct json_value element;
    while (json_next_element(&cursor, &element))
        if (element.type != JSON_STRING)
            return false;
    return true;
}

static cogmig_status refuse_client(const struct rules *rules, const cogmig_claims *claims,
                                   enum claim claim, cogmig_error *err)
{
    struct json_value came = claims->found[claim];
    return fail(err, COGMIG_TOKEN_CLIENT_REFUSED,
                "The token's %s must name the app client %s; it is %.*s.", claim_name(claim),
                text_list_show(&rules->clients).text, shown(came), came.text.bytes);
}

static cogmig_status judge_audience(const struct rules *rules, cogmig_claims *claims,
                                    cogmig_error *err)
{
    struct json_value audience = claims->found[CLAIM_AUD];
    if (!claims_have(claims, CLAIM_AUD))
        return missing(CLAIM_AUD, err);
    if (!is_audience(audience))
        return invalid(claims, CLAIM_AUD, "text or an array of texts", err);
    claims->client_id = audience.type == JSON_STRING ? client_among(rules, claims, audience)
                                                     : client_within(rules, claims, audience);
    if (claims->client_id != NULL)
        return COGMIG_OK;
    return refuse_client(rules, claims, CLAIM_AUD, err);
}

static cogmig_status judge_client_id(const struct rules *rules, cogmig_claims *claims,
                                     cogmig_error *err)
{
    cogmig_status status = require_text(claims, CLAIM_CLIENT_ID, err);
    if (status != COGMIG_OK)
        return status;
    claims->client_id = client_among(rules, claims, claims->found[CLAIM_CLIENT_ID]);
    if (claims->client_id != NULL)
        return COGMIG_OK;
    return refuse_client(rules, claims, CLAIM_CLIENT_ID, err);
}

/* Cognito's access tokens name the client in client_id, its ID tokens in aud; where there is no
 * token use, aud is the claim that RFC 7519 knows. */
static cogmig_status judge_client(const struct rules *rules, cogmig_claims *claims,
                                  cogmig_error *err)
{
    if (rules->any_client)
        return COGMIG_OK;
    return claims->token_use == COGMIG_TOKEN_USE_ACCESS ? judge_client_id(rules, claims, err)
                                                        : judge_audience(rules, claims, err);
}

static cogmig_status judge_client_of_header(const struct rules *rules,
                                            const struct header_claims *said, cogmig_claims *claims,
                                            cogmig_error *err)
{
    if (!rules->any_client && !text_list_has(&rules->clients, said->client))
        return fail(err, COGMIG_TOKEN_CLIENT_REFUSED,
                    "The token's client must be the app client %s; it is \"%.*s\".",
                    text_list_show(&rules->clients).text, MAX_SHOWN, said->client);
    claims->client_of_header = memory_copy_text(said->client);
    claims->client_id = claims->client_of_header;
    return claims->client_id == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}

/* ---- time ---- */

static int64_t saturating_add(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return b > 0 ? INT64_MAX : INT64_MIN;
    return sum;
}

/* Whole seconds only: Cognito issues no others, and no rounding has to be argued about. */
static cogmig_status read_time(const cogmig_claims *claims, enum claim claim, int64_t *ret_s,
                               cogmig_error *err)
{
    struct json_value value = claims->found[claim];
    if (value.type == JSON_NUMBER && json_integer(value, ret_s))
        return COGMIG_OK;
    return invalid(claims, claim, "a whole number of seconds within 64 bits", err);
}

static cogmig_status refuse_time(cogmig_status status, const char *rule, int64_t time_s,
                                 int64_t now_s, cogmig_error *err)
{
    return fail(err, status, "%s is %" PRId64 "; now is %" PRId64 ".", rule, time_s, now_s);
}

static cogmig_status judge_exp(const struct rules *rules, int64_t now_s, int64_t exp_s,
                               cogmig_error *err)
{
    if (now_s >= saturating_add(exp_s, rules->leeway_s))
        return refuse_time(COGMIG_TOKEN_EXPIRED, "The token expired: its exp", exp_s, now_s, err);
    if (rules->min_remaining_s > 0 && saturating_add(now_s, rules->min_remaining_s) > exp_s)
        return fail(err, COGMIG_TOKEN_EXPIRES_TOO_SOON,
                    "The token must be valid for another %" PRId64 " s; its exp is %" PRId64
                    ", now is %" PRId64 ".",
                    rules->min_remaining_s, exp_s, now_s);
    return COGMIG_OK;
}

static cogmig_status judge_expiry(const struct rules *rules, int64_t now_s, cogmig_claims *claims,
                                  cogmig_error *err)
{
    if (!claims_have(claims, CLAIM_EXP))
        return missing(CLAIM_EXP, err);
    cogmig_status status = read_time(claims, CLAIM_EXP, &claims->expires_at_s, err);
    return status == COGMIG_OK ? judge_exp(rules, now_s, claims->expires_at_s, err) : status;
}

/* The header's counts, and the payload's too if there is one. */
static cogmig_status judge_both_expiries(const struct rules *rules, int64_t now_s, int64_t exp_s,
                                         cogmig_claims *claims, cogmig_error *err)
{
    cogmig_status status = judge_exp(rules, now_s, exp_s, err);
    if (status == COGMIG_OK && claims_have(claims, CLAIM_EXP))
        status = judge_expiry(rules, now_s, claims, err);
    if (!claims_have(claims, CLAIM_EXP) || exp_s < claims->expires_at_s)
        claims->expires_at_s = exp_s;
    return status;
}

static cogmig_status judge_not_before(const struct rules *rules, int64_t now_s,
                                      const cogmig_claims *claims, cogmig_error *err)
{
    int64_t not_before_s;
    if (!claims_have(claims, CLAIM_NBF))
        return COGMIG_OK;
    cogmig_status status = read_time(claims, CLAIM_NBF, &not_before_s, err);
    if (status != COGMIG_OK)
        return status;
    if (saturating_add(now_s, rules->leeway_s) >= not_before_s)
        return COGMIG_OK;
    return refuse_time(COGMIG_TOKEN_NOT_YET_VALID, "The token is not valid yet: its nbf",
                       not_before_s, now_s, err);
}

/* A token from the future would be young for too long. */
static cogmig_status judge_age(const struct rules *rules, int64_t now_s,
                               const cogmig_claims *claims, cogmig_error *err)
{
    int64_t iat_s = claims->issued_at_s;
    if (iat_s > saturating_add(now_s, rules->leeway_s))
        return refuse_time(COGMIG_TOKEN_NOT_YET_VALID,
                           "The token was issued in the future: its iat", iat_s, now_s, err);
    if (now_s < saturating_add(saturating_add(iat_s, rules->max_age_s), rules->leeway_s))
        return COGMIG_OK;
    return fail(err, COGMIG_TOKEN_TOO_OLD,
                "The token must be younger than %" PRId64 " s; its iat is %" PRId64
                ", now is %" PRId64 ".",
                rules->max_age_s, iat_s, now_s);
}

/* Without a maximum age iat is not judged: a clock that runs behind is no reason to turn users
 * away. */
static cogmig_status judge_issue_time(const struct rules *rules, int64_t now_s,
                                      cogmig_claims *claims, cogmig_error *err)
{
    if (!claims_have(claims, CLAIM_IAT))
        return rules->max_age_s == 0 ? COGMIG_OK : missing(CLAIM_IAT, err);
    cogmig_status status = read_time(claims, CLAIM_IAT, &claims->issued_at_s, err);
    if (status != COGMIG_OK || rules->max_age_s == 0)
        return status;
    return judge_age(rules, now_s, claims, err);
}

/* ---- the order ---- */

struct judgement {
    const struct rules *rules;
    const struct circumstances *circumstances;
    cogmig_claims *claims;
};

static cogmig_status issuer_rule(const struct judgement *j, cogmig_error *err)
{
    const struct header_claims *said = j->circumstances->in_header;
    bool optional = said != NULL || j->circumstances->issuer_optional;
    cogmig_status status = COGMIG_OK;
    if (!optional || claims_have(j->claims, CLAIM_ISS))
        status = judge_issuer_claim(j->claims, err);
    return status == COGMIG_OK && said != NULL ? judge_same_issuer(said, j->claims, err) : status;
}

static cogmig_status token_use_rule(const struct judgement *j, cogmig_error *err)
{
    cogmig_status status = read_token_use(j->circumstances, j->claims, err);
    if (status == COGMIG_OK)
        status = judge_token_use(j->rules, j->claims, err);
    if (status == COGMIG_OK)
        status = judge_type(j->rules, j->circumstances, j->claims, err);
    return status;
}

/* Which claim names the client is not known where the token use is not; that rule is broken then.
 */
static cogmig_status client_rule(const struct judgement *j, cogmig_error *err)
{
    const struct header_claims *said = j->circumstances->in_header;
    if (said != NULL)
        return judge_client_of_header(j->rules, said, j->claims, err);
    if (j->claims->token_use == 0 && !j->circumstances->token_use_optional)
        return COGMIG_OK;
    return judge_client(j->rules, j->claims, err);
}

static cogmig_status sub_rule(const struct judgement *j, cogmig_error *err)
{
    return require_text(j->claims, CLAIM_SUB, err);
}

static cogmig_status expiry_rule(const struct judgement *j, cogmig_error *err)
{
    const struct circumstances *of = j->circumstances;
    if (of->in_header != NULL)
        return judge_both_expiries(j->rules, of->now_s, of->in_header->exp_s, j->claims, err);
    return judge_expiry(j->rules, of->now_s, j->claims, err);
}

static cogmig_status not_before_rule(const struct judgement *j, cogmig_error *err)
{
    return judge_not_before(j->rules, j->circumstances->now_s, j->claims, err);
}

static cogmig_status issue_time_rule(const struct judgement *j, cogmig_error *err)
{
    return judge_issue_time(j->rules, j->circumstances->now_s, j->claims, err);
}

static cogmig_status groups_rule(const struct judgement *j, cogmig_error *err)
{
    return demands_judge_groups(&j->rules->demands, j->claims, err);
}

static cogmig_status scope_rule(const struct judgement *j, cogmig_error *err)
{
    return demands_judge_scopes(&j->rules->demands, j->claims, err);
}

static cogmig_status claims_rule(const struct judgement *j, cogmig_error *err)
{
    return demands_judge_claims(&j->rules->demands, j->claims, err);
}

static cogmig_status nonce_rule(const struct judgement *j, cogmig_error *err)
{
    const char *nonce = j->circumstances->nonce;
    return nonce == NULL ? COGMIG_OK : demands_judge_nonce(nonce, j->claims, err);
}

static const struct {
    cogmig_status (*judge)(const struct judgement *judgement, cogmig_error *err);
    uint32_t failed;
} order[] = {
    {issuer_rule, COGMIG_FAILED_ISSUER},        {token_use_rule, COGMIG_FAILED_TOKEN_USE},
    {client_rule, COGMIG_FAILED_CLIENT},        {sub_rule, COGMIG_FAILED_SUB},
    {expiry_rule, COGMIG_FAILED_EXPIRY},        {not_before_rule, COGMIG_FAILED_NOT_BEFORE},
    {issue_time_rule, COGMIG_FAILED_ISSUED_AT}, {groups_rule, COGMIG_FAILED_GROUPS},
    {scope_rule, COGMIG_FAILED_SCOPE},          {claims_rule, COGMIG_FAILED_DEMANDED_CLAIM},
    {nonce_rule, COGMIG_FAILED_NONCE},
};

cogmig_status rules_judge(const struct rules *rules, const struct circumstances *circumstances,
                          cogmig_claims *claims, cogmig_error *err)
{
    struct judgement judgement = {rules, circumstances, claims};
    cogmig_status first = judge_payload(claims, err);
    uint32_t failed = 0;
    if (first != COGMIG_OK)
        return first;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        cogmig_status status = order[i].judge(&judgement, first == COGMIG_OK ? err : NULL);
        if (status == COGMIG_OK)
            continue;
        failed |= order[i].failed;
        if (first == COGMIG_OK)
            first = status;
    }
    if (first != COGMIG_OK)
        fail_claims(err, failed);
    return first;
}

/* ---- for how long ---- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t end_of(const struct rules *rules, const cogmig_claims *claims)
{
    int64_t end_s = saturating_add(claims->expires_at_s, rules->leeway_s);
    if (rules->min_remaining_s > 0)
        end_s = earlier(end_s, saturating_add(claims->expires_at_s, 1 - rules->min_remaining_s));
    if (rules->max_age_s > 0)
        end_s = earlier(end_s, saturating_add(saturating_add(claims->issued_at_s, rules->max_age_s),
                                              rules->leeway_s));
    return end_s;
}

static int64_t beginning_of(const struct rules *rules, const cogmig_claims *claims)
{
    int64_t from_s = INT64_MIN, not_before_s;
    if (claims_have(claims, CLAIM_NBF) && json_integer(claims->found[CLAIM_NBF], &not_before_s))
        from_s = saturating_add(not_before_s, -rules->leeway_s);
    if (rules->max_age_s > 0)
        from_s = later(from_s, saturating_add(claims->issued_at_s, -rules->leeway_s));
    return from_s;
}

struct window rules_window(const struct rules *rules, const cogmig_claims *claims)
{
    return (struct window){beginning_of(rules, claims), end_of(rules, claims)};
}
