// Policy and topic files: the shipped ones mean what the code has built in; wrong ones name the
// place.

import Contracts
import Decisions
import EventModel
import Testing

@testable import Configuration

@Suite struct PolicyFileTests {
    private static let text = ContractFiles.text("policy.yaml") ?? ""

    private func read(_ text: String) throws(ConfigurationError) -> Policy {
        try PolicyFile.policy(Array(text.utf8), file: "p.yaml", limits: Limits())
    }

    @Test func `the shipped policy is the built-in one, digest and all`() throws {
        let policy = try read(Self.text)
        #expect(policy == Policy.standard)
        #expect(policy.digest == Policy.standard.digest)
    }

    @Test func `the policy's canonical JSON is that of its file`() throws {
        let root = try #require(
            try YAMLReader.read(Array(Self.text.utf8), file: "p", limits: Limits()))
        #expect(
            String(decoding: root.canonicalJSON, as: UTF8.self) == Policy.standard.canonicalJSON)
    }

    @Test(arguments: [
        ("severities: [critical]", "severities: [critcal]", "Did you mean 'critical'?"),
        ("severities: [critical]", "severities: []", "Remove the rule instead"),
        ("severities: [critical]", "severities: [critical, critical]", "Remove one"),
        ("owner: quality", "ownr: quality", ""),
        ("owner: quality", "owner: ''", ""),
        ("gapSeconds: 1800", "gapSeconds: soon", ""),
        ("gapSeconds: 1800", "gapSeconds: 0", "It must be at least 1 and at most 31536000"),
        (
            "acceptedSources: all", "acceptedSources: some",
            "Write all, or [/mes/plant-1, /qms/site]"
        ),
        ("acceptedSources: all", "acceptedSources: []", "Write all"),
        ("acceptedSources: all", "acceptedSources: [a, a]", ""),
        ("version: 1", "version: 2", "Use the holdfast that the policy is for"),
        ("requireRegisteredLots: false", "requireRegisteredLots: 0", ""),
        ("dimensions: [", "dimensions: [event, ", "Remove it"),
        ("intake:", "intakes:", ""),
        (
            "{type: mes.stepFailed.v1,", "{type: mes.stepFailed.v1, limitKinds: [OOS],",
            "Remove 'limitKinds'"
        ),
    ])
    func `a wrong policy names its place`(good: String, bad: String, wayOut: String) throws {
        let range = try #require(Self.text.firstRange(of: good))
        let error = #expect(throws: ConfigurationError.self) {
            try read(Self.text.replacingCharacters(in: range, with: bad))
        }
        #expect(error?.place.hasPrefix("p.yaml:") == true)
        #expect(error?.wayOut == wayOut, "\(error?.description ?? "")")
    }

    @Test func `every topic of the contract is embedded and readable`() {
        #expect(TopicContract.all.map(\.topic) == Topic.allCases)
        let counts = Set(
            TopicContract.all.filter { Topic.copartitioned.contains($0.topic) }
                .map(\.partitions))
        #expect(counts.count == 1)
    }

    @Test func `a topic file with an unknown member is refused by place`() {
        let yaml = (ContractFiles.text("mes.execution.yaml") ?? "") + "retentoin: 1\n"
        let error = #expect(throws: ConfigurationError.self) {
            try TopicContract(yaml: Array(yaml.utf8), file: "t", limits: Limits())
        }
        #expect(error?.cause == "unknown member 'retentoin'")
    }
}

extension String {
    /// Foundation's, without Foundation.
    fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String)
        -> String
    {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
