"""What PostgreSQL refuses, as the sentences that users read; never a password."""

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from converter.findings import Refusal
from converter.findings.french import decimal, tidy
from converter.ledger.postgres_address import SECRETS, Address

_BUSY = (errors.LockNotAvailable, errors.QueryCanceled)
_CROSSED = (errors.DeadlockDetected, errors.SerializationFailure)
_MISSING = (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction, errors.InvalidSchemaName)
_FULL = (errors.DiskFull, errors.OutOfMemory)
_LONGEST = 200  # characters of the server's own words


def as_refusal(error: psycopg.Error, address: Address, wait: float) -> Refusal | None:
    """The Refusal for an error of the server or of the way to it; None for one that only a bug of ours explains."""
    name = address.name
    if isinstance(error, _BUSY):
        return Refusal("registre-occupe", chemin=name, attente=decimal(wait))
    if isinstance(error, _CROSSED):
        return Refusal("registre-verrous-croises", chemin=name)
    if isinstance(error, _MISSING):
        return Refusal("registre-a-creer", chemin=name)
    if isinstance(error, errors.InsufficientPrivilege):
        return Refusal("registre-droits", chemin=name, raison=_words(error, address))
    if isinstance(error, _FULL):
        return Refusal("disque-plein", dossier=name)
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | errors.ReadOnlySqlTransaction):
        return Refusal("registre-injoignable", chemin=name, raison=_words(error, address))
    if isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None:  # libpq does not understand the address
        return Refusal("registre-adresse")
    return None


def _words(error: psycopg.Error, address: Address) -> str:
    """What the server or libpq says, in one line, without any secret of the address."""
    words = tidy(" ".join(str(error).split()))
    for secret in _secrets(address):
        words = words.replace(secret, "…")
    return words[:_LONGEST].rstrip(" .")


def _secrets(address: Address) -> list[str]:
    try:
        given = conninfo_to_dict(address.conninfo)
    except psycopg.Error:
        return []
    return [str(given[key]) for key in SECRETS if given.get(key)]
