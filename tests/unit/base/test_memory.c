/* SPDX-License-Identifier: Apache-2.0
 * Linked with --wrap for calloc and free, to see what reaches them. */
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "cmocka_all.h"

#include <cogmig/memory.h>
#include <stdlib.h>
#include <string.h>

static struct {
    const char *bytes; /* the block whose end is waited for */
    size_t size;
    bool seen;
    bool wiped;
} watched;

static bool refusing;

void *__real_calloc(size_t count, size_t size);
void __real_free(void *block);
void *__wrap_calloc(size_t count, size_t size);
void __wrap_free(void *block);

void *__wrap_calloc(size_t count, size_t size)
{
    return refusing ? NULL : __real_calloc(count, size);
}

static bool all_zero(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* The block handed out lies in the block that is freed, behind its size. */
void __wrap_free(void *block)
{
    if (watched.bytes != NULL && (uintptr_t)watched.bytes - (uintptr_t)block <= 64) {
        watched.seen = true;
        watched.wiped = all_zero(watched.bytes, watched.size);
        watched.bytes = NULL;
    }
    __real_free(block);
}

static void watch(const char *bytes, size_t size)
{
    watched.bytes = bytes;
    watched.size = size;
    watched.seen = watched.wiped = false;
}

static char *new_secret(size_t size)
{
    char *secret = memory_new(size);
    assert_non_null(secret);
    memset(secret, 'S', size);
    watch(secret, size);
    return secret;
}

static void assert_wiped(void)
{
    assert_true(watched.seen);
    assert_true(watched.wiped);
}

static void new_memory_is_zero_and_aligned(void **state)
{
    (void)state;
    for (size_t size = 0; size < 200; size++) {
        SCOPED(memory_release) char *block = memory_new(size);
        assert_non_null(block);
        assert_true(all_zero(block, size));
        assert_int_equal((uintptr_t)block % _Alignof(max_align_t), 0);
    }
}

/* promise 8 */
static void a_block_is_wiped_to_its_last_byte_when_freed(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 15, 16, 17, 1000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        memory_free(new_secret(sizes[i]));
        assert_wiped();
    }
}

static void the_public_free_wipes_as_well(void **state)
{
    (void)state;
    cogmig_free(new_secret(100));
    assert_wiped();
    cogmig_free(NULL);
}

static void leaving_a_scope_wipes(void **state)
{
    (void)state;
    {
        SCOPED(memory_release) char *secret = new_secret(33);
        assert_int_equal(secret[32], 'S');
    }
    assert_wiped();
}

static void resizing_wipes_the_old_block_and_keeps_its_content(void **state)
{
    (void)state;
    static const size_t sizes[] = {10, 64, 500};
    for (size_t i = 0; i < 3; i++) {
        char *resized = memory_resize(new_secret(64), sizes[i]);
        assert_wiped();
        for (size_t at = 0; at < sizes[i]; at++)
            assert_int_equal(resized[at], at < 64 ? 'S' : 0);
        watch(resized, sizes[i]);
        memory_free(resized);
        assert_wiped();
    }
}

/* promise 8 */
static void a_growing_buffer_leaves_no_copy_behind(void **state)
{
    (void)state;
    struct buffer b = buffer_with_max(1000);
    buffer_add_text(&b, "the password");
    watch(b.bytes, b.capacity);
    for (int i = 0; i < 200; i++)
        buffer_add_byte(&b, 'x');
    assert_wiped();
    watch(b.bytes, b.capacity);
    buffer_release(&b);
    assert_wiped();
}

static void freeing_nothing_is_fine(void **state)
{
    (void)state;
    memory_free(NULL);
    char *none = NULL;
    memory_release(&none);
}

static void copies_end_in_a_nul(void **state)
{
    (void)state;
    SCOPED(memory_release) char *text = memory_copy_text("abc");
    SCOPED(memory_release) char *bytes = memory_copy_bytes("a\0c!", 3);
    SCOPED(memory_release) char *nothing = memory_copy_bytes(NULL, 0);
    assert_string_equal(text, "abc");
    assert_memory_equal(bytes, "a\0c", 4);
    assert_string_equal(nothing, "");
}

static void sizes_that_cannot_be_are_refused(void **state)
{
    (void)state;
    assert_null(memory_new(SIZE_MAX));
    assert_null(memory_new(SIZE_MAX - 8));
    assert_null(memory_copy_bytes("x", SIZE_MAX));
}

static void a_refused_allocation_is_told_and_loses_nothing(void **state)
{
    (void)state;
    SCOPED(memory_release) char *block = memory_copy_text("kept");
    refusing = true;
    char *larger = memory_resize(block, 100), *copy = memory_copy_text("x");
    void *fresh = memory_new(1);
    refusing = false;
    assert_null(larger);
    assert_null(copy);
    assert_null(fresh);
    assert_string_equal(block, "kept");
}

static void a_buffer_without_memory_says_so(void **state)
{
    (void)state;
    struct buffer b = buffer_with_max(1000);
    buffer_add_text(&b, "kept");
    refusing = true;
    for (int i = 0; i < 300; i++)
        buffer_add_byte(&b, 'x');
    refusing = false;
    assert_int_equal(b.state, BUFFER_REFUSED);
    buffer_add_byte(&b, 'x');
    assert_int_equal(b.state, BUFFER_REFUSED);
    assert_null(buffer_take(&b, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_memory_is_zero_and_aligned),
        cmocka_unit_test(a_block_is_wiped_to_its_last_byte_when_freed),
        cmocka_unit_test(the_public_free_wipes_as_well),
        cmocka_unit_test(leaving_a_scope_wipes),
        cmocka_unit_test(resizing_wipes_the_old_block_and_keeps_its_content),
        cmocka_unit_test(a_growing_buffer_leaves_no_copy_behind),
        cmocka_unit_test(freeing_nothing_is_fine),
        cmocka_unit_test(copies_end_in_a_nul),
        cmocka_unit_test(sizes_that_cannot_be_are_refused),
        cmocka_unit_test(a_refused_allocation_is_told_and_loses_nothing),
        cmocka_unit_test(a_buffer_without_memory_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
