# SPDX-License-Identifier: Apache-2.0
"""Passwords, sign-ins and trigger events for an event loop: the library's threads compute, the loop
waits on a file descriptor."""

import asyncio
import weakref
from typing import Any, Callable, Dict, NamedTuple, Optional

from . import _native, errors
from .migration import Answer, Event, Migration, answer_of, as_json, handle_of_migration
from .password import PasswordMatch, PasswordRules, Stored, handle_of_rules
from .status import Status
from .store import Store, handle_of
from .user import User

__all__ = ["Engine"]

_lib = _native.lib
# So many verdicts are handed out before other callbacks of the loop have their turn.
_VERDICTS_AT_A_TIME = 64


class _Job(NamedTuple):
    future: "asyncio.Future[Any]"
    result_of: Callable[[Any], Any]
    # What the library borrows or calls for this job.
    kept: Any


class Engine(_native.Handle):
    """Many sign-ins at a time from one event loop, more than twice as many per core as one hash
    after the other. It belongs to the loop that uses it first.

    A task that is cancelled cancels its job. A job that cannot be done in time is refused when it is
    submitted: `cogmig.DeadlineExceeded`, or `cogmig.Unavailable` with ``ENGINE_BUSY``.

    :param workers: threads that compute hashes; one for each processor by default
    :param lookup_threads: threads that ask stores
    :param max_jobs: how many jobs there may be at a time
    :param deadline_ms: how long a job may take when its submission does not say
    :param rules: how passwords and sign-ins are verified; events follow their migration's

    >>> import asyncio
    >>> stored = "$2b$04$examplesaltforthedocs.dolV5rCSoGGLI6rwGSvmbWdXLDItraW"
    >>> async def main():
    ...     async with Engine(workers=1) as engine:
    ...         return await engine.verify_password(b"Correct-Horse", stored)
    >>> asyncio.run(main())
    PasswordMatch(cut=False)
    """

    __slots__ = ("_jobs", "_loop", "_empty", "_finalizer")
    _status_after_fork = Status.ENGINE_FORKED

    def __init__(self, *, workers: Optional[int] = None, lookup_threads: Optional[int] = None,
                 max_jobs: Optional[int] = None, deadline_ms: Optional[int] = None,
                 rules: Optional[PasswordRules] = None) -> None:
        config = _native.make(_native.OwnedEngineConfig, _lib.engine_config_new)
        for value, name in ((workers, "workers"), (lookup_threads, "lookup_threads"),
                            (max_jobs, "max_jobs"), (deadline_ms, "deadline_ms")):
            if value is not None:
                _native.call(getattr(_lib, "engine_config_set_" + name), config,
                             _native.int32(value, name))
        if rules is not None:
            _native.call(_lib.engine_config_set_password_rules, config, handle_of_rules(rules))
        self._owned = _native.make(_native.OwnedEngine, _lib.engine_new, config)
        self._owned.kept = rules
        self._jobs: Dict[int, _Job] = {}
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        # Threads that may call back end before the interpreter does.
        self._finalizer = weakref.finalize(self, _lib.engine_free, self._owned)

    # ---- work ----

    async def verify_password(self, password: _native.Octets, stored: Stored, *,
                              deadline_ms: int = 0) -> PasswordMatch:
        """`cogmig.verify_password` in one of the engine's threads.

        :param deadline_ms: 0 for the engine's
        """
        column = _native.stored_hash(stored)
        with _native.Secret(password) as secret:
            future = self._submit(_lib.engine_submit_password, _match_of, None,
                                  secret.bytes, secret.len, column, deadline_ms)
        match: PasswordMatch = await future
        return match

    async def sign_in(self, store: Store, email: str, password: _native.Octets, *,
                      deadline_ms: int = 0) -> User:
        """The user who has this address and this password; `cogmig.NotFound` for an unknown address
        and `cogmig.Denied` for a wrong password, after the same work. Whether the outside world is
        told the difference is up to you."""
        asked = handle_of(store)
        address = _native.text(email, "email")
        with _native.Secret(password) as secret:
            future = self._submit(_lib.engine_submit_sign_in, _user_of, asked.kept, asked,
                                  address, secret.bytes, secret.len, deadline_ms)
        user: User = await future
        return user

    async def handle(self, migration: Migration, event: Event, *, deadline_ms: int = 0) -> Event:
        """`Migration.handle`."""
        return (await self.answer(migration, event, deadline_ms=deadline_ms)).response

    async def answer(self, migration: Migration, event: Event, *, deadline_ms: int = 0) -> Answer:
        """`Migration.answer`."""
        asked = handle_of_migration(migration)
        content = as_json(event)
        answer: Answer = await self._submit(
            _lib.engine_submit_event, lambda verdict: _answer_of(content, verdict), asked.kept,
            asked, content, len(content), deadline_ms)
        return answer

    def _submit(self, function: Any, result_of: Callable[[Any], Any], kept: Any,
                *arguments: Any) -> "asyncio.Future[Any]":
        *inputs, deadline_ms = arguments
        number = _native.Integer()
        loop = self._attach()
        _native.call(function, self._handle, *inputs, _native.int32(deadline_ms, "deadline_ms"),
                     None, number)
        future = loop.create_future()
        self._jobs[number.value] = _Job(future, result_of, kept)
        self._empty.clear()
        future.add_done_callback(_Cancellation(weakref.ref(self), number.value))
        return future

    # ---- verdicts ----

    def _attach(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.get_running_loop()
        handle = self._handle
        if self._loop is None:
            watched = weakref.WeakMethod(self._collect)
            loop.add_reader(_lib.engine_fd(handle), _call_if_alive, watched)
            self._loop = loop
            self._empty = asyncio.Event()  # there are no jobs
        elif self._loop is not loop:
            raise RuntimeError("this Engine belongs to another event loop; make one for each")
        return loop

    def _collect(self) -> None:
        for _ in range(_VERDICTS_AT_A_TIME):
            verdict = _native.OwnedVerdict()
            _native.call(_lib.engine_poll, self._handle, verdict)
            if not verdict:
                return
            job = self._jobs.pop(_lib.verdict_job(verdict), None)
            if job is not None and not job.future.done():
                _settle(job, verdict)
            if not self._jobs:
                self._empty.set()

    def _cancel(self, number: int) -> None:
        try:
            _native.call(_lib.engine_cancel, self._handle, number)
        except errors.Error:
            pass  # it has its verdict, or the engine is closed

    # ---- the end ----

    async def drain(self, timeout_s: Optional[float] = None) -> None:
        """Wait for all jobs. Those that are not done when the time is over are cancelled: whoever
        awaits them gets `cogmig.Stopped` with ``JOB_CANCELLED``."""
        waiting = [job.future for job in self._jobs.values() if not job.future.done()]
        if waiting:
            await asyncio.wait(waiting, timeout=timeout_s)
        for number in list(self._jobs):
            self._cancel(number)
        if self._jobs:
            await self._empty.wait()

    async def aclose(self) -> None:
        """Cancel what is there, wait for it without blocking the loop, and close."""
        if self._owned is not None and self._loop is not None:
            await self.drain(0)
        self.close()

    def close(self) -> None:
        """Cancel what is there and let go. Blocks until hashes that run have ended: prefer
        ``async with`` or `aclose`."""
        owned, self._owned = self._owned, None
        if owned is None:
            return
        loop, jobs, self._jobs = self._loop, self._jobs, {}
        if loop is not None and not loop.is_closed():
            loop.remove_reader(_lib.engine_fd(owned))
        self._finalizer()
        if loop is not None and not loop.is_closed():  # in one that is, nobody waits any more
            for job in jobs.values():
                if not job.future.done():
                    job.future.cancel()

    async def __aenter__(self) -> "Engine":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class _Cancellation:
    """When a future is cancelled, so is its job."""

    def __init__(self, engine: "weakref.ref[Engine]", number: int) -> None:
        self.engine = engine
        self.number = number

    def __call__(self, future: "asyncio.Future[Any]") -> None:
        engine = self.engine()
        if future.cancelled() and engine is not None:
            engine._cancel(self.number)


def _call_if_alive(method: "weakref.WeakMethod[Any]") -> None:
    collect = method()
    if collect is not None:
        collect()


def _settle(job: _Job, verdict: Any) -> None:
    status = _lib.verdict_status(verdict)
    if status:
        job.future.set_exception(_native.failure(status, _lib.verdict_error(verdict)))
        return
    try:
        job.future.set_result(job.result_of(verdict))
    except Exception as error:
        job.future.set_exception(error)


def _match_of(verdict: Any) -> PasswordMatch:
    return PasswordMatch(bool(_lib.verdict_password_cut(verdict)))


def _user_of(verdict: Any) -> User:
    return User(_lib.verdict_user(verdict), lender=verdict)


def _answer_of(event: bytes, verdict: Any) -> Answer:
    response = _native.sized(_lib.verdict_response, verdict) or b""
    return answer_of(event, response, _native.failure_in(_lib.verdict_error(verdict)))
