"""A network that fails: a relay to a server that passes so many bytes, then cuts the connection."""

import select
import socket
import threading
from contextlib import suppress


class Relay:
    """Listens on `port` and relays to `target`; `budget`: bytes passed, both ways, before the first cut (None: no cut).

    `stays_cut`: nothing passes after the cut, as when a server is gone; otherwise the next connections do.
    """

    def __init__(self, target: int, budget: int | None = None, *, stays_cut: bool = False) -> None:
        self.target = target
        self.left = budget
        self.stays_cut = stays_cut
        self.passed = bytearray()
        self.cut = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.cut and self.stays_cut:
                    client.close()
                    continue
                threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self.target)) as server, suppress(OSError):
            other = {client: server, server: client}
            while True:
                for one in select.select([client, server], [], [])[0]:
                    data = one.recv(65536)
                    if not data or not self._pass(data, other[one]):
                        return

    def _pass(self, data: bytes, to: socket.socket) -> bool:
        """Pass what the budget allows; whether the connection goes on."""
        if self.left is None or self.cut:
            to.sendall(data)
            self.passed += data
            return True
        to.sendall(data[: self.left])
        self.passed += data[: self.left]
        self.left -= len(data[: self.left])
        self.cut = self.left == 0
        return not self.cut
