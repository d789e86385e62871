# SPDX-License-Identifier: Apache-2.0
"""One exception class for each kind of failure.

Branch on the class, log ``reason`` and the message::

    try:
        claims = verifier.verify(token)
    except cogmig.Denied:
        ...  # say no: 401
    except cogmig.Unavailable:
        ...  # an outage: 503, and never no

`Denied` is no subclass of anything that Python raises by itself, on purpose: ``PermissionError`` is
an ``OSError``, and whoever treats an ``OSError`` as an outage to be waited out, or passed over,
would let strangers in. An outage in turn is a ``ConnectionError`` or a ``TimeoutError``, which no
``except PermissionError`` and no ``except LookupError`` catches.
"""

from typing import Any, Dict, FrozenSet, NamedTuple, Optional, Tuple, Type

from .status import Kind, Status

__all__ = ["Conflict", "DeadlineExceeded", "Denied", "Error", "InternalError", "Invalid",
           "NotFound", "Stopped", "Unavailable", "Upstream"]


class Upstream(NamedTuple):
    """The code of whatever stood behind a failure, e.g. ``("PostgreSQL", "57P01")``."""

    source: str
    code: str


class Error(Exception):
    """Whatever libcogmig refuses or cannot do.

    >>> import cogmig
    >>> try:
    ...     cogmig.verify_password("guess", "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA")
    ... except cogmig.Error as error:
    ...     print(type(error).__name__, error.reason, error.retryable)
    Invalid HASH_UNSUPPORTED False
    """

    #: Which it is: a member of `cogmig.Status`. One of the class's kind where a subclass of yours does
    #: not say it.
    status: Status = Status.INTERNAL_ERROR
    #: What a database, a server or the system said, if one stood behind it.
    upstream: Optional[Upstream] = None
    #: All claims that a refused token failed by, for logs, e.g. ``{"EXPIRY", "CLIENT"}``.
    failed_claims: FrozenSet[str] = frozenset()

    def __init__(self, message: str, status: int, upstream: Optional[Upstream] = None,
                 failed_claims: FrozenSet[str] = frozenset()) -> None:
        super().__init__(message)
        self.status = Status(status)
        self.upstream = upstream
        self.failed_claims = failed_claims

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else type(self).__name__

    def __reduce__(self) -> Tuple[Any, ...]:
        return type(self), (str(self), int(self.status), self.upstream, self.failed_claims)

    @property
    def reason(self) -> str:
        """The name of the status, e.g. ``"TOKEN_EXPIRED"``: for logs and metrics."""
        return self.status.name

    @property
    def retryable(self) -> bool:
        """Is it an outage, so that the same call may succeed later?"""
        return isinstance(self, Unavailable)


class Denied(Error):
    """Say no to whoever asked: a wrong password, a token that is not good."""

    status = Status.HOOK_REFUSED


class NotFound(Error, LookupError):
    """There is no such user, claim or entry."""

    status = Status.USER_NOT_FOUND


class Invalid(Error, ValueError):
    """The input, the data or the configuration has to be mended; trying again changes nothing."""

    status = Status.INVALID_ARGUMENT


class Conflict(Error, RuntimeError):
    """Two things claim the same place: decide, then mend the data."""

    status = Status.USER_AMBIGUOUS


class Unavailable(Error, ConnectionError):
    """An outage: try again later, and never say no because of it."""

    status = Status.STORE_UNREACHABLE


class DeadlineExceeded(Unavailable, TimeoutError):
    """It took longer than allowed."""

    status = Status.DEADLINE_EXCEEDED


class Stopped(Error, RuntimeError):
    """A function of yours stopped it (its exception is the ``__cause__``), or a job was cancelled."""

    status = Status.STOPPED_BY_CALLBACK


class InternalError(Error, RuntimeError):
    """A defect of the library or of one below it: report it."""


for _name in __all__:
    globals()[_name].__module__ = "cogmig"  # where people import it from

_CLASSES: Dict[int, Type[Error]] = {
    Kind.DENIED: Denied,
    Kind.NOT_FOUND: NotFound,
    Kind.INVALID: Invalid,
    Kind.CONFLICT: Conflict,
    Kind.UNAVAILABLE: Unavailable,
    Kind.STOPPED: Stopped,
}


def class_of(status: int, kind: int) -> Type[Error]:
    """The class of a status. A kind that this package does not know is a defect, never a no."""
    if status == Status.DEADLINE_EXCEEDED:
        return DeadlineExceeded
    return _CLASSES.get(kind, InternalError)


def invalid(message: str) -> Invalid:
    """An argument that cannot be passed on to the library."""
    return Invalid(message, Status.INVALID_ARGUMENT)
