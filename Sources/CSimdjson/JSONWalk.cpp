// The walk itself: no recursion (an array of frames), no allocation once the buffers are warm, and
// every read is bounded by the text's length.
#include "JSONWalk.h"

#include <string.h>

namespace holdfast {

static inline bool isSpace(uint8_t byte) {
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static inline bool isDigit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

bool Walk::run() {
    const void *first = memchr(text, '\\', length);
    nextBackslash = first ? static_cast<const uint8_t *>(first) - text : length;
    if (!value()) return false;
    while (depth > 0) {
        if (!step(buffers.frames[depth - 1])) return false;
    }
    if (at != positionCount) return fail("content after the value", here());
    return true;
}

/// One more element or member of the innermost container, or its end.
bool Walk::step(Frame &frame) {
    const bool isObject = buffers.nodes[frame.node].kind == HFJSON_OBJECT;
    const uint8_t end = isObject ? '}' : ']';
    const uint8_t byte = peek();
    if (byte == end) {
        if (isObject && !hasNoTwins(frame)) return false;
        close(frame, static_cast<uint32_t>(here()) + 1);
        at++;
        return true;
    }
    if (frame.count > 0) {
        if (byte != ',') {
            return fail(isObject ? "expected , or } in an object" : "expected , or ] in an array",
                        here());
        }
        at++;
    }
    frame.count++;
    return isObject ? member(frame) : value();
}

/// True when the name at `node` is the first of its kind in an object that is small so far.
inline bool Walk::isNewName(Frame &frame, uint32_t node) {
    if (frame.count > smallObjectMax) return true;
    const hfjson_node &name = buffers.nodes[node];
    const uint8_t *own = bytes(name);
    uint64_t mix = name.length;
    if (name.length > 0) {
        mix += uint64_t{own[0]} << 8 | uint64_t{own[name.length / 2]} << 16
            | uint64_t{own[name.length - 1]} << 24;
    }
    const uint64_t bit = uint64_t{1} << (mix * 0x9e3779b97f4a7c15u >> 58);
    if (frame.names & bit) return hasNoTwinBefore(frame, node);
    frame.names |= bit;
    return true;
}

bool Walk::member(Frame &frame) {
    if (peek() != '"') return fail("expected a member name", here());
    const uint32_t name = nodeCount;
    if (!string(positions[at++])) return false;
    if (!isNewName(frame, name)) return false;
    if (peek() != ':') return fail("expected : after a member name", here());
    at++;
    return value();
}

bool Walk::value() {
    if (at >= positionCount) return fail("unexpected end of the text", length);
    const uint32_t start = positions[at];
    switch (text[start]) {
    case '"': at++; return string(start);
    case '{': return open(HFJSON_OBJECT, start);
    case '[': return open(HFJSON_ARRAY, start);
    case 't': return scalar(start, HFJSON_TRUE);
    case 'f': return scalar(start, HFJSON_FALSE);
    case 'n': return scalar(start, HFJSON_NULL);
    case '-': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
        return scalar(start, HFJSON_NUMBER);
    default: return fail("expected a value", start);
    }
}

bool Walk::open(uint8_t kind, uint32_t start) {
    if (depth == depthMax) {
        result.status = HFJSON_TOO_DEEP;
        result.offset = start;
        return false;
    }
    buffers.frames[depth++] = Frame{nodeCount, 0, 0};
    at++;
    return push(kind, start, 0);
}

void Walk::close(Frame &frame, uint32_t end) {
    hfjson_node &node = buffers.nodes[frame.node];
    node.length = end - node.start;
    node.next = nodeCount;
    node.count = frame.count > UINT16_MAX ? UINT16_MAX : static_cast<uint16_t>(frame.count);
    depth--;
}

/// The end of what begins at `start`: between it and the next position only white space can follow,
/// because simdjson marks the start of everything else.
inline uint32_t Walk::spanEnd(uint32_t start) const {
    uint32_t end = at < positionCount ? positions[at] : static_cast<uint32_t>(length);
    while (end > start + 1 && isSpace(text[end - 1])) end--;
    return end;
}

bool Walk::string(uint32_t start) {
    const uint32_t end = spanEnd(start);
    if (end < start + 2 || text[end - 1] != '"') return fail("a string without an end", start);
    if (!push(HFJSON_STRING, start + 1, end - start - 2)) return false;
    if (nextBackslash >= end) return true;
    if (nextBackslash > start && !unescape(buffers.nodes[nodeCount - 1])) return false;
    const void *next = memchr(text + end, '\\', length - end);
    nextBackslash = next ? static_cast<const uint8_t *>(next) - text : length;
    return true;
}

bool Walk::scalar(uint32_t start, uint8_t kind) {
    at++;
    const uint32_t size = spanEnd(start) - start;
    const uint8_t *from = text + start;
    bool isGood = false;
    switch (kind) {
    case HFJSON_TRUE: isGood = size == 4 && memcmp(from, "true", 4) == 0; break;
    case HFJSON_FALSE: isGood = size == 5 && memcmp(from, "false", 5) == 0; break;
    case HFJSON_NULL: isGood = size == 4 && memcmp(from, "null", 4) == 0; break;
    default:
        if (!isNumber(from, from + size)) return fail("not a number", start);
        isGood = true;
    }
    if (!isGood) return fail("expected true, false or null", start);
    return push(kind, start, size);
}

bool Walk::isNumber(const uint8_t *from, const uint8_t *end) {
    if (*from == '-') from++;
    if (from == end || !isDigit(*from)) return false;
    if (*from == '0') {
        from++;
    } else {
        while (from != end && isDigit(*from)) from++;
    }
    if (from != end && *from == '.') {
        from++;
        if (from == end || !isDigit(*from)) return false;
        while (from != end && isDigit(*from)) from++;
    }
    if (from != end && (*from == 'e' || *from == 'E')) {
        from++;
        if (from != end && (*from == '+' || *from == '-')) from++;
        if (from == end || !isDigit(*from)) return false;
        while (from != end && isDigit(*from)) from++;
    }
    return from == end;
}

inline bool Walk::push(uint8_t kind, uint32_t start, uint32_t size) {
    if (nodeCount == nodesMax) {
        result.status = HFJSON_TOO_MANY_VALUES;
        result.offset = start;
        return false;
    }
    // The buffer has room: it was grown to the number of positions, and each node takes one.
    buffers.nodes[nodeCount] = hfjson_node{start, size, nodeCount + 1, kind, 0, 0};
    nodeCount++;
    return true;
}

bool Walk::fail(const char *what, size_t offset) {
    result.status = HFJSON_MALFORMED;
    result.what = what;
    result.offset = offset;
    return false;
}

}  // namespace holdfast
