"""Notes what a Python process asks of the network and which files it writes (audit hooks).

Python imports this by itself where the folder is on its path. Lines go to the file that
`BME_BAYES_AUDIT` names: what was asked, and the address or path.
"""

import os
import sys

TO = os.environ.get("BME_BAYES_AUDIT")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
HERE = ("127.", "::1", "localhost", "0.0.0.0")


def note(what: str, detail: object) -> None:
    """Append a line, without opening a file that would be noted in turn."""
    os.write(NOTES, f"{what}\t{detail}\n".encode())


def whole(path: object) -> str:
    """A path from the root, links not followed (that would be an access of its own)."""
    return os.path.abspath(os.fsdecode(path))  # type: ignore[arg-type]  # noqa: PTH100


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """One audit event: connections, name look-ups, listeners and files opened for writing."""
    if event in ("socket.connect", "socket.sendto", "socket.bind"):
        address = arguments[1]
        if isinstance(address, tuple):
            host = str(address[0])
            listening = event == "socket.bind"
            if not host.startswith(HERE) or (listening and host == "0.0.0.0"):
                note(event, address)
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        asked = arguments[0]
        name = asked.decode() if isinstance(asked, bytes) else str(asked or "")
        if name and not name.startswith(HERE):
            note(event, name)
    elif event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
        flags = arguments[2]
        if isinstance(flags, int) and flags & WRITING:
            note("write", whole(arguments[0]))
    elif event in ("os.mkdir", "os.rename", "os.symlink"):
        note("write", whole(arguments[0]))
    elif event in ("subprocess.Popen", "os.system"):
        note("process", arguments[0])


if TO:
    NOTES = os.open(TO, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    sys.addaudithook(watch)
