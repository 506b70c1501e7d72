// Strings with escapes: unescaped into the side text, never longer than they were.
#include "JSONWalk.h"

#include <string.h>

namespace holdfast {

bool Walk::unescape(hfjson_node &node) {
    size_t from = node.start;
    const size_t end = from + node.length;
    const size_t sideStart = sideLength;
    while (from < end) {
        const void *found = memchr(text + from, '\\', end - from);
        const size_t stop = found ? static_cast<const uint8_t *>(found) - text : end;
        memcpy(buffers.sideText + sideLength, text + from, stop - from);
        sideLength += stop - from;
        if (stop == end) break;
        from = stop + 1;
        if (from >= end) return fail("an escape without a character", stop);
        uint8_t plain = 0;
        switch (text[from++]) {
        case '"': plain = '"'; break;
        case '\\': plain = '\\'; break;
        case '/': plain = '/'; break;
        case 'b': plain = '\b'; break;
        case 'f': plain = '\f'; break;
        case 'n': plain = '\n'; break;
        case 'r': plain = '\r'; break;
        case 't': plain = '\t'; break;
        case 'u':
            if (!escapedCodePoint(from, end)) return false;
            continue;
        default: return fail("an unknown escape", stop);
        }
        buffers.sideText[sideLength++] = plain;
    }
    node.start = static_cast<uint32_t>(sideStart);
    node.length = static_cast<uint32_t>(sideLength - sideStart);
    node.isInSideText = 1;
    return true;
}

bool Walk::hexadecimal(size_t from, size_t end, uint32_t &unit) {
    if (end - from < 4) return false;
    unit = 0;
    for (size_t index = from; index < from + 4; index++) {
        const uint8_t byte = text[index];
        const uint8_t letter = byte | 0x20;
        uint32_t digit;
        if (byte >= '0' && byte <= '9') {
            digit = byte - '0';
        } else if (letter >= 'a' && letter <= 'f') {
            digit = letter - 'a' + 10;
        } else {
            return false;
        }
        unit = unit << 4 | digit;
    }
    return true;
}

/// The code point after `\u`, a pair of surrogates read as one; a lone one is no character.
bool Walk::escapedCodePoint(size_t &from, size_t end) {
    uint32_t code;
    const size_t start = from - 2;
    if (!hexadecimal(from, end, code)) return fail("\\u needs four hexadecimal digits", start);
    from += 4;
    if (code >= 0xdc00 && code <= 0xdfff) return fail("a lone surrogate", start);
    if (code >= 0xd800 && code <= 0xdbff) {
        uint32_t low;
        if (end - from < 6 || text[from] != '\\' || text[from + 1] != 'u'
            || !hexadecimal(from + 2, end, low) || low < 0xdc00 || low > 0xdfff) {
            return fail("a lone surrogate", start);
        }
        from += 6;
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    uint8_t *out = buffers.sideText + sideLength;
    if (code < 0x80) {
        out[0] = static_cast<uint8_t>(code);
        sideLength += 1;
    } else if (code < 0x800) {
        out[0] = static_cast<uint8_t>(0xc0 | code >> 6);
        out[1] = static_cast<uint8_t>(0x80 | (code & 0x3f));
        sideLength += 2;
    } else if (code < 0x10000) {
        out[0] = static_cast<uint8_t>(0xe0 | code >> 12);
        out[1] = static_cast<uint8_t>(0x80 | (code >> 6 & 0x3f));
        out[2] = static_cast<uint8_t>(0x80 | (code & 0x3f));
        sideLength += 3;
    } else {
        out[0] = static_cast<uint8_t>(0xf0 | code >> 18);
        out[1] = static_cast<uint8_t>(0x80 | (code >> 12 & 0x3f));
        out[2] = static_cast<uint8_t>(0x80 | (code >> 6 & 0x3f));
        out[3] = static_cast<uint8_t>(0x80 | (code & 0x3f));
        sideLength += 4;
    }
    return true;
}

}  // namespace holdfast
