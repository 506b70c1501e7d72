// The table of modules, held against the import lines as they really are: an import that the table
// does not name is an error even where the build would let it pass.

import Testing

struct ImportRules {
    /// What each module may import of ours and of C. Glibc, Synchronization and Dispatch's
    /// absence are checked apart.
    static let table: [String: Set<String>] = [
        "EventModel": [],
        "Digests": ["EventModel", "CXXHash", "CCrypto"],
        "Contracts": ["EventModel", "Digests", "CSimdjson", "CPCRE2"],
        "Decisions": ["EventModel", "Digests"],
        "Store": ["EventModel", "CSQLite"],
        "EventLog": ["EventModel", "CSQLite"],
        "KafkaLog": ["EventModel", "EventLog", "CRdKafka"],
        "KafkaTesting": [],
        "Worker": ["EventModel", "Contracts", "Digests", "Decisions", "Store", "EventLog"],
        "Configuration": ["EventModel", "Contracts", "Decisions", "CYaml"],
        "Simulation": [
            "EventModel", "Contracts", "Digests", "Decisions", "Store", "EventLog", "Worker",
            "Configuration", "CSQLite",
        ],
        "holdfast": [
            "EventModel", "Contracts", "Digests", "Decisions", "Store", "EventLog", "KafkaLog",
            "Worker", "Configuration", "Simulation",
        ],
        "Bench": [
            "EventModel", "Contracts", "Decisions", "Digests", "Store", "EventLog", "KafkaLog",
            "Worker", "CRdKafka", "CSQLite",
        ],
        "Fuzz": [
            "EventModel", "Digests", "Contracts", "Decisions", "Store", "EventLog", "Worker",
            "Configuration", "CSQLite",
        ],
    ]
    /// What comes with the toolchain and may be imported anywhere.
    static let everywhere: Set<String> = ["Glibc", "Synchronization"]
    /// Where Foundation may be imported: never on the path of a record.
    static let withFoundation: Set<String> = ["holdfast", "Configuration"]

    /// The module that a line imports, if it is an import line.
    static func imported(_ line: String) -> String? {
        var words = line.split(separator: " ").map(String.init)
        while let first = words.first,
            first.hasPrefix("@") || ["package", "internal", "public", "private"].contains(first)
        {
            words.removeFirst()
        }
        guard words.count >= 2, words[0] == "import" else { return nil }
        let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
        return name.split(separator: ".").first.map(String.init)
    }

    @Test(arguments: Tree.sources)
    func `a file imports only what the table of modules gives its module`(file: SourceFile) {
        guard let module = file.module else { return }
        guard let allowed = Self.table[module] else {
            Issue.record("module \(module) is not in the table of modules")
            return
        }
        for name in file.code.compactMap(Self.imported) {
            let fine =
                allowed.contains(name) || Self.everywhere.contains(name)
                || (name == "Foundation" && Self.withFoundation.contains(module))
            #expect(fine, "\(file.path) imports \(name)")
        }
    }

    @Test(arguments: [
        ("import EventModel", "EventModel"), ("package import EventModel", "EventModel"),
        ("@testable import Store", "Store"), ("import struct Foundation.Data", "Foundation"),
        ("let important = 1", nil), ("    import Glibc", "Glibc"),
    ])
    func `an import line is known in all its forms`(line: String, name: String?) {
        #expect(Self.imported(line) == name)
    }
}
