/* SPDX-License-Identifier: Apache-2.0 */
#include "base/authority.h"
#include "bounded.h"
#include "cmocka_all.h"

static void the_authority_ends_where_path_query_or_fragment_begins(void **state)
{
    (void)state;
    assert_true(span_equal_text(authority_of("https://a.example"), "a.example"));
    assert_true(span_equal_text(authority_of("http://a.example:80/b:1"), "a.example:80"));
    assert_true(span_equal_text(authority_of("https://a.example?b"), "a.example"));
    assert_true(span_equal_text(authority_of("https://a.example#b"), "a.example"));
}

static void another_scheme_has_no_authority(void **state)
{
    (void)state;
    static const char *const urls[] = {"", "https:/a.example", "HTTPS://a.example",
                                       "file:///etc/passwd", "a.example"};
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
        assert_int_equal(authority_of(urls[i]).len, 0);
}

static void a_host_is_a_name_or_an_address_in_brackets(void **state)
{
    (void)state;
    assert_true(authority_has_host(TEXT("a")));
    assert_true(authority_has_host(TEXT("127.0.0.1")));
    assert_true(authority_has_host(TEXT("[::1]")));
    assert_false(authority_has_host(TEXT("")));
    assert_false(authority_has_host(TEXT(":80")));
    assert_false(authority_has_host(TEXT("[]")));
    assert_false(authority_has_host(TEXT("[::1")));
    assert_false(authority_has_host(TEXT("[::1]a")));
    assert_false(authority_has_host(TEXT("::1")));
}

static void a_port_is_a_number_from_1_to_65535(void **state)
{
    (void)state;
    assert_true(authority_has_host(TEXT("a:1")));
    assert_true(authority_has_host(TEXT("[::1]:65535")));
    static const char *const ports[] = {"a:",   "a:0",    "a:65536", "a:000080",   "a:8x",
                                        "a:-1", "a:80@b", "[::1]:",  "[::1]:65536"};
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
        assert_false(authority_has_host(span_of(ports[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_authority_ends_where_path_query_or_fragment_begins),
        cmocka_unit_test(another_scheme_has_no_authority),
        cmocka_unit_test(a_host_is_a_name_or_an_address_in_brackets),
        cmocka_unit_test(a_port_is_a_number_from_1_to_65535),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
