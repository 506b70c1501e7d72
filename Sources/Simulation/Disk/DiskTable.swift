// Things of a disk by their numbers: a handful, asked for with every operation, so that looking
// through them is quicker than hashing.

/// Values by number, in the order in which they came.
struct DiskTable<Value: Sendable>: Sendable {
    private(set) var numbers: ContiguousArray<Int> = []
    private(set) var values: ContiguousArray<Value> = []

    @inline(__always)
    private func place(of number: Int) -> Int? {
        for index in numbers.indices where numbers[index] == number { return index }
        return nil
    }

    /// The value of a number that has one.
    subscript(number: Int) -> Value? { place(of: number).map { values[$0] } }

    mutating func add(_ value: Value, _ number: Int) {
        precondition(place(of: number) == nil, "a number is given once")
        numbers.append(number)
        values.append(value)
    }

    /// Changes a value where it is; nothing happens when there is none.
    @inline(__always)
    mutating func change(_ number: Int, _ body: (inout Value) -> Void) {
        if let place = place(of: number) { body(&values[place]) }
    }

    /// Asks a value where it is; nil when there is none.
    @inline(__always)
    func ask<Answer>(_ number: Int, _ body: (borrowing Value) -> Answer) -> Answer? {
        place(of: number).map { body(values[$0]) }
    }

    mutating func remove(_ number: Int) -> Value? {
        guard let place = place(of: number) else { return nil }
        numbers.remove(at: place)
        return values.remove(at: place)
    }

    mutating func removeAll() {
        numbers.removeAll()
        values.removeAll()
    }

    /// Keeps those for which the answer is true.
    mutating func keep(_ isKept: (_ number: Int, _ value: Value) -> Bool) {
        var kept = DiskTable()
        for index in numbers.indices where isKept(numbers[index], values[index]) {
            kept.numbers.append(numbers[index])
            kept.values.append(values[index])
        }
        if kept.numbers.count < numbers.count { self = kept }
    }
}
