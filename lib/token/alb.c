/* SPDX-License-Identifier: Apache-2.0 */
#include "token/alb.h"

#include "base/aws_domain.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "status/error.h"
#include "token/issuer.h"

#include <string.h>

/* ---- arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}/{id} ---- */

static struct span take_up_to(struct span *rest, char separator)
{
    const char *found = memchr(rest->bytes, separator, rest->len);
    size_t len = found == NULL ? rest->len : (size_t)(found - rest->bytes);
    struct span part = {rest->bytes, len};
    size_t taken = len + (found != NULL);
    *rest = (struct span){rest->bytes + taken, rest->len - taken};
    return part;
}

static bool is_made_of(struct span part, const char *characters)
{
    for (size_t i = 0; i < part.len; i++)
        if (part.bytes[i] == '\0' || strchr(characters, part.bytes[i]) == NULL)
            return false;
    return part.len > 0;
}

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool read_arn(const char *arn, struct span *ret_region)
{
    struct span rest = {arn, strnlen(arn, ARN_MAX_BYTES + 1)};
    if (rest.len > ARN_MAX_BYTES || !span_equal_text(take_up_to(&rest, ':'), "arn"))
        return false;
    struct span partition = take_up_to(&rest, ':'), service = take_up_to(&rest, ':');
    *ret_region = take_up_to(&rest, ':');
    struct span account = take_up_to(&rest, ':');
    return span_starts_with(partition, "aws") && is_made_of(partition, LOWER "-") &&
           span_equal_text(service, "elasticloadbalancing") && region_is_valid(*ret_region) &&
           account.len == 12 && is_made_of(account, DIGITS) &&
           span_equal_text(take_up_to(&rest, '/'), "loadbalancer") &&
           span_equal_text(take_up_to(&rest, '/'), "app") &&
           is_made_of(take_up_to(&rest, '/'), DIGITS LOWER UPPER "-") &&
           is_made_of(rest, DIGITS LOWER);
}

/* ---- where the keys are ---- */

static void add_region(struct buffer *url, const char *before, struct span region)
{
    buffer_add_text(url, before);
    buffer_add(url, region);
}

/* GovCloud has buckets instead. UNVERIFIED for China and the European Sovereign Cloud: that the
 * host has the partition's suffix is inferred. */
static char *keys_url_of(struct span region)
{
    struct buffer url = buffer_with_max(JWKS_URL_MAX_BYTES);
    if (span_starts_with(region, "us-gov-")) {
        add_region(&url, "https://s3-", region);
        add_region(&url, ".amazonaws.com/aws-elb-public-keys-prod-", region);
    } else {
        add_region(&url, "https://public-keys.auth.elb.", region);
        buffer_add_byte(&url, '.');
        buffer_add_text(&url, aws_domain(region));
    }
    return buffer_take(&url, NULL);
}

/* ---- an ALB ---- */

static cogmig_status whole_or_nothing(struct alb *alb, cogmig_error *err)
{
    if (alb->arn != NULL && alb->issuer != NULL && alb->keys_url != NULL)
        return COGMIG_OK;
    alb_release(alb);
    return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

cogmig_status alb_make(const char *arn, const char *issuer, const char *keys_url,
                       struct alb *ret_alb, cogmig_error *err)
{
    struct span region;
    if (!read_arn(arn, &region))
        return fail(err, COGMIG_CONFIG_INVALID,
                    "\"%.150s\" is not the ARN of an Application Load Balancer, such as "
                    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/name/"
                    "50dc6c495c0c9188.",
                    arn);
    cogmig_status status = issuer_check_urls(issuer, keys_url, err);
    if (status != COGMIG_OK)
        return status;
    ret_alb->arn = memory_copy_text(arn);
    ret_alb->issuer = memory_copy_text(issuer);
    ret_alb->keys_url = keys_url == NULL ? keys_url_of(region) : memory_copy_text(keys_url);
    return whole_or_nothing(ret_alb, err);
}

cogmig_status alb_copy(const struct alb *alb, struct alb *ret_copy, cogmig_error *err)
{
    ret_copy->arn = memory_copy_text(alb->arn);
    ret_copy->issuer = memory_copy_text(alb->issuer);
    ret_copy->keys_url = memory_copy_text(alb->keys_url);
    return whole_or_nothing(ret_copy, err);
}

void alb_release(struct alb *alb)
{
    memory_free(alb->arn);
    memory_free(alb->issuer);
    memory_free(alb->keys_url);
    *alb = (struct alb){.arn = NULL};
}
