// Words that random bytes would never hit on: of JSON, YAML, CloudEvents, our own rows, and the
// numbers at which somebody's arithmetic ends.

import EventModel

/// The mutator's dictionary.
enum Tokens {
    /// Numbers at the edges of types, of calendars and of decimals.
    static let numbers: [String] = [
        "0", "-0", "-1", "1", "127", "128", "255", "256", "65535", "65536", "2147483647",
        "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296",
        "9223372036854775806", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
        "18446744073709551616", "9007199254740993", "1e308", "1e309", "-1e400", "1e-400", "0.1",
        "1.", ".5", "01", "+1", "1e1000000000", "1E+99999999999999999999", "123456789012345678",
        "1234567890123456789", "0.000000000000000000000000001", "-9223372036854775",
        "9223372036854",
        "253402300800000", "-62167219200001", "9223372036854775807000",
    ]

    static let times: [String] = [
        "2026-01-05T06:00:00Z", "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59",
        "2016-12-31T23:59:60Z", "2016-12-31T23:59:60.999999+00:00", "2024-02-29t23:59:59z",
        "2023-02-29T00:00:00Z", "1969-12-31T23:59:59.9999999Z", "2026-01-05T06:00:00.1+14:00",
        "2026-01-05T24:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
    ]

    static let json: [String] = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "false", "{}", "[]", "\"\"",
        "\\u0000", "\\ud83d\\ude00", "\\ud800", "\\udfff", "\\u00e9", "e\u{301}", "\u{feff}",
        "\u{fffe}", "\u{10ffff}", "\u{85}", "\u{2028}", "\u{0}", "\n", "\t", " ", "\u{1e}", "~",
        "\"v\":1", "\"v\":2", "\"v\":9223372036854775807", ",\"a\":1", "\"a\":{\"a\":",
    ]

    static let events: [String] =
        EventType.allCases.map { "\"\($0.name)\"" } + Topic.allCases.map(\.name) + [
            "specversion", "\"specversion\":\"1.0\"", "\"id\":", "\"source\":", "\"type\":",
            "\"subject\":", "\"time\":", "\"datacontenttype\":\"application/json\"",
            "\"datacontenttype\":\"application/json; charset=utf-8\"", "\"data\":",
            "\"data_base64\":\"e30=\"", "\"dataschema\":\"urn:a\"", "\"traceparent\":",
            "\"sequence\":",
            "\"partitionkey\":", "\"correlationid\":\"c-1\"", "\"causationid\":", "\"authid\":",
            "ce_specversion: 1.0\n", "ce_id: 1\n", "ce_source: /a\n", "ce_type: ", "ce_time: ",
            "content-type: application/json\n", "content-type: application/cloudevents+json\n",
            "ce_datacontenttype: text/plain\n", "\"severity\":\"critical\"",
            "\"limitKind\":\"OOS\"",
            "\"lotId\":\"L-1\"", "\"lotId\":\"L-2\"", "\"equipmentId\":\"p-1\"",
            "\"effectiveFrom\":",
            "\"effectiveUntil\":", "\"value\":", "\"upperLimit\":", "\"unit\":\"kN\"",
            "\"holdId\":\"h-1\"", "\"changeId\":\"C-1\"", "\"documentId\":\"S-1\"",
        ]

    static let rows: [String] = [
        "row lot/L-1 ", "row hold/lot/L-1/h-1 ", "row timer/", "row change/C-1 ", "row group/",
        "row affected/1/L-1 ", "row member/1/1 ", "head ", "batch ", "signal ", "expire ", "fire\n",
        "\"kind\":\"signal\"", "\"kind\":\"holdProposed\"", "\"memberCount\":", "\"groupId\":",
        "\"lastAppend\":", "\"first\":", "\"last\":", "\"due\":", "\"offset\":", "\"epoch\":",
        "\"sequence\":", "\"positions\":", "\"clocks\":", "\"ranges\":", "\"from\":", "\"to\":",
        "\"lost\":true", "\"timersTo\":", "\"now\":", "\"partitions\":", "\"extensions\":{}",
        "see mes.execution ", "block qms.quality ", "commit\n", "rollback\n", "reopen\n", "0/head",
        "0/lot/L-1", "partitions next ", "partitions time ", "partitions partition ",
        "group_offsets next ", "topics partitions ", "topics name ", "records_1 offset ",
        "records_12 value ", "records_12 offset ", "records_1 headers ", "records_4 time ",
        "records_5 value ", "records_1 key ",
    ]

    static let schema: [String] = [
        "\"$ref\":\"#\"", "\"$ref\":\"#/$defs/a\"", "\"$defs\":{\"a\":", "\"$id\":\"urn:a\"",
        "\"$anchor\":\"a\"", "\"$dynamicRef\":\"#a\"", "\"$dynamicAnchor\":\"a\"",
        "\"type\":\"object\"",
        "\"type\":[\"null\",\"integer\"]", "\"properties\":{\"a\":",
        "\"patternProperties\":{\"^(a+)+$\":",
        "\"additionalProperties\":false", "\"items\":", "\"prefixItems\":[", "\"contains\":",
        "\"minContains\":", "\"maxContains\":", "\"uniqueItems\":true", "\"allOf\":[",
        "\"anyOf\":[",
        "\"oneOf\":[", "\"not\":", "\"if\":", "\"then\":", "\"else\":",
        "\"dependentSchemas\":{\"a\":",
        "\"dependentRequired\":{\"a\":[\"b\"]}", "\"propertyNames\":", "\"unevaluatedItems\":false",
        "\"unevaluatedProperties\":false", "\"pattern\":\"(a*)*b\"", "\"pattern\":\"\\\\p{L}+\"",
        "\"pattern\":\"(?<=a)b\\\\1\"", "\"pattern\":\"[\\\\w-\\\\d]{2,9999}\"",
        "\"format\":\"date-time\"",
        "\"format\":\"uri\"", "\"format\":\"email\"", "\"format\":\"ipv6\"", "\"format\":\"regex\"",
        "\"multipleOf\":", "\"minimum\":", "\"maxLength\":", "\"enum\":[", "\"const\":", "\n---\n",
        "\"format\":\"uri-template\"", "\"format\":\"json-pointer\"", "\"format\":\"duration\"",
        "\"format\":\"idn-hostname\"", "\"format\":\"iri-reference\"", "\"required\":[\"a\"]",
    ]

    static let yaml: [String] = [
        "\n", "\n  ", "- ", ": ", "? ", "|\n", ">-\n", "'", "\"", "# ", "&a ", "*a", "!!str ",
        "---\n",
        "...\n", "%YAML 1.2\n", "{", "}", "[", "]", "~", "null", "\t", "\r\n", "\u{feff}", "\\x00",
        "kafka:", "kafka:\n  client.rack: a\n", "sasl.password", "log: ", "local:a",
        "kafka://a:9092",
        "deployment: ", "HOLDFAST_LOG=", "HOLDFAST_KAFKA_", "--log=", "--kafka=", "version: 1",
        "correlation:", "gapSeconds: ", "spanSeconds: ", "membersMax: ", "groupRetentionSeconds: ",
        "trustedSources: []", "dimensions: [gate]", "acceptedSources: all", "holds: []",
        "signals: []", "partitions: ", "retentionMs: ", "ms", "s", "min", "h", "d",
    ]

    /// The words that a target's inputs are made of.
    static func words(of target: FuzzTarget) -> [[UInt8]] {
        let lists: [[String]] =
            switch target {
            case .records, .headers, .decisions: [json, events, times]
            case .schemas: [json, schema, times]
            case .settings, .policies: [yaml]
            case .ownRecords, .restarts: [json, rows, events, times]
            case .stateRows, .logRows, .verify: [rows, json]
            case .stateFiles, .logFiles, .canary: [rows]
            }
        return lists.joined().map { Array($0.utf8) }
    }
}
