# SPDX-License-Identifier: Apache-2.0
"""A user pool's Lambda triggers: the event in, the response out."""

import json
import logging
from typing import (Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple,
                    Union)

from . import _native, errors
from .idmap import IdentityMap, handle_of_idmap
from .password import PasswordRules, handle_of_rules
from .status import Status
from .store import Store, handle_of
from .user import User

__all__ = ["Answer", "Hook", "Migration", "PasswordPolicy"]

_lib = _native.lib
_logger = logging.getLogger("cogmig")
_MAX_DEADLINE_MS = 60000
_COUNTERS = {"confirmed": 1, "reset": 2, "refused": 3, "failed": 4, "sign_ups_refused": 5,
             "sign_ups_unchecked": 6, "linked": 7, "not_linked": 8, "tokens_extended": 9,
             "tokens_unchecked": 10, "passed_through": 11}
_LINKED_USERS = {"refuse": 1, "relink": 2, "allow": 3}
_SIGN_UPS = {"user": 1, "admin": 2, "provider": 4}
_TOKENS = {"id": 1, "access": 2}
Event = Dict[str, Any]
#: One, or several.
Texts = Union[str, Iterable[str]]
#: Has the last word on each user who would be migrated: takes the trigger's name and the row, and
#: returns attributes to add, or None. `cogmig.Denied` that it raises makes the answer no, any other
#: exception fails the event.
Hook = Callable[[str, User], Optional[Mapping[str, str]]]


class PasswordPolicy(NamedTuple):
    """The pool's password policy. Cognito does not hold migrated passwords against it."""

    min_length: int = 0
    lower: bool = False
    upper: bool = False
    digit: bool = False
    symbol: bool = False


class Answer(NamedTuple):
    """What an event was answered, and why."""

    #: To be returned to Cognito. It repeats the event, and with it the password: never log it.
    response: Event
    #: Was ``response`` filled in? Of the migration trigger: was it a yes?
    migrated: bool
    #: Why it was a no, for your own log. After a yes None, or ``PASSWORD_TOO_LONG`` where it asks for
    #: a reset.
    reason: Optional[errors.Error]

    def __repr__(self) -> str:
        return f"<Answer migrated={self.migrated} reason={self.reason!r}>"


