// The contract itself: what is embedded is what stands in topics/, every type has its schema,
// examples keep it and the bad examples do not, and the AsyncAPI document names everything once.

import Contracts
import EventModel
import Foundation
import Testing

/// What a schema says about a text; nil when the text keeps it.
func violation(of schema: String, in text: String) throws -> String? {
    let checker = try SchemaChecker.compile(schema)
    var parser = JSONParser(limits: Limits())
    var text = text
    return try text.withUTF8 { bytes in
        checker.check(try parser.parse(ByteView(bytes)))?.description
    }
}

/// The JSON text of a member of an object.
func member(_ name: StaticString, of text: String) throws -> String? {
    var parser = JSONParser(limits: Limits())
    var text = text
    return try text.withUTF8 { try parser.parse(ByteView($0)).member(name)?.bytes.text }
}

@Suite struct EventsContractTests {
    @Test func `the embedded files are those under topics, byte for byte`() throws {
        let yaml = try contractNames(in: ".", suffix: ".yaml")
        let schemas = try contractNames(in: "schemas", suffix: ".json").map { "schemas/\($0)" }
        #expect(ContractFiles.all.map(\.path) == (yaml + schemas).sorted())
        for (path, text) in ContractFiles.all {
            let file = try contractFile(path)
            #expect(Array(text.utf8) == Array(file.utf8), "run topics/generate.py: \(path)")
            #expect(ContractFiles.text(path) == text)
        }
        #expect(ContractFiles.text("schemas/nothing.json") == nil)
    }

    @Test func `every type has one schema and one example, and nothing else has`() throws {
        let types = EventType.allCases.map { "\($0.name).json" }.sorted()
        #expect(try contractNames(in: "examples", suffix: ".json") == types)
        let schemas = try contractNames(in: "schemas", suffix: ".json")
        let others = ["cloudevent.json", "policy.json", "topic.json"]
        #expect(schemas == (types + others).sorted())
    }

    @Test(arguments: try contractNames(in: "schemas", suffix: ".json"))
    func `the examples in a schema keep it`(file: String) throws {
        let schema = try contractFile("schemas/\(file)")
        let examples = try #require(try member("examples", of: schema))
        var parser = JSONParser(limits: Limits())
        let checker = try SchemaChecker.compile(schema)
        var text = examples
        var count = 0
        try text.withUTF8 { bytes in
            let list = try parser.parse(ByteView(bytes))
            list.forEachElement { example in
                count += 1
                let found = checker.check(example)
                #expect(found == nil, "\(file), example \(count): \(found?.description ?? "")")
            }
        }
        #expect(count > 0)
    }

    @Test(arguments: EventType.allCases)
    func `the whole example of a type keeps envelope and schema`(type: EventType) throws {
        let example = try contractFile("examples/\(type.name).json")
        let envelope = try contractFile("schemas/cloudevent.json")
        #expect(try violation(of: envelope, in: example) == nil)
        #expect(try member("type", of: example) == type.name.description)
        let schema = try contractFile(ContractRegistry.path(of: type))
        let data = try #require(try member("data", of: example))
        #expect(try violation(of: schema, in: data) == nil)
    }

    @Test(arguments: EventType.allCases.filter(\.isInbound))
    func `the example of an inbound type is taken in`(type: EventType) throws {
        let example = try contractFile("examples/\(type.name).json")
        let subject = try #require(try member("subject", of: example))
        let key = subject.split(separator: "/").dropFirst().joined(separator: "/")
        let outcome = try Intake().take(Record(key: key, value: example, topic: type.topic))
        #expect(outcome.event?.type == type, "\(outcome)")
    }

    @Test(arguments: try contractNames(in: "examples/invalid", suffix: ".json"))
    func `a bad example violates the contract`(file: String) throws {
        let example = try contractFile("examples/invalid/\(file)")
        let name = try #require(try member("type", of: example))
        #expect(file.hasPrefix(name + "."))
        let type = try #require(EventType.allCases.first { $0.name.description == name })
        let subject = try #require(try member("subject", of: example))
        let key = subject.split(separator: "/").dropFirst().joined(separator: "/")
        let outcome = try Intake().take(Record(key: key, value: example, topic: type.topic))
        #expect(outcome.reason == .contractViolated, "\(outcome)")
    }

    @Test func `every inbound type has a bad example`() throws {
        let files = try contractNames(in: "examples/invalid", suffix: ".json")
        for type in EventType.allCases where type.isInbound {
            #expect(files.contains { $0.hasPrefix("\(type.name).") }, "\(type.name)")
        }
    }

