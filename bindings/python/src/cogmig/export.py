# SPDX-License-Identifier: Apache-2.0
"""The backup before a migration: users of a store in a file or one by one, never their password
hashes."""

import contextlib
import json
import os
from typing import (Any, Callable, Dict, Generator, Iterable, Iterator, List, Mapping, NamedTuple, Optional,
                    Tuple, Union)

from . import _native, errors
from ._ahead import read_ahead
from .store import Store, config_of

__all__ = ["Columns", "ExportResult", "Progress", "Report", "count_users", "export_users",
           "export_users_to_file", "verify_export"]

_lib = _native.lib
_FORMATS = {"json": 1, "ndjson": 2, "csv": 3, "cognito_csv": 4}

#: Names of columns, or a mapping of names in the export to columns of the table.
Columns = Union[Iterable[str], Mapping[str, str]]
#: Told about four times a second: users so far, and how many there will be, as far as the database
#: knows. What it raises ends the export.
Progress = Callable[[int, Optional[int]], object]
#: Told about each user who is left out: id, column (each None when there is none), reason.
Report = Callable[[Optional[str], Optional[str], str], object]


class ExportResult(NamedTuple):
    """What was written."""

    rows: int
    #: Users who were left out and reported.
    left_out: int
    bytes: int
    #: How many files; of `verify_export`, which of them this one is.
    part: int
    is_last_part: bool
    #: SHA-256 of the last file.
    sha256: str
    #: The moment that the users are from, e.g. ``"2026-01-15T10:30:00.000Z"``.
    snapshot_at: str
    #: Where the next export goes on with ``after``.
    last_id: Optional[str]


def export_users_to_file(store: Store, file: "Union[str, os.PathLike[str], int]", *,
                         format: str = "json", columns: Columns = (), limit: int = 0,
                         after: Optional[str] = None, shard: Tuple[int, int] = (1, 1),
                         part_rows: int = 0, cognito_header: Optional[str] = None,
                         cognito_mfa: bool = False, formula_guard: bool = True,
                         progress: Optional[Progress] = None,
                         report: Optional[Report] = None) -> ExportResult:
    """Export into a new file of mode 0600, which is under its name only when it is whole, with a
    manifest beside it for `verify_export`; or into an open file, given by its descriptor.

    :param format: ``"json"``, ``"ndjson"``, ``"csv"`` or ``"cognito_csv"`` (Cognito's user import)
    :param columns: id, email, name, createdAt and updatedAt by default
    :param limit: only the first users in the order of their ids; 0 for all
    :param after: only users behind this id
    :param shard: ``(2, 4)`` for the second of four shares
    :param part_rows: begin a new file after so many users; 0 for one file
    :param cognito_header: the answer to GetCSVHeader, with commas
    :param cognito_mfa: what cognito:mfa_enabled says
    :param formula_guard: keep spreadsheets from running values of a CSV as formulas
    :param report: leave users out who cannot be exported, and tell about them; without it the first
        of them ends the export

    >>> import os, sqlite3, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> database = sqlite3.connect(os.path.join(folder, "dev.db"))
    >>> _ = database.execute('CREATE TABLE "User" (id TEXT PRIMARY KEY, email, name, password, '
    ...                      '"emailVerified", "createdAt", "updatedAt")')
    >>> _ = database.execute('INSERT INTO "User" (id, email) VALUES (7, "ann@example.com")')
    >>> database.commit(); database.close()
    >>> store = Store("file:" + os.path.join(folder, "dev.db"))
    >>> export_users_to_file(store, os.path.join(folder, "users.json")).rows
    1
    >>> [user["email"] for user in export_users(store)]
    ['ann@example.com']
    """
    config = _configuration(format, columns, limit, after, shard)
    call = _native.call
    call(_lib.export_config_set_part_rows, config, _native.int64(part_rows, "part_rows"))
    if cognito_header is not None:
        call(_lib.export_config_set_cognito_header, config,
             _native.text(cognito_header, "cognito_header"))
    call(_lib.export_config_set_cognito_mfa, config, bool(cognito_mfa))
    call(_lib.export_config_set_formula_guard, config, bool(formula_guard))
    _watch(config, progress, report)
    with _native.Calling():
        if isinstance(file, int):
            result = _native.make(_native.OwnedExportResult, _lib.export_to_descriptor, config,
                                  config_of(store), _native.int32(file, "file"))
        else:
            result = _native.make(_native.OwnedExportResult, _lib.export_to_file, config,
                                  config_of(store), _native.path(file, "file"))
    return _result_of(result)


