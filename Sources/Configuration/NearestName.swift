// "Unknown; did you mean ...?": the known name with the smallest edit distance.

/// Suggestions for names that nobody knows.
package enum NearestName {
    /// The known name nearest to `name`, when it is near enough to be meant (at most a third of its
    /// length, at least 2 edits; a swap of neighbours is one edit). The first of equals wins.
    package static func of(_ name: String, among known: [String]) -> String? {
        var best: (name: String, distance: Int)?
        for candidate in known {
            let distance = distance(name, candidate)
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        guard let best, best.distance <= max(2, name.count / 3) else { return nil }
        return best.name
    }

    /// A sentence for an error's way out; empty when nothing is near.
    package static func question(_ name: String, among known: [String]) -> String {
        of(name, among: known).map { "Did you mean '\($0)'?" } ?? ""
    }

    /// Optimal string alignment distance. Long names are cut: they are no typing error of ours.
    package static func distance(_ left: String, _ right: String) -> Int {
        let a = Array(left.utf8.prefix(64))
        let b = Array(right.utf8.prefix(64))
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for j in 0..<b.count {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
