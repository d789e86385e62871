/* SPDX-License-Identifier: Apache-2.0
 * Any answer of Cognito's API: tokens, users and refusals are read inside of its bounds, and what
 * is told is text. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "cognito/page.h"
#include "cognito/refusal.h"
#include "cognito/tokens.h"
#include "fuzz.h"

#include <string.h>

static void check_user(const cogmig_cognito_user *user)
{
    HOLDS(span_is_utf8(span_of(cogmig_cognito_user_name(user))));
    HOLDS(cogmig_cognito_user_status(user) != NULL);
    for (size_t i = 0; i < user->attribute_count; i++)
        HOLDS(span_is_utf8(span_of(user->attributes[i].name)) &&
              span_is_utf8(span_of(user->attributes[i].value)));
    (void)cogmig_cognito_user_attribute(user, "email");
}

static void read_users(const struct answer *answer)
{
    SCOPED(page_release) cogmig_cognito_page *many = NULL;
    SCOPED(page_release) cogmig_cognito_page *one = NULL;
    HOLDS((page_read(answer, &many, NULL) == COGMIG_OK) == (many != NULL));
    HOLDS((page_read_user(answer, &one, NULL) == COGMIG_OK) == (one != NULL));
    for (size_t i = 0; i < cogmig_cognito_page_size(many); i++)
        check_user(cogmig_cognito_page_user(many, i));
    if (one != NULL)
        check_user(cogmig_cognito_page_user(one, 0));
}

static void read_tokens(const struct answer *answer)
{
    SCOPED(cogmig_cognito_tokens_free) cogmig_cognito_tokens *tokens = NULL;
    if (tokens_read(answer, &tokens, NULL) != COGMIG_OK) {
        HOLDS(tokens == NULL);
        return;
    }
    HOLDS((cogmig_cognito_tokens_access(tokens) != NULL) ==
          (cogmig_cognito_tokens_challenge(tokens) == NULL));
    HOLDS(span_is_utf8(span_of(cogmig_cognito_tokens_refresh(tokens))));
    HOLDS(span_is_utf8(span_of(cogmig_cognito_tokens_id(tokens))));
    HOLDS(span_is_utf8(span_of(cogmig_cognito_tokens_session(tokens))));
}

/* Whatever the body is, an answer other than 200 is no success. */
static void read_refusal(struct buffer body)
{
    static const struct refused_call calls[] = {
        {"InitiateAuth", false, {"a", 1}, {"b", 1}, {NULL, 0}},
        {"ListUsers", true, {NULL, 0}, {NULL, 0}, {"c", 1}}};
    static const int32_t statuses[] = {400, 403, 429, 500};
    for (size_t i = 0; i < 8; i++) {
        const struct http_reply reply = {.http_status = statuses[i / 2], .body = body};
        SCOPED(cogmig_error_free) cogmig_error *err = NULL;
        HOLDS(cogmig_error_new(&err) == COGMIG_OK);
        cogmig_status status = refusal_of(&calls[i % 2], &reply, err);
        HOLDS(status != COGMIG_OK && cogmig_error_status(err) == status);
        (void)refusal_is_passing(status, err);
        (void)refusal_is_of_credentials(err);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCOPED(buffer_release) struct buffer body = buffer_with_max(1 << 20);
    struct answer answer;
    buffer_add(&body, (struct span){(const char *)data, size});
    if (size == 0 || body.state != BUFFER_GOOD)
        return 0;
    read_refusal(body);
    answer.body = body;
    if (!json_check((struct span){body.bytes, body.len}, &answer.root, NULL) ||
        answer.root.type != JSON_OBJECT)
        return 0;
    read_users(&answer);
    read_tokens(&answer);
    return 0;
}
