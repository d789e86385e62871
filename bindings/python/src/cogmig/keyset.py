# SPDX-License-Identifier: Apache-2.0
"""The public keys of an issuer: a parsed JWKS document."""

import json
import os
from typing import Any, Dict, List, Union

from . import _native

__all__ = ["Jwks", "KeySet"]

_lib = _native.lib
#: A JWKS document: its text, or what ``json.loads`` makes of it.
Jwks = Union[str, bytes, bytearray, memoryview, Dict[str, Any]]


def document(jwks: Jwks) -> bytes:
    """A JWKS document as the library reads it."""
    if isinstance(jwks, dict):
        return json.dumps(jwks).encode()
    return _native.octets(jwks, "jwks")


class KeySet(_native.Shared):
    """Keys, and nothing else: no expiry, no issuer, no client. Tokens that decide about access
    belong into a `cogmig.Verifier`.

    >>> from cogmig.testing import Issuer
    >>> issuer = Issuer()
    >>> keys = KeySet(issuer.jwks)
    >>> len(keys)
    2
    >>> keys.verify_jws(issuer.token("id"))[:1]
    b'{'
    """

    __slots__ = ("_owned",)

    def __init__(self, jwks: Jwks) -> None:
        content = document(jwks)
        self._owned = _native.make(_native.OwnedKeySet, _lib.keyset_parse, content, len(content))

    @classmethod
    def from_file(cls, path: "Union[str, os.PathLike[str]]") -> "KeySet":
        """Read a JWKS document from a file."""
        keys = cls.__new__(cls)
        keys._owned = _native.make(_native.OwnedKeySet, _lib.keyset_parse_file,
                                   _native.path(path, "path"))
        return keys

    def __len__(self) -> int:
        return int(_lib.keyset_size(self._owned))

    def __repr__(self) -> str:
        return f"<KeySet kids={self.kids!r}>"

    @property
    def kids(self) -> List[str]:
        """The kids of the keys that are usable."""
        return [_native.known_text(_lib.keyset_kid(self._owned, place))
                for place in range(len(self))]

    def verify_jws(self, jws: _native.Octets) -> bytes:
        """The payload of a JWS in compact form, once its signature was found good."""
        content = _native.octets(jws, "jws")
        return _native.raw(_lib.keyset_verify_jws, self._owned, content, len(content)) or b""
