// From the bytes of `type` to the case, without a String: names sorted by length, so that a look-up
// compares only the few of equal length.

package import EventModel

/// Finds event types by name. Made once, read by all.
package final class EventTypeTable: Sendable {
    private struct Entry {
        let name: StaticString
        let type: EventType
    }
    /// Sorted by length. Plain memory, because a look-up is to count no references: several threads
    /// read one table.
    private nonisolated(unsafe) let entries: UnsafeBufferPointer<Entry>
    /// Names of length n are at starts[n]..<starts[n + 1].
    private nonisolated(unsafe) let starts: UnsafeBufferPointer<Int>

    package init(_ types: [EventType] = EventType.allCases) {
        let sorted = types.map { Entry(name: $0.name, type: $0) }
            .sorted { $0.name.utf8CodeUnitCount < $1.name.utf8CodeUnitCount }
        let longest = sorted.last?.name.utf8CodeUnitCount ?? 0
        entries = Self.frozen(sorted)
        starts = Self.frozen(
            (0...longest + 1).map { length in
                sorted.firstIndex { $0.name.utf8CodeUnitCount >= length } ?? sorted.count
            })
    }

    deinit {
        entries.deallocate()
        starts.deallocate()
    }

    private static func frozen<Element>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
        let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
        _ = memory.initialize(from: elements)
        return UnsafeBufferPointer(memory)
    }

    package func type(named name: ByteView) -> EventType? {
        guard name.count + 1 < starts.count else { return nil }
        for index in starts[name.count]..<starts[name.count + 1]
        where name.equals(entries[index].name) {
            return entries[index].type
        }
        return nil
    }
}
