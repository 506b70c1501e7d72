// A fetch of a backlog is megabytes, made and freed some fifty times a second. Left alone, the
// allocator gives such memory back to the system and has it cleared, page by page, at the next
// fetch: a tenth of all CPU of a backlog.

import CRdKafka

/// How the process keeps the memory that librdkafka fetches into.
enum FetchMemory {
    /// Larger blocks come from the system and go back to it, in bytes (the largest that malloc
    /// takes).
    private static let mappedBytesMin: Int32 = 33_554_432
    /// So much may stay free at the end of a heap, in bytes.
    private static let keptBytesMax: Int32 = 134_217_728
    /// A heap of another thread than the first one lives as long as what it frees leaves less than
    /// this, in bytes; nothing of it is touched before it is used.
    private static let paddingBytes: Int32 = 67_108_864

    /// For the whole process, once.
    static func keep() { _ = isKept }

    private static let isKept: Bool =
        mallopt(M_MMAP_THRESHOLD, mappedBytesMin) == 1
        && mallopt(M_TRIM_THRESHOLD, keptBytesMax) == 1
        && mallopt(M_TOP_PAD, paddingBytes) == 1
}