    /// Required fields, as the catalogue has them in bold.
    @Test(arguments: [
        (EventType.lotCreatedV1, "lotId"),
        (.stepStartedV1, "lotId stepId operation equipmentId operatorId"),
        (.stepCompletedV1, "lotId stepId operation equipmentId operatorId"),
        (.stepFailedV1, "lotId stepId operation equipmentId operatorId severity"),
        (.limitExceededV1, "lotId equipmentId parameter value unit limitKind severity"),
        (.misScanDetectedV1, "lotId stepId expected scanned operatorId"),
        (.interlockViolatedV1, "lotId equipmentId interlock operatorId"),
        (.materialConsumedV1, "lotId materialLotId quantity unit"),
        (.holdRequestedV1, "holdId subject reason owner"),
        (.holdReleaseApprovedV1, "holdId subject owner approver meaning signedAt"),
        (.dispositionDecidedV1, "lotId decision decidedBy meaning signedAt"),
        (.changeApprovedV1, "changeId effectiveFrom scope approvedBy initiatedBy"),
        (.changeCancelledV1, "changeId reason"),
        (.documentApprovedV1, "documentId version effectiveFrom"),
        (.documentRetiredV1, "documentId version retiredFrom"),
        (.trainingCompletedV1, "personId operation effectiveFrom expiresAt"),
        (.equipmentStatusChangedV1, "equipmentId status"),
    ])
    func `exactly the catalogue's fields are required`(type: EventType, fields: String) throws {
        let schema = try contractFile(ContractRegistry.path(of: type))
        let required = try #require(try member("required", of: schema))
        let names = required.split { !$0.isLetter }.map(String.init)
        #expect(names == fields.split(separator: " ").map(String.init))
    }

    @Test(arguments: EventType.allCases)
    func `the AsyncAPI document has each type once, with its schema and topic`(
        type: EventType
    ) throws {
        let text = try contractFile("asyncapi.json")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let components = try #require(document["components"] as? [String: Any])
        let messages = try #require(components["messages"] as? [String: Any])
        let name = type.name.description
        #expect(messages.count == EventType.allCases.count)
        #expect(text.contains("\"$ref\": \"schemas/\(name).json\""))
        let channels = try #require(document["channels"] as? [String: [String: Any]])
        #expect(Set(channels.keys) == Set(Topic.allCases.map(\.name)))
        let carrying = channels.filter {
            ($0.value["messages"] as? [String: Any])?[name] != nil
        }
        #expect(carrying.keys.sorted() == [type.topic.name])
    }

    private static let asyncapi = sharedDirectory.appendingPathComponent(
        "asyncapi/asyncapi-3.1.0.schema.json")

    @Test(
        .enabled("needs ../shared/asyncapi") {
            FileManager.default.fileExists(atPath: asyncapi.path)
        })
    func `the AsyncAPI document keeps AsyncAPI's own schema`() throws {
        var options = SchemaOptions()
        options.unknownKeywords = .ignore
        options.assertsFormat = false
        // It is written in draft-07, and for what it uses the two differ in names only.
        let schema = try String(contentsOf: Self.asyncapi, encoding: .utf8)
            .replacingOccurrences(
                of: "\"http://json-schema.org/draft-07/schema\",\n    \"title\"",
                with: "\"https://json-schema.org/draft/2020-12/schema\",\n    \"title\""
            )
            .replacingOccurrences(of: "\"definitions\": {", with: "\"$defs\": {")
            .replacingOccurrences(of: "\"items\": [", with: "\"prefixItems\": [")
            .replacingOccurrences(of: "/definitions/", with: "/$defs/")
        let checker = try SchemaChecker.compile(schema, options: options)
        func check(_ text: String) throws -> String? {
            var parser = JSONParser(limits: Limits())
            var text = text
            return try text.withUTF8 { checker.check(try parser.parse(ByteView($0)))?.description }
        }
        let document = try contractFile("asyncapi.json")
        #expect(try check(document) == nil)
        let broken = document.replacingOccurrences(of: "\"receive\"", with: "\"fetch\"")
        #expect(try check(broken) != nil, "the schema is really applied")
    }

    @Test(arguments: Topic.allCases)
    func `the topic file says what the table of topics says`(topic: Topic) throws {
        let text = try contractFile("\(topic.name).yaml")
        #expect(text.contains("\nname: \(topic.name)\n"))
        #expect(text.contains("\ntimestampType: LogAppendTime\n"))
        #expect(text.contains("\npartitions: 4\n"))
        let compacted: Set<Topic> = [.masterData, .state, .gates]
        #expect(text.contains("\ncleanup: \(compacted.contains(topic) ? "compact" : "delete")\n"))
        for type in EventType.allCases {
            #expect(text.contains("  - \(type.name)\n") == (type.topic == topic))
        }
        #expect(text.contains("max.message.bytes: "))
    }

    @Test func `a dead letter of the largest input fits`() throws {
        func largest(_ topic: Topic) throws -> Int {
            let text = try contractFile("\(topic.name).yaml")
            let line = try #require(
                text.split(separator: "\n").first { $0.contains("max.message.bytes") })
            return try #require(Int(line.split(separator: " ").last ?? ""))
        }
        let input = try largest(.mesExecution)
        #expect(try largest(.qmsQuality) == input)
        #expect(try largest(.deadLetters) == input + 65_536)
        #expect(Limits().recordBytesMax + Limits().keyBytesMax < input)
    }
}
