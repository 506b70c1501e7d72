// The walk over a text that is good, which nearly all are. It asks what the general walk asks and
// leaves the same nodes, but says nothing about what is wrong: where it meets a fault, or something
// rare, it gives up, and the general walk decides from the start. Internal to this target.
#ifndef JSONPLAINWALK_H
#define JSONPLAINWALK_H

#include "JSONWalk.h"

namespace holdfast {

/// One quick walk. All its state is in one local object whose functions are inlined, so that it
/// lives in registers.
struct PlainWalk {
    const uint8_t *const text;
    const size_t length;
    const uint32_t *mark;
    const uint32_t *const lastMark;
    hfjson_node *const nodes;
    Frame *const frames;
    const uint32_t depthMax;
    /// Unescapes strings, and compares the names of large objects.
    Walk &general;

    /// The next free node.
    uint32_t fresh = 0;
    uint32_t depth = 0;
    /// The innermost open container; those around it are in `frames`.
    Frame here{0, 0, 0};
    bool isObject = false;
    size_t nextBackslash = 0;

    explicit PlainWalk(Walk &walk)
        : text(walk.text), length(walk.length), mark(walk.positions),
          lastMark(walk.positions + walk.positionCount - 1), nodes(walk.buffers.nodes),
          frames(walk.buffers.frames), depthMax(walk.depthMax), general(walk) {}

    bool run();

private:
    bool name();
    bool value();
    bool string(uint32_t start);
    bool scalar(uint32_t start, uint8_t kind, const char *literal, uint32_t size);
    bool number(uint32_t start);
    bool open(uint32_t start, bool opensObject);
    bool close();
    bool isNew(uint32_t start, uint32_t size);
    uint64_t word(size_t at) const;
    void put(uint32_t start, uint32_t size, uint8_t kind);
    uint32_t spanEnd() const;
    uint32_t stringEnd(uint32_t start) const;
};

/// Whether the whole text is good; the nodes are there then, and the general walk's count is
/// theirs.
bool walkPlainly(Walk &general);

}  // namespace holdfast
#endif
