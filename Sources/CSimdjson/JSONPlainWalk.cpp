// No question is asked twice: the text ends in a closing bracket, so every mark but that one has
// another behind it, and the end of the marks is looked for only where a container closes.
#include "JSONPlainWalk.h"

#include <string.h>

#define ALWAYS_INLINE inline __attribute__((always_inline))

namespace holdfast {

static ALWAYS_INLINE bool isSpace(uint8_t byte) {
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static ALWAYS_INLINE bool isDigit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

/// As two words: the compiler makes six stores of the members.
ALWAYS_INLINE void PlainWalk::put(uint32_t start, uint32_t size, uint8_t kind) {
    const uint64_t words[2] = {uint64_t{size} << 32 | start, uint64_t{kind} << 32 | (fresh + 1)};
    static_assert(sizeof(words) == sizeof(hfjson_node), "two words");
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "members in the order of the bytes");
    memcpy(&nodes[fresh], words, sizeof(words));
    fresh++;
}

/// The end of what stands before the mark: only white space can be between.
ALWAYS_INLINE uint32_t PlainWalk::spanEnd() const {
    uint32_t end = *mark;
    while (isSpace(text[end - 1])) end--;
    return end;
}

/// The end of the string before the mark, behind its quote; 0 when there is no quote.
ALWAYS_INLINE uint32_t PlainWalk::stringEnd(uint32_t start) const {
    uint32_t end = *mark;
    if (__builtin_expect(text[end - 1] != '"', 0)) {
        end = spanEnd();
        if (text[end - 1] != '"') return 0;
    }
    return end < start + 2 ? 0 : end;
}

/// Eight bytes of the text, zeros behind its end.
ALWAYS_INLINE uint64_t PlainWalk::word(size_t at) const {
    uint64_t bytes = 0;
    if (at + 8 <= length) {
        memcpy(&bytes, text + at, 8);
    } else {
        for (size_t byte = 0; at + byte < length; byte++) {
            bytes |= uint64_t{text[at + byte]} << (byte * 8);
        }
    }
    return bytes;
}

/// Whether the name just put is the first of its kind. Two words of it choose one of 64 bits: a
/// clear one proves a new name, a set one costs a comparison with those before.
ALWAYS_INLINE bool PlainWalk::isNew(uint32_t start, uint32_t size) {
    if (here.count > smallObjectMax) return true;
    uint64_t mix = word(start);
    if (size < 8) {
        mix &= (uint64_t{1} << (size * 8)) - 1;
    } else {
        mix += word(start + size - 8) * 5;
    }
    const uint64_t bit = uint64_t{1} << ((mix + size) * 0x9e3779b97f4a7c15u >> 58);
    if (here.names & bit) {
        const uint32_t node = fresh - 1;
        for (uint32_t other = here.node + 1; other < node; other = nodes[other + 1].next) {
            if (nodes[other].length == size
                && memcmp(text + nodes[other].start, text + start, size) == 0) {
                return false;
            }
        }
    }
    here.names |= bit;
    return true;
}

ALWAYS_INLINE bool PlainWalk::name() {
    const uint32_t start = *mark;
    if (text[start] != '"') return false;
    mark++;
    const uint32_t end = stringEnd(start);
    // A name with an escape is rare, and would have to be unescaped before it is compared.
    if (end == 0 || nextBackslash < end) return false;
    put(start + 1, end - start - 2, HFJSON_STRING);
    if (!isNew(start + 1, end - start - 2) || text[*mark] != ':') return false;
    mark++;
    return true;
}

ALWAYS_INLINE bool PlainWalk::string(uint32_t start) {
    mark++;
    const uint32_t end = stringEnd(start);
    if (end == 0) return false;
    put(start + 1, end - start - 2, HFJSON_STRING);
    if (nextBackslash >= end) return true;
    if (!general.unescape(nodes[fresh - 1])) return false;
    const void *next = memchr(text + end, '\\', length - end);
    nextBackslash = next ? static_cast<const uint8_t *>(next) - text : length;
    return true;
}

ALWAYS_INLINE bool PlainWalk::scalar(uint32_t start, uint8_t kind, const char *literal,
                                     uint32_t size) {
    mark++;
    if (spanEnd() - start != size || memcmp(text + start, literal, size) != 0) return false;
    put(start, size, kind);
    return true;
}

ALWAYS_INLINE bool PlainWalk::number(uint32_t start) {
    mark++;
    const uint32_t end = spanEnd();
    if (!Walk::isNumber(text + start, text + end)) return false;
    put(start, end - start, HFJSON_NUMBER);
    return true;
}

ALWAYS_INLINE bool PlainWalk::open(uint32_t start, bool opensObject) {
    if (depth == depthMax) return false;
    if (depth > 0) frames[depth - 1] = here;
    depth++;
    here = Frame{fresh, 0, 0};
    isObject = opensObject;
    put(start, 0, opensObject ? HFJSON_OBJECT : HFJSON_ARRAY);
    mark++;
    return true;
}

/// The innermost container ends at the mark.
ALWAYS_INLINE bool PlainWalk::close() {
    hfjson_node &node = nodes[here.node];
    node.length = *mark + 1 - node.start;
    node.next = fresh;
    node.count = here.count > UINT16_MAX ? UINT16_MAX : static_cast<uint16_t>(here.count);
    if (isObject && here.count > smallObjectMax) {
        general.nodeCount = fresh;
        // A copy: what has an address cannot stay in registers.
        const Frame closed = here;
        if (!general.hasNoTwins(closed)) return false;
    }
    depth--;
    if (depth > 0) {
        here = frames[depth - 1];
        isObject = nodes[here.node].kind == HFJSON_OBJECT;
    }
    return true;
}

/// A scalar is read, a container opened.
ALWAYS_INLINE bool PlainWalk::value() {
    const uint32_t start = *mark;
    switch (text[start]) {
    case '"': return string(start);
    case '{': return open(start, true);
    case '[': return open(start, false);
    case 't': return scalar(start, HFJSON_TRUE, "true", 4);
    case 'f': return scalar(start, HFJSON_FALSE, "false", 5);
    case 'n': return scalar(start, HFJSON_NULL, "null", 4);
    default:
        if (!isDigit(text[start]) && text[start] != '-') return false;
        return number(start);
    }
}

ALWAYS_INLINE bool PlainWalk::run() {
    const uint8_t first = text[*mark];
    if (mark == lastMark || (first != '{' && first != '[')) return false;
    if (text[*lastMark] != '}' && text[*lastMark] != ']') return false;
    const void *escape = memchr(text, '\\', length);
    nextBackslash = escape ? static_cast<const uint8_t *>(escape) - text : length;
    if (!open(*mark, first == '{')) return false;
    while (true) {
        // The mark is at an element, a member, or the end of a container just opened.
        uint8_t byte = text[*mark];
        if (here.count > 0 || byte != (isObject ? '}' : ']')) {
            const uint32_t before = depth;
            here.count++;
            if ((isObject && !name()) || !value()) return false;
            if (depth != before) continue;
            byte = text[*mark];
        }
        // Behind a value: a comma, or the ends of one or more containers.
        while (byte != ',') {
            if (byte != (isObject ? '}' : ']') || !close()) return false;
            if (mark == lastMark || depth == 0) {
                general.nodeCount = fresh;
                return mark == lastMark && depth == 0;
            }
            byte = text[*++mark];
        }
        mark++;
    }
}

bool walkPlainly(Walk &general) { return PlainWalk(general).run(); }

}  // namespace holdfast
