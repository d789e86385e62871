# SPDX-License-Identifier: Apache-2.0
"""Statuses as exceptions: which class, and how they travel."""

import copy
import pickle

import cogmig
import pytest
from cogmig import Kind, Status, _native

CLASSES = {
    Kind.DENIED: (cogmig.Denied, ()),
    Kind.NOT_FOUND: (cogmig.NotFound, (LookupError,)),
    Kind.INVALID: (cogmig.Invalid, (ValueError,)),
    Kind.CONFLICT: (cogmig.Conflict, (RuntimeError,)),
    Kind.UNAVAILABLE: (cogmig.Unavailable, (ConnectionError, OSError)),
    Kind.STOPPED: (cogmig.Stopped, (RuntimeError,)),
    Kind.INTERNAL: (cogmig.InternalError, (RuntimeError,)),
}
BUILTIN = (PermissionError, LookupError, ValueError, RuntimeError, TypeError, OSError,
           ConnectionError, TimeoutError, ArithmeticError, AssertionError)


def raised_for(status):
    """The exception that a call raises which returns this status."""
    with pytest.raises(cogmig.Error) as caught:
        _native.call(lambda box: _native.lib.error_set(box, status, None) or status)
    return caught.value


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.OK],
                         ids=lambda status: status.name)
def test_every_status_is_an_exception_of_its_kind(status):
    error = raised_for(status)
    expected, builtin = CLASSES[status.kind]
    assert isinstance(error, expected)
    assert (error.status, error.reason) == (status, status.name)
    assert str(error) == status.sentence and error.upstream is None
    assert error.retryable == (status.kind is Kind.UNAVAILABLE)
    caught_by = {ours for ours in BUILTIN if isinstance(error, ours)}
    if status is Status.DEADLINE_EXCEEDED:
        caught_by -= {TimeoutError}
    assert caught_by == set(builtin)


# promise 1
def test_an_outage_is_never_caught_as_a_no():
    for status in Status:
        if status.kind is Kind.UNAVAILABLE:
            assert not isinstance(raised_for(status), (cogmig.Denied, PermissionError, LookupError))
        if status.kind is Kind.DENIED:
            assert not isinstance(raised_for(status), (OSError, cogmig.Unavailable))


def test_a_status_that_only_a_newer_library_knows_is_a_defect_and_no_verdict():
    error = raised_for(987654)
    assert type(error) is cogmig.InternalError
    assert (int(error.status), error.reason) == (987654, "UNKNOWN_STATUS")
    with pytest.raises(ValueError):
        Status("TOKEN_EXPIRED")


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy,
                                  lambda error: pickle.loads(pickle.dumps(error))])
def test_exceptions_travel_between_processes(make):
    error = cogmig.Unavailable("away", Status.STORE_UNREACHABLE,
                               cogmig.Upstream("PostgreSQL", "57P01"), frozenset({"EXPIRY"}))
    other = make(error)
    assert type(other) is cogmig.Unavailable and str(other) == "away"
    assert (other.status, other.upstream, other.failed_claims) == (
        error.status, error.upstream, error.failed_claims)


def test_exceptions_are_called_what_people_import(python):
    done = python("import cogmig; cogmig.KeySet('')", expect=1)
    assert "\ncogmig.Invalid: " in done.stderr
