/* SPDX-License-Identifier: Apache-2.0
 * tests/data/tokens: each case makes a token and a verifier; its README.md says how. */
#include "base/memory.h"
#include "data_cases.h"
#include "signer.h"

#include <cogmig/memory.h>
#include <cogmig/verifier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_TEXT = 16 * 1024 * 1024,
    MAX_MEMBERS = 64
};

/* ---- what all cases share ---- */

static struct signer *good, *other, *small_exponent, *p256, *p384, *p521, *ed25519;
static struct buffer jwks, generic_jwks;

static const char generic_issuer[] = "https://generic.example";

/* The keys of the generic issuer: a kid, whose key, and the alg that the JWK says. */
static const struct {
    const char *kid;
    struct signer **signer;
    const char *alg;
} generic_keys[] = {
    {"no-alg", &good, NULL},        {"rs256", &good, "RS256"},    {"rs384", &good, "RS384"},
    {"rs512", &good, "RS512"},      {"ps256", &good, "PS256"},    {"ps384", &good, "PS384"},
    {"ps512", &good, "PS512"},      {"p256", &p256, "ES256"},     {"p384", &p384, "ES384"},
    {"p521", &p521, "ES512"},       {"p256-no-alg", &p256, NULL}, {"p256-as-es384", &p256, "ES384"},
    {"ed25519", &ed25519, "EdDSA"},
};

static void make_generic_keys(void)
{
    p256 = signer_new_of_curve("P-256");
    p384 = signer_new_of_curve("P-384");
    p521 = signer_new_of_curve("P-521");
    ed25519 = signer_new_of_curve("ED25519");
    generic_jwks = buffer_with_max(16384);
    buffer_add_text(&generic_jwks, "{\"keys\":[");
    for (size_t i = 0; i < sizeof generic_keys / sizeof generic_keys[0]; i++) {
        buffer_add_text(&generic_jwks, i == 0 ? "" : ",");
        signer_add_jwk_for(*generic_keys[i].signer, generic_keys[i].kid, generic_keys[i].alg,
                           &generic_jwks);
    }
    buffer_add_text(&generic_jwks, "]}");
}

static int make_keys(void **state)
{
    (void)state;
    good = signer_new(2048, 65537);
    other = signer_new(2048, 65537);
    small_exponent = signer_new(2048, 3);
    jwks = buffer_with_max(8192);
    buffer_add_text(&jwks, "{\"keys\":[");
    signer_add_jwk(good, "good", &jwks);
    buffer_add_text(&jwks, ",");
    signer_add_jwk(small_exponent, "e3", &jwks);
    buffer_add_text(&jwks, "]}");
    make_generic_keys();
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    signer_free(good);
    signer_free(other);
    signer_free(small_exponent);
    signer_free(p256);
    signer_free(p384);
    signer_free(p521);
    signer_free(ed25519);
    buffer_release(&jwks);
    buffer_release(&generic_jwks);
    return 0;
}

/* ---- a JSON object that is not as it should be ---- */

struct member {
    char *name; /* between its quotes */
    char *value;
};

struct object {
    struct member members[MAX_MEMBERS];
    size_t count;
    struct buffer text; /* instead of the members */
};

static char *expanded(struct span text)
{
    struct buffer b = buffer_with_max(MAX_TEXT);
    add_expanded(&b, text);
    return buffer_take(&b, NULL);
}

static void add_member(struct object *object, struct span text)
{
    struct span name, value;
    split_line(text, &name, &value);
    assert_true(object->count < MAX_MEMBERS);
    object->members[object->count++] = (struct member){expanded(name), expanded(value)};
}

static void remove_member(struct object *object, struct span name)
{
    for (size_t i = 0; i < object->count; i++) {
        struct member *member = &object->members[i];
        if (!span_equal_text(name, member->name))
            continue;
        cogmig_free(member->name);
        cogmig_free(member->value);
        memmove(member, member + 1, (--object->count - i) * sizeof *member);
        return;
    }
    fail_msg("There is no %.*s to remove.", (int)name.len, name.bytes);
}

