#pragma once
#include <xxhash.h>

/// XXH3-128 of one span, by the widest vectors that the processor has. The plain entry of Debian's
/// library keeps to SSE2 on x86-64; the one that looks is a function of its own there, and the
/// digest is the same.
#if defined(__x86_64__)
XXH_PUBLIC_API XXH128_hash_t XXH3_128bits_dispatch(const void *input, size_t len);
static inline XXH128_hash_t holdfast_xxh3_128(const void *input, size_t len) {
    return XXH3_128bits_dispatch(input, len);
}
#else
static inline XXH128_hash_t holdfast_xxh3_128(const void *input, size_t len) {
    return XXH3_128bits(input, len);
}
#endif
