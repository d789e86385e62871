# SPDX-License-Identifier: Apache-2.0
"""A call that hands out one thing after the other, as an iterator: it runs in a thread of its own, a
few things ahead of whoever reads."""

import atexit
import queue
import threading
import weakref
from typing import Any, Callable, Generator, Generic, Iterator, Optional, TypeVar

from . import _native, errors

T = TypeVar("T")
#: What runs, and is given a function that takes things.
Run = Callable[[Callable[[T], None]], object]
_THINGS_AHEAD = 4
_PATIENCE_S = 0.1


def read_ahead(run: Run[T]) -> Generator[T, None, None]:
    """What ``run`` gives to the function that it is given. The thread begins with the first thing
    that is asked for, and ends with the iterator."""
    ahead = _Ahead(run)
    with ahead:
        yield from ahead


class _Abandoned(Exception):
    """Nobody reads on."""


class _End:
    """There is no more."""


class _Ahead(Generic[T]):
    def __init__(self, run: Run[T]) -> None:
        self.generation = _native.generation()
        self.things: "queue.Queue[object]" = queue.Queue(_THINGS_AHEAD)
        self.abandoned = False
        self.failure: Optional[BaseException] = None
        self.thread = threading.Thread(target=self._run, args=(run,), daemon=True,
                                       name="cogmig reads ahead")

    def __enter__(self) -> None:
        _running.add(self)
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.end()
        _running.discard(self)

    def end(self) -> None:
        self.abandoned = True
        self.thread.join()

    def __iter__(self) -> Iterator[T]:
        while True:
            if self.generation != _native.generation():
                raise errors.invalid("this iterator was begun before a fork, and the thread that reads "
                                     "for it belongs to the parent process; begin one in the child")
            thing = self.things.get()
            if thing is _End:
                break
            yield thing  # type: ignore[misc]
        if self.failure is not None:
            raise self.failure

    def _run(self, run: Run[T]) -> None:
        try:
            run(self._put)
        except BaseException as failure:
            self.failure = failure
        finally:
            self._put_unless_abandoned(_End)

    def _put(self, thing: T) -> None:
        if not self._put_unless_abandoned(thing):
            raise _Abandoned

    def _put_unless_abandoned(self, thing: object) -> bool:
        while not self.abandoned:
            try:
                self.things.put(thing, timeout=_PATIENCE_S)
                return True
            except queue.Full:
                continue
        return False


_running: "weakref.WeakSet[_Ahead[Any]]" = weakref.WeakSet()


@atexit.register
def _end_all() -> None:
    """While the interpreter still lets threads run: later, one that is waited for never ends."""
    for ahead in list(_running):
        ahead.end()