static void set_member(struct object *object, struct span text)
{
    struct span name, value;
    split_line(text, &name, &value);
    for (size_t i = 0; i < object->count; i++) {
        if (span_equal_text(name, object->members[i].name)) {
            cogmig_free(object->members[i].value);
            object->members[i].value = expanded(value);
            return;
        }
    }
    add_member(object, text);
}

static void set_text(struct object *object, struct span text)
{
    object->text = buffer_with_max(MAX_TEXT);
    add_expanded(&object->text, text);
}

static void write_object(const struct object *object, struct buffer *b)
{
    if (object->text.bytes != NULL) {
        buffer_add(b, (struct span){object->text.bytes, object->text.len});
        return;
    }
    buffer_add_byte(b, '{');
    for (size_t i = 0; i < object->count; i++) {
        buffer_add_text(b, i == 0 ? "\"" : ",\"");
        buffer_add_text(b, object->members[i].name);
        buffer_add_text(b, "\":");
        buffer_add_text(b, object->members[i].value);
    }
    buffer_add_byte(b, '}');
}

static void release_object(struct object *object)
{
    for (size_t i = 0; i < object->count; i++) {
        cogmig_free(object->members[i].name);
        cogmig_free(object->members[i].value);
    }
    buffer_release(&object->text);
}

/* ---- a case ---- */

struct test_case {
    struct object header;
    struct object payload;
    const struct signer *signer;
    char way[64];
    char *token; /* a template; NULL for the token as it is */
    cogmig_verifier_config *config;
    bool client_given;
    bool generic;
    int64_t now_s;
    int fetches;
};

static void start_payload(struct object *payload, const char *const *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_member(payload, span_of(members[i]));
}

static void be_access_token(struct test_case *c)
{
    static const char *const members[] = {
        "sub \"aaaaaaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee\"",
        "iss \"https:\\/\\/cognito-idp.eu-central-1.amazonaws.com\\/eu-central-1_TestPool1\"",
        "client_id \"client-1\"",
        "token_use \"access\"",
        "scope \"aws.cognito.signin.user.admin\"",
        "auth_time 1699999700",
        "exp 1700003300",
        "iat 1699999700",
        "username \"user-1\""};
    start_payload(&c->payload, members, sizeof members / sizeof members[0]);
}

static void be_id_token(struct test_case *c)
{
    static const char *const members[] = {
        "sub \"aaaaaaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee\"",
        "iss \"https:\\/\\/cognito-idp.eu-central-1.amazonaws.com\\/eu-central-1_TestPool1\"",
        "aud \"client-1\"",
        "token_use \"id\"",
        "auth_time 1699999700",
        "exp 1700003300",
        "iat 1699999700",
        "cognito:username \"user-1\"",
        "custom:legacy_id \"42\""};
    release_object(&c->payload);
    c->payload = (struct object){.count = 0};
    start_payload(&c->payload, members, sizeof members / sizeof members[0]);
}

static void choose_signer(struct test_case *c, struct span name)
{
    if (span_equal_text(name, "other"))
        c->signer = other;
    else if (span_equal_text(name, "e3"))
        c->signer = small_exponent;
    else if (span_equal_text(name, "p256"))
        c->signer = p256;
    else if (span_equal_text(name, "p384"))
        c->signer = p384;
    else if (span_equal_text(name, "p521"))
        c->signer = p521;
    else if (span_equal_text(name, "ed25519"))
        c->signer = ed25519;
    else
        fail_msg("There is no key called %.*s.", (int)name.len, name.bytes);
}

static void configure_use(struct test_case *c, struct span use)
{
    int32_t number = span_equal_text(use, "id")       ? COGMIG_TOKEN_USE_ID
                     : span_equal_text(use, "access") ? COGMIG_TOKEN_USE_ACCESS
                                                      : COGMIG_TOKEN_USE_ANY;
    assert_int_equal(cogmig_verifier_config_set_token_use(c->config, number, NULL), COGMIG_OK);
}

