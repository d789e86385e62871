# SPDX-License-Identifier: Apache-2.0
"""The legacy user store: who has this e-mail address, who has this id."""

import itertools
import json
from typing import Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional

from . import _native, errors
from .user import User

__all__ = ["Find", "FoundUser", "Password", "PasswordTable", "Sql", "Store", "store_presets"]

_lib = _native.lib
_DISABLED_WHEN = {"set": 1, "true": 2, "false": 3, "future": 4}
_POOLERS = {"none": 0, "pgbouncer": 1, "rds_proxy": 2}
_COUNTERS = {"connections": 1, "connections_idle": 2, "waiting": 3, "connects": 4,
             "connect_failures": 5, "connections_lost": 6, "connections_retired": 7, "acquires": 8,
             "acquire_waits": 9, "acquire_timeouts": 10, "retries": 11}
_QUESTIONS = {1: "email", 2: "email_any_case", 3: "id"}


class FoundUser(NamedTuple):
    """A user whom a function of yours found."""

    id: str
    email: str
    password_hash: Optional[str] = None
    email_verified: bool = False
    name: Optional[str] = None
    #: ISO 8601, UTC.
    created_at: Optional[str] = None
    updated_at: Optional[str] = None
    #: Banned, deleted, locked or inactive.
    disabled: bool = False
    #: More of Cognito's attributes, e.g. ``{"phone_number": "+491701234567"}``.
    attributes: Mapping[str, str] = {}


class PasswordTable(NamedTuple):
    """Where the hash is, if it is in another table than the user."""

    table: str
    #: The column there that holds the user's id.
    user_column: str
    #: Only the rows count in which this column is ``provider``.
    provider_column: Optional[str] = None
    provider: Optional[str] = None


class Sql(NamedTuple):
    """SELECTs of your own, each with the parameter ``$1`` and the columns id, email and
    password_hash, and if you like name, email_verified, disabled, created_at and updated_at."""

    by_email: str
    by_id: Optional[str] = None


#: Finds users: the question (``"email"``, byte for byte; ``"email_any_case"``; ``"id"``), the
#: address or id, and the seconds that are left. Return everybody who fits, nobody if there is none;
#: raise `cogmig.Unavailable` or an ``OSError`` for an outage, which must not look like nobody.
Find = Callable[[str, str, float], Iterable[FoundUser]]


#: Gives a password: host, port, user, each empty where the URL has none.
Password = Callable[[str, str, str], _native.Octets]


class _Unchanged:
    """A column that was not spoken of; None stands for one that is not there."""


_UNCHANGED: Any = _Unchanged()


