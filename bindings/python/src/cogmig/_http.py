# SPDX-License-Identifier: Apache-2.0
"""What a request's Authorization header means, and what is answered when it means no."""

import logging
from typing import Iterable, List, NamedTuple, Optional, Tuple

from . import errors
from .status import Status

logger = logging.getLogger("cogmig")

_FORBIDDEN = {Status.TOKEN_GROUP_REFUSED, Status.TOKEN_SCOPE_REFUSED}
_RETRY_AFTER_S = 5


class Answer(NamedTuple):
    """An HTTP response in place of the application's. It says what RFC 6750 has for it and no more:
    the reason is for the log."""

    status: int
    phrase: str
    headers: List[Tuple[str, str]]
    body: bytes


def token_of(headers: Iterable[str]) -> Optional[str]:
    """The token of a request's Authorization headers; None when there is none. Two of them, of which
    another server might read the other, are a malformed token."""
    values = list(headers)
    if len(values) != 1:
        return "" if values else None
    scheme, _, token = values[0].strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def challenge() -> Answer:
    """A token is needed."""
    return _answer(401, "Unauthorized", "a token is needed", "Bearer")


def refusal(error: errors.Error) -> Answer:
    """The answer to a token that is not accepted. What is neither a no nor an outage is raised."""
    if isinstance(error, errors.Unavailable):
        logger.error("a token could not be judged: %s: %s", error.reason, error)
        answer = _answer(503, "Service Unavailable", "try again later")
        return answer._replace(headers=[*answer.headers, ("Retry-After", str(_RETRY_AFTER_S))])
    if not isinstance(error, errors.Denied):
        raise error
    logger.info("a token was refused: %s: %s", error.reason, error)
    if error.status in _FORBIDDEN:
        return _answer(403, "Forbidden", "the token does not allow this",
                       'Bearer error="insufficient_scope"')
    return _answer(401, "Unauthorized", "the token is not accepted", 'Bearer error="invalid_token"')


def _answer(status: int, phrase: str, text: str, challenge: Optional[str] = None) -> Answer:
    body = (text + "\n").encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))),
               ("Cache-Control", "no-store")]
    if challenge is not None:
        headers.append(("WWW-Authenticate", challenge))
    return Answer(status, phrase, headers, body)
