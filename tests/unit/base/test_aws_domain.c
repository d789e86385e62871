/* SPDX-License-Identifier: Apache-2.0 */
#include "base/aws_domain.h"
#include "bounded.h"
#include "cmocka_all.h"

static void each_partition_has_its_domain(void **state)
{
    (void)state;
    static const struct {
        const char *region, *domain;
    } regions[] = {
        {"eu-central-1", "amazonaws.com"},    {"us-gov-west-1", "amazonaws.com"},
        {"cn-north-1", "amazonaws.com.cn"},   {"eusc-de-east-1", "amazonaws.eu"},
        {"us-iso-east-1", "c2s.ic.gov"},      {"us-isob-east-1", "sc2s.sgov.gov"},
        {"eu-isoe-west-1", "cloud.adc-e.uk"}, {"us-isof-south-1", "csp.hci.ic.gov"},
    };
    for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++)
        assert_string_equal(aws_domain(span_of(regions[i].region)), regions[i].domain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_partition_has_its_domain)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
