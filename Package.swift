// swift-tools-version: 6.2
// Holdfast: moves control, not just data, between a plant's MES and its QMS.
//
// No package from outside: the toolchain and Debian's C libraries are all there is
// (docs/architecture.md has the table of modules and what each may import).
import PackageDescription

/// One strictness for all Swift targets.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
    // Release only: the check at run time that no two accesses to a property overlap costs a record
    // 4 % (docs/performance.md). Debug builds, hence all tests, keep it; the compiler's own stays.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
    of name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies,
        exclude: exclude, swiftSettings: strict)
}

func library(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
    name: "holdfast",
    products: [.executable(name: "holdfast", targets: ["holdfast"])],
    targets: [
        library("CRdKafka", pkgConfig: "rdkafka", apt: "librdkafka-dev"),
        library("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        library("CPCRE2", pkgConfig: "libpcre2-8", apt: "libpcre2-dev"),
        library("CYaml", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
        library("CXXHash", pkgConfig: "libxxhash", apt: "libxxhash-dev"),
        library("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
        .target(
            name: "CSimdjson",
            cxxSettings: [.unsafeFlags(["-O2"])],
            linkerSettings: [.linkedLibrary("simdjson")]),

        module("EventModel", []),
        module("Digests", ["EventModel", "CXXHash", "CCrypto"]),
        module("Contracts", ["EventModel", "Digests", "CSimdjson", "CPCRE2"]),
        module("Decisions", ["EventModel", "Digests"]),
        module("Store", ["EventModel", "CSQLite"]),
        module("EventLog", ["EventModel", "CSQLite"]),
        module("KafkaLog", ["EventModel", "EventLog", "CRdKafka"]),
        // Finds, starts and stops a real broker for tests; no product imports it.
        module("KafkaTesting", []),
        module(
            "Worker",
            ["EventModel", "Contracts", "Digests", "Decisions", "Store", "EventLog"]),
        module("Configuration", ["EventModel", "Contracts", "Decisions", "CYaml"]),
        module(
            "Simulation",
            [
                "EventModel", "Contracts", "Digests", "Decisions", "Store", "EventLog", "Worker",
                "Configuration", "CSQLite",
            ]),
        .executableTarget(
            name: "holdfast",
            dependencies: [
                "EventModel", "Contracts", "Digests", "Decisions", "Store", "EventLog",
                "KafkaLog", "Worker", "Configuration", "Simulation",
            ],
            swiftSettings: strict),
        // What `make bench` measures with; no product ships it.
        .executableTarget(
            name: "holdfast-bench",
            dependencies: [
                "EventModel", "Contracts", "Decisions", "Digests", "Store", "EventLog", "KafkaLog",
                "Worker", "CRdKafka", "CSQLite",
            ],
            path: "Sources/Bench", swiftSettings: strict),
        // What `make fuzz` throws bytes with; no product ships it.
        .executableTarget(
            name: "holdfast-fuzz",
            dependencies: [
                "EventModel", "Digests", "Contracts", "Decisions", "Store", "EventLog", "Worker",
                "Configuration", "CSQLite",
            ],
            path: "Sources/Fuzz", swiftSettings: strict),

        tests(of: "EventModel", []),
        tests(of: "Digests", ["EventModel"]),
        tests(of: "Contracts", ["EventModel", "Digests"], exclude: ["Golden"]),
        tests(of: "Decisions", ["EventModel", "Digests", "Contracts"]),
        tests(of: "Store", ["EventModel", "CSQLite", "Simulation"]),
        tests(of: "EventLog", ["EventModel", "Simulation"]),
        tests(of: "KafkaLog", ["EventModel", "EventLog", "Simulation", "KafkaTesting"]),
        tests(
            of: "Worker",
            [
                "EventModel", "Contracts", "Digests", "Decisions", "Store", "EventLog",
                "Simulation", "Configuration",
            ]),
        tests(of: "Configuration", ["EventModel", "Contracts", "Decisions"]),
        tests(
            of: "Simulation",
            ["EventModel", "Contracts", "Decisions", "EventLog", "Store", "Worker"],
            exclude: ["seeds.txt"]),
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "holdfast-fuzz", "holdfast", "EventModel", "Contracts", "Configuration",
            ],
            swiftSettings: strict),
        .testTarget(name: "StyleTests", dependencies: [], swiftSettings: strict),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "holdfast", "EventModel", "EventLog", "Contracts", "Configuration", "KafkaLog",
            ],
            exclude: ["Golden"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17)