class Migration(_native.Handle):
    """Answers the events of every trigger: migrates users, guards sign-ups, records links, puts the
    legacy id into tokens. Make one when the function starts, keep it.

    :param store: where the users are; may be closed before the migration
    :param deadline_ms: how long one event may take; Cognito waits 5 seconds
    :param legacy_id_attribute: ``"custom:legacy_id"`` by default
    :param attributes: more attributes to return: ``"name"``
    :param rules: how passwords are verified
    :param reset_long_passwords: answer a sign-in with a reset where bcrypt cut the password
    :param password_policy: answer a sign-in with a reset where the password does not meet it
    :param allowed_pools: the user pools that may ask; all by default
    :param allowed_clients: the app clients that may ask; all by default
    :param username_from_legacy_id: return the legacy id as the user name, for pools in which the
        address is an alias
    :param hook: a function of yours with the last word, see `Hook`
    :param idmap: where links are recorded and looked up; may be closed before the migration
    :param linked_users: what becomes of a user who is to be migrated and linked already:
        ``"refuse"``, ``"relink"`` or ``"allow"``
    :param fail_closed: fail the events whose link could not be recorded, or whose token not be held
        against the map
    :param sign_up_guard: who may not sign up with the address of a user who has yet to migrate:
        ``"user"`` by default, ``"admin"``, ``"provider"``, several of them, or ``()`` for none
    :param sign_up_open_in_outage: let sign-ups pass while the store cannot be asked
    :param sign_up_refusal: what the person is told whose sign-up is refused
    :param claim_tokens: which tokens get the claim ``legacy_id``: ``"id"``, ``"access"``, both by
        default, or ``()`` for none

    >>> import cogmig
    >>> def find(question, key, timeout_s):
    ...     return []
    >>> migration = Migration(cogmig.Store(find=find))
    >>> event = {"triggerSource": "UserMigration_Authentication", "userName": "ann@example.com",
    ...          "request": {"password": "guess"}, "response": {}}
    >>> migration.handle(event) == event
    True
    >>> migration.answer(event).reason.reason
    'USER_NOT_FOUND'
    """

    __slots__ = ()

    def __init__(self, store: Store, *, deadline_ms: Optional[int] = None,
                 legacy_id_attribute: Optional[str] = None, attributes: Iterable[str] = (),
                 rules: Optional[PasswordRules] = None, reset_long_passwords: bool = False,
                 password_policy: Optional[PasswordPolicy] = None,
                 allowed_pools: Texts = (), allowed_clients: Texts = (),
                 username_from_legacy_id: bool = False, hook: Optional[Hook] = None,
                 idmap: Optional[IdentityMap] = None, linked_users: Optional[str] = None,
                 fail_closed: bool = False, sign_up_guard: Optional[Texts] = None,
                 sign_up_open_in_outage: bool = False, sign_up_refusal: Optional[str] = None,
                 claim_tokens: Optional[Texts] = None) -> None:
        opened = handle_of(store)
        config = _native.make(_native.OwnedMigrationConfig, _lib.migration_config_new)
        if deadline_ms is not None:
            _native.call(_lib.migration_config_set_deadline_ms, config,
                         _native.int32(deadline_ms, "deadline_ms"))
        _set_attributes(config, legacy_id_attribute, attributes, username_from_legacy_id)
        _set_passwords(config, reset_long_passwords, password_policy)
        _set_callers(config, allowed_pools, allowed_clients)
        _set_links(config, idmap, linked_users, fail_closed)
        _set_sign_ups(config, sign_up_guard, sign_up_open_in_outage, sign_up_refusal)
        if claim_tokens is not None:
            _native.call(_lib.migration_config_set_claim_tokens, config,
                         _sum_of(claim_tokens, _TOKENS, "claim_tokens"))
        kept = _set_functions(config, rules, hook)
        owned = _native.make(_native.OwnedMigration, _lib.migration_new, config, opened)
        owned.kept = (opened.kept, kept)
        self._owned = owned

    @classmethod
    def from_env(cls, *, rules: Optional[PasswordRules] = None,
                 hook: Optional[Hook] = None) -> "Migration":
        """On the store that the environment names, see `Store.from_env`, with the policy of
        ``COGMIG_*``: how passwords are checked (``COGMIG_PEPPER`` and others; `rules` replaces all
        of them), who is let in, which sign-ups are guarded, which tokens get the legacy id, and with
        ``COGMIG_IDMAP=1`` the identity map. A database that is down now is asked later."""
        config = _native.make(_native.OwnedMigrationConfig, _lib.migration_config_new_from_env)
        kept = _set_functions(config, rules, hook)
        migration = cls.__new__(cls)
        migration._owned = _native.make(_native.OwnedMigration, _lib.migration_new_from_env, config)
        migration._owned.kept = (None, kept)
        return migration

    @property
    def counters(self) -> Dict[str, int]:
        """How events ended since the migration was made, for your monitoring."""
        handle = self._handle
        return {name: int(_lib.migration_get_counter(handle, number))
                for name, number in _COUNTERS.items()}

    def handle(self, event: Event, *, deadline_ms: Optional[int] = None) -> Event:
        """The response to an event: with ``response`` filled in for a yes, as it came for a no. What
        is raised means that no answer can be given; let it fail the invocation, and Cognito asks
        again.

        :param deadline_ms: the time that the host leaves, e.g. what
            ``context.get_remaining_time_in_millis()`` says in Lambda; the migration's own, which is
            never more than a minute, counts too
        """
        return self.answer(event, deadline_ms=deadline_ms).response

    def answer(self, event: Event, *, deadline_ms: Optional[int] = None) -> Answer:
        """`handle`, and the reason of a no."""
        content = as_json(event)
        response, reason = self._handle_bytes(content, deadline_ms)
        return answer_of(content, response, reason)

    def handle_bytes(self, event: bytes, *, deadline_ms: Optional[int] = None) -> bytes:
        """`handle` for those who have the event as it came: every byte outside of ``response`` stays
        as it is."""
        return self._handle_bytes(_native.octets(event, "event"), deadline_ms)[0]

    def _handle_bytes(self, event: bytes, deadline_ms: Optional[int]) -> Tuple[bytes, Optional[errors.Error]]:
        buffer, length, box = _native.Pointer(), _native.Length(), _native.Boxes.take()
        try:
            with _native.Calling() as calling:
                if deadline_ms is None:
                    status = _lib.migration_handle(self._handle, event, len(event), buffer, length,
                                                   box)
                else:
                    status = _lib.migration_handle_within(
                        self._handle, event, len(event), _deadline(deadline_ms),
                        buffer, length, box)
                if status:
                    raise _native.failure(status, box)
            reason = _native.failure_in(box)
            if reason is not None:
                reason.__cause__ = calling.exception  # that of a hook
            return _native.taken(buffer, length) or b"", reason
        finally:
            _native.Boxes.give_back(box)

    def as_lambda_handler(self) -> Callable[[Event, Any], Event]:
        """A handler for AWS Lambda: it minds the time that the function has left, logs the reason of
        each no and of each failure to the logger ``cogmig``, and tells Cognito, which shows it to the
        user, nothing of either, except to whoever signs up in a legacy user's place."""

        def handler(event: Event, context: Any) -> Event:
            try:
                answer = self.answer(event, deadline_ms=context.get_remaining_time_in_millis())
            except errors.Error as error:
                if error.status == Status.SIGN_UP_REFUSED:  # its message is made for the person
                    _logger.info("no: %s", error.reason)
                    raise RuntimeError(str(error)) from None
                _logger.error("no answer: %s: %s", error.reason, error)
                raise RuntimeError("No answer can be given.") from None
            if answer.reason is not None:
                _logger.info("%s: %s: %s", "yes" if answer.migrated else "no",
                             answer.reason.reason, answer.reason)
            return answer.response

        return handler


