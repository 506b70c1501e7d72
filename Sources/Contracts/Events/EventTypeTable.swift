// From the bytes of `type` to the case, without a String: names sorted by length, so that a look-up
// compares only the few of equal length.

package import EventModel

/// Finds event types by name. Made once, read by all.
package final class EventTypeTable: Sendable {
    fileprivate struct Entry {
        let name: StaticString
        let type: EventType
        /// Row of the topic that this type may come in on; no row for what does not come in.
        let inboundRow: UInt8

        static let noRow = UInt8.max
    }
    /// The table by address. Plain memory, because a look-up is to count no references: several
    /// threads read one table.
    nonisolated(unsafe) let index: EventTypeIndex

    package init(_ types: [EventType] = EventType.allCases) {
        let sorted = types.map {
            Entry(
                name: $0.name, type: $0,
                inboundRow: $0.isInbound ? $0.topic.rawValue : Entry.noRow)
        }

        .sorted { $0.name.utf8CodeUnitCount < $1.name.utf8CodeUnitCount }
        let longest = sorted.last?.name.utf8CodeUnitCount ?? 0
        index = EventTypeIndex(
            entries: Self.frozen(sorted),
            starts: Self.frozen(
                (0...longest + 1).map { length in
                    sorted.firstIndex { $0.name.utf8CodeUnitCount >= length } ?? sorted.count
                }))
    }

    deinit { index.deallocate() }

    private static func frozen<Element>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
        let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
        _ = memory.initialize(from: elements)
        return UnsafeBufferPointer(memory)
    }

    package func type(named name: ByteView) -> EventType? { index.type(named: name) }
}

/// The table by address, valid as long as the table.
struct EventTypeIndex {
    /// Sorted by length.
    fileprivate let entries: UnsafeBufferPointer<EventTypeTable.Entry>
    /// Names of length n are at starts[n]..<starts[n + 1].
    fileprivate let starts: UnsafeBufferPointer<Int>

    fileprivate func deallocate() {
        entries.deallocate()
        starts.deallocate()
    }

    func type(named name: ByteView) -> EventType? { find(name).map { entries[$0].type } }

    /// The type of that name, and whether it comes in on that topic.
    @inline(__always)
    func type(named name: ByteView, on topic: Topic) -> (type: EventType, isOfTopic: Bool)? {
        guard let found = find(name) else { return nil }
        return (entries[found].type, entries[found].inboundRow == topic.rawValue)
    }

    @inline(__always)
    private func find(_ name: ByteView) -> Int? {
        guard name.count + 1 < starts.count else { return nil }
        for index in starts[name.count]..<starts[name.count + 1]
        where name.equals(entries[index].name) {
            return index
        }
        return nil
    }
}
