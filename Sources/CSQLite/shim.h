#pragma once
#include <malloc.h>
#include <sqlite3.h>

// The processor's hint to fetch a cache line, which Swift cannot say: a plain read would hold up everything behind it
// until the line is there. (For Store's dedupe window; no logic.)
static inline void holdfast_prefetch(const void *address) { __builtin_prefetch(address); }

// Whether closing makes a checkpoint, of which SQLite would not tell how it went. (For Store; here because
// sqlite3_db_config is variadic.)
static inline void holdfast_checkpoint_at_close(sqlite3 *db, int makes) {
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !makes, (int *)0);
}

// Memory for a process that opens thousands of small files a second (Simulation), here because sqlite3_config is
// variadic and Swift has no variable of a thread. SQLite as Debian builds it asks the C library for every little thing,
// counts it under a lock that all threads share, and what it gives back is merged and split again for the next file:
// that took half of what an opening takes. Here each thread keeps the blocks that it gets back, by size, for ever.

// Up to 1 KiB one class for each 16 bytes, then one for each power of two up to 256 KiB; larger ones are not kept.
#define HOLDFAST_SMALL_CLASSES 65
#define HOLDFAST_CLASSES (HOLDFAST_SMALL_CLASSES + 8)

// The thread's blocks, by class. A block that another thread gives back stays with that one.
static inline void **holdfast_blocks(void) {
    static __thread void *blocks[HOLDFAST_CLASSES];
    return blocks;
}

// The class of a size, and how many bytes a block of that class has.
static inline size_t holdfast_block_class(size_t *bytes) {
    if (*bytes <= 1024) {
        const size_t number = (*bytes + 15) / 16;
        *bytes = number * 16;
        return number;
    }
    size_t number = HOLDFAST_SMALL_CLASSES;
    size_t size = 2048;
    while (size < *bytes && number < HOLDFAST_CLASSES) {
        size *= 2;
        number += 1;
    }
    if (number < HOLDFAST_CLASSES) *bytes = size;
    return number;
}

// Sixteen bytes before each block say its class and its size.
static inline void *holdfast_block_make(int size) {
    size_t bytes = (size_t)size;
    const size_t number = holdfast_block_class(&bytes);
    void **const blocks = holdfast_blocks();
    if (number < HOLDFAST_CLASSES && blocks[number]) {
        void *const kept = blocks[number];
        blocks[number] = *(void **)kept;
        return kept;
    }
    size_t *const made = (size_t *)malloc(bytes + 16);
    if (!made) return NULL;
    made[0] = number;
    made[1] = bytes;
    return made + 2;
}

static inline int holdfast_block_size(void *block) { return (int)((size_t *)block)[-1]; }

static inline void holdfast_block_free(void *block) {
    const size_t number = ((size_t *)block)[-2];
    if (number >= HOLDFAST_CLASSES) {
        free((size_t *)block - 2);
        return;
    }
    void **const blocks = holdfast_blocks();
    // A class has room for a link from 16 bytes on; SQLite asks for none of 0.
    *(void **)block = blocks[number];
    blocks[number] = block;
}

static inline void *holdfast_block_resize(void *block, int size) {
    const int held = holdfast_block_size(block);
    if (size <= held && size > held / 2) return block;
    void *const other = holdfast_block_make(size);
    if (!other) return NULL;
    __builtin_memcpy(other, block, (size_t)(size < held ? size : held));
    holdfast_block_free(block);
    return other;
}

static inline int holdfast_block_round(int size) {
    size_t bytes = (size_t)size;
    holdfast_block_class(&bytes);
    return (int)bytes;
}
static inline int holdfast_blocks_begin(void *nothing) {
    (void)nothing;
    return SQLITE_OK;
}
static inline void holdfast_blocks_end(void *nothing) { (void)nothing; }

// Before SQLite is first used; later it is of no effect. The C library keeps what it is given back, too, instead of
// fetching it from the kernel again, zeroed, page by page.
static inline void holdfast_prepare_memory_for_many_files(void) {
    static const sqlite3_mem_methods methods = {
        holdfast_block_make, holdfast_block_free, holdfast_block_resize, holdfast_block_size,
        holdfast_block_round, holdfast_blocks_begin, holdfast_blocks_end, NULL,
    };
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
}
