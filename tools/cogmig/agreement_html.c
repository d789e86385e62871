/* SPDX-License-Identifier: Apache-2.0
 * The report as one page that needs nothing else: no script, no picture, no network. */
#include "agreement.h"

#include <inttypes.h>
#include <string.h>

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1c2430;--dim:#5b6675;--paper:#fff;--card:#f4f6f9;"
    "--line:#d9dfe7;--good:#1a7f4b;--bad:#b3261e;--rest:#c3ccd8}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--dim:#9aa7b8;--paper:#12161c;"
    "--card:#1b222c;--line:#2c3643;--good:#4cc38a;--bad:#ff8a80;--rest:#3a4656}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}"
    "main{max-width:64rem;margin:0 auto;padding:1.5rem 1rem 4rem}"
    "h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}h2{font-size:1.15rem;margin:0}"
    ".dim{color:var(--dim);margin:.25rem 0}"
    ".bar{display:flex;height:1.5rem;border-radius:.4rem;overflow:hidden;background:var(--rest);"
    "margin:1rem 0 .35rem}"
    ".bar i{display:block;background:var(--good)}.bar i.bad{background:var(--bad)}"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;"
    "margin:1.5rem 0}"
    ".tile{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.75rem}"
    ".tile b{display:block;font-size:1.4rem;font-variant-numeric:tabular-nums}"
    "section{border-top:1px solid var(--line);padding:1.1rem 0}"
    "section header{display:flex;gap:.75rem;align-items:baseline}"
    ".count{font-weight:700;font-variant-numeric:tabular-nums;color:var(--bad)}"
    ".count.rest{color:var(--dim)}"
    ".scroll{overflow-x:auto;margin-top:.6rem}"
    "table{border-collapse:collapse;font-size:.9rem;width:100%}"
    "th,td{text-align:left;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line);"
    "white-space:nowrap;vertical-align:top}"
    "th{color:var(--dim);font-weight:600}"
    "td{font-family:ui-monospace,monospace;max-width:24rem;overflow:hidden;text-overflow:ellipsis}"
    ".good{color:var(--good);font-weight:700}";

static void write_escaped(const char *text, FILE *out)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

/* With a thin space between thousands. */
static void write_number(uint64_t number, FILE *out)
{
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, number);
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            fputs("&#8239;", out);
        fputc(digits[i], out);
    }
}

static uint64_t count(const struct agreement *agreement, int32_t what)
{
    return cogmig_reconcile_count(agreement->counts, what);
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
}

/* ---- how far it is ---- */

static void write_head(const struct agreement *agreement, FILE *out)
{
    fprintf(out,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
            "<title>Cognito and the legacy store</title><style>%s</style></head><body><main>\n",
            style);
    fputs("<h1>Cognito and the legacy store</h1><p class=\"dim\">", out);
    if (agreement->pool_id != NULL) {
        write_escaped(agreement->pool_id, out);
        fputs(" &middot; ", out);
    }
    fputs(agreement->time, out);
    if (agreement->listing != NULL)
        fprintf(out, " &middot; Cognito&rsquo;s users as listed until %s", agreement->listed);
    fputs("</p>\n", out);
}

static void write_progress(const struct agreement *agreement, FILE *out)
{
    uint64_t all = count(agreement, COGMIG_RECONCILE_STORE_USERS);
    uint64_t migrated = count(agreement, COGMIG_RECONCILE_MIGRATED);
    uint64_t in_order = count(agreement, COGMIG_RECONCILE_IN_ORDER);
    fprintf(out,
            "<div class=\"bar\" role=\"img\" aria-label=\"%.1f percent migrated\">"
            "<i style=\"width:%.4f%%\"></i><i class=\"bad\" style=\"width:%.4f%%\"></i></div>\n",
            percent(migrated, all), percent(in_order, all), percent(migrated - in_order, all));
    fprintf(out, "<p><b>%.1f&#8239;%% migrated</b>: ", percent(migrated, all));
    write_number(migrated, out);
    fputs(" of ", out);
    write_number(all, out);
    fputs(" legacy users, ", out);
    write_number(in_order, out);
    fputs(" of them in order.</p>\n", out);
}