class Store(_native.Handle):
    """Opens a store and proves that it can be asked. Reads only. Any thread may use it.

    :param url: what Prisma calls ``DATABASE_URL``: ``postgresql://…`` or ``file:./dev.db``
    :param preset: the model of a well-known product, one of `store_presets`; ``"authjs-prisma"`` by
        default. What differs is named beside it
    :param sql: ask with SQL of your own, in place of table and columns
    :param table: ``"User"`` by default, as in Prisma's Auth.js model
    :param password_column: ``"password"`` by default
    :param name_column: ``"name"`` by default, None when there is none; so are
        ``email_verified_column``, ``created_at_column`` and ``updated_at_column``
    :param password_table: the hash is in another table
    :param disabled_columns: by which columns a user is disabled, and when: ``"set"``, ``"true"``,
        ``"false"`` or ``"future"``, e.g. ``{"deleted_at": "set"}``; in place of the preset's
    :param attributes: columns that become attributes, e.g. ``{"phone_number": "phone"}``
    :param timeout_ms: how long one look-up may take, connecting and waiting included
    :param max_connections: how many connections there are at most; 4
    :param min_connections: how many are made at once, and kept
    :param acquire_timeout_ms: how long a look-up waits for a free connection
    :param max_lifetime_s: how old a connection becomes
    :param max_idle_s: how long one may be idle
    :param ping_after_idle_ms: after how much idleness one is asked for a sign of life
    :param pooler: what stands in between: ``"none"``, ``"pgbouncer"`` or ``"rds_proxy"``
    :param password: gives the password for each connection (an IAM token, a secret that is rotated);
        takes host, port and user
    :param find: ask this function in place of a database

    >>> users = {"ann@example.com": FoundUser("row-7", "ann@example.com")}
    >>> def find(question, key, timeout_s):
    ...     return [user for user in users.values() if key in (user.id, user.email)]
    >>> with Store(find=find) as store:
    ...     store.find_by_id("row-7").email
    'ann@example.com'
    """

    __slots__ = ("_config",)

    def __init__(self, url: Optional[str] = None, *, preset: Optional[str] = None,
                 sql: Optional[Sql] = None, schema: Optional[str] = _UNCHANGED,
                 table: str = _UNCHANGED, id_column: str = _UNCHANGED,
                 email_column: str = _UNCHANGED, name_column: Optional[str] = _UNCHANGED,
                 password_column: str = _UNCHANGED,
                 email_verified_column: Optional[str] = _UNCHANGED,
                 created_at_column: Optional[str] = _UNCHANGED,
                 updated_at_column: Optional[str] = _UNCHANGED,
                 password_table: Optional[PasswordTable] = None,
                 disabled_columns: Optional[Mapping[str, str]] = None,
                 attributes: Mapping[str, str] = {},
                 timeout_ms: Optional[int] = None, max_connections: Optional[int] = None,
                 min_connections: Optional[int] = None, acquire_timeout_ms: Optional[int] = None,
                 max_lifetime_s: Optional[int] = None, max_idle_s: Optional[int] = None,
                 ping_after_idle_ms: Optional[int] = None, pooler: Optional[str] = None,
                 password: Optional[Password] = None, find: Optional[Find] = None) -> None:
        config = _native.make(_native.OwnedStoreConfig, _lib.store_config_new)
        if url is not None:
            _native.call(_lib.store_config_set_url, config, _native.text(url, "url"))
        if preset is not None:
            _native.call(_lib.store_config_set_preset, config, _native.text(preset, "preset"))
        if sql is not None:
            _native.call(_lib.store_config_set_sql, config, _native.text(sql.by_email, "by_email"),
                         _native.text_or_null(sql.by_id, "by_id"))
        for value, name in ((schema, "schema"), (table, "table"), (id_column, "id_column"),
                            (email_column, "email_column"), (name_column, "name_column"),
                            (password_column, "password_column"),
                            (email_verified_column, "email_verified_column"),
                            (created_at_column, "created_at_column"),
                            (updated_at_column, "updated_at_column")):
            if value is not _UNCHANGED:
                _native.call(getattr(_lib, "store_config_set_" + name), config,
                             _native.text_or_null(value, name))
        _set_model(config, password_table, disabled_columns, attributes)
        for number, name in ((timeout_ms, "timeout_ms"), (max_connections, "max_connections"),
                             (min_connections, "min_connections"),
                             (acquire_timeout_ms, "acquire_timeout_ms"),
                             (max_lifetime_s, "max_lifetime_s"), (max_idle_s, "max_idle_s"),
                             (ping_after_idle_ms, "ping_after_idle_ms")):
            if number is not None:
                _native.call(getattr(_lib, "store_config_set_" + name), config,
                             _native.int32(number, name))
        if pooler is not None:
            _native.call(_lib.store_config_set_pooler, config, _pooler(pooler))
        kept = _set_callbacks(config, find, password)
        self._open(config, kept)

    def _open(self, config: Any, kept: List[Any]) -> None:
        with _native.Calling():
            self._owned = _native.make(_native.OwnedStore, _lib.store_open, config)
        self._owned.kept = config.kept = kept
        self._config = config  # an export connects by itself, and may outlive the store

    @classmethod
    def from_env(cls) -> "Store":
        """From ``DATABASE_URL`` and, where the model differs, ``COGMIG_TABLE``,
        ``COGMIG_PASSWORD_COLUMN`` and the like."""
        store = cls.__new__(cls)
        store._open(_native.make(_native.OwnedStoreConfig, _lib.store_config_new_from_env), [])
        return store

    def find_by_email(self, email: str) -> User:
        """Who has this address: as typed first, then without regard to case. `cogmig.NotFound` when
        nobody has it, `cogmig.Conflict` when several have, `cogmig.Unavailable` for an outage."""
        return self._find(_lib.store_find_by_email, _native.text(email, "email"))

    def find_by_id(self, id: str) -> User:
        """Who has this legacy id, e.g. that of `Claims.legacy_id`."""
        return self._find(_lib.store_find_by_id, _native.text(id, "id"))

    @staticmethod
    def inspect(url: str) -> Dict[str, Any]:
        """Look at a database: which preset fits (``"preset"``, None when none does), what it lacks and
        which settings it takes (``"environment"``)."""
        config = _native.make(_native.OwnedStoreConfig, _lib.store_config_new)
        _native.call(_lib.store_config_set_url, config, _native.text(url, "url"))
        report: Dict[str, Any] = json.loads(_native.raw(_lib.store_inspect, config) or b"{}")
        return report

    @property
    def counters(self) -> Dict[str, int]:
        """What was counted since the store was opened, for your monitoring."""
        handle = self._handle
        return {name: int(_lib.store_get_counter(handle, number))
                for name, number in _COUNTERS.items()}

    def _find(self, function: Any, key: bytes) -> User:
        with _native.Calling():
            return User(_native.make(_native.OwnedUser, function, self._handle, key))


