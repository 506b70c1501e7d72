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
template <bool escapes>
ALWAYS_INLINE void PlainWalk<escapes>::put(uint32_t start, uint32_t size, uint8_t kind) {
    const uint64_t words[2] = {uint64_t{size} << 32 | start, uint64_t{kind} << 32 | (fresh + 1)};
    static_assert(sizeof(words) == sizeof(hfjson_node), "two words");
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "members in the order of the bytes");
    memcpy(&nodes[fresh], words, sizeof(words));
    fresh++;
}

/// The end of what stands before the mark: only white space can be between.
template <bool escapes>
ALWAYS_INLINE uint32_t PlainWalk<escapes>::spanEnd() const {
    uint32_t end = *mark;
    while (isSpace(text[end - 1])) end--;
    return end;
}

/// Whether what begins at `start` is a string that ends before the mark; `size` is that of its
/// content.
template <bool escapes>
ALWAYS_INLINE bool PlainWalk<escapes>::isString(uint32_t start, uint32_t &size) const {
    uint32_t end = *mark;
    if (__builtin_expect(text[end - 1] != '"', 0)) {
        end = spanEnd();
        if (text[end - 1] != '"') return false;
    }
    size = end - start - 2;
    // Below 0 where the first quote is the last.
    return static_cast<int32_t>(size) >= 0;
}

/// Whether the name just put is the first of its kind. Its first two bytes (the second may be the
/// quote) and its size choose one of 64 bits: a clear one proves a new name, a set one costs a
/// comparison with those before, of which there are few.
template <bool escapes>
ALWAYS_INLINE bool PlainWalk<escapes>::isNew(uint32_t start, uint32_t size) {
    if (here.count > smallObjectMax) return true;
    uint16_t letters;
    memcpy(&letters, text + start, 2);
    // Behind the quote of an empty name may stand anything.
    if (size == 0) letters = 0;
    const uint64_t bit = uint64_t{1} << ((letters + size * 771) * 0x9e3779b9u >> 26);
    if (__builtin_expect((here.names & bit) != 0, 0)) {
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

template <bool escapes>
ALWAYS_INLINE bool PlainWalk<escapes>::name() {
    const uint32_t start = *mark;
    if (text[start] != '"') return false;
    mark++;
    uint32_t size;
    if (!isString(start, size)) return false;
    // A name with an escape is rare, and would have to be unescaped before it is compared.
    if (escapes && nextBackslash <= start + size) return false;
    put(start + 1, size, HFJSON_STRING);
    if (!isNew(start + 1, size) || text[*mark] != ':') return false;
    mark++;
    return true;
}

template <bool escapes>
ALWAYS_INLINE bool PlainWalk<escapes>::string(uint32_t start) {
    mark++;
    uint32_t size;
    if (!isString(start, size)) return false;
    put(start + 1, size, HFJSON_STRING);
    if (!escapes || nextBackslash > start + size) return true;
    const uint32_t end = start + size + 2;
    if (!general.unescape(nodes[fresh - 1])) return false;
    const void *next = memchr(text + end, '\\', length - end);
    nextBackslash = next ? static_cast<const uint8_t *>(next) - text : length;
    return true;
}

template <bool escapes>
ALWAYS_INLINE bool PlainWalk<escapes>::scalar(uint32_t start, uint8_t kind, const char *literal,
                                     uint32_t size) {
    mark++;
    if (spanEnd() - start != size || memcmp(text + start, literal, size) != 0) return false;
    put(start, size, kind);
    return true;
}

template <bool escapes>
ALWAYS_INLINE bool PlainWalk<escapes>::number(uint32_t start) {
    mark++;
    const uint32_t end = spanEnd();
    if (!Walk::isNumber(text + start, text + end)) return false;
    put(start, end - start, HFJSON_NUMBER);
    return true;
}

template <bool escapes>
ALWAYS_INLINE bool PlainWalk<escapes>::open(uint32_t start, bool opensObject) {
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
template <bool escapes>
ALWAYS_INLINE bool PlainWalk<escapes>::close() {
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
template <bool escapes>
ALWAYS_INLINE bool PlainWalk<escapes>::value() {
    const uint32_t start = *mark;
    if (__builtin_expect(text[start] == '"', 1)) return string(start);
    switch (text[start]) {
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

template <bool escapes>
ALWAYS_INLINE bool PlainWalk<escapes>::run() {
    const uint8_t first = text[*mark];
    if (mark == lastMark || (first != '{' && first != '[')) return false;
    if (text[*lastMark] != '}' && text[*lastMark] != ']') return false;
    if (!open(*mark, first == '{')) return false;
    uint8_t byte = text[*mark];
    while (true) {
        // The mark is at an element, a member, or the end of a container just opened.
        if (byte != (isObject ? '}' : ']')) {
            const uint32_t before = depth;
            here.count++;
            if ((isObject && !name()) || !value()) return false;
            byte = text[*mark];
            if (depth != before) continue;
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
        byte = text[*++mark];
        // A comma promises another one.
        if (byte == '}' || byte == ']') return false;
    }
}

bool walkPlainly(Walk &general) {
    const void *escape = memchr(general.text, '\\', general.length);
    if (!escape) return PlainWalk<false>(general, general.length).run();
    return PlainWalk<true>(general, static_cast<const uint8_t *>(escape) - general.text).run();
}

}  // namespace holdfast
