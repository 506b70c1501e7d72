// The second stage: from the positions that simdjson found to nodes, with every rule of RFC 8259
// checked. Internal to this target.
#ifndef JSONWALK_H
#define JSONWALK_H

#include "include/CSimdjson.h"

namespace holdfast {

/// Up to so many members names are compared pairwise; larger objects are sorted when they close.
static const uint32_t smallObjectMax = 16;

/// An open container.
struct Frame {
    uint32_t node;
    uint32_t count;
    /// A filter over the names seen: a clear bit proves a new name without a comparison.
    uint64_t names;
};

/// Buffers that outlive a parse.
struct Buffers {
    hfjson_node *nodes = nullptr;
    size_t nodeCapacity = 0;
    uint8_t *sideText = nullptr;
    size_t sideCapacity = 0;
    uint32_t *sorted = nullptr;
    size_t sortedCapacity = 0;
    Frame *frames = nullptr;
};

/// Grows a buffer to at least `needed` elements, doubling; false when there is no memory.
/// What it held is not kept.
template <typename T> bool grow(T *&buffer, size_t &capacity, size_t needed);

/// One walk over one text.
struct Walk {
    const uint8_t *text;
    size_t length;
    const uint32_t *positions;
    uint32_t positionCount;
    Buffers &buffers;
    uint32_t depthMax;
    uint32_t nodesMax;
    hfjson_result &result;

    uint32_t at = 0;
    uint32_t nodeCount = 0;
    uint32_t depth = 0;
    size_t sideLength = 0;
    /// The first backslash at or after the string being read; `length` when there is none.
    size_t nextBackslash = 0;

    bool run();

    /// Forgets what a walk that gave up has left.
    void startAgain() {
        nodeCount = 0;
        sideLength = 0;
    }

    // What the quick walk (JSONPlainWalk.h) leaves to this one.
    bool unescape(hfjson_node &node);
    bool hasNoTwins(const Frame &frame);
    /// RFC 8259, section 6: the whole span, of any length and magnitude.
    static bool isNumber(const uint8_t *from, const uint8_t *end);

private:
    bool value();
    bool member(Frame &frame);
    bool step(Frame &frame);
    bool open(uint8_t kind, uint32_t start);
    void close(Frame &frame, uint32_t end);
    bool string(uint32_t start);
    bool hexadecimal(size_t from, size_t end, uint32_t &unit);
    bool escapedCodePoint(size_t &from, size_t end);
    bool scalar(uint32_t start, uint8_t kind);
    bool isNewName(Frame &frame, uint32_t node);
    bool hasNoTwinBefore(const Frame &frame, uint32_t node);
    bool push(uint8_t kind, uint32_t start, uint32_t length);
    bool fail(const char *what, size_t offset);
    bool failDuplicate(uint32_t node);

    uint32_t spanEnd(uint32_t start) const;
    const uint8_t *bytes(const hfjson_node &node) const {
        return (node.isInSideText ? buffers.sideText : text) + node.start;
    }
    uint8_t peek() const { return at < positionCount ? text[positions[at]] : 0; }
    size_t here() const { return at < positionCount ? positions[at] : length; }
};

}  // namespace holdfast
#endif
