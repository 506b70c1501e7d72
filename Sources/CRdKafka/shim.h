#pragma once
#include <librdkafka/rdkafka.h>
// mallopt, which Swift's Glibc leaves out.
#include <malloc.h>
#include <syslog.h>

// rd_kafka_producev is variadic, which Swift cannot call; this is the one form of it that we use:
// a copied record with headers. On success the library owns the headers, on failure the caller does.
static inline rd_kafka_resp_err_t holdfast_produce_with_headers(
    rd_kafka_t *rk, rd_kafka_topic_t *topic, int32_t partition, const void *key, size_t key_length,
    const void *value, size_t value_length, rd_kafka_headers_t *headers) {
    return rd_kafka_producev(
        rk, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY((void *)key, key_length),
        RD_KAFKA_V_VALUE((void *)value, value_length), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
}
