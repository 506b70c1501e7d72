// Defaults < holdfast.yaml < environment < flags. Whatever nobody knows is an error that names the
// nearest known one: a typing error in a plant must not be a default in silence.

package import EventModel

/// Makes `Settings` out of their four sources.
package struct SettingsResolver {
    /// A flag of the command line, in its order: `--log local:x` is ("log", "local:x").
    package struct Flag: Sendable, Equatable {
        package let setting: Setting
        package let text: String
        package init(setting: Setting, text: String) {
            self.setting = setting
            self.text = text
        }
        package static func == (left: Flag, right: Flag) -> Bool {
            left.setting.name == right.setting.name && left.text == right.text
        }
    }

    private var settings = Settings()

    private init() {}

    /// The settings file that is read without `--config`, when it is there.
    package static let defaultFile = "holdfast.yaml"

    /// Resolves all sources. `readFile` answers nil for a file that is not there.
    package static func resolve(
        flags: [Flag], environment: [String: String], limits: Limits = Limits(),
        readFile: (String) throws(ConfigurationError) -> [UInt8]?
    ) throws(ConfigurationError) -> Settings {
        var resolver = SettingsResolver()
        for setting in Setting.table {
            guard let text = setting.defaultText else { continue }
            guard let value = try? SettingValue(text, of: setting) else {
                preconditionFailure("the default of \(setting.name) is no value of its kind")
            }
            resolver.settings.values[setting.name] = ResolvedValue(
                value: value, text: text, origin: .builtIn)
        }
        let named = flags.last { $0.setting.name == Setting.config.name }?.text
        let path = named ?? defaultFile
        if let bytes = try readFile(path) {
            try resolver.takeFile(bytes, path: path, limits: limits)
        } else if named != nil {
            throw ConfigurationError(
                kind: .noInput, place: path, cause: "No such file or directory",
                wayOut: "Check the path after --config")
        }
        try resolver.takeEnvironment(environment)
        for flag in flags { try resolver.take(flag) }
        return resolver.settings
    }

    // MARK: The file

    private mutating func takeFile(_ bytes: [UInt8], path: String, limits: Limits)
        throws(ConfigurationError)
    {
        guard let root = try YAMLReader.read(bytes, file: path, limits: limits) else { return }
        try takeMapping(root, under: "")
    }

    private mutating func takeMapping(_ node: YAMLNode, under prefix: String)
        throws(ConfigurationError)
    {
        // `kafka:` with nothing after it is a mapping that is still empty.
        if node.scalar == .null { return }
        guard case .mapping(let entries) = node.content else {
            throw node.error("\(node.kindName) where a mapping of settings is expected")
        }
        for entry in entries {
            let key = prefix + entry.name
            if key == Setting.kafka.key {
                try takeKafka(entry.value)
            } else if let setting = Setting.configurable.first(where: { $0.key == key }) {
                try set(setting, entry.value)
            } else if Setting.configurable.contains(where: { $0.key?.hasPrefix(key + ".") == true })
            {
                try takeMapping(entry.value, under: key + ".")
            } else {
                let known = Setting.configurable.compactMap(\.key)
                let question = NearestName.question(key, among: known)
                throw ConfigurationError(
                    kind: .configuration,
                    place: "\(node.file):\(entry.position.line):\(entry.position.column)",
                    cause: "unknown setting '\(key)'",
                    wayOut: question.isEmpty
                        ? "'holdfast config show' lists all settings" : question)
            }
        }
    }

    private mutating func set(_ setting: Setting, _ node: YAMLNode) throws(ConfigurationError) {
        guard case .scalar(let text, _) = node.content else {
            throw node.error("'\(setting.name)' takes one value, not \(node.kindName)")
        }
        // An empty value means "as if it were not here".
        if node.scalar == .null { return }
        try set(setting, text, origin: .file(node.place), kind: .configuration)
    }

    private mutating func takeKafka(_ node: YAMLNode) throws(ConfigurationError) {
        if node.scalar == .null { return }
        guard case .mapping(let entries) = node.content else {
            throw node.error("\(node.kindName) where properties of librdkafka are expected")
        }
        for entry in entries {
            guard case .scalar(let text, _) = entry.value.content else {
                throw entry.value.error("'\(entry.name)' takes one value, not a list or a mapping")
            }
            try setKafka(entry.name, text, origin: .file(entry.value.place), kind: .configuration)
        }
    }

    // MARK: The environment

    private static let kafkaPrefix = "HOLDFAST_KAFKA_"

    private mutating func takeEnvironment(_ environment: [String: String])
        throws(ConfigurationError)
    {
        for (name, text) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix("HOLDFAST_") && !Self.isForeign(name) {
            if name == Self.kafkaPrefix || name == Setting.kafka.environment {
                throw ConfigurationError(
                    kind: .configuration, place: name, cause: "no property of librdkafka is named",
                    wayOut: "Write for example HOLDFAST_KAFKA_CLIENT_RACK=a")
            } else if name.hasPrefix(Self.kafkaPrefix) {
                let property = name.dropFirst(Self.kafkaPrefix.count).lowercased()
                    .replacing("_", with: ".")
                try setKafka(property, text, origin: .environment(name), kind: .configuration)
            } else if let setting = Setting.configurable.first(where: {
                $0.environment == name && $0.kind != .property
            }) {
                try set(setting, text, origin: .environment(name), kind: .configuration)
            } else {
                let known = Setting.configurable.compactMap(\.environment)
                throw ConfigurationError(
                    kind: .configuration, place: name, cause: "unknown environment variable",
                    wayOut: NearestName.question(name, among: known))
            }
        }
    }

    /// Kubernetes gives every pod HOLDFAST_SERVICE_HOST, HOLDFAST_PORT_... when a service named
    /// holdfast exists in its namespace; the other two belong to our tests.
    private static func isForeign(_ name: String) -> Bool {
        name.hasPrefix("HOLDFAST_SERVICE_") || name == "HOLDFAST_PORT"
            || name.hasPrefix("HOLDFAST_PORT_") || name == "HOLDFAST_SHARED"
            || name == "HOLDFAST_RECORD"
    }

    // MARK: Flags

    private mutating func take(_ flag: Flag) throws(ConfigurationError) {
        let place = "--\(flag.setting.name)"
        guard flag.setting.kind == .property else {
            try set(flag.setting, flag.text, origin: .flag(place), kind: .usage)
            return
        }
        guard let equals = flag.text.firstIndex(of: "="), equals != flag.text.startIndex else {
            // What was written may be a secret: it is not repeated.
            throw ConfigurationError(
                kind: .usage, place: place, cause: "no property=value",
                wayOut: "Write for example --kafka client.rack=a")
        }
        try setKafka(
            String(flag.text[..<equals]), String(flag.text[flag.text.index(after: equals)...]),
            origin: .flag(place), kind: .usage)
    }

    // MARK: One value

    private mutating func set(
        _ setting: Setting, _ text: String, origin: SettingOrigin, kind: ConfigurationError.Kind
    ) throws(ConfigurationError) {
        do throws(SettingValue.Fault) {
            settings.values[setting.name] = ResolvedValue(
                value: try SettingValue(text, of: setting), text: text, origin: origin)
        } catch {
            throw ConfigurationError(
                kind: kind, place: origin.text,
                cause: setting.isSecret ? "the value is not valid" : error.cause,
                wayOut: error.wayOut)
        }
    }

    private mutating func setKafka(
        _ name: String, _ text: String, origin: SettingOrigin, kind: ConfigurationError.Kind
    ) throws(ConfigurationError) {
        if let reason = KafkaProperties.refusal(of: name) {
            throw ConfigurationError(
                kind: kind, place: origin.text,
                cause: "the property '\(name)' may not be set: \(reason)", wayOut: "Remove it")
        }
        guard !text.utf8.contains(0) else {
            throw ConfigurationError(
                kind: kind, place: origin.text, cause: "a NUL character in '\(name)'")
        }
        settings.kafka[name] = ResolvedValue(value: .text(text), text: text, origin: origin)
    }
}
