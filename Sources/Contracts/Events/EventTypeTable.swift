// From the bytes of `type` to the case, without a String: names sorted by length, so that a look-up
// compares only the few of equal length.

package import EventModel

/// Finds event types by name. Made once, read by all.
package struct EventTypeTable: Sendable {
    private let names: [(name: StaticString, type: EventType)]
    /// Names of length n are at starts[n]..<starts[n + 1].
    private let starts: [Int]

    package init(_ types: [EventType] = EventType.allCases) {
        let names = types.map { (name: $0.name, type: $0) }
            .sorted { $0.name.utf8CodeUnitCount < $1.name.utf8CodeUnitCount }
        let longest = names.last?.name.utf8CodeUnitCount ?? 0
        starts = (0...longest + 1).map { length in
            names.firstIndex { $0.name.utf8CodeUnitCount >= length } ?? names.count
        }
        self.names = names
    }

    package func type(named name: ByteView) -> EventType? {
        guard name.count + 1 < starts.count else { return nil }
        for index in starts[name.count]..<starts[name.count + 1]
        where name.isSame(as: names[index].name) {
            return names[index].type
        }
        return nil
    }
}
