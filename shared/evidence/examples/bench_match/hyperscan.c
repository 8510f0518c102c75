/* The Hyperscan side of `cargo xtask bench match`: the same patterns over the same log.
 * Usage: hyperscan PATTERNS LITERALS LOG. Prints "name value" lines; megabytes a second of this
 * process's own time, the best of several rounds. Also compiles against Vectorscan. */
#define _GNU_SOURCE
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 5, WRITE_BYTES = 65536 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static char *slurp(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file) { perror(path); exit(1); }
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size + 1);
    if (!bytes || fread(bytes, 1, *size, file) != *size) { perror(path); exit(1); }
    bytes[*size] = 0;
    fclose(file);
    return bytes;
}

static unsigned long long matches;
static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *context) {
    (void)id; (void)from; (void)to; (void)flags; (void)context;
    matches++;
    return 0;
}

static double block_speed(const hs_database_t *database, const char *log, size_t size) {
    hs_scratch_t *scratch = NULL;
    double best = 1e9;
    if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) exit(1);
    for (int round = 0; round < ROUNDS; round++) {
        double from = now();
        matches = 0;
        if (hs_scan(database, log, (unsigned)size, 0, scratch, on_match, NULL) != HS_SUCCESS) exit(1);
        double took = now() - from;
        if (took < best) best = took;
    }
    hs_free_scratch(scratch);
    return (double)size / 1e6 / best;
}

static double stream_speed(const hs_database_t *database, const char *log, size_t size) {
    hs_scratch_t *scratch = NULL;
    double best = 1e9;
    if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) exit(1);
    for (int round = 0; round < ROUNDS; round++) {
        hs_stream_t *stream = NULL;
        double from = now();
        if (hs_open_stream(database, 0, &stream) != HS_SUCCESS) exit(1);
        for (size_t at = 0; at < size; at += WRITE_BYTES) {
            size_t piece = size - at < WRITE_BYTES ? size - at : WRITE_BYTES;
            if (hs_scan_stream(stream, log + at, (unsigned)piece, 0, scratch, on_match, NULL)) exit(1);
        }
        hs_close_stream(stream, scratch, on_match, NULL);
        double took = now() - from;
        if (took < best) best = took;
    }
    hs_free_scratch(scratch);
    return (double)size / 1e6 / best;
}

struct list { const char **texts; unsigned *flags; unsigned *ids; size_t *sizes; unsigned count; };

/* Entries are a flag, the text, a zero. */
static struct list entries(char *bytes, size_t size) {
    struct list list = {0};
    list.texts = calloc(size + 1, sizeof *list.texts);
    list.flags = calloc(size + 1, sizeof *list.flags);
    list.ids = calloc(size + 1, sizeof *list.ids);
    list.sizes = calloc(size + 1, sizeof *list.sizes);
    for (char *at = bytes; at < bytes + size; at += strlen(at) + 1) {
        list.texts[list.count] = at + 1;
        list.flags[list.count] = (*at == 'i' ? HS_FLAG_CASELESS : 0) | HS_FLAG_MULTILINE;
        list.sizes[list.count] = strlen(at + 1);
        list.ids[list.count] = list.count;
        list.count++;
    }
    return list;
}

/* Leaves the patterns that Hyperscan takes, as they are or as prefilters. */
static void supported(struct list *list) {
    unsigned kept = 0, prefilters = 0;
    for (unsigned at = 0; at < list->count; at++) {
        unsigned flags = list->flags[at];
        hs_database_t *database = NULL;
        hs_compile_error_t *error = NULL;
        if (hs_compile(list->texts[at], flags, HS_MODE_BLOCK, NULL, &database, &error)) {
            hs_free_compile_error(error);
            error = NULL;
            flags |= HS_FLAG_PREFILTER;
            if (hs_compile(list->texts[at], flags, HS_MODE_BLOCK, NULL, &database, &error)) {
                hs_free_compile_error(error);
                continue;
            }
            prefilters++;
        }
        hs_free_database(database);
        list->texts[kept] = list->texts[at];
        list->flags[kept] = flags;
        kept++;
    }
    list->count = kept;
    printf("patterns %u\nprefilter_patterns %u\n", kept, prefilters);
}

static hs_database_t *compiled(const struct list *list, unsigned mode) {
    hs_database_t *database = NULL;
    hs_compile_error_t *error = NULL;
    if (hs_compile_multi(list->texts, list->flags, list->ids, list->count, mode, NULL, &database,
                         &error)) {
        fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
    return database;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    size_t patterns_size, literals_size, log_size;
    char *patterns_bytes = slurp(argv[1], &patterns_size);
    char *literals_bytes = slurp(argv[2], &literals_size);
    char *log = slurp(argv[3], &log_size);
    struct list patterns = entries(patterns_bytes, patterns_size);
    supported(&patterns);
    double from = now();
    hs_database_t *database = compiled(&patterns, HS_MODE_BLOCK);
    printf("build_ms %.2f\n", (now() - from) * 1e3);
    size_t size = 0;
    hs_database_size(database, &size);
    printf("database_kb %.2f\n", (double)size / 1e3);
    printf("block_mb_per_s %.2f\n", block_speed(database, log, log_size));
    printf("block_reports %llu\n", matches);
    hs_free_database(database);
    database = compiled(&patterns, HS_MODE_STREAM);
    printf("stream_mb_per_s %.2f\n", stream_speed(database, log, log_size));
    hs_free_database(database);

    struct list literals = entries(literals_bytes, literals_size);
    for (unsigned at = 0; at < literals.count; at++) literals.flags[at] &= ~HS_FLAG_MULTILINE;
    hs_compile_error_t *error = NULL;
    if (hs_compile_lit_multi(literals.texts, literals.flags, literals.ids, literals.sizes,
                             literals.count, HS_MODE_BLOCK, NULL, &database, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    printf("literals_only_mb_per_s %.2f\n", block_speed(database, log, log_size));
    return 0;
}
