#pragma once
#include <sqlite3.h>

// The processor's hint to fetch a cache line, which Swift cannot say: a plain read would hold up everything behind it
// until the line is there. (For Store's dedupe window; no logic.)
static inline void holdfast_prefetch(const void *address) { __builtin_prefetch(address); }
