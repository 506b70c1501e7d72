// Duplicate member names. Small objects: a filter of 64 bits, and comparisons only where it cannot
// say. Large ones are sorted when they close, so that a hostile object costs n log n, not
// n squared.
#include "JSONWalk.h"

#include <algorithm>
#include <stdlib.h>
#include <string.h>

namespace holdfast {

template <typename T> bool grow(T *&buffer, size_t &capacity, size_t needed) {
    if (needed <= capacity) return true;
    size_t wanted = capacity < 1024 ? 1024 : capacity;
    while (wanted < needed) wanted *= 2;
    T *fresh = static_cast<T *>(malloc(wanted * sizeof(T)));
    if (!fresh) return false;
    free(buffer);
    buffer = fresh;
    capacity = wanted;
    return true;
}

template bool grow<hfjson_node>(hfjson_node *&, size_t &, size_t);
template bool grow<uint8_t>(uint8_t *&, size_t &, size_t);
template bool grow<uint32_t>(uint32_t *&, size_t &, size_t);

bool Walk::failDuplicate(uint32_t node) {
    const hfjson_node &twin = buffers.nodes[node];
    result.status = HFJSON_DUPLICATE_NAME;
    result.offset = twin.isInSideText ? SIZE_MAX : twin.start;
    result.name = bytes(twin);
    result.nameLength = twin.length;
    return false;
}

/// True when no earlier name of an object that is small so far equals the one at `node`. Called
/// when the filter cannot say.
bool Walk::hasNoTwinBefore(const Frame &frame, uint32_t node) {
    const hfjson_node &name = buffers.nodes[node];
    const uint8_t *own = bytes(name);
    for (uint32_t other = frame.node + 1; other < node; other = buffers.nodes[other + 1].next) {
        const hfjson_node &earlier = buffers.nodes[other];
        if (earlier.length == name.length && memcmp(bytes(earlier), own, name.length) == 0) {
            return failDuplicate(node);
        }
    }
    return true;
}

/// At the end of a large object: sorts its names and compares neighbours.
bool Walk::hasNoTwins(const Frame &frame) {
    if (frame.count <= smallObjectMax) return true;
    if (!grow(buffers.sorted, buffers.sortedCapacity, frame.count)) {
        result.status = HFJSON_NO_MEMORY;
        return false;
    }
    uint32_t *names = buffers.sorted;
    uint32_t count = 0;
    for (uint32_t node = frame.node + 1; node < nodeCount; node = buffers.nodes[node + 1].next) {
        names[count++] = node;
    }
    std::sort(names, names + count, [this](uint32_t left, uint32_t right) {
        const hfjson_node &one = buffers.nodes[left];
        const hfjson_node &two = buffers.nodes[right];
        if (one.length != two.length) return one.length < two.length;
        const int order = memcmp(bytes(one), bytes(two), one.length);
        return order != 0 ? order < 0 : left < right;
    });
    for (uint32_t index = 1; index < count; index++) {
        const hfjson_node &one = buffers.nodes[names[index - 1]];
        const hfjson_node &two = buffers.nodes[names[index]];
        if (one.length == two.length && memcmp(bytes(one), bytes(two), one.length) == 0) {
            return failDuplicate(names[index]);
        }
    }
    return true;
}

}  // namespace holdfast
