/* SPDX-License-Identifier: Apache-2.0 */
#include "use.h"

#include <cogmig/cogmig.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

/* bcrypt with a cost of 5, from crypt_blowfish's published vectors. */
static const char password[] = "U*U";
static const char stored[] = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

static const char event[] =
    "{\"version\":\"1\",\"triggerSource\":\"UserMigration_Authentication\","
    "\"region\":\"eu-central-1\",\"userPoolId\":\"eu-central-1_AbCdEfGhI\","
    "\"userName\":\"ann@example.com\",\"callerContext\":{\"awsSdkVersion\":\"1\","
    "\"clientId\":\"client\"},\"request\":{\"password\":\"U*U\",\"validationData\":null,"
    "\"clientMetadata\":null},\"response\":{\"userAttributes\":null,\"forceAliasCreation\":null,"
    "\"finalUserStatus\":null,\"messageAction\":null,\"desiredDeliveryMediums\":null}}";

#define OWNED(noun) __attribute__((cleanup(cogmig_##noun##_free))) cogmig_##noun

static bool say(struct trouble *trouble, const char *what, const char *why)
{
    (void)snprintf(trouble->text, sizeof trouble->text, "%s: %s", what, why);
    return false;
}

#define MUST(call)                                                                                 \
    do {                                                                                           \
        cogmig_status status_ = (call);                                                            \
        if (status_ != COGMIG_OK)                                                                  \
            return say(trouble, #call, cogmig_status_sentence(status_));                           \
    } while (0)

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return say(trouble, #condition, "is false");                                           \
    } while (0)

bool use_tokens(const struct world *world, struct trouble *trouble)
{
    OWNED(verifier_config) *config = NULL;
    OWNED(verifier) *verifier = NULL;
    OWNED(claims) *claims = NULL, *again = NULL, *none = NULL;
    size_t len = strlen(world->token);
    MUST(cogmig_verifier_config_new(&config, NULL));
    MUST(cogmig_verifier_config_add_issuer(config, world->issuer, world->jwks_url, NULL));
    MUST(cogmig_verifier_config_add_client(config, world->client, NULL));
    MUST(cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ID, NULL));
    MUST(cogmig_verifier_config_allow_plain_http(config, NULL));
    MUST(cogmig_verifier_new(config, &verifier, NULL));
    MUST(cogmig_verifier_verify(verifier, world->token, len, &claims, NULL));
    MUST(cogmig_verifier_verify(verifier, world->token, len, &again, NULL));
    EXPECT(strcmp(cogmig_claims_sub(claims), "sub") == 0);
    EXPECT(cogmig_status_kind(cogmig_verifier_verify(verifier, world->token, len - 8, &none,
                                                     NULL)) == COGMIG_KIND_DENIED);
    return true;
}

bool use_password(struct trouble *trouble)
{
    MUST(cogmig_password_verify(password, strlen(password), stored, NULL));
    EXPECT(cogmig_password_verify("wrong", 5, stored, NULL) == COGMIG_PASSWORD_MISMATCH);
    return true;
}

static bool open_store(const char *url, cogmig_store **ret_store, struct trouble *trouble)
{
    OWNED(store_config) *config = NULL;
    MUST(cogmig_store_config_new(&config, NULL));
    MUST(cogmig_store_config_set_url(config, url, NULL));
    MUST(cogmig_store_open(config, ret_store, NULL));
    return true;
}

bool use_store(const char *url, struct trouble *trouble)
{
    OWNED(store) *store = NULL;
    OWNED(user) *user = NULL;
    if (!open_store(url, &store, trouble))
        return false;
    MUST(cogmig_store_find_by_email(store, "ann@example.com", &user, NULL));
    EXPECT(strcmp(cogmig_user_id(user), "row-7") == 0);
    return true;
}

bool use_idmap(const char *url, struct trouble *trouble)
{
    OWNED(idmap_config) *config = NULL;
    OWNED(idmap) *map = NULL;
    char *sub = NULL;
    MUST(cogmig_idmap_config_new(&config, NULL));
    MUST(cogmig_idmap_config_set_url(config, url, NULL));
    MUST(cogmig_idmap_config_set_pool(config, "eu-central-1_AbCdEfGhI", NULL));
    MUST(cogmig_idmap_open(config, &map, NULL));
    MUST(cogmig_idmap_find_sub(map, "row-7", &sub, NULL));
    bool right = strcmp(sub, "1754aa68-d041-7034-9d4f-0f2b7f3a6a10") == 0;
    cogmig_free(sub);
    EXPECT(right);
    return true;
}

bool use_migration(const char *url, struct trouble *trouble)
{
    OWNED(store) *store = NULL;
    OWNED(migration) *migration = NULL;
    char *response = NULL;
    size_t len = 0;
    if (!open_store(url, &store, trouble))
        return false;
    MUST(cogmig_migration_new(NULL, store, &migration, NULL));
    MUST(cogmig_migration_handle(migration, event, strlen(event), &response, &len, NULL));
    bool migrated = memmem(response, len, "\"row-7\"", 7) != NULL;
    cogmig_free(response);
    EXPECT(migrated);
    return true;
}

static cogmig_status count_bytes(void *user_data, const char *bytes, size_t len)
{
    (void)bytes;
    *(size_t *)user_data += len;
    return COGMIG_OK;
}

bool use_export(const char *url, struct trouble *trouble)
{
    OWNED(store_config) *store = NULL;
    OWNED(export_config) *config = NULL;
    OWNED(export_result) *result = NULL;
    size_t bytes = 0;
    MUST(cogmig_store_config_new(&store, NULL));
    MUST(cogmig_store_config_set_url(store, url, NULL));
    MUST(cogmig_export_config_new(&config, NULL));
    MUST(cogmig_export_to_callback(config, store, count_bytes, &bytes, &result, NULL));
    EXPECT(bytes > 0);
    return true;
}

bool use_engine(struct trouble *trouble)
{
    OWNED(engine_config) *config = NULL;
    OWNED(engine) *engine = NULL;
    OWNED(verdict) *verdict = NULL;
    int64_t job = 0;
    MUST(cogmig_engine_config_new(&config, NULL));
    MUST(cogmig_engine_config_set_workers(config, 1, NULL));
    MUST(cogmig_engine_new(config, &engine, NULL));
    MUST(cogmig_engine_submit_password(engine, password, strlen(password), stored, 0, NULL, &job,
                                       NULL));
    struct pollfd waiting = {.fd = cogmig_engine_fd(engine), .events = POLLIN};
    EXPECT(poll(&waiting, 1, 30000) == 1);
    MUST(cogmig_engine_poll(engine, &verdict, NULL));
    MUST(cogmig_verdict_status(verdict));
    return true;
}

static bool use_database(const char *url, struct trouble *trouble)
{
    return use_store(url, trouble) && use_idmap(url, trouble) && use_migration(url, trouble) &&
           use_export(url, trouble);
}

bool use_everything(const struct world *world, struct trouble *trouble)
{
    return use_tokens(world, trouble) && use_password(trouble) && use_engine(trouble) &&
           use_database(world->sqlite_url, trouble) &&
           (world->postgres_url[0] == '\0' || use_database(world->postgres_url, trouble));
}