static void configure_client(struct test_case *c, struct span client)
{
    char *text = expanded(client);
    c->client_given = true;
    cogmig_status status = strcmp(text, "any") == 0
                               ? cogmig_verifier_config_allow_any_client(c->config, NULL)
                               : cogmig_verifier_config_add_client(c->config, text, NULL);
    assert_int_equal(status, COGMIG_OK);
    cogmig_free(text);
}

static void configure_issuer(struct test_case *c, struct span url)
{
    char *text = expanded(url);
    assert_int_equal(cogmig_verifier_config_add_issuer(c->config, text, NULL, NULL), COGMIG_OK);
    cogmig_free(text);
}

static long long number_in(struct span text)
{
    return strtoll(text.bytes, NULL, 10);
}

/* ---- an issuer that is no user pool ---- */

static uint32_t algorithms_in(struct span rest)
{
    static const char *const names[] = {"RS256", "RS384", "RS512", "PS256", "PS384",
                                        "PS512", "ES256", "ES384", "ES512", "EdDSA"};
    struct span name;
    uint32_t algorithms = 0;
    while (rest.len > 0) {
        uint32_t found = 0;
        split_line(rest, &name, &rest);
        for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++)
            if (span_equal_text(name, names[i]))
                found = UINT32_C(1) << i;
        assert_int_not_equal(found, 0);
        algorithms |= found;
    }
    return algorithms;
}

static void be_generic(struct test_case *c, struct span algorithms)
{
    c->generic = true;
    assert_int_equal(cogmig_verifier_config_add_issuer(c->config, generic_issuer, NULL, NULL),
                     COGMIG_OK);
    if (algorithms.len > 0)
        assert_int_equal(cogmig_verifier_config_set_issuer_algorithms(
                             c->config, generic_issuer, algorithms_in(algorithms), NULL),
                         COGMIG_OK);
    set_member(&c->payload, span_of("iss \"https://generic.example\""));
}

/* ---- what a verifier demands ---- */

static const struct {
    const char *word;
    cogmig_status (*demand)(cogmig_verifier_config *config, const char *text, cogmig_error *err);
} demands[] = {
    {"require-any-group", cogmig_verifier_config_require_any_group},
    {"require-group", cogmig_verifier_config_require_group},
    {"require-any-scope", cogmig_verifier_config_require_any_scope},
    {"require-scope", cogmig_verifier_config_require_scope},
    {"require-claim", cogmig_verifier_config_require_claim},
};

static bool demand(struct test_case *c, struct span word, struct span rest)
{
    for (size_t i = 0; i < sizeof demands / sizeof demands[0]; i++) {
        if (!span_equal_text(word, demands[i].word))
            continue;
        char *text = expanded(rest);
        assert_int_equal(demands[i].demand(c->config, text, NULL), COGMIG_OK);
        cogmig_free(text);
        return true;
    }
    return false;
}

static void demand_claim_text(struct test_case *c, struct span rest)
{
    struct span name, text;
    split_line(rest, &name, &text);
    char *name_text = expanded(name), *expected = expanded(text);
    assert_int_equal(
        cogmig_verifier_config_require_claim_text(c->config, name_text, expected, NULL), COGMIG_OK);
    cogmig_free(name_text);
    cogmig_free(expected);
}

static bool demand_time(struct test_case *c, struct span word, struct span rest)
{
    int32_t seconds = (int32_t)number_in(rest);
    if (span_equal_text(word, "max-age"))
        assert_int_equal(cogmig_verifier_config_set_max_age_s(c->config, seconds, NULL), COGMIG_OK);
    else if (span_equal_text(word, "min-remaining"))
        assert_int_equal(cogmig_verifier_config_set_min_remaining_s(c->config, seconds, NULL),
                         COGMIG_OK);
    else
        return false;
    return true;
}

