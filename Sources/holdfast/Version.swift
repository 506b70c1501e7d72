// The product's version, in one place.

/// What this binary is.
package enum Version {
    package static let product = "0.1.0"

    /// The compiler it was built with, as far as the language tells.
    package static var swift: String {
        #if compiler(>=6.4)
            "6.4 or newer"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
