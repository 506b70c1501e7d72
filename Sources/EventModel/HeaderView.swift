// Headers of a record, as the log gives them and as Contracts reads them (binary mode).

/// A header of a record; views valid as long as the record.
package struct HeaderView {
    package var name: ByteView
    /// Nil when the header has a null value.
    package var value: ByteView?
    package init(name: ByteView, value: ByteView?) {
        self.name = name
        self.value = value
    }
}
