# SPDX-License-Identifier: Apache-2.0
"""Tokens at the door of a WSGI application (Flask, Django, Pyramid)."""

from typing import Any, Callable, Dict, Iterable, Optional

from . import _http, errors
from .verifier import Verifier

__all__ = ["TokenMiddleware"]

Environ = Dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]


class TokenMiddleware:
    """Lets requests through that carry a good token; ``environ["cogmig.claims"]`` has its claims.

    No token or a bad one is 401, a missing group or scope 403, and an outage of the issuer 503, as
    RFC 6750 has it. The reason goes to the logger ``cogmig``.

    :param optional: let requests without a token through, with None for claims; a bad token is
        refused all the same
    :param open_paths: paths that need no token, e.g. ``["/health"]``

    >>> from cogmig.testing import Issuer
    >>> def app(environ, start_response):
    ...     start_response("200 OK", [])
    ...     return [environ["cogmig.claims"].sub.encode()]
    >>> app = TokenMiddleware(app, Issuer().verifier("access"))
    """

    def __init__(self, app: App, verifier: Verifier, *, optional: bool = False,
                 open_paths: Iterable[str] = ()) -> None:
        self.app = app
        self.verifier = verifier
        self.optional = optional
        self.open_paths = frozenset([open_paths] if isinstance(open_paths, str) else open_paths)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in self.open_paths:
            return self.app(environ, start_response)
        answer = self._judge(environ)
        if answer is None:
            return self.app(environ, start_response)
        start_response(f"{answer.status} {answer.phrase}", answer.headers)
        return [answer.body]

    def _judge(self, environ: Environ) -> Optional[_http.Answer]:
        """None, with the claims in the environment, or what to answer."""
        header = environ.get("HTTP_AUTHORIZATION")
        token = _http.token_of([] if header is None else [header])
        if token is None:
            environ["cogmig.claims"] = None
            return None if self.optional else _http.challenge()
        try:
            environ["cogmig.claims"] = self.verifier.verify(token)
        except errors.Error as error:
            return _http.refusal(error)
        return None
