# SPDX-License-Identifier: Apache-2.0
"""A password against a stored hash."""

from typing import Any, Callable, Iterable, List, NamedTuple, Optional, Tuple, Union

from . import _native
from .status import Status

__all__ = ["PasswordMatch", "PasswordRules", "PasswordVerdict", "Stored", "dummy_verification",
           "password_cost", "password_scheme", "verify_password", "verify_passwords"]

_lib = _native.lib
#: The column's content: text or bytes, None for SQL NULL.
Stored = Union[str, bytes, bytearray, memoryview, None]


class PasswordMatch(NamedTuple):
    """The password is right."""

    #: It is right, but of its bytes only the first 72 counted: more than one password fits.
    cut: bool


class PasswordVerdict(NamedTuple):
    """What came of one of many verifications. True when the password is right."""

    status: Status
    cut: bool

    def __bool__(self) -> bool:
        return self.status == Status.OK


class PasswordRules(_native.Shared):
    """What no stored hash tells and has to be chosen: pepper, pre-hash, ceiling of the cost.

    :param max_cost: the highest bcrypt cost that is worked on; each step doubles the time
    :param strict_length: refuse passwords of more than 72 bytes rather than cut them
    :param allow_2x: verify ``$2x$`` too, with the defect that it stands for
    :param allow_2: verify ``$2$`` too
    :param pepper: appended to each password, as Devise does
    :param prehash: what the legacy program did before bcrypt; takes and returns bytes

    >>> import hashlib
    >>> rules = PasswordRules(prehash=lambda password: hashlib.sha256(password).hexdigest().encode())
    """

    __slots__ = ("_owned",)

    def __init__(self, *, max_cost: int = 15, strict_length: bool = False, allow_2x: bool = False,
                 allow_2: bool = False, pepper: Optional[_native.Octets] = None,
                 prehash: Optional[Callable[[bytes], bytes]] = None) -> None:
        owned = _native.make(_native.OwnedPasswordRules, _lib.password_rules_new)
        call = _native.call
        call(_lib.password_rules_set_max_cost, owned, _native.int32(max_cost, "max_cost"))
        call(_lib.password_rules_set_strict_length, owned, bool(strict_length))
        if allow_2x:
            call(_lib.password_rules_allow_2x, owned)
        if allow_2:
            call(_lib.password_rules_allow_2, owned)
        if pepper is not None:
            with _native.Secret(pepper, "pepper") as secret:
                call(_lib.password_rules_set_pepper, owned, secret.bytes, secret.len)
        if prehash is not None:
            if not callable(prehash):
                raise TypeError("prehash must be callable")
            owned.kept = _native.prehash_callback(prehash)
            call(_lib.password_rules_set_prehash, owned, owned.kept, None)
        self._owned = owned

    def verify(self, password: _native.Octets, stored: Stored) -> PasswordMatch:
        """`verify_password` by these rules."""
        return verify_password(password, stored, rules=self)


def handle_of_rules(rules: Optional[PasswordRules]) -> Any:
    if rules is None:
        return None
    if not isinstance(rules, PasswordRules):
        raise TypeError(f"rules must be PasswordRules, not {type(rules).__name__}")
    return rules._owned


def verify_password(password: _native.Octets, stored: Stored, *,
                    rules: Optional[PasswordRules] = None) -> PasswordMatch:
    """Does this password belong to this stored hash? Whatever is returned is true; anything but a
    match raises, `cogmig.Denied` for a wrong password.

    Give the password as ``bytes`` or ``bytearray`` where you can: a ``str`` cannot be wiped. A copy
    that is made here is.

    >>> stored = "$2b$04$examplesaltforthedocs.dolV5rCSoGGLI6rwGSvmbWdXLDItraW"
    >>> bool(verify_password(b"Correct-Horse", stored))
    True
    >>> verify_password(b"guess", stored)
    Traceback (most recent call last):
        ...
    cogmig.Denied: The password is not the one that was hashed.
    """
    handle, column, cut = handle_of_rules(rules), _native.stored_hash(stored), _native.Flag()
    with _native.Secret(password) as secret, _native.Calling():
        _native.call(_lib.password_rules_verify, handle, secret.bytes, secret.len, column, cut)
    return PasswordMatch(cut.value)


def verify_passwords(pairs: Iterable[Tuple[_native.Octets, Stored]], *,
                     rules: Optional[PasswordRules] = None) -> List[PasswordVerdict]:
    """Many independent verifications, several at a time in one core: more than twice as many as one
    after the other. A verdict is true for a match and for nothing else.

    >>> stored = "$2b$04$examplesaltforthedocs.dolV5rCSoGGLI6rwGSvmbWdXLDItraW"
    >>> [bool(verdict) for verdict in verify_passwords([(b"Correct-Horse", stored), (b"guess", stored)])]
    [True, False]
    """
    handle, wanted = handle_of_rules(rules), list(pairs)
    secrets: List[_native.Secret] = []
    try:
        columns = [_native.stored_hash(stored) for _, stored in wanted]
        for password, _ in wanted:
            secrets.append(_native.Secret(password))
        with _native.Calling():
            return _judge_all(handle, secrets, columns)
    finally:
        for secret in secrets:
            secret.__exit__()


def _judge_all(handle: Any, secrets: List[_native.Secret],
               columns: List[Optional[bytes]]) -> List[PasswordVerdict]:
    passwords, lengths, stored, statuses, cut = _native.batch(secrets, columns)
    _native.call(_lib.password_rules_verify_many, handle, passwords, lengths, stored, len(secrets),
                 statuses, cut)
    return [PasswordVerdict(Status(status), flag) for status, flag in zip(statuses, cut)]


def dummy_verification(password: _native.Octets, cost: int) -> None:
    """The work of a verification for a user who does not exist, so that the time of an answer does
    not tell whether there is one. Always raises `cogmig.Denied`."""
    with _native.Secret(password) as secret:
        _native.call(_lib.password_verify_dummy, secret.bytes, secret.len,
                     _native.int32(cost, "cost"))


def password_scheme(stored: Stored) -> str:
    """The scheme of a stored hash by its form alone.

    >>> password_scheme("$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA")
    'argon2id'
    """
    return _native.known_text(_lib.password_scheme(_native.stored_hash(stored)))


def password_cost(stored: Stored) -> int:
    """The cost of a bcrypt hash; 0 for anything else."""
    return int(_lib.password_cost(_native.stored_hash(stored)))
