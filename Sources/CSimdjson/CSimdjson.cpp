// The owner of the buffers, and simdjson's first stage. Its `stage1` keeps to the text's length
// (the last block is copied to a buffer of its own), so records are read where the log left them.
#include "CSimdjson.h"

#include <algorithm>
#include <new>
#include <simdjson.h>
#include <stdlib.h>

#include "JSONPlainWalk.h"

static_assert(sizeof(hfjson_node) == 16, "EventModel.JSONNode has 16 bytes");
static_assert(offsetof(hfjson_node, kind) == 12 && offsetof(hfjson_node, count) == 14,
              "the members of EventModel.JSONNode, in its order");

using namespace holdfast;

struct hfjson_parser {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
    Buffers buffers;
    uint32_t depthMax;
    uint32_t nodesMax;
    bool walksPlainly = true;
};

/// What of a first-stage error the caller should know. The first fault met wins there; for us a
/// text that is not UTF-8 is not JSON at all, whatever else is wrong with it.
static void describe(simdjson::error_code error, const uint8_t *text, size_t length,
                     hfjson_result &result) {
    if (error == simdjson::MEMALLOC) {
        result.status = HFJSON_NO_MEMORY;
        return;
    }
    if (!simdjson::validate_utf8(reinterpret_cast<const char *>(text), length)) {
        result.status = HFJSON_NOT_UTF8;
        return;
    }
    result.status = HFJSON_MALFORMED;
    switch (error) {
    case simdjson::EMPTY: result.what = "no value"; break;
    case simdjson::UNCLOSED_STRING: result.what = "a string without an end"; break;
    case simdjson::UNESCAPED_CHARS: result.what = "a control character in a string"; break;
    default: result.what = "no JSON text"; break;
    }
}

/// Makes the buffers, with the first text: most parsers of a decoder never see one.
static bool prepare(hfjson_parser &parser) {
    const size_t frameBytes = sizeof(Frame) * (size_t{parser.depthMax} + 1);
    if (!parser.buffers.frames) parser.buffers.frames = static_cast<Frame *>(malloc(frameBytes));
    if (!parser.buffers.frames
        || !grow(parser.buffers.nodes, parser.buffers.nodeCapacity, 1)
        || !grow(parser.buffers.sideText, parser.buffers.sideCapacity, 1)) {
        return false;
    }
    return !simdjson::get_active_implementation()->create_dom_parser_implementation(
        4096, 1, parser.stage);
}

extern "C" {

hfjson_parser *hfjson_create(uint32_t depthMax, uint32_t nodesMax) {
    auto *parser = new (std::nothrow) hfjson_parser();
    if (!parser) return nullptr;
    parser->depthMax = depthMax;
    parser->nodesMax = nodesMax;
    return parser;
}

void hfjson_destroy(hfjson_parser *parser) {
    if (!parser) return;
    free(parser->buffers.nodes);
    free(parser->buffers.sideText);
    free(parser->buffers.sorted);
    free(parser->buffers.frames);
    delete parser;
}

void hfjson_walk_generally(hfjson_parser *parser) { parser->walksPlainly = false; }

void hfjson_parse(hfjson_parser *parser, const uint8_t *text, size_t length,
                  hfjson_result *result) {
    const hfjson_result nothing{HFJSON_OK, nullptr, 0, nullptr, nullptr, SIZE_MAX, nullptr, 0};
    *result = nothing;
    if (length >= UINT32_MAX - 64) {
        result->status = HFJSON_TOO_LARGE;
        return;
    }
    if (length == 0) {
        describe(simdjson::EMPTY, text, length, *result);
        return;
    }
    if (!parser->stage && !prepare(*parser)) {
        result->status = HFJSON_NO_MEMORY;
        return;
    }
    auto &stage = *parser->stage;
    simdjson::error_code error = simdjson::SUCCESS;
    if (length > stage.capacity()) {
        size_t capacity = stage.capacity();
        while (capacity < length) capacity *= 2;
        if (capacity > UINT32_MAX - 64) capacity = UINT32_MAX - 64;
        error = stage.set_capacity(capacity);
    }
    if (!error) error = stage.stage1(text, length, simdjson::stage1_mode::regular);
    if (error) {
        describe(error, text, length, *result);
        return;
    }
    Buffers &buffers = parser->buffers;
    const size_t nodesNeeded = std::min(stage.n_structural_indexes, parser->nodesMax);
    if (!grow(buffers.nodes, buffers.nodeCapacity, nodesNeeded)
        || !grow(buffers.sideText, buffers.sideCapacity, length)) {
        result->status = HFJSON_NO_MEMORY;
        return;
    }
    Walk walk{text, length, stage.structural_indexes.get(), stage.n_structural_indexes, buffers,
              parser->depthMax, parser->nodesMax, *result};
    // Fewer marks than nodes may be: no node can be one too many.
    const bool isShort = stage.n_structural_indexes <= parser->nodesMax;
    if (!(parser->walksPlainly && isShort && walkPlainly(walk))) {
        *result = nothing;
        walk.startAgain();
        if (!walk.run()) return;
    }
    result->nodes = buffers.nodes;
    result->nodeCount = walk.nodeCount;
    result->sideText = buffers.sideText;
}

}  // extern "C"
