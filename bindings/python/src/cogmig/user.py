# SPDX-License-Identifier: Apache-2.0
"""A user of the legacy store: one row, read whole."""

from typing import Any, Dict, Optional

from . import _native, errors

__all__ = ["User"]

_lib = _native.lib


class User(_native.Shared):
    """Immutable. Its memory is wiped with it.

    >>> import cogmig
    >>> def find(question, key, timeout_s):
    ...     return [cogmig.FoundUser(id="row-7", email="ann@example.com", name="Ann")]
    >>> user = cogmig.Store(find=find).find_by_email("ann@example.com")
    >>> user.id, user.name, user.email_verified
    ('row-7', 'Ann', False)
    """

    __slots__ = ("_owned", "_lender")

    def __init__(self, owned: Any, lender: Any = None) -> None:
        self._owned = owned
        self._lender = lender

    @property
    def _handle(self) -> Any:
        if self._owned is None:
            raise errors.invalid("the user that a hook is given is valid until it returns; what has "
                                 "to live longer is copied with as_dict()")
        return self._owned

    def _end_of_loan(self) -> None:
        self._owned = None

    @property
    def id(self) -> str:
        """The legacy id as text, whatever the column's type."""
        return _native.known_text(_lib.user_id(self._handle))

    @property
    def email(self) -> str:
        """The e-mail address as the store has it."""
        return _native.known_text(_lib.user_email(self._handle))

    @property
    def name(self) -> Optional[str]:
        """The name, if the row has one."""
        return _native.optional_text(_lib.user_name(self._handle))

    @property
    def password_hash(self) -> Optional[bytes]:
        """The stored hash, if the row has one. A secret: give it to `cogmig.verify_password`, do
        not log it."""
        stored: Optional[bytes] = _lib.user_password_hash(self._handle)
        return stored

    @property
    def email_verified(self) -> bool:
        """Has the address been verified?"""
        return bool(_lib.user_email_verified(self._handle))

    @property
    def disabled(self) -> bool:
        """Is the user banned, deleted, locked or inactive? By the columns that the store was told
        of. Such a user is neither migrated nor signed in."""
        return bool(_lib.user_disabled(self._handle))

    @property
    def created_at(self) -> Optional[str]:
        """When the row was made: ISO 8601, UTC."""
        return _native.optional_text(_lib.user_created_at(self._handle))

    @property
    def updated_at(self) -> Optional[str]:
        """When the row was last changed: ISO 8601, UTC."""
        return _native.optional_text(_lib.user_updated_at(self._handle))

    def attribute(self, name: str) -> Optional[str]:
        """The value of an attribute that the store was told of, e.g. ``"phone_number"``."""
        return _native.optional_text(_lib.user_attribute(self._handle, _native.text(name, "name")))

    def as_dict(self) -> Dict[str, Any]:
        """Everything but the password hash."""
        return {"id": self.id, "email": self.email, "name": self.name,
                "email_verified": self.email_verified, "disabled": self.disabled,
                "created_at": self.created_at, "updated_at": self.updated_at}

    def __repr__(self) -> str:
        return f"<User id={self.id!r}>"
