"""A read_committed reader on librdkafka by ctypes: exact bytes of keys, values and headers.

kcat's formats cannot carry headers with any bytes in them; this can, and it knows where a
partition begins and ends. No group, nothing is committed.
"""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_int32, c_int64, c_size_t, c_void_p

_EOF, _OK, _CONSUMER = -191, 0, 1


class _Message(ctypes.Structure):
    _fields_ = [("err", c_int), ("topic", c_void_p), ("partition", c_int32),
                ("payload", c_void_p), ("length", c_size_t), ("key", c_void_p),
                ("key_length", c_size_t), ("offset", c_int64), ("private", c_void_p)]


class _Place(ctypes.Structure):
    _fields_ = [("topic", c_char_p), ("partition", c_int32), ("offset", c_int64),
                ("metadata", c_void_p), ("metadata_size", c_size_t), ("opaque", c_void_p),
                ("err", c_int), ("private", c_void_p)]


class _TopicInfo(ctypes.Structure):
    _fields_ = [("topic", c_char_p), ("partition_count", c_int), ("partitions", c_void_p),
                ("err", c_int)]


class _Metadata(ctypes.Structure):
    _fields_ = [("broker_count", c_int), ("brokers", c_void_p), ("topic_count", c_int),
                ("topics", POINTER(_TopicInfo))]


def _library():
    lib = ctypes.CDLL("librdkafka.so.1")
    for name, result, arguments in (
            ("rd_kafka_conf_new", c_void_p, []),
            ("rd_kafka_conf_set", c_int, [c_void_p, c_char_p, c_char_p, c_char_p, c_size_t]),
            ("rd_kafka_new", c_void_p, [c_int, c_void_p, c_char_p, c_size_t]),
            ("rd_kafka_poll_set_consumer", c_int, [c_void_p]),
            ("rd_kafka_metadata", c_int,
             [c_void_p, c_int, c_void_p, POINTER(POINTER(_Metadata)), c_int]),
            ("rd_kafka_metadata_destroy", None, [POINTER(_Metadata)]),
            ("rd_kafka_query_watermark_offsets", c_int,
             [c_void_p, c_char_p, c_int32, POINTER(c_int64), POINTER(c_int64), c_int]),
            ("rd_kafka_topic_partition_list_new", c_void_p, [c_int]),
            ("rd_kafka_topic_partition_list_add", POINTER(_Place), [c_void_p, c_char_p, c_int32]),
            ("rd_kafka_topic_partition_list_destroy", None, [c_void_p]),
            ("rd_kafka_assign", c_int, [c_void_p, c_void_p]),
            ("rd_kafka_consumer_poll", POINTER(_Message), [c_void_p, c_int]),
            ("rd_kafka_message_destroy", None, [POINTER(_Message)]),
            ("rd_kafka_message_timestamp", c_int64, [POINTER(_Message), POINTER(c_int)]),
            ("rd_kafka_message_headers", c_int, [POINTER(_Message), POINTER(c_void_p)]),
            ("rd_kafka_header_get_all", c_int,
             [c_void_p, c_size_t, POINTER(c_char_p), POINTER(c_void_p), POINTER(c_size_t)]),
            ("rd_kafka_consumer_close", c_int, [c_void_p]),
            ("rd_kafka_destroy", None, [c_void_p]),
            ("rd_kafka_err2str", c_char_p, [c_int])):
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib


class ReadError(Exception):
    pass