def handle_of(store: Store) -> Any:
    if not isinstance(store, Store):
        raise TypeError(f"store must be Store, not {type(store).__name__}")
    return store._handle


def config_of(store: Store) -> Any:
    """What the store was opened with."""
    handle_of(store)
    return store._config


def store_presets() -> List[str]:
    """The names of the presets.

    >>> "django" in store_presets()
    True
    """
    names = (_native.optional_text(_lib.store_preset_name(place)) for place in itertools.count())
    return list(itertools.takewhile(lambda name: name is not None, names))  # type: ignore[arg-type]


def _set_model(config: Any, password_table: Optional[PasswordTable],
               disabled_columns: Optional[Mapping[str, str]], attributes: Mapping[str, str]) -> None:
    text, text_or_null, call = _native.text, _native.text_or_null, _native.call
    if password_table is not None:
        table, user_column, provider_column, provider = password_table
        call(_lib.store_config_set_password_table, config, text(table, "table"),
             text(user_column, "user_column"), text_or_null(provider_column, "provider_column"),
             text_or_null(provider, "provider"))
    if disabled_columns is not None:
        call(_lib.store_config_clear_disabled_columns, config)
        for column, when in disabled_columns.items():
            if not isinstance(when, str) or when not in _DISABLED_WHEN:
                raise errors.invalid(f"a column disables when it is one of "
                                     f"{', '.join(_DISABLED_WHEN)}, not {when!r}")
            call(_lib.store_config_add_disabled_column, config, text(column, "disabled_columns"),
                 _DISABLED_WHEN[when])
    for attribute, column in attributes.items():
        call(_lib.store_config_add_attribute, config, text(attribute, "attributes"),
             text(column, "attributes"))


def _pooler(name: str) -> int:
    if not isinstance(name, str) or name not in _POOLERS:
        raise errors.invalid(f'pooler is "none", "pgbouncer" or "rds_proxy", not {name!r}')
    return _POOLERS[name]


def _set_callbacks(config: Any, find: Optional[Find], password: Optional[Password]) -> List[Any]:
    kept: List[Any] = []
    for function, wrap, setter, name in (
            (find, _finding, _lib.store_config_set_callback, "find"),
            (password, _native.password_callback, _lib.store_config_set_password_callback,
             "password")):
        if function is not None:
            if not callable(function):
                raise TypeError(f"{name} must be callable, not {type(function).__name__}")
            wrap_any: Any = wrap  # each wraps a function of its own type
            kept.append(wrap_any(function))
            _native.call(setter, config, kept[-1], None)
    return kept


def _finding(find: Find) -> Any:
    def asked(question: int, key: str, timeout_s: float, answer: Any) -> None:
        for user in find(_QUESTIONS[question], key, timeout_s):
            _add(user, answer)

    return _native.find_callback(asked)


def _add(user: FoundUser, answer: Any) -> None:
    if not isinstance(user, FoundUser):
        raise TypeError(f"find must return FoundUser, not {type(user).__name__}")
    text, text_or_null = _native.text, _native.text_or_null
    _native.call(_lib.store_answer_add_user, answer, text(user.id, "id"), text(user.email, "email"),
                 _native.stored_hash(user.password_hash), bool(user.email_verified))
    if user.name is not None:
        _native.call(_lib.store_answer_set_name, answer, text(user.name, "name"))
    _native.call(_lib.store_answer_set_times, answer, text_or_null(user.created_at, "created_at"),
                 text_or_null(user.updated_at, "updated_at"))
    _native.call(_lib.store_answer_set_disabled, answer, bool(user.disabled))
    for attribute, value in user.attributes.items():
        _native.call(_lib.store_answer_set_attribute, answer, text(attribute, "attributes"),
                     text(value, "attributes"))


