// When two JSON values are equal (JSON Schema core, 4.2.2): numbers by value, objects whatever the
// order of their members. Bounded for hostile values: large objects are compared sorted by name,
// large arrays are searched for twins by hash.

import EventModel

extension JSONView {
    /// How many members or elements, exactly.
    var childCount: Int {
        let count = Int(nodes[index].count)
        guard count == Int(UInt16.max) else { return count }
        var found = 0
        if kind == .array { forEachElement { _ in found += 1 } }
        if kind == .object { forEachMember { _, _ in found += 1 } }
        return found
    }

    func isEqual(to other: JSONView) -> Bool {
        guard kind == other.kind else { return false }
        switch kind {
        case .true, .false, .null: return true
        case .string: return bytes.isSame(as: other.bytes)
        case .number:
            if bytes.isSame(as: other.bytes) { return true }
            guard let one = Decimal(bytes), let two = Decimal(other.bytes) else { return false }
            return one == two
        case .array: return hasEqualElements(other)
        case .object: return hasEqualMembers(other)
        }
    }

    private func hasEqualElements(_ other: JSONView) -> Bool {
        guard nodes[index].count == other.nodes[other.index].count else { return false }
        var one = index + 1
        var two = other.index + 1
        let oneEnd = Int(nodes[index].next)
        let twoEnd = Int(other.nodes[other.index].next)
        while one < oneEnd && two < twoEnd {
            guard at(one).isEqual(to: other.at(two)) else { return false }
            one = Int(nodes[one].next)
            two = Int(other.nodes[two].next)
        }
        return one == oneEnd && two == twoEnd
    }

    private func hasEqualMembers(_ other: JSONView) -> Bool {
        let count = childCount
        guard count == other.childCount else { return false }
        if count > 16 {
            let one = sortedNames
            let two = other.sortedNames
            return zip(one, two).allSatisfy {
                at($0).bytes.isSame(as: other.at($1).bytes)
                    && at($0 + 1).isEqual(to: other.at($1 + 1))
            }
        }
        var name = index + 1
        let end = Int(nodes[index].next)
        while name < end {
            guard let value = other.member(at(name).bytes), at(name + 1).isEqual(to: value) else {
                return false
            }
            name = Int(nodes[name + 1].next)
        }
        return true
    }

    /// The nodes of the names, in one order for all objects.
    private var sortedNames: [Int] {
        var names: [Int] = []
        var name = index + 1
        while name < Int(nodes[index].next) {
            names.append(name)
            name = Int(nodes[name + 1].next)
        }
        return names.sorted { left, right in
            let one = at(left).bytes
            let two = at(right).bytes
            return one.count != two.count
                ? one.count < two.count : one.lexicographicallyPrecedes(two)
        }
    }

    /// No two elements of this array are equal.
    var hasUniqueElements: Bool {
        guard childCount > 8 else { return hasUniqueFewElements }
        var elements: [(hash: Int, node: Int)] = []
        forEachElement { element in
            var hasher = Hasher()
            element.hash(into: &hasher)
            elements.append((hasher.finalize(), element.index))
        }
        elements.sort { $0.hash < $1.hash }
        var start = 0
        for index in 1..<elements.count {
            if elements[index].hash != elements[start].hash { start = index }
            for twin in start..<index
            where at(elements[twin].node).isEqual(to: at(elements[index].node)) {
                return false
            }
        }
        return true
    }

    private var hasUniqueFewElements: Bool {
        let end = Int(nodes[index].next)
        var one = index + 1
        while one < end {
            var two = Int(nodes[one].next)
            while two < end {
                if at(one).isEqual(to: at(two)) { return false }
                two = Int(nodes[two].next)
            }
            one = Int(nodes[one].next)
        }
        return true
    }

    /// Equal values hash alike. Swift's hash is seeded by process, so nobody can aim at it; what is
    /// answered does not depend on it.
    private func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        switch kind {
        case .true, .false, .null: break
        case .string: hasher.combine(bytes: bytes)
        case .number: Decimal(bytes)?.hash(into: &hasher)
        case .array: forEachElement { $0.hash(into: &hasher) }
        case .object:
            var sum = 0
            forEachMember { name, value in
                var member = Hasher()
                member.combine(bytes: name)
                value.hash(into: &member)
                sum &+= member.finalize()
            }
            hasher.combine(sum)
        }
    }
}
