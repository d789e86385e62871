# SPDX-License-Identifier: Apache-2.0
"""Do Cognito, the legacy store and the identity map tell the same story?"""

import enum
import os
from typing import (Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Tuple, Union)

from . import _native
from .cognito import Cognito, CognitoUser, handle_of_cognito
from .idmap import IdentityMap, handle_of_idmap
from .store import FoundUser, Store, config_of
from .user import User

__all__ = ["Difference", "DifferenceKind", "OnDifference", "Reconciliation", "reconcile"]

_lib = _native.lib
_COUNTS = {"cognito_users": 100, "store_users": 101, "links": 102, "migrated": 103, "in_order": 104,
           "cognito_only": 105}
_SIDES = {number: name for name, number in _COUNTS.items()}


class DifferenceKind(enum.IntEnum):
    """What is told. docs/reference/reconcile.md says what mends it."""

    @classmethod
    def _missing_(cls, value: object) -> "DifferenceKind | None":
        if type(value) is not int:
            return None
        unknown = int.__new__(cls, value)  # of a library that is newer than this package
        unknown._name_ = _native.known_text(_lib.difference_kind_name(value)).upper().replace("-", "_")
        unknown._value_ = value
        return unknown

    #: A legacy user whom Cognito does not have yet: what remains to be migrated.
    NOT_MIGRATED = 1
    #: A Cognito user whose legacy id nobody has in the store.
    NOT_IN_STORE = 2
    #: Several Cognito users, rows of the store or links with one legacy id.
    DUPLICATE = 3
    #: Both sides have the user; the map does not link them.
    NOT_LINKED = 4
    #: The map links the legacy id to a Cognito user who says to be somebody else.
    LINKED_ELSEWHERE = 5
    #: The map links a legacy id or a sub that does not exist any more.
    LINK_STALE = 6
    #: The map links a Cognito user who has no legacy id.
    LEGACY_ID_MISSING = 7
    #: A Cognito user without a legacy id has the address of a legacy user who was not migrated.
    SAME_EMAIL = 8
    #: Both sides have the user and do not agree about an attribute.
    ATTRIBUTE = 9


class Difference(NamedTuple):
    """One difference, and whom it is about."""

    kind: DifferenceKind
    legacy_id: Optional[str]
    #: Of the Cognito user; where a link is told of, the one that is linked.
    sub: Optional[str]
    #: Of a ``DUPLICATE`` or ``LINKED_ELSEWHERE``: the other user with this legacy id.
    other_sub: Optional[str]
    #: Of a ``LINKED_ELSEWHERE``: the legacy id that the linked user has.
    other_legacy_id: Optional[str]
    #: Of an ``ATTRIBUTE``: ``"email"``, ``"email_verified"``, ``"name"`` or ``"enabled"``.
    attribute: Optional[str]
    #: What Cognito has: the attribute, or the address of who is only there.
    cognito_value: Optional[str]
    #: What the store has, likewise.
    store_value: Optional[str]
    #: Of an ``ATTRIBUTE``: the map links this Cognito user to the legacy id, or there is no map.
    is_linked: bool


class Reconciliation(NamedTuple):
    """How many there are of what."""

    cognito_users: int
    store_users: int
    links: int
    #: Legacy users whom Cognito has.
    migrated: int
    #: Those about whom nothing is told.
    in_order: int
    #: Cognito users who never were in the store.
    cognito_only: int
    #: Each kind, also those of which there are none.
    differences: Dict[DifferenceKind, int]

    @property
    def agrees(self) -> bool:
        """Is there no difference but for users who have yet to migrate?"""
        return not any(count for kind, count in self.differences.items()
                       if kind is not DifferenceKind.NOT_MIGRATED)


#: Told of each difference. What it raises ends the comparison.
OnDifference = Callable[[Difference], object]
#: Told now and then what is read, ``"cognito_users"``, ``"store_users"`` or ``"links"``, and how many
#: of them there were so far.
ReadingProgress = Callable[[str, int], object]


def reconcile(cognito: "Union[Cognito, Iterable[CognitoUser]]",
              store: "Union[Store, Iterable[Union[FoundUser, User]]]",
              idmap: "Union[IdentityMap, Iterable[Tuple[str, str]], None]" = None, *,
              on_difference: Optional[OnDifference] = None,
              legacy_id_attribute: str = "custom:legacy_id", compare_names: bool = False,
              listing_file: "Union[str, os.PathLike[str], None]" = None,
              work_folder: "Union[str, os.PathLike[str], None]" = None,
              progress: Optional[ReadingProgress] = None) -> Reconciliation:
    """Compare the sides user by user, in memory that does not grow with their number. Each side is
    read whole: from the pool, the database and the map, or from what you give in their place.

    :param cognito: the pool, or its users
    :param store: the legacy store, or its users; a store that asks a function of yours has no list
    :param idmap: the map, or its pairs of legacy id and sub; None when there is none, and then no
        difference is about links
    :param on_difference: told of each; without it they are only counted
    :param compare_names: names count too; leave it off when the migration does not return them
    :param listing_file: where the listing of the pool is written down, so that one that was cut off
        goes on; it holds addresses and names, remove it afterwards
    :param work_folder: where what does not fit into memory goes; ``/tmp``

    >>> ann = CognitoUser("s-1", "CONFIRMED", True, {"email": "ann@example.com",
    ...                                              "custom:legacy_id": "7"})
    >>> rows = [FoundUser("7", "ann@example.org"), FoundUser("8", "bob@example.com")]
    >>> found = []
    >>> reconcile([ann], rows, on_difference=found.append).migrated
    1
    >>> [(one.kind.name, one.legacy_id, one.cognito_value) for one in found]
    [('ATTRIBUTE', '7', 'ann@example.com'), ('NOT_MIGRATED', '8', None)]
    """
    attribute = _native.text(legacy_id_attribute, "legacy_id_attribute")
    config = _configuration(attribute, compare_names, idmap is None, work_folder)
    config.kept = _set_callbacks(config, on_difference, progress)
    reconciliation = _native.make(_native.OwnedReconcile, _lib.reconcile_new, config)
    with _native.Calling():
        _read_cognito(reconciliation, cognito, legacy_id_attribute, listing_file)
        _read_store(reconciliation, store)
        if idmap is not None:
            _read_idmap(reconciliation, idmap)
        _native.call(_lib.reconcile_compare, reconciliation)
    return _result_of(reconciliation)