class Reader:
    def __init__(self, bootstrap, settings=()):
        self.lib = _library()
        conf = self.lib.rd_kafka_conf_new()
        error = ctypes.create_string_buffer(512)
        for name, value in (("bootstrap.servers", bootstrap), ("group.id", "reader"),
                            ("isolation.level", "read_committed"), ("enable.auto.commit", "false"),
                            ("enable.partition.eof", "true"), ("auto.offset.reset", "error"),
                            ("fetch.wait.max.ms", "10"), *settings):
            if self.lib.rd_kafka_conf_set(conf, name.encode(), value.encode(), error, 512) != 0:
                raise ReadError(error.value.decode())
        self.handle = self.lib.rd_kafka_new(_CONSUMER, conf, error, 512)
        if not self.handle:
            raise ReadError(error.value.decode())
        self.lib.rd_kafka_poll_set_consumer(self.handle)

    def close(self):
        if self.handle:
            self.lib.rd_kafka_consumer_close(self.handle)
            self.lib.rd_kafka_destroy(self.handle)
            self.handle = None

    def _check(self, code, what):
        if code != _OK:
            raise ReadError("%s: %s" % (what, self.lib.rd_kafka_err2str(code).decode()))

    def topics(self):
        """{topic: partition count} of all topics."""
        found = POINTER(_Metadata)()
        self._check(self.lib.rd_kafka_metadata(self.handle, 1, None, byref(found), 15_000),
                    "metadata")
        out = {found.contents.topics[i].topic.decode(): found.contents.topics[i].partition_count
               for i in range(found.contents.topic_count)}
        self.lib.rd_kafka_metadata_destroy(found)
        return out

    def watermarks(self, topic, partition):
        """(oldest offset, last stable offset)."""
        low, high = c_int64(), c_int64()
        self._check(self.lib.rd_kafka_query_watermark_offsets(
            self.handle, topic.encode(), partition, byref(low), byref(high), 15_000),
            "watermarks of %s/%d" % (topic, partition))
        return low.value, high.value

    def records(self, topic, starts):
        """Yields (partition, offset, ms, key, value, headers) of {partition: offset} up to the end.

        headers: [(name, bytes or None)]. The end is the last stable offset when this is called: in
        a log that grows all the time librdkafka may never tell of one.
        """
        lib = self.lib
        ends = {partition: self.watermarks(topic, partition)[1] for partition in starts}
        starts = {partition: at for partition, at in starts.items() if at < ends[partition]}
        if not starts:
            return
        places = lib.rd_kafka_topic_partition_list_new(len(starts))
        for partition, offset in starts.items():
            lib.rd_kafka_topic_partition_list_add(
                places, topic.encode(), partition).contents.offset = offset
        self._check(lib.rd_kafka_assign(self.handle, places), "assign")
        lib.rd_kafka_topic_partition_list_destroy(places)
        waiting, silent = set(starts), 0
        while waiting:
            message = lib.rd_kafka_consumer_poll(self.handle, 1_000)
            if not message:
                silent += 1
                if silent > 60:
                    raise ReadError("%s: nothing for a minute, waiting for %s" % (topic, waiting))
                continue
            silent = 0
            try:
                record = self._record(message, waiting)
            finally:
                lib.rd_kafka_message_destroy(message)
            if not record:
                continue
            partition, offset = record[:2]
            if offset + 1 >= ends[partition]:
                waiting.discard(partition)
            if offset < ends[partition]:
                yield record
        lib.rd_kafka_assign(self.handle, None)

    def _record(self, message, waiting):
        found = message.contents
        if found.err == _EOF:
            waiting.discard(found.partition)
            return None
        self._check(found.err, "poll") if found.err in (-140,) else None  # auto.offset.reset
        if found.err != _OK:
            return None  # a broker that is away comes back; `silent` bounds the wait
        if found.partition not in waiting:
            return None
        kind = c_int()
        return (found.partition, found.offset,
                self.lib.rd_kafka_message_timestamp(message, byref(kind)),
                ctypes.string_at(found.key, found.key_length) if found.key else None,
                ctypes.string_at(found.payload, found.length) if found.payload else None,
                self._headers(message))

    def _headers(self, message):
        headers = c_void_p()
        if self.lib.rd_kafka_message_headers(message, byref(headers)) != _OK:
            return []
        out, name, value, size = [], c_char_p(), c_void_p(), c_size_t()
        while self.lib.rd_kafka_header_get_all(
                headers, len(out), byref(name), byref(value), byref(size)) == _OK:
            out.append((name.value.decode(),
                        ctypes.string_at(value, size.value) if value else None))
        return out
