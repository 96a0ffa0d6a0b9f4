"""TCP ports of this machine."""

import socket

from host.errors import HostError

LOCALHOST = "127.0.0.1"


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        return probe.getsockname()[1]


def check_port(port: int) -> int:
    """Return `port` when a server may listen on it, else say why it may not."""
    if not 1 <= port <= 65535:
        raise HostError(f"{port} is not a port: it must be between 1 and 65535.")
    with socket.socket() as probe:
        # As servers do: a port in TIME_WAIT is not taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
        except PermissionError as error:
            raise HostError(
                f"port {port} may not be used by this user: take one above 1023."
            ) from error
        except OSError as error:
            raise HostError(
                f"port {port} is taken by another program: choose another --port."
            ) from error
    return port
