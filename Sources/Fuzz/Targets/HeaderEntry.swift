// Headers of binary CloudEvents, any byte in any place: what a text format could not hold, such as
// line breaks and zeros in names. Each header is a length, its name, a length (255 is a null value)
// and its value; what is left is the record's value.

import Contracts
import EventModel

/// Decodes headers over a value that keeps its contract.
final class HeaderEntry: FuzzEntry {
    private let decoder: EventDecoder
    private var headers: [HeaderView] = []
    private static let value = Array(
        #"{"lotId":"L-1","batchId":"B-1","orderId":"O-1","materialId":"M-1"}"#.utf8)
    private static let key = Array("L-1".utf8)

    init() throws {
        decoder = EventDecoder(
            registry: try ContractRegistry(limits: Limits()), limits: Limits(), partitionCount: 1)
    }

    func run(_ input: ByteView) {
        headers.removeAll(keepingCapacity: true)
        var at = 0
        func take() -> ByteView? {
            guard at < input.count else { return nil }
            let length = Int(input[at])
            let end = min(input.count, at + 1 + length)
            defer { at = end }
            return length == 255 ? nil : ByteView(rebasing: input[min(at + 1, end)..<end])
        }
        while at < input.count, input[at] != 0, headers.count < 64 {
            guard let name = take() else { break }
            headers.append(HeaderView(name: name, value: take()))
        }
        let rest = ByteView(rebasing: input[min(at + 1, input.count)...])
        Self.key.withUnsafeBytes { key in
            Self.value.withUnsafeBytes { value in
                let record = InputRecord(
                    topic: .mesExecution, key: key, headers: headers,
                    value: rest.isEmpty ? value : rest)
                _ = DecodedSummary(RecordEntry.decode(record, with: decoder))
            }
        }
    }
}

extension InputRecord {
    init(topic: Topic, key: ByteView?, headers: [HeaderView], value: ByteView?) {
        self.topic = topic
        self.key = key
        self.headers = headers
        self.value = value
    }
}