# ---- the sides ----


def _read_cognito(to: Any, cognito: Any, legacy_id_attribute: str,
                  listing_file: "Union[str, os.PathLike[str], None]") -> None:
    if isinstance(cognito, Cognito):
        _native.call(_lib.reconcile_read_cognito, to, handle_of_cognito(cognito),
                     None if listing_file is None else _native.path(listing_file, "listing_file"))
        return
    if listing_file is not None:
        raise TypeError("listing_file is for a Cognito whose users are listed")
    for user in cognito:
        if not isinstance(user, CognitoUser):
            raise TypeError(f"cognito must be Cognito or of CognitoUser, not {type(user).__name__}")
        of = user.attributes.get
        _native.call(_lib.reconcile_add_cognito_user, to, _native.text(user.sub, "sub"),
                     _optional(of(legacy_id_attribute), "legacy_id"), _optional(of("email"), "email"),
                     user.email_verified, _optional(of("name"), "name"), bool(user.enabled))


def _read_store(to: Any, store: Any) -> None:
    if isinstance(store, Store):
        _native.call(_lib.reconcile_read_store, to, config_of(store))
        return
    for user in store:
        if not isinstance(user, (FoundUser, User)):
            raise TypeError(f"store must be Store, or of FoundUser or User, not "
                            f"{type(user).__name__}")
        _native.call(_lib.reconcile_add_store_user, to, _native.text(user.id, "id"),
                     _optional(user.email, "email"), bool(user.email_verified),
                     _optional(user.name, "name"), bool(user.disabled))


def _read_idmap(to: Any, idmap: Any) -> None:
    if isinstance(idmap, IdentityMap):
        _native.call(_lib.reconcile_read_idmap, to, handle_of_idmap(idmap))
        return
    for legacy_id, sub in idmap:
        _native.call(_lib.reconcile_add_link, to, _native.text(legacy_id, "legacy_id"),
                     _native.text(sub, "sub"))


_optional = _native.text_or_null


# ---- configuring ----


def _configuration(legacy_id_attribute: bytes, compare_names: bool, without_map: bool,
                   work_folder: "Union[str, os.PathLike[str], None]") -> Any:
    config = _native.make(_native.OwnedReconcileConfig, _lib.reconcile_config_new)
    call = _native.call
    call(_lib.reconcile_config_set_legacy_id_attribute, config, legacy_id_attribute)
    call(_lib.reconcile_config_compare_names, config, bool(compare_names))
    if without_map:
        call(_lib.reconcile_config_without_map, config)
    if work_folder is not None:
        call(_lib.reconcile_config_set_work_folder, config, _native.path(work_folder, "work_folder"))
    return config


def _set_callbacks(config: Any, on_difference: Optional[OnDifference],
                   progress: Optional[ReadingProgress]) -> List[Any]:
    """Progress is always watched: it is where Ctrl-C ends the reading."""

    def tell(what: int, count: int) -> None:
        if progress is not None:
            _native.ended(progress(_SIDES[what], count), "progress")

    def differs(difference: int) -> None:
        assert on_difference is not None
        _native.ended(on_difference(_difference_of(difference)), "on_difference")

    kept = [_native.reconcile_progress_callback(tell)]
    _native.call(_lib.reconcile_config_set_on_progress, config, kept[0], None)
    if on_difference is not None:
        kept.append(_native.lent_callback(differs))
        _native.call(_lib.reconcile_config_set_on_difference, config, kept[1], None)
    return kept


# ---- results ----


def _difference_of(difference: int) -> Difference:
    text, lib = _native.optional_text, _lib
    return Difference(
        DifferenceKind(lib.difference_kind(difference)), text(lib.difference_legacy_id(difference)),
        text(lib.difference_sub(difference)), text(lib.difference_other_sub(difference)),
        text(lib.difference_other_legacy_id(difference)), text(lib.difference_attribute(difference)),
        text(lib.difference_cognito_value(difference)), text(lib.difference_store_value(difference)),
        lib.difference_is_linked(difference))


def _result_of(reconciliation: Any) -> Reconciliation:
    def count(what: int) -> int:
        return int(_lib.reconcile_count(reconciliation, what))

    return Reconciliation(**{name: count(number) for name, number in _COUNTS.items()},
                          differences={kind: count(kind) for kind in DifferenceKind})
