// A binary heap: what is due next without sorting what is due later.

/// The smallest element first.
struct MinHeap<Element: Comparable & Sendable>: Sendable {
    private var elements: [Element] = []

    var first: Element? { elements.first }

    mutating func insert(_ element: Element) {
        elements.append(element)
        var at = elements.count - 1
        while at > 0 {
            let parent = (at - 1) / 2
            guard elements[at] < elements[parent] else { return }
            elements.swapAt(at, parent)
            at = parent
        }
    }

    /// Takes the smallest out; the heap must not be empty.
    mutating func removeFirst() -> Element {
        elements.swapAt(0, elements.count - 1)
        let smallest = elements.removeLast()
        var at = 0
        while true {
            var least = at
            for child in [2 * at + 1, 2 * at + 2] where child < elements.count {
                if elements[child] < elements[least] { least = child }
            }
            if least == at { return smallest }
            elements.swapAt(at, least)
            at = least
        }
    }
}