static void apply(struct test_case *c, struct span word, struct span rest)
{
    if (word.len == 0 || word.bytes[0] == '#')
        return;
    if (span_equal_text(word, "id-token"))
        be_id_token(c);
    else if (span_equal_text(word, "claim"))
        set_member(&c->payload, rest);
    else if (span_equal_text(word, "claim-too"))
        add_member(&c->payload, rest);
    else if (span_equal_text(word, "claim-not"))
        remove_member(&c->payload, rest);
    else if (span_equal_text(word, "payload"))
        set_text(&c->payload, rest);
    else if (span_equal_text(word, "header"))
        set_member(&c->header, rest);
    else if (span_equal_text(word, "header-too"))
        add_member(&c->header, rest);
    else if (span_equal_text(word, "header-not"))
        remove_member(&c->header, rest);
    else if (span_equal_text(word, "header-text"))
        set_text(&c->header, rest);
    else if (span_equal_text(word, "key"))
        choose_signer(c, rest);
    else if (span_equal_text(word, "sign"))
        snprintf(c->way, sizeof c->way, "%.*s", (int)rest.len, rest.bytes);
    else if (span_equal_text(word, "token"))
        c->token = memory_copy_bytes(rest.bytes, rest.len);
    else if (span_equal_text(word, "use"))
        configure_use(c, rest);
    else if (span_equal_text(word, "client"))
        configure_client(c, rest);
    else if (span_equal_text(word, "issuer"))
        configure_issuer(c, rest);
    else if (span_equal_text(word, "leeway"))
        assert_int_equal(
            cogmig_verifier_config_set_leeway_s(c->config, (int32_t)number_in(rest), NULL),
            COGMIG_OK);
    else if (span_equal_text(word, "now"))
        c->now_s = number_in(rest);
    else if (span_equal_text(word, "generic"))
        be_generic(c, rest);
    else if (span_equal_text(word, "require-claim-text"))
        demand_claim_text(c, rest);
    else if (!demand(c, word, rest) && !demand_time(c, word, rest))
        fail_msg("A case cannot say \"%.*s\".", (int)word.len, word.bytes);
}

/* ---- its token ---- */

/* The last character with another value in bits that no byte uses. */
static void set_unused_bits(struct buffer *part)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (part->len % 4 == 0 || part->len == 0)
        fail_msg("This part has no unused bits; make its JSON a blank longer.");
    char *last = &part->bytes[part->len - 1];
    *last = digits[(strchr(digits, *last) - digits) | 1];
}

struct assembled {
    struct buffer header, payload, signature;
};

static void encode(const struct object *object, struct buffer *part)
{
    struct buffer json = buffer_with_max(MAX_TEXT);
    write_object(object, &json);
    add_base64url(part, (struct span){json.bytes, json.len});
    buffer_release(&json);
}

static void assemble(const struct test_case *c, struct assembled *parts)
{
    struct buffer raw = buffer_with_max(MAX_TEXT), signed_bytes = buffer_with_max(MAX_TEXT);
    encode(&c->header, &parts->header);
    encode(&c->payload, &parts->payload);
    buffer_add(&signed_bytes, (struct span){parts->header.bytes, parts->header.len});
    buffer_add_byte(&signed_bytes, '.');
    buffer_add(&signed_bytes, (struct span){parts->payload.bytes, parts->payload.len});
    signer_sign(c->signer, c->way, (struct span){signed_bytes.bytes, signed_bytes.len}, &raw);
    add_base64url(&parts->signature, (struct span){raw.bytes, raw.len});
    buffer_release(&raw);
    buffer_release(&signed_bytes);
}

