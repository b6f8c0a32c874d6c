"""Compression of websocket messages for those who ask for it: phone platforms do, and must not be refused."""

from __future__ import annotations

from typing import Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.http11 import Request

PLATFORMS: Final = "/ingest/"
NATIVE: Final = "/ingest/v1"
"""Sound gets no smaller, and Livecue's own clients need not try."""


class PlatformsMayCompress(WebSocketsSansIOProtocol):
    """uvicorn's websockets with permessage-deflate where phone platforms come in, and nowhere else."""

    def handle_connect(self, event: Request) -> None:
        path = event.path.partition("?")[0]
        if path.startswith(PLATFORMS) and path != NATIVE:
            self.conn.available_extensions = [
                ServerPerMessageDeflateFactory(
                    server_max_window_bits=12, client_max_window_bits=12, compress_settings={"memLevel": 5}
                )
            ]
        super().handle_connect(event)
