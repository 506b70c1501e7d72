"""The rules that CloudEvents 1.0.2 has for attributes: names, types, characters, references."""

import re

_NAME = re.compile(r"[a-z0-9]+\Z")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_REFERENCE = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?"
    r"(?://(?:%(c)s|[:@])*(?:\[[0-9A-Fa-f:.v]+\](?::[0-9]*)?)?)?"
    r"(?:%(c)s|[:@/])*(?:\?(?:%(c)s|[:@/?])*)?(?:#(?:%(c)s|[:@/?])*)?\Z"
    % {"c": r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"})
_JSON_TYPE = re.compile(r"[^/;\s]+/(?:json|[^/;\s]+\+json)\s*(?:;.*)?\Z", re.I | re.S)


def is_reference(text):
    """A URI-reference (RFC 3986): a first segment with a colon needs a scheme before it."""
    if not _REFERENCE.match(text):
        return False
    first = re.split("[/?#]", text, maxsplit=1)[0]
    return ":" not in first or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", first) is not None


def unruly(attributes, number):
    """Whether an attribute breaks a rule; `number` is the type that stands for JSON's numbers."""
    for name, value in attributes.items():
        if name in ("data", "data_base64"):
            continue
        if not _NAME.match(name):
            return True
        if value is None or isinstance(value, bool):
            continue
        if isinstance(value, number):
            if not _INTEGER.match(value) or abs(int(value)) > 2 ** 31:
                return True
        elif not isinstance(value, str) or _CONTROLS.search(value):
            return True
    return not is_reference(attributes["source"])


def is_json(attributes):
    kind = attributes.get("datacontenttype")
    return kind is None or (isinstance(kind, str) and _JSON_TYPE.match(kind) is not None)