static void write_tile(const struct agreement *agreement, int32_t what, const char *label,
                       FILE *out)
{
    fputs("<div class=\"tile\"><b>", out);
    write_number(count(agreement, what), out);
    fprintf(out, "</b>%s</div>\n", label);
}

static void write_tiles(const struct agreement *agreement, FILE *out)
{
    fputs("<div class=\"tiles\">", out);
    write_tile(agreement, COGMIG_RECONCILE_STORE_USERS, "legacy users", out);
    write_tile(agreement, COGMIG_RECONCILE_COGNITO_USERS, "Cognito users", out);
    write_tile(agreement, COGMIG_RECONCILE_LINKS, "links in the map", out);
    write_tile(agreement, COGMIG_DIFFERENCE_NOT_MIGRATED, "not migrated yet", out);
    write_tile(agreement, COGMIG_RECONCILE_COGNITO_ONLY, "only in Cognito", out);
    fputs("</div>\n", out);
}

/* ---- what is wrong ---- */

static const struct {
    const char *member;
    const char *heading;
} columns[] = {
    {"legacy_id", "legacy id"}, {"sub", "sub"},
    {"other_sub", "other sub"}, {"other_legacy_id", "its legacy id"},
    {"attribute", "attribute"}, {"cognito", "in Cognito"},
    {"store", "in the store"},
};

enum {
    COLUMN_COUNT = sizeof columns / sizeof columns[0]
};

static bool any_has(const json_t *examples, const char *member)
{
    size_t index;
    const json_t *example;
    json_array_foreach(examples, index, example)
    {
        if (json_object_get(example, member) != NULL)
            return true;
    }
    return false;
}

static void write_row(const json_t *examples, const json_t *example, FILE *out)
{
    fputs("<tr>", out);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (!any_has(examples, columns[i].member))
            continue;
        const char *text = json_string_value(json_object_get(example, columns[i].member));
        fputs("<td>", out);
        write_escaped(text == NULL ? "" : text, out);
        fputs("</td>", out);
    }
    fputs("</tr>\n", out);
}

static void write_examples(const json_t *examples, FILE *out)
{
    size_t index;
    const json_t *example;
    fputs("<div class=\"scroll\"><table><thead><tr>", out);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if (any_has(examples, columns[i].member))
            fprintf(out, "<th>%s</th>", columns[i].heading);
    fputs("</tr></thead><tbody>\n", out);
    json_array_foreach(examples, index, example)
    {
        write_row(examples, example, out);
    }
    fputs("</tbody></table></div>", out);
}

static void write_kind(const struct agreement *agreement, const struct kind_text *kind, FILE *out)
{
    uint64_t found = count(agreement, kind->kind);
    if (found == 0)
        return;
    fprintf(out, "<section><header><span class=\"count%s\">",
            kind->kind == COGMIG_DIFFERENCE_NOT_MIGRATED ? " rest" : "");
    write_number(found, out);
    fprintf(out, "</span><h2>%s</h2></header><p class=\"dim\">%s</p><p>%s</p>", kind->title,
            kind->meaning, kind->remedy);
    write_examples(agreement->examples[kind->kind], out);
    if (found > AGREEMENT_MAX_EXAMPLES)
        fprintf(out, "<p class=\"dim\">The first %d of them.</p>", AGREEMENT_MAX_EXAMPLES);
    fputs("</section>\n", out);
}

void agreement_write_html(const struct agreement *agreement, FILE *out)
{
    write_head(agreement, out);
    write_progress(agreement, out);
    write_tiles(agreement, out);
    if (agreement_faults(agreement) == 0)
        fputs("<p class=\"good\">Both sides tell the same story.</p>\n", out);
    for (size_t i = 0; i < AGREEMENT_KINDS - 1; i++)
        write_kind(agreement, &agreement_kinds[i], out);
    fputs("</main></body></html>\n", out);
}
