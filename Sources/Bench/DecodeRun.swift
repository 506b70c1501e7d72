// What reading an event costs, stage by stage, from memory: no log, no window, no decisions. Each
// stage is a loop of its own that is never inlined, so that `valgrind --tool=callgrind
// --toggle-collect='*DecodeRun*wholePass*'` counts the instructions of one of them alone.

import Contracts
import Digests
import EventModel
import Glibc

enum DecodeRun {
    /// One generated event, by address.
    private struct Sample {
        var key: ByteView
        var value: ByteView
        var partition: Partition
        /// What the digests are made of.
        var source, id, type, subject, time, data: ByteView
    }

    private static let partitionCount: Int32 = 4

    /// `events`: how many different ones; `rounds`: how often all are read.
    static func run(_ arguments: BenchArguments) throws -> [(String, Double)] {
        let limits = Limits()
        let rounds = arguments.integer("rounds", default: 20)
        let samples = try samples(arguments.integer("events", default: 20_000), limits)
        let registry = try ContractRegistry(limits: limits)
        let decoder = EventDecoder(
            registry: registry, limits: limits, partitionCount: partitionCount)
        var parser = JSONParser(limits: limits)
        let fingerprinter = Fingerprinter()
        var figures: [(String, Double)] = []
        func measure(_ name: String, _ pass: () -> Int) -> Double {
            var best = Double.infinity
            for _ in 0..<rounds {
                let start = Meter.seconds(CLOCK_THREAD_CPUTIME_ID)
                precondition(pass() == samples.count, "every sample is a good event")
                best = min(best, Meter.seconds(CLOCK_THREAD_CPUTIME_ID) - start)
            }
            let nanoseconds = best * 1e9 / Double(samples.count)
            figures.append(("\(name)Nanoseconds", nanoseconds))
            return nanoseconds
        }
        let json = measure("json") { jsonPass(samples, &parser) }
        let both = measure("jsonAndContract") { contractPass(samples, &parser, registry) }
        let digest = measure("digest") { digestPass(samples, fingerprinter) }
        let whole = measure("whole") { wholePass(samples, decoder) }
        figures.append(("contractNanoseconds", both - json))
        figures.append(("envelopeAndRestNanoseconds", whole - both - digest))
        return figures
    }

    private static func samples(_ count: Int, _ limits: Limits) throws -> [Sample] {
        var source = EventSource(seed: 7, name: "decode-")
        var parser = JSONParser(limits: limits)
        return try (0..<count).map { _ in
            source.next()
            let (key, value) = (kept(source.key), kept(source.value))
            let root = try parser.parse(value)
            func text(_ name: StaticString) -> ByteView {
                root.string(name) ?? ByteView(start: nil, count: 0)
            }
            return Sample(
                key: key, value: value, partition: Partition.of(key: key, count: partitionCount),
                source: text("source"), id: text("id"), type: text("type"),
                subject: text("subject"), time: text("time"),
                data: root.member("data")?.bytes ?? ByteView(start: nil, count: 0))
        }
    }

    /// A copy for the life of the process.
    private static func kept(_ bytes: [UInt8]) -> ByteView {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        memory.copyBytes(from: bytes)
        return ByteView(memory)
    }

    // MARK: the stages

    @inline(never)
    private static func jsonPass(_ samples: [Sample], _ parser: inout JSONParser) -> Int {
        var good = 0
        for sample in samples {
            if let root = try? parser.parse(sample.value), root.kind == .object { good += 1 }
        }
        return good
    }

    @inline(never)
    private static func contractPass(
        _ samples: [Sample], _ parser: inout JSONParser, _ registry: ContractRegistry
    ) -> Int {
        var good = 0
        for sample in samples {
            guard let root = try? parser.parse(sample.value), let data = root.member("data"),
                let type = registry.types.type(named: sample.type)
            else { continue }
            if registry.violation(of: type, in: data) == nil { good += 1 }
        }
        return good
    }

    @inline(never)
    private static func digestPass(_ samples: [Sample], _ fingerprinter: borrowing Fingerprinter)
        -> Int
    {
        var good = 0
        for sample in samples {
            let identity = fingerprinter.identity(source: sample.source, id: sample.id)
            let content = fingerprinter.content(
                type: sample.type, subject: sample.subject, time: sample.time, data: sample.data)
            if identity != content { good += 1 }
        }
        return good
    }

    @inline(never)
    private static func wholePass(_ samples: [Sample], _ decoder: EventDecoder) -> Int {
        let headers = UnsafeBufferPointer<HeaderView>(start: nil, count: 0)
        let appended = Instant(rawValue: 1_767_592_800_000_000)
        var good = 0
        for sample in samples {
            let refusal = decoder.read(
                key: sample.key, value: sample.value, headers: headers, topic: .mesExecution,
                partition: sample.partition, offset: Offset(Int64(good)), appendTime: appended)
            if refusal == nil { good += 1 }
        }
        return good
    }
}
