# SPDX-License-Identifier: Apache-2.0
"""The identity map: which legacy id is which sub, per user pool, in one table of your database."""

from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple

from . import _native, errors
from .claims import Claims
from .store import Store, handle_of
from .user import User

__all__ = ["IdentityMap"]

_lib = _native.lib
_COUNTERS = {"cache_hits": 1, "lookups": 2, "links": 3, "conflicts": 4, "failures": 5}
_LINKS_AT_A_TIME = 1000


class IdentityMap(_native.Handle):
    """Opens a map whose table is there; `install` makes it. Any thread may use it.

    :param url: where the table is, as of `cogmig.Store`; it is written to
    :param pool_id: the user pool whose links are meant
    :param schema: that of the connection's search path by default
    :param table: ``"cogmig_idmap"`` by default
    :param timeout_ms: how long one call may take
    :param cache_entries: how many look-ups are remembered; 0 for none
    :param link_ttl_ms: how long a remembered link is believed
    :param miss_ttl_ms: how long a remembered miss is believed
    :param require_uuid: take only legacy ids that are UUIDs
    :param allow_outage: open it also when the database cannot be reached now; it is connected later
    :param require_link: let `find_user` believe a token's legacy id only when the map has the link

    >>> import os, tempfile
    >>> url = "file:" + os.path.join(tempfile.mkdtemp(), "map.db")
    >>> IdentityMap.install(url)
    >>> with IdentityMap(url, pool_id="eu-central-1_AbCdEfGhI") as idmap:
    ...     idmap.link("row-7", "1754aa68-d041-7034-8fb2-000000000001")
    ...     idmap.find_legacy_id("1754aa68-d041-7034-8fb2-000000000001")
    'row-7'
    """

    __slots__ = ()

    def __init__(self, url: Optional[str] = None, *, pool_id: Optional[str] = None,
                 schema: Optional[str] = None, table: Optional[str] = None,
                 timeout_ms: Optional[int] = None, cache_entries: Optional[int] = None,
                 link_ttl_ms: Optional[int] = None, miss_ttl_ms: Optional[int] = None,
                 require_uuid: bool = False, require_link: bool = False,
                 allow_outage: bool = False) -> None:
        config = _configuration(url, schema, table, timeout_ms)
        if pool_id is not None:
            _native.call(_lib.idmap_config_set_pool, config, _native.text(pool_id, "pool_id"))
        _set_integers(config, cache_entries=cache_entries, link_ttl_ms=link_ttl_ms,
                      miss_ttl_ms=miss_ttl_ms)
        self._open(config, require_uuid, require_link, allow_outage)

    def _open(self, config: Any, require_uuid: bool, require_link: bool, allow_outage: bool) -> None:
        if require_uuid:
            _native.call(_lib.idmap_config_require_uuid, config)
        if require_link:
            _native.call(_lib.idmap_config_require_link, config)
        if allow_outage:
            _native.call(_lib.idmap_config_allow_outage, config)
        self._owned = _native.make(_native.OwnedIdmap, _lib.idmap_open, config)

    @classmethod
    def from_env(cls, *, require_uuid: bool = False, require_link: bool = False,
                 allow_outage: bool = False) -> "IdentityMap":
        """From ``COGMIG_IDMAP_URL`` or ``DATABASE_URL``, ``COGNITO_USER_POOL_ID``,
        ``COGMIG_IDMAP_SCHEMA`` and ``COGMIG_IDMAP_TABLE``."""
        config = _native.make(_native.OwnedIdmapConfig, _lib.idmap_config_new_from_env)
        idmap = cls.__new__(cls)
        idmap._open(config, require_uuid, require_link, allow_outage)
        return idmap

    # ---- the table ----

    @staticmethod
    def install(url: str, *, schema: Optional[str] = None, table: Optional[str] = None,
                timeout_ms: Optional[int] = None) -> None:
        """Make the table, unless it is there."""
        _native.call(_lib.idmap_install, _configuration(url, schema, table, timeout_ms))

    @staticmethod
    def install_sql(url: Optional[str] = None, *, schema: Optional[str] = None,
                    table: Optional[str] = None) -> str:
        """The statement with which `install` makes the table, for a migration of your own."""
        return _native.raw_text(_lib.idmap_install_sql, _configuration(url, schema, table, None))

    # ---- links ----

    def link(self, legacy_id: str, sub: str) -> None:
        """Record that this legacy id is this sub. The same pair again is fine; `cogmig.Conflict` when
        one of the two is linked otherwise."""
        _native.call(_lib.idmap_link, self._handle, _native.text(legacy_id, "legacy_id"),
                     _native.text(sub, "sub"))

    def unlink(self, legacy_id: str, sub: str) -> None:
        """Remove exactly this pair."""
        _native.call(_lib.idmap_unlink, self._handle, _native.text(legacy_id, "legacy_id"),
                     _native.text(sub, "sub"))

    def links(self, after: Optional[str] = None) -> Iterator[Tuple[str, str]]:
        """All pairs of legacy id and sub, in the order of the legacy ids; a thousand of them are in
        memory at a time.

        :param after: go on behind this legacy id
        """
        while True:
            page = self._page(after)
            yield from page
            if len(page) < _LINKS_AT_A_TIME:
                return
            after = page[-1][0]

    def _page(self, after: Optional[str]) -> List[Tuple[str, str]]:
        page: List[Tuple[str, str]] = []

        def tell(legacy_id: bytes, sub: bytes) -> None:
            if len(page) == _LINKS_AT_A_TIME:
                raise StopIteration
            page.append((_native.known_text(legacy_id), _native.known_text(sub)))

        try:
            with _native.Calling():
                _native.call(_lib.idmap_list_links, self._handle,
                             _native.text_or_null(after, "after"), _native.link_callback(tell), None)
        except errors.Stopped:
            pass  # the page is full
        return page

    def links_per_day(self) -> Dict[str, int]:
        """How many links were made on which day, e.g. ``{"2026-01-15": 40}``, in UTC."""
        days: Dict[str, int] = {}

        def tell(day: bytes, links: int) -> None:
            days[_native.known_text(day)] = links

        with _native.Calling():
            _native.call(_lib.idmap_count_days, self._handle, _native.day_callback(tell), None)
        return days

    # ---- looking up ----

    def find_sub(self, legacy_id: str) -> str:
        """The sub of a legacy id; `cogmig.NotFound` when it is not linked."""
        return _native.raw_text(_lib.idmap_find_sub, self._handle,
                                _native.text(legacy_id, "legacy_id"))

    def find_legacy_id(self, sub: str) -> str:
        """The legacy id of a sub; `cogmig.NotFound` when it is not linked."""
        return _native.raw_text(_lib.idmap_find_legacy_id, self._handle, _native.text(sub, "sub"))

    def find_subs(self, legacy_ids: Iterable[str]) -> Dict[str, Optional[str]]:
        """The subs of many legacy ids; None for those that are not linked."""
        return self._find_many(_lib.idmap_find_subs, legacy_ids, "legacy_ids")

    def find_legacy_ids(self, subs: Iterable[str]) -> Dict[str, Optional[str]]:
        """The legacy ids of many subs; None for those that are not linked."""
        return self._find_many(_lib.idmap_find_legacy_ids, subs, "subs")

    def _find_many(self, function: Any, keys: Iterable[str], name: str) -> Dict[str, Optional[str]]:
        if isinstance(keys, (str, bytes)):
            raise TypeError(f"{name} must be several, not {type(keys).__name__}")
        wanted = list(keys)
        encoded = [_native.text(key, name) for key in wanted]
        found: Dict[str, Optional[str]] = dict.fromkeys(wanted)

        def tell(index: int, other: Optional[bytes]) -> None:
            found[wanted[index]] = _native.optional_text(other)

        with _native.Calling():
            _native.call(function, self._handle, _native.texts(encoded), len(encoded),
                         _native.found_callback(tell), None)
        return found

    def find_user(self, store: Store, claims: Claims) -> User:
        """From verified claims to the legacy row: by the legacy id that the token carries, held
        against the map, or else by the map."""
        if not isinstance(claims, Claims):
            raise TypeError(f"claims must be Claims, not {type(claims).__name__}")
        with _native.Calling():
            return User(_native.make(_native.OwnedUser, _lib.idmap_find_user, self._handle,
                                     handle_of(store), claims._handle))

    @property
    def counters(self) -> Dict[str, int]:
        """What was counted since the map was opened, for your monitoring."""
        handle = self._handle
        return {name: int(_lib.idmap_get_counter(handle, number))
                for name, number in _COUNTERS.items()}


def _configuration(url: Optional[str], schema: Optional[str], table: Optional[str],
                   timeout_ms: Optional[int]) -> Any:
    config = _native.make(_native.OwnedIdmapConfig, _lib.idmap_config_new)
    for value, setter, name in ((url, _lib.idmap_config_set_url, "url"),
                                (schema, _lib.idmap_config_set_schema, "schema"),
                                (table, _lib.idmap_config_set_table, "table")):
        if value is not None:
            _native.call(setter, config, _native.text(value, name))
    _set_integers(config, timeout_ms=timeout_ms)
    return config


def _set_integers(config: Any, **values: Optional[int]) -> None:
    for name, value in values.items():
        if value is not None:
            _native.call(getattr(_lib, "idmap_config_set_" + name), config,
                         _native.int32(value, name))


def handle_of_idmap(idmap: "Optional[IdentityMap]") -> Any:
    if idmap is not None and not isinstance(idmap, IdentityMap):
        raise TypeError(f"idmap must be IdentityMap, not {type(idmap).__name__}")
    return None if idmap is None else idmap._handle