static void nudge(struct buffer *template, struct assembled *parts)
{
    static const char *const names[] = {"{{bits header}}", "{{bits payload}}",
                                        "{{bits signature}}"};
    struct buffer *values[] = {&parts->header, &parts->payload, &parts->signature};
    for (int i = 0; i < 3; i++) {
        char *found = strstr(template->bytes, names[i]);
        if (found == NULL)
            continue;
        set_unused_bits(values[i]);
        memmove(found, found + strlen(names[i]), strlen(found + strlen(names[i])) + 1);
        template->len -= strlen(names[i]);
    }
}

static struct buffer make_token(const struct test_case *c)
{
    struct assembled parts = {buffer_with_max(MAX_TEXT), buffer_with_max(MAX_TEXT),
                              buffer_with_max(MAX_TEXT)};
    struct buffer template = buffer_with_max(MAX_TEXT), with_parts = buffer_with_max(MAX_TEXT);
    struct buffer token = buffer_with_max(MAX_TEXT);
    assemble(c, &parts);
    buffer_add_text(&template,
                    c->token == NULL ? "{{header}}.{{payload}}.{{signature}}" : c->token);
    nudge(&template, &parts);
    const struct replacement replacements[] = {
        {"{{header}}", {parts.header.bytes, parts.header.len}},
        {"{{payload}}", {parts.payload.bytes, parts.payload.len}},
        {"{{signature}}", {parts.signature.bytes, parts.signature.len}}};
    add_replaced(&with_parts, (struct span){template.bytes, template.len}, replacements, 3);
    add_expanded(&token, (struct span){with_parts.bytes, with_parts.len});
    buffer_add_text(&token, "");
    buffer_release(&parts.header);
    buffer_release(&parts.payload);
    buffer_release(&parts.signature);
    buffer_release(&template);
    buffer_release(&with_parts);
    return token;
}

/* ---- its verifier ---- */

static int64_t case_clock(void *user_data)
{
    return ((struct test_case *)user_data)->now_s;
}

static cogmig_status count_fetch(void *user_data, const char *url, int32_t timeout_ms,
                                 cogmig_jwks_reply *reply)
{
    (void)url;
    (void)timeout_ms;
    ((struct test_case *)user_data)->fetches++;
    cogmig_jwks_reply_set_http_status(reply, 200);
    return cogmig_jwks_reply_append(reply, jwks.bytes, jwks.len);
}

