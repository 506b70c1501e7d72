import Testing
@testable import Contracts
@Suite struct SchemaSuiteTests {
    @Test func `all`() {
        var n = 0
        for file in SchemaSuite.files(in: "") + SchemaSuite.files(in: "optional")
            + SchemaSuite.files(in: "optional/format")
        {
            for c in SchemaSuite.cases(of: file) {
                n += c.tests.count
                for f in SchemaSuite.failures(
                    of: c,
                    assertsFormat: file.hasPrefix("optional/format/")
                        || file.hasSuffix("ecmascript-regex.json"))
                { print("FAIL \(file): \(f)") }
            }
        }
        print("N \(n)")
    }
}