def export_users(store: Store, *, columns: Columns = (), limit: int = 0,
                 after: Optional[str] = None, shard: Tuple[int, int] = (1, 1),
                 progress: Optional[Progress] = None,
                 report: Optional[Report] = None) -> Iterator[Dict[str, Any]]:
    """The users one by one, of one snapshot of the database, in flat memory. A thread reads ahead a
    little; it ends with the iterator. Parameters as of `export_users_to_file`."""
    config = _configuration("ndjson", columns, limit, after, shard)
    _watch(config, progress, report)
    source = config_of(store)

    def run(put: Callable[[bytes], None]) -> None:
        with _native.Calling():
            _native.make(_native.OwnedExportResult, _lib.export_to_callback, config, source,
                         _native.write_callback(put), None)

    return _lines_of(read_ahead(run))


def _lines_of(chunks: Generator[bytes, None, None]) -> Iterator[Dict[str, Any]]:
    begun = b""
    with contextlib.closing(chunks):
        for chunk in chunks:
            *lines, begun = (begun + chunk).split(b"\n")
            for line in lines:
                yield json.loads(line)


def count_users(store: Store) -> int:
    """How many users an export would be of: the rows of the store's table."""
    count = _native.Integer()
    _native.call(_lib.export_count_users, config_of(store), count)
    return int(count.value)


def verify_export(path: "Union[str, os.PathLike[str]]") -> ExportResult:
    """Is this file, with its manifest beside it, what an export wrote? `cogmig.Invalid` with
    ``EXPORT_DAMAGED`` when it is not."""
    return _result_of(_native.make(_native.OwnedExportResult, _lib.export_verify,
                                   _native.path(path, "path")))


# ---- configuring ----


def _configuration(format: str, columns: Columns, limit: int, after: Optional[str],
                   shard: Tuple[int, int]) -> Any:
    if not isinstance(format, str) or format not in _FORMATS:
        raise errors.invalid(f"format is one of {', '.join(_FORMATS)}, not {format!r}")
    config = _native.make(_native.OwnedExportConfig, _lib.export_config_new)
    call = _native.call
    call(_lib.export_config_set_format, config, _FORMATS[format])
    for name, column in _named(columns):
        call(_lib.export_config_add_column, config, _native.text(name, "columns"),
             _native.text_or_null(column, "columns"))
    call(_lib.export_config_set_limit, config, _native.int64(limit, "limit"))
    call(_lib.export_config_set_after, config, _native.text_or_null(after, "after"))
    number, shards = shard
    call(_lib.export_config_set_shard, config, _native.int32(number, "shard"),
         _native.int32(shards, "shard"))
    return config


def _named(columns: Columns) -> List[Tuple[str, Optional[str]]]:
    if isinstance(columns, (str, bytes)):
        raise TypeError(f"columns must be several, not {type(columns).__name__}")
    if isinstance(columns, Mapping):
        return list(columns.items())
    return [(name, None) for name in columns]


def _watch(config: Any, progress: Optional[Progress], report: Optional[Report]) -> None:
    """Progress is always watched: it is where Ctrl-C ends an export."""

    def tell(rows: int, estimate: int) -> None:
        if progress is not None:
            _native.ended(progress(rows, None if estimate < 0 else estimate), "progress")

    def left_out(id: Optional[bytes], column: Optional[bytes], reason: bytes) -> None:
        assert report is not None
        _native.ended(report(_native.optional_text(id), _native.optional_text(column),
                             _native.known_text(reason)), "report")

    config.kept = [_native.progress_callback(tell)]
    _native.call(_lib.export_config_set_progress, config, config.kept[0], None)
    if report is not None:
        config.kept.append(_native.report_callback(left_out))
        _native.call(_lib.export_config_set_report, config, config.kept[1], None)


def _result_of(result: Any) -> ExportResult:
    return ExportResult(
        _lib.export_result_rows(result), _lib.export_result_left_out(result),
        _lib.export_result_bytes(result), _lib.export_result_part(result),
        bool(_lib.export_result_is_last_part(result)),
        _native.known_text(_lib.export_result_sha256(result)),
        _native.known_text(_lib.export_result_snapshot_at(result)),
        _native.optional_text(_lib.export_result_last_id(result)))
