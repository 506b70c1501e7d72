// A refusal: the named reason and what exactly was wrong. Built only when a record is refused, so
// it may allocate; bounded and printable, because it goes into a header and onto screens.

import EventModel

/// Why this record was refused.
package struct Rejection: Error, Equatable, Sendable {
    package let reason: RejectionReason
    /// What was wrong here: at most `detailBytesMax` bytes, without control characters.
    package let detail: String

    /// The longest detail, in bytes of UTF-8.
    package static let detailBytesMax = 512

    package init(_ reason: RejectionReason, _ detail: String) {
        self.reason = reason
        self.detail = Self.printable(detail, bytesMax: Self.detailBytesMax)
    }

    /// The text with control characters replaced, cut to so many bytes.
    static func printable(_ text: String, bytesMax: Int) -> String {
        var kept = String.UnicodeScalarView()
        var size = 0
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
            let shown: Unicode.Scalar = isControl ? "\u{fffd}" : scalar
            let width = UTF8.width(shown)
            // Three bytes stay free for the ellipsis.
            if size + width > bytesMax - 3 {
                kept.append("…")
                break
            }
            kept.append(shown)
            size += width
        }
        return String(kept)
    }

    /// Bytes of a record as a quotation: at most 64 of them.
    static func quote(_ bytes: ByteView) -> String {
        let shown = ByteView(rebasing: bytes.prefix(64))
        return "\"\(shown.text)\(bytes.count > 64 ? "…" : "")\""
    }
}
