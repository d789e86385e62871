/* SPDX-License-Identifier: Apache-2.0
 * A legacy user moves to Cognito and comes back as a token: what a Lambda function and a service
 * do, in one program that says what happens and why. DATABASE_URL names a store filled from
 * ../users; the tokens, which Cognito would issue, come from libcogmig-testing. */
#include <cogmig/cogmig.h>
#include <cogmig/testing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char pool_issuer[] =
    "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example01";
static const char pool_id[] = "eu-central-1_Example01";
static const char client_id[] = "1example23456789";

static cogmig_error *err;

static void must(cogmig_status status)
{
    if (status == COGMIG_OK)
        return;
    fprintf(stderr, "demo: %s: %s\n", cogmig_status_name(status), cogmig_error_message(err));
    exit(1);
}

static void heading(int number, const char *text)
{
    printf("\n%d. %s\n", number, text);
}

static void line(const char *who, const char *text)
{
    printf("   %-10s %s\n", who, text);
}

static double now_ms(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* ---- the trigger ---- */

static const char sign_in_event[] =
    "{\"version\":\"1\",\"triggerSource\":\"UserMigration_Authentication\",\"region\":"
    "\"eu-central-1\",\"userPoolId\":\"eu-central-1_Example01\",\"userName\":\"%s\","
    "\"callerContext\":{\"awsSdkVersion\":\"aws-sdk-unknown-unknown\",\"clientId\":"
    "\"1example23456789\"},\"request\":{\"password\":\"%s\",\"validationData\":null,"
    "\"userAttributes\":null},\"response\":{\"userAttributes\":null,\"forceAliasCreation\":null,"
    "\"enableSMSMFA\":null,\"finalUserStatus\":null,\"messageAction\":null,"
    "\"desiredDeliveryMediums\":null}}";

static const char forgot_password_event[] =
    "{\"version\":\"1\",\"triggerSource\":\"UserMigration_ForgotPassword\",\"region\":"
    "\"eu-central-1\",\"userPoolId\":\"eu-central-1_Example01\",\"userName\":\"%s\","
    "\"callerContext\":{\"awsSdkVersion\":\"aws-sdk-unknown-unknown\",\"clientId\":"
    "\"1example23456789\"},\"request\":{\"validationData\":null,\"userAttributes\":null},"
    "\"response\":{\"userAttributes\":null,\"forceAliasCreation\":null,\"enableSMSMFA\":null,"
    "\"finalUserStatus\":null,\"messageAction\":null,\"desiredDeliveryMediums\":null}}";

/* The members of the response that are not null, a line each. */
static void show_response(const char *response)
{
    const char *member = strstr(response, "\"response\":{") + strlen("\"response\":{");
    bool in_string = false;
    int depth = 0;
    for (const char *at = member; depth >= 0; at++) {
        if (*at == '"' && at[-1] != '\\')
            in_string = !in_string;
        if (in_string)
            continue;
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        if (depth < 0 || (depth == 0 && *at == ',')) {
            if (memcmp(at - 4, "null", 4) != 0)
                printf("   %-10s %.*s\n", "", (int)(at - member), member);
            member = at + 1;
        }
    }
}

static void handle(cogmig_migration *migration, const char *event)
{
    char *response;
    size_t len;
    double started = now_ms();
    must(cogmig_migration_handle(migration, event, strlen(event), &response, &len, err));
    double took = now_ms() - started;
    bool untouched = len == strlen(event) && memcmp(response, event, len) == 0;
    if (untouched) {
        printf("   %-10s no, in %.0f ms: the event goes back byte for byte\n", "libcogmig", took);
        printf("   %-10s %s: %s\n", "your log", cogmig_status_name(cogmig_error_status(err)),
               cogmig_error_message(err));
    } else {
        printf("   %-10s yes, in %.0f ms; the event goes back with\n", "libcogmig", took);
        show_response(response);
    }
    cogmig_free(response);
}

static void sign_in(cogmig_migration *migration, const char *email, const char *password)
{
    char event[1024];
    snprintf(event, sizeof event, sign_in_event, email, password);
    printf("   %-10s UserMigration_Authentication for %s\n", "Cognito", email);
    handle(migration, event);
}

static void forgot_password(cogmig_migration *migration, const char *email)
{
    char event[1024];
    snprintf(event, sizeof event, forgot_password_event, email);
    printf("   %-10s UserMigration_ForgotPassword for %s (no password in it)\n", "Cognito", email);
    handle(migration, event);
}

static void show_migration(cogmig_store *store)
{
    cogmig_migration *migration;
    must(cogmig_migration_new(NULL, store, &migration, err));

    heading(1, "The right password");
    sign_in(migration, "verified@example.com", "Correct-Horse-10");
    line("Cognito", "creates the user with the password just typed: no reset, no e-mail");

    heading(2, "The right password, the address in another case");
    sign_in(migration, "VERIFIED@example.com", "Correct-Horse-10");
    line("", "(the address goes back as it was typed, so that a case-sensitive pool takes it too)");

    heading(3, "A wrong password");
    sign_in(migration, "verified@example.com", "not the password");
    line("Cognito", "says \"Incorrect username or password.\"");

    heading(4, "Nobody has this address: the same bytes, the same work");
    sign_in(migration, "nobody@example.com", "not the password");

    heading(5, "A hash that is not bcrypt is named, not called a wrong password");
    sign_in(migration, "argon2@example.com", "Not-Bcrypt-At-All");

    heading(6, "Forgot password: a verified address gets Cognito's code");
    forgot_password(migration, "verified@example.com");

    heading(7, "Forgot password: an unverified address does not");
    forgot_password(migration, "unverified@example.com");
    line("", "(whoever registered somebody else's address would get that account)");

    cogmig_migration_free(&migration);
}

/* ---- the token ---- */

static char *make_token(cogmig_test_issuer *issuer, const cogmig_user *user)
{
    cogmig_test_token *token;
    const char *jwt;
    must(cogmig_test_token_new(issuer, COGMIG_TOKEN_USE_ID, "7c0e2f3a-5b1d-7a44-9c55-0d3f5b6a7c81",
                               client_id, &token, err));
    must(cogmig_test_token_set_string(token, "email", cogmig_user_email(user), err));
    must(cogmig_test_token_set_string(token, "custom:legacy_id", cogmig_user_id(user), err));
    must(cogmig_test_token_sign(token, &jwt, NULL, err));
    char *copy = strdup(jwt);
    cogmig_test_token_free(&token);
    return copy;
}

static void verify_and_map(cogmig_verifier *verifier, cogmig_store *store, const char *token)
{
    cogmig_claims *claims;
    if (cogmig_verifier_verify(verifier, token, strlen(token), &claims, err) != COGMIG_OK) {
        printf("   %-10s refused, %s: %s\n", "verifier",
               cogmig_status_name(cogmig_error_status(err)), cogmig_error_message(err));
        return;
    }
    cogmig_user *user;
    printf("   %-10s valid: signature, issuer, token use, client, expiry\n", "verifier");
    printf("   %-10s sub %s, legacy id %s\n", "claims", cogmig_claims_sub(claims),
           cogmig_claims_legacy_id(claims));
    must(cogmig_store_find_by_id(store, cogmig_claims_legacy_id(claims), &user, err));
    printf("   %-10s that id is the row of %s, %s\n", "store", cogmig_user_email(user),
           cogmig_user_name(user));
    cogmig_user_free(&user);
    cogmig_claims_free(&claims);
}

/* One character of the payload, as an attacker who wants to be somebody else would. */
static void tamper(char *token)
{
    char *inside_payload = strchr(token, '.') + 20;
    *inside_payload = *inside_payload == 'A' ? 'B' : 'A';
}

static void show_token(cogmig_store *store)
{
    cogmig_test_issuer *issuer;
    cogmig_verifier *verifier;
    cogmig_user *user;
    must(cogmig_test_issuer_new(pool_issuer, &issuer, err));
    must(cogmig_verifier_new_for_pool(pool_id, client_id, COGMIG_TOKEN_USE_ID, &verifier, err));
    size_t len;
    const char *jwks = cogmig_test_issuer_jwks(issuer, &len);
    must(cogmig_verifier_seed_keys(verifier, pool_issuer, jwks, len, err));
    must(cogmig_store_find_by_email(store, "verified@example.com", &user, err));
    char *token = make_token(issuer, user);

    heading(8, "The user comes back with a token");
    verify_and_map(verifier, store, token);

    heading(9, "The same token with one character changed");
    tamper(token);
    verify_and_map(verifier, store, token);

    free(token);
    cogmig_user_free(&user);
    cogmig_verifier_free(&verifier);
    cogmig_test_issuer_free(&issuer);
}

int main(void)
{
    cogmig_store *store;
    if (cogmig_error_new(&err) != COGMIG_OK)
        return 1;
    must(cogmig_store_open_from_env(&store, err));
    show_migration(store);
    show_token(store);
    cogmig_store_free(&store);
    cogmig_error_free(&err);
    return 0;
}
