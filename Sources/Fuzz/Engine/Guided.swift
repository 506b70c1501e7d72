// libFuzzer over the same entries: it sees which branches an input reaches, and keeps what reaches
// new ones. Only in a build that is instrumented for it (`make fuzz-guided`).

import EventModel
import Glibc

#if HOLDFAST_LIBFUZZER
    @_silgen_name("LLVMFuzzerRunDriver")
    private func runDriver(
        _ count: UnsafeMutablePointer<Int32>,
        _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
        _ callback: @convention(c) (UnsafeRawPointer?, Int) -> Int32
    ) -> Int32
#endif

/// Runs libFuzzer on one target.
enum Guided {
    nonisolated(unsafe) private static var entry: (any FuzzEntry)?

    /// `words` are libFuzzer's own: options and corpus folders.
    static func run(_ target: FuzzTarget, _ words: [String]) throws -> Int32 {
        #if HOLDFAST_LIBFUZZER
            entry = try target.makeEntry()
            var arguments: [UnsafeMutablePointer<CChar>?] =
                (["holdfast-fuzz", "-max_len=\(target.inputBytesMax)"] + words).map { strdup($0) }
            var count = Int32(arguments.count)
            arguments.append(nil)
            return arguments.withUnsafeMutableBufferPointer { buffer in
                var base = buffer.baseAddress
                return runDriver(&count, &base) { bytes, count in
                    Guided.entry?.run(ByteView(start: bytes, count: count))
                    return 0
                }
            }
        #else
            Main.stop("this build is not instrumented: make fuzz-guided TARGET=\(target.rawValue)")
        #endif
    }
}
