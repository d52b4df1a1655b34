"""The address of a ledger in PostgreSQL: what of it is libpq's, what is ours, and how sentences name it."""

import os
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from converter.findings import Refusal

SCHEMES = ("postgresql://", "postgres://")
_DEFAULT_SCHEMA = "converter"
_SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
SECRETS = frozenset({"password", "sslpassword"})


@dataclass(frozen=True, slots=True)
class Address:
    """`conninfo`: what libpq reads, with its secrets; `name`: the same without them, with the schema."""

    conninfo: str
    schema: str
    name: str


def is_postgres(url: str) -> bool:
    """Whether a ledger's address is one of PostgreSQL."""
    return url.lower().startswith(SCHEMES)


def parse(url: str) -> Address:
    """An address as users give it; Refusal for one that is malformed."""
    try:
        parts = urlsplit(url)
        options = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise Refusal("registre-adresse") from error
    schema = next((value for key, value in reversed(options) if key == "schema"), _DEFAULT_SCHEMA)
    if not _SCHEMA_NAME.fullmatch(schema) or schema.startswith("pg_"):
        raise Refusal("registre-adresse")
    kept = [(key, value) for key, value in options if key != "schema"]
    shown = [(key, value) for key, value in kept if key not in SECRETS]
    if schema != _DEFAULT_SCHEMA:
        shown.append(("schema", schema))
    who, at, where = parts.netloc.rpartition("@")
    bare = who.partition(":")[0] + at + where
    conninfo = urlunsplit(("postgresql", parts.netloc, parts.path, urlencode(kept), ""))
    return Address(conninfo, schema, urlunsplit(("postgresql", bare, parts.path, urlencode(shown, safe="/"), "")))


def shown(url: str) -> str:
    """An address without its secrets; any other location as it is."""
    return parse(url).name if is_postgres(url) else url


def holds_secret(url: str) -> bool:
    """Whether an address holds a password, that a list of processes would show."""
    if not is_postgres(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False  # `parse` refuses it
    named = {key for key, _ in parse_qsl(parts.query)}
    return ":" in parts.netloc.rpartition("@")[0] or not named.isdisjoint(SECRETS)


def this_machine() -> str:
    """The name by which batches belong to this machine."""
    import platform  # only a ledger in a database needs it

    return os.environ.get("CONVERTER_MACHINE", "") or platform.node() or "?"
