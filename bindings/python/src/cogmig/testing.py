# SPDX-License-Identifier: Apache-2.0
"""A stand-in for a user pool: keys, and tokens signed with them, good or bad. For tests; it needs
libcogmig-testing, which the library for production has no part of.

pytest finds the fixtures ``issuer`` and ``token`` by itself, once the package is installed.
"""

import json
from typing import Any, Dict, Iterable, Optional

from . import _native, errors
from .verifier import Verifier

__all__ = ["Issuer"]

_TOKEN_USES = {"id": 1, "access": 2}
SUB = "1754aa68-d041-7034-8fb2-000000000001"
POOL_ID = "eu-central-1_AbCdEfGhI"
CLIENT_ID = "1example23456789"


def _url_of(pool_id: str) -> str:
    """Whose keys a verifier of the pool wants first: the region decides about the domain."""
    verifier = Verifier(pool_id=pool_id, allow_any_client=True, token_use="any", non_blocking=True)
    try:
        verifier.hydrate()
    except errors.Unavailable:
        pass  # the keys are needed
    fetch = verifier.begin_fetch()
    assert fetch is not None
    return fetch.url[:-len("/.well-known/jwks.json")]


class Issuer:
    """An issuer with two keys of its own, as a pool has them.

    :param pool_id: whose tokens they pretend to be
    :param client_id: for which app client, unless a token says otherwise
    :param url: what ``iss`` says, in place of the pool's URL

    >>> import cogmig
    >>> issuer = Issuer()
    >>> verifier = issuer.verifier("access")
    >>> verifier.verify(issuer.token("access", exp=1))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    cogmig.Denied: The token expired: ...
    """

    def __init__(self, pool_id: str = POOL_ID, client_id: str = CLIENT_ID,
                 url: Optional[str] = None) -> None:
        self.pool_id = pool_id
        self.client_id = client_id
        self.url = url or _url_of(pool_id)
        self._lib = _native.testing()
        self._owned = _native.make(_native.owned_for_testing(self._lib.test_issuer_free),
                                   self._lib.test_issuer_new, _native.text(self.url, "url"))

    @property
    def jwks(self) -> bytes:
        """The JWKS document of the present keys."""
        return _native.sized(self._lib.test_issuer_jwks, self._owned) or b""

    def rotate_keys(self) -> None:
        """New keys under new kids: tokens signed so far no longer fit."""
        _native.call(self._lib.test_issuer_rotate_keys, self._owned)

    def verifier(self, token_use: str = "any", **settings: Any) -> Verifier:
        """A verifier for these tokens that fetches nothing. ``settings`` are those of
        `cogmig.Verifier`."""
        settings.setdefault("client_id", self.client_id)
        verifier = Verifier(issuer=self.url, token_use=token_use, **settings)
        verifier.seed_keys(self.jwks)
        return verifier

    def token(self, token_use: str = "access", *, sub: Any = SUB, client_id: Optional[str] = None,
              header: Optional[Dict[str, Any]] = None, without: Iterable[str] = (),
              without_header: Iterable[str] = (), spoiled: bool = False,
              **claims: Any) -> str:
        """A token as Cognito's would be, issued now and valid for an hour.

        :param header: members of the header to set
        :param without: claims to leave out
        :param without_header: members of the header to leave out
        :param spoiled: change a bit of the signature
        :param claims: claims to set, e.g. ``groups=["admins"]`` for ``cognito:groups``,
            ``**{"custom:legacy_id": "row-7"}``
        """
        if not isinstance(token_use, str) or token_use not in _TOKEN_USES:
            raise ValueError(f'token_use is "id" or "access", not {token_use!r}')
        lib, text = self._lib, _native.text
        token = _native.make(
            _native.owned_for_testing(lib.test_token_free), lib.test_token_new, self._owned,
            _TOKEN_USES[token_use], text(sub if isinstance(sub, str) else SUB, "sub"),
            text(client_id or self.client_id, "client_id"))
        if not isinstance(sub, str):
            claims["sub"] = sub
        if "groups" in claims:
            claims["cognito:groups"] = claims.pop("groups")
        for name, value in claims.items():
            _native.call(lib.test_token_set_json, token, text(name, "claim"),
                         json.dumps(value).encode())
        for name, value in (header or {}).items():
            _native.call(lib.test_token_set_header, token, text(name, "header"),
                         json.dumps(value).encode())
        for name in without:
            _native.call(lib.test_token_remove, token, text(name, "claim"))
        for name in without_header:
            _native.call(lib.test_token_remove_header, token, text(name, "header"))
        jwt, length = _native.Text(), _native.Length()
        _native.call(lib.test_token_sign_badly if spoiled else lib.test_token_sign, token, jwt,
                     length)
        return _native.known_text(jwt.value)
