/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight_client.h"

#include "listed.h"
#include "preflight_json.h"

#include <inttypes.h>
#include <string.h>

/* ---- flows ---- */

void judge_password_flow(const struct setup *setup, struct finding *finding)
{
    json_t *flows = value_at(setup->client, "ExplicitAuthFlows");
    if (has_element(flows, "ALLOW_USER_PASSWORD_AUTH") || has_element(flows, "USER_PASSWORD_AUTH"))
        conclude(finding, VERDICT_OK, "Users can sign in with USER_PASSWORD_AUTH.");
    else if (has_element(flows, "ALLOW_ADMIN_USER_PASSWORD_AUTH") ||
             has_element(flows, "ADMIN_NO_SRP_AUTH"))
        conclude(finding, VERDICT_OK,
                 "Servers with AWS credentials, and they alone, can sign users in with a password "
                 "(ADMIN_USER_PASSWORD_AUTH).");
    else
        conclude(finding, VERDICT_PROBLEM,
                 "ExplicitAuthFlows has neither ALLOW_USER_PASSWORD_AUTH nor "
                 "ALLOW_ADMIN_USER_PASSWORD_AUTH.");
}

void judge_rotation(const struct setup *setup, struct finding *finding)
{
    bool rotates = is_text_at(setup->client, "RefreshTokenRotation.Feature", "ENABLED");
    json_t *flows = value_at(setup->client, "ExplicitAuthFlows");
    if (rotates && flows == NULL)
        conclude(finding, VERDICT_PROBLEM,
                 "Refresh tokens rotate, and ExplicitAuthFlows is not set, which allows "
                 "REFRESH_TOKEN_AUTH.");
    else if (rotates && has_element(flows, "ALLOW_REFRESH_TOKEN_AUTH"))
        conclude(finding, VERDICT_PROBLEM,
                 "Refresh tokens rotate, and ALLOW_REFRESH_TOKEN_AUTH is listed all the same.");
    else if (rotates)
        conclude(finding, VERDICT_OK,
                 "Refresh tokens rotate: refresh with GetTokensFromRefreshToken.");
    else
        conclude(finding, VERDICT_OK, "Refresh tokens do not rotate.");
}

/* ---- identity of the client ---- */

void judge_user_existence(const struct setup *setup, struct finding *finding)
{
    const char *setting = text_at(setup->client, "PreventUserExistenceErrors");
    if (setting != NULL && strcmp(setting, "ENABLED") == 0)
        conclude(finding, VERDICT_OK, "Strangers are not told who exists.");
    else
        conclude(finding, VERDICT_PROBLEM, "PreventUserExistenceErrors is %s.",
                 setting == NULL ? "not set, which means LEGACY" : setting);
}

/* COGNITO_CLIENT_SECRET is that of the first client that is set. */
static bool has_the_secret(const struct setup *setup)
{
    const char *client = text_at(setup->client, "ClientId"), *ids = setup->own_clients;
    size_t len = ids == NULL ? 0 : strcspn(ids += strspn(ids, " \t"), ", \t");
    return setup->settings_are_known &&
           (ids == NULL || client == NULL ||
            (strlen(client) == len && strncmp(ids, client, len) == 0) || !is_listed(ids, client));
}

void judge_client_secret(const struct setup *setup, struct finding *finding)
{
    const char *secret = text_at(setup->client, "ClientSecret");
    bool is_set = setup->client_secret != NULL;
    if (!has_the_secret(setup))
        conclude(finding, VERDICT_OK, "The app client has %s.",
                 secret == NULL ? "no secret" : "a secret: each call needs its SECRET_HASH");
    else if (secret == NULL && is_set)
        conclude(finding, VERDICT_PROBLEM,
                 "COGNITO_CLIENT_SECRET is set, but the app client has no secret.");
    else if (secret != NULL && !is_set)
        conclude(finding, VERDICT_PROBLEM,
                 "The app client has a secret, but COGNITO_CLIENT_SECRET is not set.");
    else if (secret != NULL && strcmp(secret, setup->client_secret) != 0)
        conclude(finding, VERDICT_PROBLEM,
                 "COGNITO_CLIENT_SECRET is not the secret that the app client tells.");
    else
        conclude(finding, VERDICT_OK, "%s",
                 is_set ? "COGNITO_CLIENT_SECRET is that of the app client."
                        : "The app client has no secret, and none is set.");
}

void judge_client_of_pool(const struct setup *setup, struct finding *finding)
{
    const char *pool = text_at(setup->pool, "Id"), *said = text_at(setup->client, "UserPoolId");
    const char *client = text_at(setup->client, "ClientId");
    if (pool == NULL || said == NULL)
        conclude(finding, VERDICT_UNKNOWN, "Pool or app client is not known.");
    else if (strcmp(pool, said) != 0)
        conclude(finding, VERDICT_PROBLEM, "The app client is of pool %.60s, not of %.60s.", said,
                 pool);
    else if (setup->own_pool != NULL && strcmp(setup->own_pool, pool) != 0)
        conclude(finding, VERDICT_PROBLEM, "COGNITO_USER_POOL_ID is %.60s, and this is pool %.60s.",
                 setup->own_pool, pool);
    else if (setup->own_clients != NULL && client != NULL && !is_listed(setup->own_clients, client))
        conclude(finding, VERDICT_PROBLEM,
                 "COGNITO_CLIENT_ID does not have this app client, %.60s.", client);
    else
        conclude(finding, VERDICT_OK, "The app client is one of this pool.");
}

