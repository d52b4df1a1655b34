"""What `converter web` was asked for: where it listens, where it keeps things, who may enter."""

import ipaddress
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from converter.checking.options import Options
from converter.findings import Refusal

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PORTS = {"http": 80, "https": 443}


def _new_token() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the server listens, what it works on, and who may enter.

    `data`: the folder of what users keep; `out`, `ledger`: as for the commands; `keep_days`: days after which what was
    left here is deleted; `user_header`, `proxy`: the header in which the proxy at that address names the user, both ""
    when it is the token that lets people in; `depositors`: those who may convert and see the whole ledger;
    `public_address`: the address that browsers ask for, "" for the one it listens on. Refusal when they make no sense.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    data: Path = Path("out/web")
    out: Path = Path("out")
    ledger: str = ""
    keep_days: int = 30
    user_header: str = ""
    proxy: str = ""
    depositors: frozenset[str] = frozenset()
    public_address: str = ""
    token: str = field(default_factory=_new_token, repr=False)

    def __post_init__(self) -> None:
        if bool(self.user_header) != bool(self.proxy):
            raise Refusal("page-proxy-incomplet")
        if self.host not in LOOPBACK and not self.proxy:
            raise Refusal("page-sans-proxy", hote=self.host)
        if self.proxy and _address(self.proxy) is None:
            raise Refusal("page-proxy-adresse", adresse=self.proxy)
        if self.public_address and not _is_origin(self.public_address):
            raise Refusal("page-adresse", adresse=self.public_address)

    def options(self, **more: Any) -> Options:
        """The options of a run here."""
        return Options(out=self.out, ledger=self.ledger, **more)

    @property
    def behind_proxy(self) -> bool:
        """Whether a proxy says who comes, rather than the token."""
        return bool(self.proxy)

    @property
    def own_address(self) -> str:
        """The address it listens on, as a browser writes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def origin(self) -> str:
        """The scheme, host and port that browsers ask for."""
        return _origin(self.public_address or self.own_address)

    @property
    def address_to_open(self) -> str:
        """What a person opens: with the token, unless a proxy says who comes."""
        return f"{self.origin}/" if self.behind_proxy else f"{self.origin}/?jeton={self.token}"

    @property
    def cookie(self) -> str:
        """The name of the cookie that holds the token; cookies are shared by all ports of a host."""
        return f"converter-{self.port}"

    def is_proxy(self, peer: str) -> bool:
        """Whether a connection from this address is the proxy's."""
        return self.behind_proxy and _address(peer) is not None and _address(peer) == _address(self.proxy)

    def serves(self, host: str, listening: str) -> bool:
        """Whether `host`, the `Host` of a request that came in at the address `listening`, is ours."""
        host = host.lower()
        if self.public_address:
            return host == urlsplit(self.origin).netloc
        names = {listening, self.host} | (LOOPBACK if _is_loopback(listening) else frozenset())
        written = {f"[{name}]" if ":" in name else name for name in names}
        return host in {f"{name}:{self.port}" for name in written} | (written if self.port == _PORTS["http"] else set())

    def accepts_origin(self, origin: str, host: str) -> bool:
        """Whether a page of `origin` may send requests to `host`: only our own pages may."""
        if self.public_address:
            return origin == self.origin
        return origin in ({f"http://{host}", f"https://{host}"} if self.behind_proxy else {f"http://{host}"})


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An IP address; IPv4 where it is written as IPv6. None when it is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_loopback(text: str) -> bool:
    address = _address(text)
    return text == "localhost" or (address is not None and address.is_loopback)


def _is_origin(text: str) -> bool:
    """Whether this is a scheme and a host, with a port or not, and nothing else."""
    try:
        parts = urlsplit(text)
        port_is_one = parts.port is None or parts.port > 0
    except ValueError:
        return False
    beyond = parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc
    return parts.scheme in _PORTS and bool(parts.hostname) and port_is_one and not beyond


def _origin(address: str) -> str:
    """A browser's own spelling of it: lower case, without the port that goes without saying."""
    parts = urlsplit(address.lower())
    usual = f":{_PORTS[parts.scheme]}"
    return f"{parts.scheme}://{parts.netloc.removesuffix(usual)}"
