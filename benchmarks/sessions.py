"""A browser-like session without a browser: Streamlit's websocket and its messages.

The server cannot tell it from a page: it opens a session, sends what widgets hold, and receives
the elements that a page would draw.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

SECONDS = 120.0
LARGEST = 64 * 1024 * 1024


class Broken(Exception):
    """A session got what it must not get: an error, a lost connection, someone else's answer."""


@dataclass
class Session:
    """One person at the app: what the page holds, and what was typed into it."""

    address: str
    query: dict[str, str]
    socket: ClientConnection | None = None
    texts: dict[tuple[int, ...], str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    ids: dict[str, tuple[str, str]] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    page: str = ""

    async def open(self) -> float:
        """Connect and draw the first page; the seconds until it is drawn."""
        host = self.address.removeprefix("http://")
        self.socket = await connect(
            f"ws://{host}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            origin=self.address,  # type: ignore[arg-type]
            max_size=LARGEST,
        )
        return await self.rerun()

    async def close(self) -> None:
        """End the session."""
        if self.socket is not None:
            await self.socket.close()

    async def go(self, page: str) -> float:
        """Change the page by its path."""
        self.page = self.pages[page]
        self.states.clear()
        return await self.rerun()

    async def choose(self, key: str, option: str) -> float:
        """Choose an answer of a finding by its words."""
        name, fragment = self.ids[key]
        self.states = {name: ("string_array_value", [option])}
        return await self.rerun(fragment)

    async def press(self, key: str) -> float:
        """Press a button."""
        self.states.clear()
        name, fragment = self.ids[key]
        return await self.rerun(fragment, trigger=name)

    async def type(self, key: str, value: str) -> float:
        """Give a table or a field a text value."""
        name, fragment = self.ids[key]
        self.states = {name: ("string_value", value)}
        return await self.rerun(fragment)

    async def rerun(self, fragment: str = "", trigger: str = "") -> float:
        """Send the widgets; the seconds until the page is drawn again."""
        assert self.socket is not None
        if not fragment:  # a run of the whole page draws everything anew
            self.texts.clear()
            self.ids.clear()
        message = BackMsg()
        state = message.rerun_script
        state.query_string = urlencode(self.query)
        state.page_script_hash = self.page
        state.fragment_id = fragment
        for name, (kind, value) in self.states.items():
            widget = state.widget_states.widgets.add(id=name)
            if kind == "string_array_value":
                widget.string_array_value.data.extend(value)
            else:
                setattr(widget, kind, value)
        if trigger:
            state.widget_states.widgets.add(id=trigger).trigger_value = True
        begun = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        await asyncio.wait_for(self._drawn(), SECONDS)
        return time.perf_counter() - begun

    async def _drawn(self) -> None:
        """Take messages until the script has ended, reruns that it asks for included."""
        assert self.socket is not None
        started = finished = False
        while not (started and finished):
            data = await self.socket.recv()
            message = ForwardMsg()
            message.ParseFromString(data if isinstance(data, bytes) else data.encode())
            kind = message.WhichOneof("type")
            if kind == "navigation":
                pages = message.navigation.app_pages
                self.pages = {p.url_pathname: p.page_script_hash for p in pages}
            elif kind == "delta":
                self._take(message)
            elif kind == "new_session":
                started, finished = True, False
            elif kind == "script_finished":
                finished = message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN

    def _take(self, message: ForwardMsg) -> None:
        delta = message.delta
        if delta.WhichOneof("type") != "new_element":
            return
        element = delta.new_element
        kind = element.WhichOneof("type")
        path = tuple(message.metadata.delta_path)
        if kind == "exception":
            self.errors.append(element.exception.message)
        elif kind == "alert":
            self.texts[path] = element.alert.body
        elif kind in ("markdown", "heading", "text"):
            self.texts[path] = getattr(element, kind).body
        elif kind is not None:
            found = getattr(element, kind)
            name = getattr(found, "id", "")
            if name:
                key = name.split("-", 2)[-1]
                self.ids[key] = (name, delta.fragment_id)
                if kind == "button_group":
                    self.options[key] = [o.content for o in found.options]

    def shown(self, part: str) -> str:
        """The text on the page that holds these words; empty where there is none."""
        return next((t for t in self.texts.values() if part in t), "")
