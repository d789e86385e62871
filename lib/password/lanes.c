/* SPDX-License-Identifier: Apache-2.0 */
#include "password/lanes.h"

#include <string.h>

enum {
    ROUNDS_BETWEEN_QUESTIONS = 32 /* 2 to 4 ms */
};

/* ---- a job's beginning and end ---- */

static void begin(struct lanes *lanes, struct lane_job *job)
{
    size_t free_lane = lanes->busy++;
    key_schedule_begin(&lanes->states[free_lane], &job->password, &job->salt);
    lanes->lane[free_lane] = (struct lane){job, UINT64_C(1) << job->cost};
}

/* The text that bcrypt encrypts 64 times: "OrpheanBeholderScryDoubt". */
static const uint32_t magic[BCRYPT_DIGEST_WORDS] = {0x4F727068, 0x65616E42, 0x65686F6C,
                                                    0x64657253, 0x63727944, 0x6F756274};

static void write_digest(const struct blowfish *state, uint32_t digest[BCRYPT_DIGEST_WORDS])
{
    for (size_t i = 0; i < BCRYPT_DIGEST_WORDS; i += 2) {
        struct blowfish_block block = {magic[i], magic[i + 1]};
        for (int times = 0; times < 64; times++)
            block = blowfish_encrypt(state, block);
        digest[i] = block.left;
        digest[i + 1] = block.right;
    }
}

/* The last busy lane takes the place, so that busy lanes stay together in front. */
static struct lane_job *end(struct lanes *lanes, size_t index)
{
    struct lane_job *job = lanes->lane[index].job;
    write_digest(&lanes->states[index], job->digest);
    size_t last = --lanes->busy;
    if (index != last) {
        lanes->states[index] = lanes->states[last];
        lanes->lane[index] = lanes->lane[last];
    }
    return job;
}

/* ---- the lanes together ---- */

static void one_round(struct lanes *lanes)
{
    for (size_t i = 0; i < lanes->busy; i++)
        key_schedule_mix(&lanes->states[i], &lanes->lane[i].job->password);
    blowfish_expand(lanes->states, lanes->busy);
    for (size_t i = 0; i < lanes->busy; i++)
        key_schedule_mix(&lanes->states[i], &lanes->lane[i].job->salt);
    blowfish_expand(lanes->states, lanes->busy);
}

static uint64_t rounds_until_first_ends(const struct lanes *lanes)
{
    uint64_t rounds = ROUNDS_BETWEEN_QUESTIONS;
    for (size_t i = 0; i < lanes->busy; i++)
        if (lanes->lane[i].rounds_left < rounds)
            rounds = lanes->lane[i].rounds_left;
    return rounds;
}

static void advance(struct lanes *lanes)
{
    uint64_t rounds = rounds_until_first_ends(lanes);
    for (uint64_t i = 0; i < rounds; i++)
        one_round(lanes);
    for (size_t i = 0; i < lanes->busy; i++)
        lanes->lane[i].rounds_left -= rounds;
}

static void fill(struct lanes *lanes, const struct lane_feed *feed)
{
    while (lanes->busy < BLOWFISH_LANES) {
        struct lane_job *job = feed->next(feed->user_data);
        if (job == NULL)
            return;
        begin(lanes, job);
    }
}

static void hand_over(struct lanes *lanes, const struct lane_feed *feed)
{
    for (size_t i = lanes->busy; i-- > 0;)
        if (lanes->lane[i].rounds_left == 0)
            feed->done(feed->user_data, end(lanes, i));
}

void lanes_run(struct lanes *lanes, const struct lane_feed *feed)
{
    lanes->busy = 0;
    for (fill(lanes, feed); lanes->busy > 0; fill(lanes, feed)) {
        advance(lanes);
        hand_over(lanes, feed);
    }
}
