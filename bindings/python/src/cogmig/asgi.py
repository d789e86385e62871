# SPDX-License-Identifier: Apache-2.0
"""Tokens at the door of an ASGI application (FastAPI, Starlette, Django, Quart)."""

from typing import Any, Awaitable, Callable, Dict, Iterable, MutableMapping, Optional

from . import _http, errors
from .verifier import Verifier

__all__ = ["TokenMiddleware"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[Dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
_POLICY_VIOLATION = 1008  # RFC 6455 section 7.4.1


class TokenMiddleware:
    """Lets requests through that carry a good token; ``scope["cogmig.claims"]`` has its claims.

    No token or a bad one is 401, a missing group or scope 403, and an outage of the issuer 503, as
    RFC 6750 has it. The reason goes to the logger ``cogmig``.

    :param optional: let requests without a token through, with None for claims; a bad token is
        refused all the same
    :param open_paths: paths that need no token, e.g. ``["/health"]``

    >>> from cogmig.testing import Issuer
    >>> async def app(scope, receive, send):
    ...     print("for", scope["cogmig.claims"].sub)
    >>> app = TokenMiddleware(app, Issuer().verifier("access"))
    """

    def __init__(self, app: App, verifier: Verifier, *, optional: bool = False,
                 open_paths: Iterable[str] = ()) -> None:
        self.app = app
        self.verifier = verifier
        self.optional = optional
        self.open_paths = frozenset([open_paths] if isinstance(open_paths, str) else open_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or scope.get("path") in self.open_paths:
            await self.app(scope, receive, send)
            return
        answer = await self._judge(scope)
        if answer is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            await _respond(answer, send)

    async def _judge(self, scope: Scope) -> Optional[_http.Answer]:
        """None, with the claims in the scope, or what to answer."""
        token = _http.token_of(value.decode("latin-1") for name, value in scope.get("headers", [])
                               if name.lower() == b"authorization")
        if token is None:
            scope["cogmig.claims"] = None
            return None if self.optional else _http.challenge()
        try:
            scope["cogmig.claims"] = await self.verifier.verify_async(token)
        except errors.Error as error:
            return _http.refusal(error)
        return None


async def _respond(answer: _http.Answer, send: Send) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
