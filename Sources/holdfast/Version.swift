// What `holdfast version` tells.

import Worker

/// What this binary is.
package enum Version {
    /// The one that dead letters carry too.
    package static let product = Product.version

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
