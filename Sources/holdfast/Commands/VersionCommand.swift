// `holdfast version`.

import Configuration
import EventModel

/// Prints what this binary is.
package enum VersionCommand {
    package static func run(_ call: Invocation) {
        if call.settings.isJSON {
            var json = JSONWriter()
            json.beginObject()
            json.member("product", Version.product)
            json.member("swift", Version.swift)
            json.endObject()
            call.terminal.line(bytes: json.bytes)
        } else {
            call.terminal.line("holdfast \(Version.product) (Swift \(Version.swift))")
        }
    }
}
