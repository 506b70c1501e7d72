#pragma once
#include <malloc.h>
#include <sqlite3.h>

// The processor's hint to fetch a cache line, which Swift cannot say: a plain read would hold up everything behind it
// until the line is there. (For Store's dedupe window; no logic.)
static inline void holdfast_prefetch(const void *address) { __builtin_prefetch(address); }

// For Simulation, before SQLite is used: sqlite3_config is variadic and mallopt no module of Swift's. SQLite counts its
// memory under a lock that all threads share, and the C library gives large blocks back to the kernel and fetches them
// again, zeroed, page by page: a process that opens thousands of small files a second does little else.
static inline void holdfast_prepare_memory_for_many_files(void) {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
}
