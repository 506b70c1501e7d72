// The manual page holdfast(1) in roff's man macros, from the same tables as everything else.

import Configuration

/// Renders the manual page.
package enum ManPage {
    package static var roff: String {
        var lines = [
            ".TH HOLDFAST 1 \"\" \"Holdfast \(Version.product)\" \"User Commands\"", ".SH NAME",
            "holdfast \\- moves control, not just data, between MES and QMS", ".SH SYNOPSIS",
            ".B holdfast", ".I COMMAND", "[OPTIONS]", ".SH COMMANDS",
        ]
        for page in CommandSummary.pages {
            lines += [".SS \(escaped(page.usage))", escaped(page.summary) + "."]
            if !page.details.isEmpty { lines.append(escaped(page.details)) }
            for example in page.examples {
                lines += [".PP", escaped("Example, \(example.does):"), ".PP", ".nf", ".RS"]
                lines += [escaped(example.line), ".RE", ".fi"]
            }
        }
        lines.append(".SH OPTIONS")
        for setting in Setting.table {
            let value = setting.placeholder.map { " \\fI\(escaped($0))\\fR" } ?? ""
            lines += [".TP", "\\fB\(escaped("--\(setting.name)"))\\fR\(value)"]
            lines.append(escaped(setting.help) + ".")
            if let text = setting.defaultText, !text.isEmpty {
                lines.append("Default: \(escaped(text)).")
            }
            if let key = setting.key {
                let variable =
                    setting.kind == .property ? "HOLDFAST_KAFKA_..." : setting.environment
                lines.append(
                    escaped("In holdfast.yaml: \(key); environment: \(variable ?? "")."))
            }
            let takers = setting.commands.map(\.rawValue)
            if takers.count < CommandName.allCases.count {
                lines.append(escaped("Taken by: \(takers.joined(separator: ", "))."))
            }
        }
        lines.append(".SH EXIT STATUS")
        for code in ExitCode.allCases {
            lines += [".TP", "\(code.rawValue)", escaped(code.meaning) + "."]
        }
        lines += [
            ".SH SIGNALS", "SIGTERM and SIGINT drain and commit within",
            ".BR \\-\\-drain\\-timeout ;",
            "a second one stops at once, safely.", ".SH FILES", "./holdfast.yaml: settings.",
        ]
        return lines.joined(separator: "\n")
    }

    /// Text as roff takes it literally: backslashes and hyphens escaped, no control line.
    private static func escaped(_ text: String) -> String {
        let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
    }
}
