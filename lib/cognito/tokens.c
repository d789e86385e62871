/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/tokens.h"

#include "base/memory.h"
#include "base/public.h"
#include "cognito/document.h"
#include "status/error.h"

struct cogmig_cognito_tokens {
    struct text_block texts;
    const char *challenge, *session, *id, *access, *refresh;
    int64_t expires_in_s;
};

/* An empty one is none. */
static const char *read_text(cogmig_cognito_tokens *tokens, struct json_value object,
                             const char *member)
{
    const char *text = text_block_member(&tokens->texts, object, member);
    return text == NULL || *text == '\0' ? NULL : text;
}

static void read_result(struct json_value result, cogmig_cognito_tokens *tokens)
{
    struct json_value seconds;
    tokens->id = read_text(tokens, result, "IdToken");
    tokens->access = read_text(tokens, result, "AccessToken");
    tokens->refresh = read_text(tokens, result, "RefreshToken");
    if (!json_find(result, "ExpiresIn", &seconds) || seconds.type != JSON_NUMBER ||
        !json_integer(seconds, &tokens->expires_in_s) || tokens->expires_in_s < 0)
        tokens->expires_in_s = 0;
}

cogmig_status tokens_read(const struct answer *answer, cogmig_cognito_tokens **ret_tokens,
                          cogmig_error *err)
{
    struct json_value result;
    cogmig_cognito_tokens *tokens = memory_new(sizeof *tokens);
    if (tokens != NULL)
        tokens->texts = text_block_new(answer->body.len);
    if (tokens == NULL || tokens->texts.bytes == NULL) {
        memory_free(tokens);
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    }
    tokens->challenge = read_text(tokens, answer->root, "ChallengeName");
    tokens->session = read_text(tokens, answer->root, "Session");
    if (json_find(answer->root, "AuthenticationResult", &result))
        read_result(result, tokens);
    if (tokens->access != NULL)
        tokens->challenge = NULL; /* cognito-local names one beside the tokens */
    if (tokens->access == NULL && tokens->challenge == NULL) {
        cogmig_cognito_tokens_free(&tokens);
        return fail(err, COGMIG_COGNITO_RESPONSE_INVALID,
                    "Cognito's answer holds neither an access token nor a challenge.");
    }
    *ret_tokens = tokens;
    return COGMIG_OK;
}

COGMIG_PUBLIC void cogmig_cognito_tokens_free(cogmig_cognito_tokens **tokens)
{
    if (tokens == NULL || *tokens == NULL)
        return;
    text_block_release(&(*tokens)->texts);
    memory_free(*tokens);
    *tokens = NULL;
}

COGMIG_PUBLIC const char *cogmig_cognito_tokens_challenge(const cogmig_cognito_tokens *tokens)
{
    return tokens == NULL ? NULL : tokens->challenge;
}

COGMIG_PUBLIC const char *cogmig_cognito_tokens_session(const cogmig_cognito_tokens *tokens)
{
    return tokens == NULL ? NULL : tokens->session;
}

COGMIG_PUBLIC const char *cogmig_cognito_tokens_id(const cogmig_cognito_tokens *tokens)
{
    return tokens == NULL ? NULL : tokens->id;
}

COGMIG_PUBLIC const char *cogmig_cognito_tokens_access(const cogmig_cognito_tokens *tokens)
{
    return tokens == NULL ? NULL : tokens->access;
}

COGMIG_PUBLIC const char *cogmig_cognito_tokens_refresh(const cogmig_cognito_tokens *tokens)
{
    return tokens == NULL ? NULL : tokens->refresh;
}

COGMIG_PUBLIC int64_t cogmig_cognito_tokens_expires_in_s(const cogmig_cognito_tokens *tokens)
{
    return tokens == NULL ? 0 : tokens->expires_in_s;
}
