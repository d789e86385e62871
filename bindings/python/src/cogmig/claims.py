# SPDX-License-Identifier: Apache-2.0
"""What a valid token says."""

import json
from datetime import datetime, timezone
from typing import Any, Dict, Iterator, Mapping, Optional, Tuple

from . import _native, errors

__all__ = ["Claims"]

_lib = _native.lib
_sub = _lib.claims_sub
_optional = _native.optional_text
_known = _native.known_text
_TOKEN_USES = {1: "id", 2: "access"}


class Claims(_native.Shared, Mapping[str, Any]):
    """The claims of a token that a verifier accepted: a mapping of all of them as the issuer wrote
    them, and an attribute for each that Cognito defines, read with care. Immutable.

    >>> from cogmig.testing import Issuer
    >>> issuer = Issuer()
    >>> claims = issuer.verifier().verify(issuer.token("id", email="ann@example.com"))
    >>> claims.sub == claims["sub"]
    True
    >>> claims.email, claims.legacy_id
    ('ann@example.com', None)
    >>> claims.get("custom:tenant", "none")
    'none'
    """

    __slots__ = ("_owned", "_payload")

    def __init__(self, owned: Any) -> None:
        self._owned = owned
        self._payload: Optional[Dict[str, Any]] = None

    # ---- all of them ----

    def _read(self) -> Dict[str, Any]:
        payload = self._payload
        if payload is None:
            content = _native.sized(_lib.claims_json, self._handle)
            payload = self._payload = json.loads(content or b"{}", parse_int=_integer)
        return payload

    def __getitem__(self, name: str) -> Any:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        return f"<Claims sub={self.sub!r} token_use={self.token_use!r}>"

    @property
    def json(self) -> str:
        """The whole payload as the issuer wrote it."""
        return _known(_native.sized(_lib.claims_json, self._handle))

    @property
    def _handle(self) -> Any:
        if self._owned is None:
            raise errors.invalid("the claims that a check is given are valid until it returns; "
                                 "what has to live longer is copied with dict(claims)")
        return self._owned

    def _end_of_loan(self) -> None:
        self._owned = None

    # ---- who ----

    @property
    def sub(self) -> str:
        """Cognito's id of the user."""
        return _known(_sub(self._handle))

    @property
    def legacy_id(self) -> Optional[str]:
        """The id of the user's row in the legacy store, for `Store.find_by_id`: ``custom:legacy_id``
        or ``legacy_id``. Access tokens carry no ``custom:`` attributes of themselves."""
        return _optional(_lib.claims_legacy_id(self._handle))

    @property
    def username(self) -> Optional[str]:
        """``cognito:username`` of an ID token, ``username`` of an access token."""
        return _optional(_lib.claims_username(self._handle))

    @property
    def email(self) -> Optional[str]:
        """The e-mail address."""
        return _optional(_lib.claims_email(self._handle))

    @property
    def email_verified(self) -> bool:
        """True for the boolean and for the text ``"true"``, False otherwise."""
        return bool(_lib.claims_email_verified(self._handle))

    @property
    def phone_number(self) -> Optional[str]:
        """The telephone number."""
        return _optional(_lib.claims_phone_number(self._handle))

    @property
    def phone_number_verified(self) -> bool:
        """True for the boolean and for the text ``"true"``, False otherwise."""
        return bool(_lib.claims_phone_number_verified(self._handle))

    @property
    def name(self) -> Optional[str]:
        """The user's whole name."""
        return _optional(_lib.claims_name(self._handle))

    # ---- from whom, for whom ----

    @property
    def issuer(self) -> Optional[str]:
        """``iss``; None only where the issuer check was waived and the token names none."""
        return _optional(_lib.claims_issuer(self._handle))

    @property
    def client_id(self) -> Optional[str]:
        """The app client: ``aud`` of an ID token, ``client_id`` of an access token."""
        return _optional(_lib.claims_client_id(self._handle))

    @property
    def token_use(self) -> Optional[str]:
        """``"id"`` or ``"access"``; None when the token has neither (a generic issuer)."""
        return _TOKEN_USES.get(_lib.claims_token_use(self._handle))

    @property
    def nonce(self) -> Optional[str]:
        """What the client sent along when it asked for the token."""
        return _optional(_lib.claims_nonce(self._handle))

    # ---- when ----

    @property
    def expires_at(self) -> datetime:
        """``exp``, in UTC."""
        return _moment(_lib.claims_expires_at_s(self._handle)) or datetime.max

    @property
    def issued_at(self) -> Optional[datetime]:
        """``iat``, in UTC."""
        return _moment(_lib.claims_issued_at_s(self._handle))

    @property
    def auth_time(self) -> Optional[datetime]:
        """When the user signed in, in UTC; a refreshed token keeps it."""
        return _moment(_lib.claims_auth_time_s(self._handle))

    # ---- what for ----

    @property
    def groups(self) -> Tuple[str, ...]:
        """``cognito:groups``, as far as they are texts in an array."""
        groups = self._read().get("cognito:groups")
        if not isinstance(groups, list):
            return ()
        return tuple(group for group in groups if isinstance(group, str))

    def in_group(self, group: str) -> bool:
        """Is the user in this group? Case counts."""
        return bool(_lib.claims_in_group(self._handle, _native.text(group, "group")))

    @property
    def scopes(self) -> Tuple[str, ...]:
        """All scopes, as the token has them: the words between blanks, and no other white space."""
        return tuple(filter(None, _known(_lib.claims_scope(self._handle)).split(" ")))

    def has_scope(self, scope: str) -> bool:
        """Is this one of the scopes, as a whole word?"""
        return bool(_lib.claims_has_scope(self._handle, _native.text(scope, "scope")))

    # ---- which ----

    @property
    def jti(self) -> Optional[str]:
        """The id of this token."""
        return _optional(_lib.claims_jti(self._handle))

    @property
    def origin_jti(self) -> Optional[str]:
        """Shared by all tokens that stem from one sign-in."""
        return _optional(_lib.claims_origin_jti(self._handle))

    @property
    def event_id(self) -> Optional[str]:
        """The id that Cognito gave to the sign-in."""
        return _optional(_lib.claims_event_id(self._handle))

    @property
    def device_key(self) -> Optional[str]:
        """The user's remembered device."""
        return _optional(_lib.claims_device_key(self._handle))

    @property
    def version(self) -> Optional[int]:
        """``version``, which access tokens of the hosted sign-in pages carry."""
        return int(_lib.claims_version(self._handle)) or None


_MOST_DIGITS = 640  # which every setting of sys.set_int_max_str_digits() lets pass


def _integer(digits: str) -> "int | float":
    """Python would refuse the whole payload for one of thousands of digits."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


_LAST_S = 253402300799  # the end of the year 9999, where datetime ends


def _moment(seconds: int) -> Optional[datetime]:
    if seconds == 0:
        return None
    return datetime.fromtimestamp(max(0, min(seconds, _LAST_S)), timezone.utc)