static void start(struct test_case *c)
{
    static const char *const header[] = {"kid \"good\"", "alg \"RS256\""};
    *c = (struct test_case){.signer = good, .way = "rs256", .now_s = 1700000000};
    add_member(&c->header, span_of(header[0]));
    add_member(&c->header, span_of(header[1]));
    be_access_token(c);
    assert_int_equal(cogmig_verifier_config_new(&c->config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_pool(c->config, "eu-central-1_TestPool1", NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_token_use(c->config, COGMIG_TOKEN_USE_ANY, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_clock(c->config, case_clock, c, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_fetch(c->config, count_fetch, c, NULL), COGMIG_OK);
}

static cogmig_verifier *make_verifier(struct test_case *c)
{
    static const char pool[] =
        "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_TestPool1";
    cogmig_verifier *verifier = NULL;
    if (!c->client_given)
        configure_client(c, span_of("client-1"));
    assert_int_equal(cogmig_verifier_new(c->config, &verifier, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_seed_keys(verifier, pool, jwks.bytes, jwks.len, NULL),
                     COGMIG_OK);
    if (c->generic)
        assert_int_equal(cogmig_verifier_seed_keys(verifier, generic_issuer, generic_jwks.bytes,
                                                   generic_jwks.len, NULL),
                         COGMIG_OK);
    return verifier;
}

static void release(struct test_case *c)
{
    release_object(&c->header);
    release_object(&c->payload);
    memory_free(c->token);
    cogmig_verifier_config_free(&c->config);
}

/* ---- the verdict ---- */

static const struct {
    const char *name;
    uint32_t bit;
} failed_claims[] = {
    {"iss", COGMIG_FAILED_ISSUER},    {"token_use", COGMIG_FAILED_TOKEN_USE},
    {"client", COGMIG_FAILED_CLIENT}, {"sub", COGMIG_FAILED_SUB},
    {"exp", COGMIG_FAILED_EXPIRY},    {"nbf", COGMIG_FAILED_NOT_BEFORE},
    {"iat", COGMIG_FAILED_ISSUED_AT}, {"groups", COGMIG_FAILED_GROUPS},
    {"scope", COGMIG_FAILED_SCOPE},   {"claim", COGMIG_FAILED_DEMANDED_CLAIM},
};

static uint32_t failed_claims_in(struct span rest)
{
    struct span name;
    uint32_t bits = 0;
    while (rest.len > 0) {
        split_line(rest, &name, &rest);
        uint32_t bit = 0;
        for (size_t i = 0; i < sizeof failed_claims / sizeof failed_claims[0]; i++)
            if (span_equal_text(name, failed_claims[i].name))
                bit = failed_claims[i].bit;
        assert_int_not_equal(bit, 0);
        bits |= bit;
    }
    return bits;
}

static void check_verdict(const char *path, cogmig_status status, int fetches, uint32_t failed)
{
    struct buffer content = data_case_read(path, ".expected");
    struct span rest = {content.bytes, content.len}, line, word, argument;
    int expected_fetches = 0;
    assert_true(next_line(&rest, &line));
    char expected[64];
    snprintf(expected, sizeof expected, "%.*s", (int)line.len, line.bytes);
    assert_string_equal(cogmig_status_name(status), expected);
    while (next_line(&rest, &line)) {
        split_line(line, &word, &argument);
        if (span_equal_text(word, "failed")) {
            assert_int_equal(failed, failed_claims_in(argument));
            continue;
        }
        assert_true(span_equal_text(word, "fetches"));
        expected_fetches = (int)number_in(argument);
    }
    assert_int_equal(fetches, expected_fetches);
    buffer_release(&content);
}

/* A message is for logs: one line, and never the token or its signature. */
static void check_message(const cogmig_error *err, const struct buffer *token)
{
    const char *message = cogmig_error_message(err);
    assert_true(strlen(message) > 0 || cogmig_error_status(err) == COGMIG_OK);
    for (const char *c = message; *c != '\0'; c++)
        assert_true((unsigned char)*c >= ' ');
    if (token->len > 100)
        assert_null(strstr(message, token->bytes + token->len - 100));
}

/* promises 7, 14, 57 */
static void judge_case(void **state)
{
    const char *path = *state;
    struct test_case c;
    start(&c);
    struct buffer script = data_case_read(path, ".case");
    struct span rest = {script.bytes, script.len}, line, word, argument;
    while (next_line(&rest, &line)) {
        split_line(line, &word, &argument);
        apply(&c, word, argument);
    }
    struct buffer token = make_token(&c);
    cogmig_verifier *verifier = make_verifier(&c);
    cogmig_claims *claims = NULL;
    cogmig_error *err = NULL;
    assert_int_equal(cogmig_error_new(&err), COGMIG_OK);

    /* an exact allocation, so that a sanitizer sees the first byte read behind it */
    char *exact = malloc(token.len + (token.len == 0));
    memcpy(exact, token.bytes, token.len);
    for (int times = 1; times <= 2; times++) { /* the second time perhaps out of the cache */
        cogmig_status status = cogmig_verifier_verify(verifier, exact, token.len, &claims, err);
        check_verdict(path, status, c.fetches, cogmig_error_failed_claims(err));
        check_message(err, &token);
        assert_true((claims != NULL) == (status == COGMIG_OK));
        cogmig_claims_free(&claims);
    }
    free(exact);
    cogmig_error_free(&err);
    cogmig_verifier_free(&verifier);
    buffer_release(&token);
    buffer_release(&script);
    release(&c);
}

int main(void)
{
    return data_cases_run("tokens", judge_case, make_keys, free_keys);
}
