# SPDX-License-Identifier: Apache-2.0
"""Every row of the legacy store, as far as it matters for a migration."""

import contextlib
from typing import Callable, Generator, Iterator, List, NamedTuple, Optional

from . import _native
from ._ahead import read_ahead
from .store import Store, config_of

__all__ = ["AuditRow", "audit"]

_lib = _native.lib
_ROWS_AT_A_TIME = 256


class AuditRow(NamedTuple):
    """One row as it is: nothing was checked."""

    #: Empty when the row has none.
    id: str
    email: Optional[str]
    name: Optional[str]
    phone: Optional[str]
    email_verified: bool
    #: Do the columns for that say that the user may not sign in?
    disabled: bool
    #: Is the address that of the row before, but for its case?
    repeats_email: bool
    #: How the stored hash begins, for `cogmig.password_scheme`.
    hash_kind: Optional[str]
    #: How many characters it has; 0 when there is none.
    hash_length: int
    #: The first of the store's attributes with a value that Cognito refuses: so is the user, then.
    refused_attribute: Optional[str]


def audit(store: Store, *, phone_column: Optional[str] = None,
          disabled_column: Optional[str] = None) -> Iterator[AuditRow]:
    """Every row once, in the order of the addresses in lower case, in one snapshot and flat memory.
    Password hashes stay in the database. A thread reads ahead a little; it ends with the iterator.

    :param phone_column: a column of telephone numbers
    :param disabled_column: one more column that is true for users who may not sign in, beside the
        store's ``disabled_columns``

    >>> import os, sqlite3, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "dev.db")
    >>> database = sqlite3.connect(path)
    >>> _ = database.execute('CREATE TABLE "User" (id TEXT PRIMARY KEY, email, name, password, '
    ...                      '"emailVerified", "createdAt", "updatedAt")')
    >>> _ = database.execute('INSERT INTO "User" (id, email) VALUES (7, "ann@example.com")')
    >>> database.commit(); database.close()
    >>> [(row.email, row.hash_kind) for row in audit(Store("file:" + path))]
    [('ann@example.com', None)]
    """
    source = config_of(store)
    phone = _native.text_or_null(phone_column, "phone_column")
    disabled = _native.text_or_null(disabled_column, "disabled_column")

    def run(put: Callable[[List[AuditRow]], None]) -> None:
        rows: List[AuditRow] = []

        def take(row: int) -> None:
            rows.append(_row_of(row))
            if len(rows) == _ROWS_AT_A_TIME:
                put(rows.copy())
                rows.clear()

        with _native.Calling():
            _native.call(_lib.audit_read, source, phone, disabled, _native.lent_callback(take), None)
        put(rows)

    return _each_of(read_ahead(run))


def _each_of(batches: Generator[List[AuditRow], None, None]) -> Iterator[AuditRow]:
    with contextlib.closing(batches):
        for rows in batches:
            yield from rows


def _row_of(row: int) -> AuditRow:
    text, lib = _native.optional_text, _lib
    return AuditRow(
        _native.known_text(lib.audit_row_id(row)), text(lib.audit_row_email(row)),
        text(lib.audit_row_name(row)), text(lib.audit_row_phone(row)),
        bool(lib.audit_row_email_verified(row)), bool(lib.audit_row_disabled(row)),
        bool(lib.audit_row_repeats_email(row)), text(lib.audit_row_hash_kind(row)),
        int(lib.audit_row_hash_length(row)), text(lib.audit_row_refused_attribute(row)))
