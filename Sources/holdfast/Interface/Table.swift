// A plain table: columns as wide as their widest cell, the last one free. Without colours, so that
// widths are counted right; styling is the caller's, by whole rows.

/// Lays out rows for people.
package enum Table {
    /// The lines of a table with a head. Cells are made visible (no control characters).
    package static func lines(head: [String], rows: [[String]]) -> [String] {
        let rows = ([head] + rows).map { $0.map(Terminal.visible) }
        var widths = [Int](repeating: 0, count: head.count)
        for row in rows {
            for (column, cell) in row.enumerated() {
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += column == row.count - 1 ? cell : HelpText.padded(cell, widths[column] + 2)
            }
            return line
        }
    }
}
