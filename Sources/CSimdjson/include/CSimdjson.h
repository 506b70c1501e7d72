// The C face of the JSON reader: bytes in, a flat array of nodes out.
//
// simdjson's first stage does what SIMD is for (UTF-8, strings against structure, control
// characters in strings) and leaves the position of every value and punctuation mark. The walk over
// these positions is ours (JSONWalk.cpp), because On-Demand does not check what it skips and DOM
// turns numbers into doubles. Neither reads a byte beyond the text, so nothing is copied or padded.
#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One value or member name. The layout is EventModel.JSONNode's, checked on both sides.
typedef struct {
    uint32_t start;
    uint32_t length;
    uint32_t next;
    uint8_t kind;
    uint8_t isInSideText;
    uint16_t count;
} hfjson_node;

/// The kinds, in the order of EventModel.JSONKind.
enum {
    HFJSON_OBJECT,
    HFJSON_ARRAY,
    HFJSON_STRING,
    HFJSON_NUMBER,
    HFJSON_TRUE,
    HFJSON_FALSE,
    HFJSON_NULL
};

typedef enum {
    HFJSON_OK,
    HFJSON_MALFORMED,
    HFJSON_NOT_UTF8,
    HFJSON_DUPLICATE_NAME,
    HFJSON_TOO_DEEP,
    HFJSON_TOO_MANY_VALUES,
    HFJSON_TOO_LARGE,
    HFJSON_NO_MEMORY
} hfjson_status;

/// What a parse left. The pointers belong to the parser and hold until its next parse.
typedef struct {
    hfjson_status status;
    const hfjson_node *nodes;
    size_t nodeCount;
    const uint8_t *sideText;
    /// What is wrong, a literal; NULL unless malformed.
    const char *what;
    /// Where in the text, SIZE_MAX when unknown.
    size_t offset;
    /// The duplicate name, unescaped.
    const uint8_t *name;
    size_t nameLength;
} hfjson_result;

typedef struct hfjson_parser hfjson_parser;

/// NULL when there is no memory. depthMax: most containers open at once.
hfjson_parser *hfjson_create(uint32_t depthMax, uint32_t nodesMax);
void hfjson_destroy(hfjson_parser *parser);
/// Every text from now on by the general walk alone: for the test that compares both.
void hfjson_walk_generally(hfjson_parser *parser);
/// The text needs no padding; it must stay as long as the nodes are used.
void hfjson_parse(hfjson_parser *parser, const uint8_t *text, size_t length, hfjson_result *result);

#ifdef __cplusplus
}
#endif
#endif
