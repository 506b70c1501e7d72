// Words of the command line: `holdfast-fuzz run --seed 7 --runs 100000 --target records`.

/// What a call was asked to do.
struct FuzzArguments {
    private var values: [String: String] = [:]
    private(set) var files: [String] = []

    /// Nil when a name has no value.
    init?(_ words: ArraySlice<String>) {
        var words = words
        while let word = words.popFirst() {
            guard word.hasPrefix("--") else {
                files.append(word)
                continue
            }
            guard let value = words.popFirst() else { return nil }
            values[String(word.dropFirst(2))] = value
        }
    }

    func text(_ name: String) -> String? { values[name] }

    func number(_ name: String) -> UInt64? { values[name].flatMap { UInt64($0) } }

    /// The targets asked for, all when none is; nil when one is unknown.
    var targets: [FuzzTarget]? {
        guard let text = text("target"), text != "all" else { return FuzzTarget.product }
        let targets = text.split(separator: ",").map { FuzzTarget(rawValue: String($0)) }
        return targets.contains(nil) ? nil : targets.compactMap(\.self)
    }
}
