// All output of the command goes through here: buffered, quiet in pipes, and testable. Results go
// to the output stream; notes, warnings, errors and progress to the error stream, so that a pipe
// carries results only.

import Configuration
package import EventModel

/// Where output goes, and how it looks.
package final class Terminal {
    package enum Stream: Sendable { case output, error }

    /// How a text may be set off. Plain when colours are off.
    package enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    /// Writes bytes; false when the reader has gone away.
    package typealias Sink = (Stream, ByteView) -> Bool

    private let sink: Sink
    private var buffer: [UInt8] = []
    private var progressIsShown = false
    /// The output stream is a terminal: somebody watches.
    package let outputIsTerminal: Bool
    /// The error stream is a terminal: progress may be drawn there.
    package let errorIsTerminal: Bool
    package let isColored: Bool
    package let isQuiet: Bool
    /// The reader of our output went away; loops end when they see it.
    package private(set) var isClosed = false

    package init(
        sink: @escaping Sink, outputIsTerminal: Bool, errorIsTerminal: Bool, isColored: Bool,
        isQuiet: Bool
    ) {
        self.sink = sink
        self.outputIsTerminal = outputIsTerminal
        self.errorIsTerminal = errorIsTerminal
        self.isColored = isColored
        self.isQuiet = isQuiet
    }

    /// Whether colours are wanted: `--color`, then NO_COLOR (no-color.org: set and not empty), then
    /// whether somebody watches.
    package static func wantsColor(
        _ choice: String?, environment: [String: String], isTerminal: Bool
    ) -> Bool {
        switch choice {
        case "always": return true
        case "never": return false
        default:
            if let value = environment["NO_COLOR"], !value.isEmpty { return false }
            return isTerminal && environment["TERM"] != "dumb"
        }
    }

    // MARK: Results

    /// A line of result.
    package func line(_ text: String = "") {
        buffer.append(contentsOf: text.utf8)
        buffer.append(0x0a)
        flushIfFull()
    }

    /// A line of result, of bytes.
    package func line(bytes: [UInt8]) {
        buffer.append(contentsOf: bytes)
        buffer.append(0x0a)
        flushIfFull()
    }

    private func flushIfFull() {
        // Somebody who watches wants each line at once.
        if outputIsTerminal || buffer.count >= 32_768 { flush() }
    }

    package func flush() {
        guard !buffer.isEmpty else { return }
        let bytes = buffer
        buffer.removeAll(keepingCapacity: true)
        send(.output, bytes)
    }

    /// A text set off, when colours are on. Control characters of the text are made visible: what
    /// comes out of a log must not steer a terminal.
    package func styled(_ text: String, _ style: Style) -> String {
        let text = Self.visible(text)
        return isColored ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
    }

    /// A text without control characters: each becomes `\u{..}`.
    package static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        // C0, DEL, C1, and the marks that turn the direction of a line.
        switch scalar.value {
        case 0..<0x20, 0x7f...0x9f, 0x202a...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    // MARK: The error stream

    /// Something worth knowing; not with `--quiet`.
    package func note(_ text: String) {
        if !isQuiet { errorLine(text) }
    }

    /// An error or a warning: always.
    package func errorLine(_ text: String) {
        flush()
        clearProgress()
        send(.error, Array((text + "\n").utf8))
    }

    /// Redraws the line of progress; only on a terminal, and not with `--quiet`.
    package func progress(_ text: String) {
        guard errorIsTerminal, !isQuiet else { return }
        progressIsShown = true
        send(.error, Array("\r\u{1b}[2K\(text)".utf8))
    }

    package func clearProgress() {
        guard progressIsShown else { return }
        progressIsShown = false
        send(.error, Array("\r\u{1b}[2K".utf8))
    }

    private func send(_ stream: Stream, _ bytes: [UInt8]) {
        if stream == .output && isClosed { return }
        let isOpen = bytes.withUnsafeBytes { sink(stream, $0) }
        if !isOpen && stream == .output { isClosed = true }
    }
}
