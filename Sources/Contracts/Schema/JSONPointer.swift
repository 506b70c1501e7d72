// JSON pointers (RFC 6901): the way to a node, and back. Only for errors and for `$ref`.

import EventModel

extension JSONView {
    /// The pointer from this value to a node in its subtree. A member's name has the pointer of
    /// its object.
    func pointer(to node: Int) -> String {
        var text = ""
        var here = self
        search: while here.index != node {
            guard here.kind == .object || here.kind == .array else { break }
            var child = here.index + 1
            let end = Int(nodes[here.index].next)
            var position = 0
            while child < end {
                let value = here.kind == .object ? child + 1 : child
                if node >= value && node < Int(nodes[value].next) {
                    text +=
                        "/"
                        + (here.kind == .object
                            ? Self.escape(at(child).bytes.text) : String(position))
                    here = at(value)
                    continue search
                }
                child = Int(nodes[value].next)
                position += 1
            }
            break
        }
        return text
    }

    /// The member or element that one token of a pointer names.
    func child(named token: String) -> JSONView? {
        switch kind {
        case .object:
            var token = token
            return token.withUTF8 { member(ByteView($0)) }
        case .array:
            guard let position = Int(token), position >= 0, String(position) == token else {
                return nil
            }
            var found: JSONView?
            var left = position
            forEachElement { element in
                if left == 0 { found = element }
                left -= 1
            }
            return found
        default: return nil
        }
    }

    private static func escape(_ token: String) -> String {
        guard token.contains(where: { $0 == "~" || $0 == "/" }) else { return token }
        return token.reduce(into: "") { text, character in
            switch character {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.append(character)
            }
        }
    }

    /// A token of a pointer as it was before escaping.
    static func unescape(_ token: Substring) -> String {
        var text = ""
        var isEscape = false
        for character in token {
            if isEscape {
                text.append(character == "1" ? "/" : character == "0" ? "~" : character)
                isEscape = false
            } else if character == "~" {
                isEscape = true
            } else {
                text.append(character)
            }
        }
        return text
    }
}
