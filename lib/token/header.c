/* SPDX-License-Identifier: Apache-2.0 */
#include "token/header.h"

#include "base/base64url.h"
#include "keyset/jwk.h"
#include "status/error.h"

#include <string.h>

/* ---- one JSON object ---- */

static cogmig_status decode(struct span text, struct token_header *header, struct span *ret_json,
                            cogmig_error *err)
{
    size_t len = 0;
    bool fits = base64url_max_decoded(text.len) <= sizeof header->bytes;
    if (fits && !base64url_decode(text, header->bytes, &len))
        return fail(err, COGMIG_TOKEN_MALFORMED, "The token's header is not strict base64url.");
    if (!fits || len > HEADER_MAX_BYTES)
        return fail(err, COGMIG_TOKEN_TOO_LARGE, "The token's header is larger than %d bytes.",
                    HEADER_MAX_BYTES);
    *ret_json = (struct span){(const char *)header->bytes, len};
    return COGMIG_OK;
}

/* jku, jwk, x5u and x5c are not looked at: keys come from the configuration. */
enum parameter {
    ALG,
    B64,
    CRIT,
    KID,
    TYP,
    PARAMETER_COUNT
};

struct parameters {
    struct json_value at[PARAMETER_COUNT]; /* text.bytes is NULL for those that are absent */
};

static void take_parameter(void *user_data, const struct json_member *member)
{
    static const char *const names[] = {
        [ALG] = "alg", [B64] = "b64", [CRIT] = "crit", [KID] = "kid", [TYP] = "typ"};
    struct parameters *parameters = user_data;
    for (int i = 0; i < PARAMETER_COUNT; i++)
        if (json_string_equals(member->name, span_of(names[i])))
            parameters->at[i] = member->value;
}

static bool is_there(const struct parameters *parameters, enum parameter which)
{
    return parameters->at[which].text.bytes != NULL;
}

static bool is_text(const struct parameters *parameters, enum parameter which)
{
    return is_there(parameters, which) && parameters->at[which].type == JSON_STRING;
}

static cogmig_status parse(struct span json, struct parameters *ret_parameters,
                           struct json_value *ret_object, cogmig_error *err)
{
    struct json_fault fault;
    if (!json_check_and_visit(json, take_parameter, ret_parameters, ret_object, &fault))
        return fail(err, COGMIG_TOKEN_HEADER_INVALID,
                    "The token's header is not strict JSON: %s, at byte %zu.", fault.reason,
                    fault.offset);
    if (ret_object->type != JSON_OBJECT)
        return fail(err, COGMIG_TOKEN_HEADER_INVALID, "The token's header is not a JSON object.");
    return COGMIG_OK;
}

/* ---- its parameters ---- */

static cogmig_status read_algorithm(const struct parameters *parameters, uint32_t accepted,
                                    struct token_header *header, cogmig_error *err)
{
    enum {
        MAX_SHOWN = 32
    };
    struct json_value alg = parameters->at[ALG];
    if (!is_text(parameters, ALG))
        return fail(err, COGMIG_TOKEN_HEADER_INVALID, "The token's header has no alg text.");
    header->algorithm = algorithm_named(alg) & accepted;
    if (header->algorithm != 0)
        return COGMIG_OK;
    int shown = alg.text.len > MAX_SHOWN ? MAX_SHOWN : (int)alg.text.len;
    return fail(err, COGMIG_TOKEN_ALGORITHM_REFUSED, "The token's alg is %.*s; %s.", shown,
                alg.text.bytes,
                accepted == SIGNATURE_RS256 ? "only \"RS256\" is accepted"
                                            : "that is none of those that are accepted");
}

/* No extension is understood here, so any crit names one that is not; b64 (RFC 7797) would change
 * what is signed. */
