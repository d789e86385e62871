/* SPDX-License-Identifier: Apache-2.0 */
#include "token/header.h"

#include "base/base64url.h"
#include "keyset/jwk.h"
#include "status/error.h"

/* ---- one JSON object ---- */

static cogmig_status decode(struct span text, struct token_header *header, struct span *ret_json,
                            cogmig_error *err)
{
    size_t len;
    if (base64url_max_decoded(text.len) > sizeof header->bytes)
        return fail(err, COGMIG_TOKEN_TOO_LARGE, "The token's header is larger than %d bytes.",
                    HEADER_MAX_BYTES);
    if (!base64url_decode(text, header->bytes, &len))
        return fail(err, COGMIG_TOKEN_MALFORMED, "The token's header is not strict base64url.");
    *ret_json = (struct span){(const char *)header->bytes, len};
    return COGMIG_OK;
}

static cogmig_status parse(struct span json, struct json_value *ret_object, cogmig_error *err)
{
    struct json_fault fault;
    if (!json_check(json, ret_object, &fault))
        return fail(err, COGMIG_TOKEN_HEADER_INVALID,
                    "The token's header is not strict JSON: %s, at byte %zu.", fault.reason,
                    fault.offset);
    if (ret_object->type != JSON_OBJECT)
        return fail(err, COGMIG_TOKEN_HEADER_INVALID, "The token's header is not a JSON object.");
    return COGMIG_OK;
}

/* ---- its members; jku, jwk, x5u and x5c are not looked at: keys come from the configuration ----
 */

static uint32_t algorithm_named(struct json_value alg)
{
    for (uint32_t bit = 1; bit <= SIGNATURE_ALL; bit <<= 1)
        if (json_string_equals(alg, span_of(algorithm_name(bit))))
            return bit;
    return 0;
}

static cogmig_status read_algorithm(struct json_value object, uint32_t accepted,
                                    struct token_header *header, cogmig_error *err)
{
    enum {
        MAX_SHOWN = 32
    };
    struct json_value alg;
    if (!json_find(object, "alg", &alg) || alg.type != JSON_STRING)
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
static cogmig_status judge_extensions(struct json_value object, cogmig_error *err)
{
    struct json_value value;
    if (json_find(object, "crit", &value))
        return fail(err, COGMIG_TOKEN_CRITICAL_REFUSED, "The token's header has crit.");
    if (json_find(object, "b64", &value))
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

static cogmig_status read_type(struct json_value object, struct token_header *header,
                               cogmig_error *err)
{
    struct json_value typ;
    if (!json_find(object, "typ", &typ))
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

static cogmig_status read_kid(struct json_value object, struct token_header *header,
                              cogmig_error *err)
{
    if (!json_find(object, "kid", &header->kid) || header->kid.type != JSON_STRING)
        return fail(err, COGMIG_TOKEN_HEADER_INVALID, "The token's header has no kid text.");
    size_t len = header->kid.text.len - 2;
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
    struct json_value object;
    ret_header->access_token_type = false;
    cogmig_status status = decode(text, ret_header, &json, err);
    if (status == COGMIG_OK)
        status = parse(json, &object, err);
    if (status == COGMIG_OK)
        status = read_algorithm(object, algorithms, ret_header, err);
    if (status == COGMIG_OK)
        status = judge_extensions(object, err);
    if (status == COGMIG_OK)
        status = read_type(object, ret_header, err);
    if (status == COGMIG_OK)
        status = read_kid(object, ret_header, err);
    return status;
}