/* ---- lifetimes ---- */

static int64_t seconds_of_unit(const char *unit)
{
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = {{"seconds", 1}, {"minutes", 60}, {"hours", 3600}, {"days", 86400}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(unit, units[i].unit) == 0)
            return units[i].seconds;
    return 0;
}

/* 0 when it cannot be told. */
static int64_t lifetime_s(json_t *client, const char *member, const char *unit_path,
                          const char *default_unit, int64_t default_s)
{
    json_t *value = value_at(client, member);
    const char *unit = text_at(client, unit_path);
    if (value == NULL || (json_is_integer(value) && json_integer_value(value) == 0))
        return default_s;
    return json_integer_value(value) * seconds_of_unit(unit == NULL ? default_unit : unit);
}

static int64_t access_s(json_t *client)
{
    return lifetime_s(client, "AccessTokenValidity", "TokenValidityUnits.AccessToken", "hours",
                      3600);
}

static int64_t id_s(json_t *client)
{
    return lifetime_s(client, "IdTokenValidity", "TokenValidityUnits.IdToken", "hours", 3600);
}

static int64_t refresh_s(json_t *client)
{
    return lifetime_s(client, "RefreshTokenValidity", "TokenValidityUnits.RefreshToken", "days",
                      (int64_t)30 * 86400);
}

void judge_access_lifetime(const struct setup *setup, struct finding *finding)
{
    int64_t access = access_s(setup->client), id = id_s(setup->client);
    int64_t longest = access > id ? access : id;
    if (access <= 0 || id <= 0)
        conclude(finding, VERDICT_UNKNOWN, "The lifetimes have a unit that is not known here.");
    else
        conclude(finding, longest > 3600 ? VERDICT_WARNING : VERDICT_OK,
                 "Access tokens live %" PRId64 " minutes, ID tokens %" PRId64 ".", access / 60,
                 id / 60);
}

void judge_refresh_lifetime(const struct setup *setup, struct finding *finding)
{
    int64_t refresh = refresh_s(setup->client), access = access_s(setup->client);
    const int64_t year_s = (int64_t)365 * 86400;
    if (refresh <= 0)
        conclude(finding, VERDICT_UNKNOWN, "The lifetime has a unit that is not known here.");
    else
        conclude(finding, refresh <= access || refresh > year_s ? VERDICT_WARNING : VERDICT_OK,
                 "Refresh tokens live %" PRId64 " hours.", refresh / 3600);
}

void judge_revocation(const struct setup *setup, struct finding *finding)
{
    if (json_is_true(value_at(setup->client, "EnableTokenRevocation")))
        conclude(finding, VERDICT_OK, "Refresh tokens can be revoked.");
    else
        conclude(finding, VERDICT_WARNING, "EnableTokenRevocation is off.");
}

/* ---- custom:legacy_id ---- */

void judge_legacy_id_readable(const struct setup *setup, struct finding *finding)
{
    json_t *readable = value_at(setup->client, "ReadAttributes");
    if (readable != NULL && !json_is_array(readable))
        conclude(finding, VERDICT_UNKNOWN, "ReadAttributes is no list.");
    else if (readable == NULL)
        conclude(finding, VERDICT_WARNING,
                 "ReadAttributes is not set, so whether ID tokens carry %s depends on how and when "
                 "the app client was made.",
                 setup->legacy_id);
    else if (has_element(readable, setup->legacy_id))
        conclude(finding, VERDICT_OK, "ID tokens carry %s.", setup->legacy_id);
    else
        conclude(finding, VERDICT_PROBLEM, "ReadAttributes does not have %s.", setup->legacy_id);
}

void judge_legacy_id_protected(const struct setup *setup, struct finding *finding)
{
    json_t *writable = value_at(setup->client, "WriteAttributes");
    json_t *attribute = schema_attribute(setup->pool, setup->legacy_id);
    bool immutable = attribute != NULL && json_is_false(value_at(attribute, "Mutable"));
    enum verdict otherwise = immutable ? VERDICT_WARNING : VERDICT_PROBLEM;
    const char *but = immutable ? " It is immutable, but a sign-up may set it." : "";
    if (writable != NULL && !json_is_array(writable))
        conclude(finding, VERDICT_UNKNOWN, "WriteAttributes is no list.");
    else if (writable == NULL)
        conclude(finding, otherwise,
                 "WriteAttributes is not set, and AWS contradicts itself about what that means.%s",
                 but);
    else if (has_element(writable, setup->legacy_id))
        conclude(finding, otherwise, "WriteAttributes has %s.%s", setup->legacy_id, but);
    else
        conclude(finding, VERDICT_OK, "Users cannot write %s.", setup->legacy_id);
}
