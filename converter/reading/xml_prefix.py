"""The prefix that some writers put before the spreadsheet's own elements, removed: `<x:row>` → `<row>`."""


def without_prefix(xml: bytes, prefix: bytes) -> bytes:
    """The same XML without `prefix:` before its elements; a text holds no raw « < », so nothing else is touched."""
    return xml.replace(b"<%s:" % prefix, b"<").replace(b"</%s:" % prefix, b"</")
