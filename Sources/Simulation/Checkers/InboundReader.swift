// From a record's bytes to a fact or a named refusal, by the catalogue and docs/dead-letters.md.

import EventModel

/// Reads inbound records; the stateless part of what a task does with one.
struct InboundReader {
    let partitions: Int32
    let rules: EvidenceRules

    /// Only the first reason is given, in the order that docs/dead-letters.md has.
    func verdict(_ record: PlainRecord) -> InboundVerdict {
        if (record.value?.count ?? 0) > rules.recordBytesMax || (record.key?.count ?? 0) > 4_096 {
            return .refused(["tooLarge"])
        }
        let key = record.key.flatMap { $0.isEmpty ? nil : $0 }
        guard let value = record.value else {
            return .refused(key == nil ? ["keyMissing"] : ["emptyValue"])
        }
        switch attributes(record, value) {
        case .failure(let refusal): return .refused(refusal.reasons)
        case .success(let attributes):
            guard let time = EvidenceTime.instant(attributes.time) else {
                return .refused(["timeUnusable"])
            }
            guard let key else { return .refused(["keyMissing"]) }
            return place(record, key, attributes, time)
        }
    }

    private struct Refusal: Error {
        var reasons: [String]
        init(_ reasons: String...) { self.reasons = reasons }
    }

    private func place(
        _ record: PlainRecord, _ key: [UInt8], _ attributes: InboundAttributes, _ time: Int64
    ) -> InboundVerdict {
        if Self.partition(of: key, count: partitions) != record.partition.rawValue {
            return .refused(["wrongPartition"])
        }
        guard let contract = InboundContract.all[attributes.type],
            attributes.type.hasPrefix(record.topic == .mesExecution ? "mes." : "qms.")
        else { return .refused(["unknownType"]) }
        guard attributes.data != 0 || attributes.isBinary,
            contract.isKept(by: attributes.document, attributes.data)
        else { return .refused(["contractViolated"]) }
        guard let subject = contract.subject(in: attributes.document, attributes.data),
            Array(subject.utf8) == key
        else { return .refused(["wrongKey"]) }
        return .fact(InboundFact(attributes, time: time, key: subject, record: record))
    }

    private func attributes(
        _ record: PlainRecord, _ value: [UInt8]
    ) -> Result<InboundAttributes, Refusal> {
        let document: EvidenceJSON
        do { document = try EvidenceJSON(value) } catch {
            return .failure(
                error == .notUTF8
                    ? Refusal("notUtf8", "malformedJson") : Refusal("malformedJson"))
        }
        if record.headers.contains(where: { $0.name == "ce_specversion" }) {
            return binary(record, document)
        }
        guard document.nodes[EvidenceJSON.root].kind == .object,
            document.text("specversion") == "1.0", hasPlainAttributes(document),
            let type = document.text("type"), let source = document.text("source"),
            let id = document.text("id"), !type.isEmpty, !source.isEmpty, !id.isEmpty
        else { return .failure(Refusal("notACloudEvent")) }
        guard let time = document.text("time") else { return .failure(Refusal("timeUnusable")) }
        let data = document.member("data") ?? 0
        let content = Self.digest([
            ArraySlice(type.utf8.map { $0 }), document.member("subject").map(document.slice) ?? [],
            ArraySlice(time.utf8.map { $0 }), data == 0 ? [] : document.slice(data),
        ])
        return .success(
            InboundAttributes(
                type: type, source: source, id: id, time: time, document: document, data: data,
                content: content))
    }

    private func binary(
        _ record: PlainRecord, _ document: EvidenceJSON
    ) -> Result<InboundAttributes, Refusal> {
        func header(_ name: String) -> String? {
            record.headers.last { $0.name == name }.flatMap { $0.value }
                .flatMap { String(validating: $0, as: UTF8.self) }
        }
        guard header("ce_specversion") == "1.0", let type = header("ce_type"),
            let source = header("ce_source"), let id = header("ce_id"), !type.isEmpty,
            !source.isEmpty, !id.isEmpty
        else { return .failure(Refusal("notACloudEvent", "notUtf8")) }
        guard let time = header("ce_time") else { return .failure(Refusal("timeUnusable")) }
        let content = Self.digest([
            ArraySlice(type.utf8.map { $0 }),
            ArraySlice((header("ce_subject") ?? "").utf8.map { $0 }),
            ArraySlice(time.utf8.map { $0 }), document.slice(EvidenceJSON.root),
        ])
        return .success(
            InboundAttributes(
                type: type, source: source, id: id, time: time, document: document,
                data: EvidenceJSON.root, content: content))
    }

    /// Attribute names are lower-case letters and digits; their values text, numbers or booleans.
    private func hasPlainAttributes(_ document: EvidenceJSON) -> Bool {
        document.members(EvidenceJSON.root).allSatisfy { name, value in
            let text = document.slice(name)
            if text.elementsEqual("data".utf8) || text.elementsEqual("data_base64".utf8) {
                return true
            }
            guard text.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) }) else {
                return false
            }
            switch document.nodes[value].kind {
            case .object, .array: return false
            case .number: return document.integer(value) != nil
            case .string, .escapedString, .yes, .no, .null: return true
            }
        }
    }

    /// FNV-1a over parts and their lengths.
    private static func digest(_ parts: [ArraySlice<UInt8>]) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for part in parts {
            hash = (hash ^ UInt64(part.count)) &* 0x100_0000_01b3
            for byte in part { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return hash
    }

    /// Java's default partitioner: murmur2 with Kafka's seed, the sign taken off, modulo.
    static func partition(of key: [UInt8], count: Int32) -> Int32 {
        let m: UInt32 = 0x5bd1_e995
        var h = 0x9747_b28c ^ UInt32(key.count)
        var at = 0
        while at + 4 <= key.count {
            var k = UInt32(key[at]) | UInt32(key[at + 1]) << 8 | UInt32(key[at + 2]) << 16
            k = (k | UInt32(key[at + 3]) << 24) &* m
            k = (k ^ k >> 24) &* m
            h = h &* m ^ k
            at += 4
        }
        if at < key.count {
            for index in (at..<key.count).reversed() {
                h ^= UInt32(key[index]) << ((index - at) * 8)
            }
            h = h &* m
        }
        h = (h ^ h >> 13) &* m
        h ^= h >> 15
        return Int32(h & 0x7fff_ffff) % count
    }
}

extension InboundAttributes {
    /// In binary mode the whole value is the data.
    var isBinary: Bool { data == EvidenceJSON.root && document.member("specversion") == nil }
}