static cogmig_status judge_extensions(const struct parameters *parameters, cogmig_error *err)
{
    if (is_there(parameters, CRIT))
        return fail(err, COGMIG_TOKEN_CRITICAL_REFUSED, "The token's header has crit.");
    if (is_there(parameters, B64))
        return fail(err, COGMIG_TOKEN_CRITICAL_REFUSED, "The token's header has b64.");
    return COGMIG_OK;
}

/* RFC 7515 section 4.1.9: typ is a media type, "application/" may be left out, case is free. */
static struct span without_prefix(struct span name)
{
    struct span prefix = span_of("application/");
    if (name.len > prefix.len &&
        span_equal_ascii_case((struct span){name.bytes, prefix.len}, prefix))
        return (struct span){name.bytes + prefix.len, name.len - prefix.len};
    return name;
}

static cogmig_status read_type(const struct parameters *parameters, struct token_header *header,
                               cogmig_error *err)
{
    struct json_value typ = parameters->at[TYP];
    if (!is_there(parameters, TYP))
        return COGMIG_OK;
    if (typ.type != JSON_STRING)
        return fail(err, COGMIG_TOKEN_HEADER_INVALID, "The typ of the token's header is no text.");
    char decoded[128] = "";
    struct span name = {decoded, 0};
    if (typ.text.len <= sizeof decoded)
        name.len = json_string_decode_into(typ, decoded);
    name = without_prefix(name);
    header->access_token_type = span_equal_ascii_case(name, span_of("at+jwt"));
    if (header->access_token_type || span_equal_ascii_case(name, span_of("JWT")))
        return COGMIG_OK;
    return fail(err, COGMIG_TOKEN_TYPE_REFUSED,
                "The token's typ is neither JWT nor at+jwt: it was made for another purpose.");
}

/* Unescaped; more than KID_MAX_BYTES for what cannot be a kid of a key set (keyset/jwk.c). */
static size_t kid_length(struct json_value kid)
{
    char decoded[6 * KID_MAX_BYTES + 2]; /* each byte may be written as \u00XX */
    if (kid.text.len > sizeof decoded || memchr(kid.text.bytes, '\\', kid.text.len) == NULL)
        return kid.text.len - 2;
    size_t len = json_string_decode_into(kid, decoded);
    return memchr(decoded, '\0', len) == NULL ? len : SIZE_MAX;
}

static cogmig_status read_kid(const struct parameters *parameters, struct token_header *header,
                              cogmig_error *err)
{
    header->kid = parameters->at[KID];
    if (!is_text(parameters, KID))
        return fail(err, COGMIG_TOKEN_HEADER_INVALID, "The token's header has no kid text.");
    size_t len = kid_length(header->kid);
    if (len == SIZE_MAX)
        return fail(err, COGMIG_TOKEN_HEADER_INVALID,
                    "The kid of the token's header holds U+0000.");
    if (len == 0 || len > KID_MAX_BYTES)
        return fail(err, COGMIG_TOKEN_HEADER_INVALID,
                    "The kid of the token's header has %zu bytes; 1 to %d are possible.", len,
                    KID_MAX_BYTES);
    return COGMIG_OK;
}

cogmig_status token_header_read(struct span text, uint32_t algorithms,
                                struct token_header *ret_header, cogmig_error *err)
{
    struct span json;
    struct parameters parameters = {.at = {{JSON_NULL, {NULL, 0}}}};
    ret_header->access_token_type = false;
    cogmig_status status = decode(text, ret_header, &json, err);
    if (status == COGMIG_OK)
        status = parse(json, &parameters, &ret_header->object, err);
    if (status == COGMIG_OK)
        status = read_algorithm(&parameters, algorithms, ret_header, err);
    if (status == COGMIG_OK)
        status = judge_extensions(&parameters, err);
    if (status == COGMIG_OK)
        status = read_type(&parameters, ret_header, err);
    if (status == COGMIG_OK)
        status = read_kid(&parameters, ret_header, err);
    return status;
}