# ---- configuring ----


def _set_attributes(config: Any, legacy_id_attribute: Optional[str], attributes: Iterable[str],
                    username_from_legacy_id: bool) -> None:
    if legacy_id_attribute is not None:
        _native.call(_lib.migration_config_set_legacy_id_attribute, config,
                     _native.text(legacy_id_attribute, "legacy_id_attribute"))
    for attribute in _native.several(attributes, "attributes"):
        _native.call(_lib.migration_config_add_attribute, config,
                     _native.text(attribute, "attributes"))
    _native.call(_lib.migration_config_set_username_from_legacy_id, config,
                 bool(username_from_legacy_id))


def _set_passwords(config: Any, reset_long_passwords: bool,
                   policy: Optional[PasswordPolicy]) -> None:
    _native.call(_lib.migration_config_set_reset_long_passwords, config, bool(reset_long_passwords))
    if policy is None:
        return
    if not isinstance(policy, PasswordPolicy):
        raise TypeError(f"password_policy must be PasswordPolicy, not {type(policy).__name__}")
    classes = sum(1 << place for place, wanted in enumerate(policy[1:]) if wanted)
    _native.call(_lib.migration_config_set_password_policy, config,
                 _native.int32(policy.min_length, "min_length"), classes)


def _set_callers(config: Any, pools: Texts, clients: Texts) -> None:
    for pool in _native.several(pools, "allowed_pools"):
        _native.call(_lib.migration_config_add_pool, config, _native.text(pool, "allowed_pools"))
    for client in _native.several(clients, "allowed_clients"):
        _native.call(_lib.migration_config_add_client, config,
                     _native.text(client, "allowed_clients"))


def _set_links(config: Any, idmap: Optional[IdentityMap], linked_users: Optional[str],
               fail_closed: bool) -> None:
    _native.call(_lib.migration_config_set_idmap, config, handle_of_idmap(idmap))
    if linked_users is not None:
        _native.call(_lib.migration_config_set_linked_users, config,
                     _number_of(linked_users, _LINKED_USERS, "linked_users"))
    _native.call(_lib.migration_config_set_fail_closed, config, bool(fail_closed))


def _set_sign_ups(config: Any, guard: Optional[Texts], open_in_outage: bool,
                  refusal: Optional[str]) -> None:
    if guard is not None:
        _native.call(_lib.migration_config_set_sign_up_guard, config,
                     _sum_of(guard, _SIGN_UPS, "sign_up_guard"))
    _native.call(_lib.migration_config_set_sign_up_open_in_outage, config, bool(open_in_outage))
    if refusal is not None:
        _native.call(_lib.migration_config_set_sign_up_refusal, config,
                     _native.text(refusal, "sign_up_refusal"))


def _number_of(value: Any, numbers: Dict[str, int], name: str) -> int:
    if not isinstance(value, str) or value not in numbers:
        raise errors.invalid(f"{name} is one of {', '.join(numbers)}, not {value!r}")
    return numbers[value]


def _sum_of(values: Texts, numbers: Dict[str, int], name: str) -> int:
    return sum({_number_of(value, numbers, name) for value in _native.several(values, name)})


def _set_functions(config: Any, rules: Optional[PasswordRules], hook: Optional[Hook]) -> List[Any]:
    """What the migration borrows."""
    kept: List[Any] = [rules]
    if rules is not None:
        _native.call(_lib.migration_config_set_password_rules, config, handle_of_rules(rules))
    if hook is not None:
        if not callable(hook):
            raise TypeError(f"hook must be callable, not {type(hook).__name__}")
        kept.append(_asking(hook))
        _native.call(_lib.migration_config_set_hook, config, kept[-1], None)
    return kept


def _asking(hook: Hook) -> Any:
    def asked(trigger_source: str, borrowed: int, answer: int) -> None:
        user = User(borrowed)
        try:
            additions = hook(trigger_source, user)
        finally:
            user._end_of_loan()
        for name, value in ({} if additions is None else additions).items():
            _native.call(_lib.migration_answer_add_attribute, answer,
                         _native.text(name, "what the hook returns"),
                         _native.text(value, "what the hook returns"))

    return _native.hook_callback(asked)


# ---- events ----


def _deadline(deadline_ms: int) -> int:
    return min(_native.int32(deadline_ms, "deadline_ms"), _MAX_DEADLINE_MS)


def as_json(event: Event) -> bytes:
    return json.dumps(event, allow_nan=False).encode()


def answer_of(event: bytes, response: bytes, reason: Optional[errors.Error]) -> Answer:
    """A no is the event as it went in, byte for byte."""
    return Answer(json.loads(response), response != event, reason)


def handle_of_migration(migration: Migration) -> Any:
    if not isinstance(migration, Migration):
        raise TypeError(f"migration must be Migration, not {type(migration).__name__}")
    return migration._handle
