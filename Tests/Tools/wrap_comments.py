#!/usr/bin/env python3
"""Wraps comment lines of Swift files at 100 columns, which `swift format` leaves alone.

    wrap_comments.py FILE...

A line's overflow is put before the words of the next line when that continues the same paragraph.
"""

import re
import sys

COLUMNS = 100
_COMMENT = re.compile(r"^(\s*///? )(\S.*)$")


def wrapped(lines):
    out, carry, prefix = [], "", ""
    for line in lines:
        match = _COMMENT.match(line)
        plain = match and match.group(1) == prefix and not re.match(
            r"[-*|]|\d+\.|\s", match.group(2))
        if carry and not plain:
            out.append(prefix + carry)
            carry = ""
        if match is None:
            out.append(line)
            continue
        prefix, text = match.groups()
        text = (carry + " " + text) if carry else text
        carry = ""
        if len(prefix + text) > COLUMNS and " " in text[:COLUMNS - len(prefix) + 1]:
            at = text.rfind(" ", 0, COLUMNS - len(prefix) + 1)
            text, carry = text[:at], text[at + 1:]
            while len(prefix + carry) > COLUMNS:
                out.append(prefix + text)
                at = carry.rfind(" ", 0, COLUMNS - len(prefix) + 1)
                if at < 0:
                    text, carry = carry, ""
                    break
                text, carry = carry[:at], carry[at + 1:]
        out.append(prefix + text)
    return out + ([prefix + carry] if carry else [])


def main():
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            before = file.read().split("\n")
        after = wrapped(before)
        if after != before:
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(after))


if __name__ == "__main__":
    main()
