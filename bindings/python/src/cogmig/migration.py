# SPDX-License-Identifier: Apache-2.0
"""A user pool's Lambda triggers: the event in, the response out."""

import json
import logging
from typing import Any, Callable, Dict, Iterable, NamedTuple, Optional, Tuple

from . import _native, errors
from .idmap import IdentityMap, handle_of_idmap
from .password import PasswordRules, handle_of_rules
from .status import Status
from .store import Store, handle_of

__all__ = ["Answer", "Migration"]

_lib = _native.lib
_logger = logging.getLogger("cogmig")
_MAX_DEADLINE_MS = 60000
_COUNTERS = {"confirmed": 1, "reset": 2, "refused": 3, "failed": 4, "sign_ups_refused": 5,
             "sign_ups_unchecked": 6, "linked": 7, "not_linked": 8, "tokens_extended": 9,
             "tokens_unchecked": 10, "passed_through": 11}
Event = Dict[str, Any]


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
    :param reset_long_passwords: answer a sign-in with a reset where bcrypt cut the password
    :param rules: how passwords are verified
    :param idmap: where links are recorded and looked up; may be closed before the migration

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
                 reset_long_passwords: bool = False,
                 rules: Optional[PasswordRules] = None,
                 idmap: Optional[IdentityMap] = None) -> None:
        opened = handle_of(store)
        config = _native.make(_native.OwnedMigrationConfig, _lib.migration_config_new)
        call = _native.call
        if deadline_ms is not None:
            call(_lib.migration_config_set_deadline_ms, config,
                 _native.int32(deadline_ms, "deadline_ms"))
        if legacy_id_attribute is not None:
            call(_lib.migration_config_set_legacy_id_attribute, config,
                 _native.text(legacy_id_attribute, "legacy_id_attribute"))
        for attribute in attributes:
            call(_lib.migration_config_add_attribute, config, _native.text(attribute, "attributes"))
        call(_lib.migration_config_set_reset_long_passwords, config, bool(reset_long_passwords))
        if rules is not None:
            call(_lib.migration_config_set_password_rules, config,
                 handle_of_rules(rules))
        call(_lib.migration_config_set_idmap, config, handle_of_idmap(idmap))
        owned = _native.make(_native.OwnedMigration, _lib.migration_new, config, opened)
        owned.kept = (opened.kept, rules)
        self._owned = owned

    @classmethod
    def from_env(cls) -> "Migration":
        """On the store that the environment names, see `Store.from_env`, with the policy of
        ``COGMIG_*``: who is let in, which sign-ups are guarded, which tokens get the legacy id, and
        with ``COGMIG_IDMAP=1`` the identity map. A database that is down now is asked later."""
        migration = cls.__new__(cls)
        migration._owned = _native.make(_native.OwnedMigration, _lib.migration_new_from_env, None)
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
            with _native.Calling():
                if deadline_ms is None:
                    status = _lib.migration_handle(self._handle, event, len(event), buffer, length,
                                                   box)
                else:
                    status = _lib.migration_handle_within(
                        self._handle, event, len(event), _deadline(deadline_ms),
                        buffer, length, box)
                if status:
                    raise _native.failure(status, box)
            return _native.taken(buffer, length) or b"", _native.failure_in(box)
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
