# SPDX-License-Identifier: Apache-2.0
"""The engine in an event loop."""

import asyncio
import gc
import threading

import cogmig
import pytest
from test_migrate import event

STORED = "$2b$04$examplesaltforthedocs.dolV5rCSoGGLI6rwGSvmbWdXLDItraW"  # Correct-Horse
SLOW = "$2b$12$41d.qgbsTumxmO4qQc.bw.UeE/b/JUnKOsxL2qA7UhIkt/8KR3EmW"  # a tenth of a second or more


def test_many_passwords_at_a_time():
    async def main():
        async with cogmig.Engine(workers=2) as engine:
            return await asyncio.gather(
                *(engine.verify_password(["Correct-Horse", b"wrong"][number % 2], STORED)
                  for number in range(500)), return_exceptions=True)

    verdicts = asyncio.run(main())
    assert verdicts[::2] == [cogmig.PasswordMatch(cut=False)] * 250
    assert {(type(error), error.reason) for error in verdicts[1::2]} == {
        (cogmig.Denied, "PASSWORD_MISMATCH")}


def test_a_sign_in_gives_the_user(sqlite_url):
    async def main():
        store = cogmig.Store(sqlite_url)
        async with cogmig.Engine() as engine:
            user = await engine.sign_in(store, "verified@example.com", "Correct-Horse-10")
            with pytest.raises(cogmig.Denied):
                await engine.sign_in(store, "verified@example.com", "wrong")
            with pytest.raises(cogmig.NotFound):
                await engine.sign_in(store, "nobody@example.com", "wrong")
            with pytest.raises(cogmig.Invalid) as caught:
                await engine.sign_in(store, "argon2@example.com", bytearray(b"wrong"))
            assert caught.value.reason == "HASH_UNSUPPORTED"
        return user

    assert asyncio.run(main()).name == "Verified User"


def test_events_are_answered(sqlite_url):
    async def main():
        migration = cogmig.Migration(cogmig.Store(sqlite_url))
        async with cogmig.Engine(lookup_threads=1) as engine:
            yes = event("verified@example.com", "Correct-Horse-10")
            no = event("verified@example.com", "wrong")
            response = await engine.handle(migration, yes)
            assert response["response"]["userAttributes"]["email"] == "verified@example.com"
            assert (await engine.answer(migration, yes)).migrated
            answer = await engine.answer(migration, no)
            assert answer.response == no and answer.reason.reason == "PASSWORD_MISMATCH"
            with pytest.raises(cogmig.Invalid) as caught:
                await engine.handle(migration, {"triggerSource": "PreSignUp_SignUp"})
            assert caught.value.reason in ("EVENT_MALFORMED", "TRIGGER_UNKNOWN")

    asyncio.run(main())


def test_no_thread_of_pythons_is_made(sqlite_url):
    async def main():
        before = threading.active_count()
        async with cogmig.Engine() as engine:
            await engine.sign_in(cogmig.Store(sqlite_url), "verified@example.com",
                                 "Correct-Horse-10")
            assert threading.active_count() == before

    asyncio.run(main())


def test_a_cancelled_task_cancels_its_job(monkeypatch):
    cancelled, cancel = [], cogmig.Engine._cancel

    def recorded(engine, number):
        cancelled.append(number)
        cancel(engine, number)

    monkeypatch.setattr(cogmig.Engine, "_cancel", recorded)

    async def main():
        async with cogmig.Engine(workers=1, max_jobs=8, deadline_ms=600_000) as engine:
            tasks = [asyncio.ensure_future(engine.verify_password("x", SLOW)) for _ in range(8)]
            await asyncio.sleep(0)
            with pytest.raises(cogmig.Unavailable) as caught:
                await engine.verify_password("Correct-Horse", STORED)
            assert caught.value.reason == "ENGINE_BUSY"
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            assert {type(error) for error in ended} == {asyncio.CancelledError}
            assert len(set(cancelled)) == 8
            await engine.drain()  # the places of the cancelled are free again
            assert await engine.verify_password("Correct-Horse", STORED)

    asyncio.run(main())


def test_wait_for_ends_in_time_and_the_engine_goes_on():
    async def main():
        async with cogmig.Engine(workers=1, deadline_ms=600_000) as engine:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(engine.verify_password("x", SLOW), 0.001)
            assert await engine.verify_password("Correct-Horse", STORED)

    asyncio.run(main())


def test_what_cannot_be_done_in_time_is_refused_as_an_outage():
    async def main():
        async with cogmig.Engine(workers=1) as engine:
            with pytest.raises(cogmig.Denied):  # how fast this machine is becomes known
                await engine.verify_password("x", SLOW, deadline_ms=600_000)
            with pytest.raises(cogmig.DeadlineExceeded) as caught:
                await engine.verify_password("x", SLOW, deadline_ms=1)
            assert isinstance(caught.value, TimeoutError) and caught.value.retryable

    asyncio.run(main())


def test_draining_waits_then_cancels():
    async def main():
        async with cogmig.Engine(workers=1, deadline_ms=600_000) as engine:
            quick = asyncio.ensure_future(engine.verify_password("Correct-Horse", STORED))
            await asyncio.sleep(0)
            await engine.drain()
            assert quick.result()
            slow = [asyncio.ensure_future(engine.verify_password("x", SLOW)) for _ in range(20)]
            await asyncio.sleep(0)
            await engine.drain(0)
            ended = await asyncio.gather(*slow, return_exceptions=True)
            assert {error.reason for error in ended} <= {"JOB_CANCELLED", "PASSWORD_MISMATCH"}
            assert any(isinstance(error, cogmig.Stopped) for error in ended)

    asyncio.run(main())


def test_a_closed_engine_cancels_whoever_waits_and_says_so():
    async def main():
        engine = cogmig.Engine(workers=1, deadline_ms=600_000)
        waiting = asyncio.ensure_future(engine.verify_password("x", SLOW))
        await asyncio.sleep(0)
        engine.close()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        with pytest.raises(cogmig.Invalid, match="this Engine is closed"):
            await engine.verify_password("x", STORED)
        engine.close()
        await engine.aclose()

    asyncio.run(main())


def test_an_engine_belongs_to_one_loop():
    engine = cogmig.Engine(workers=1)

    async def use():
        return await engine.verify_password("Correct-Horse", STORED)

    assert asyncio.run(use())
    with pytest.raises(RuntimeError, match="another event loop"):
        asyncio.run(use())
    engine.close()
    with pytest.raises(RuntimeError):
        cogmig.Engine(workers=1).verify_password("x", STORED).send(None)


def test_a_loop_may_end_before_its_jobs():
    engine = cogmig.Engine(workers=1, deadline_ms=600_000)
    tasks = []

    async def begin():
        tasks.extend(asyncio.ensure_future(engine.verify_password("x", SLOW)) for _ in range(4))
        await asyncio.sleep(0)

    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # it tells of each task that never ends
    loop.run_until_complete(begin())
    loop.close()
    engine.close()
    engine.close()
    assert not any(task.done() for task in tasks)
    tasks.clear()
    gc.collect()


def test_each_loop_has_an_engine_of_its_own():
    done = []

    async def main():
        async with cogmig.Engine(workers=1) as engine:
            return await asyncio.gather(
                *(engine.verify_password("Correct-Horse", STORED) for _ in range(20)))

    threads = [threading.Thread(target=lambda: done.append(len(asyncio.run(main()))))
               for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [20] * 8


def test_an_engine_that_is_forgotten_ends_by_itself(issuer):
    threads = native_threads()

    async def main():
        engine = cogmig.Engine(workers=2)
        await engine.verify_password("Correct-Horse", STORED)

    asyncio.run(main())
    gc.collect()
    assert native_threads() <= threads  # those of other tests may be ending


def native_threads():
    """Those that are none of Python's."""
    with open("/proc/self/status", encoding="utf-8") as status:
        count = next(line for line in status if line.startswith("Threads:")).split()[1]
    return int(count) - threading.active_count()


def test_functions_of_ones_own_are_called_from_the_engines_threads(sqlite_url, capsys):
    here, seen = threading.get_ident(), set()

    def prehash(password):
        seen.add(threading.get_ident())
        return b"Correct-Horse"

    def find(question, key, timeout_s):
        seen.add(threading.get_ident())
        return [cogmig.FoundUser("row-7", key, STORED)]

    async def main():
        rules = cogmig.PasswordRules(prehash=prehash)
        async with cogmig.Engine(workers=1, rules=rules) as engine:
            del rules
            return await engine.sign_in(cogmig.Store(find=find), "ann@example.com", "anything")

    assert asyncio.run(main()).id == "row-7"
    assert seen and here not in seen


def test_what_a_store_of_ones_own_raises_in_there_is_told_to_the_hook(monkeypatch):
    told = []
    monkeypatch.setattr("sys.unraisablehook", lambda raised: told.append(raised.exc_value))

    def find(question, key, timeout_s):
        raise KeyError("a mistake of mine")

    async def main():
        async with cogmig.Engine(workers=1) as engine:
            await engine.sign_in(cogmig.Store(find=find), "ann@example.com", "x")

    with pytest.raises(cogmig.Stopped):
        asyncio.run(main())
    assert [type(error) for error in told] == [KeyError]


def test_what_a_store_of_ones_own_raises_in_there_is_no_answer_and_told_on_stderr(python):
    done = python("""
import asyncio, cogmig

def find(question, key, timeout_s):
    raise {"outage@example.com": OSError, "mistake@example.com": ValueError}[key](key)

async def main():
    async with cogmig.Engine(workers=1) as engine:
        for address in ("outage@example.com", "mistake@example.com"):
            try:
                await engine.sign_in(cogmig.Store(find=find), address, "x")
            except cogmig.Error as error:
                print(error.reason)

asyncio.run(main())
""")
    assert done.stdout.split() == ["STORE_UNREACHABLE", "STOPPED_BY_CALLBACK"]
    assert "OSError: outage@example.com" in done.stderr and "ValueError: mistake" in done.stderr


@pytest.mark.parametrize("settings", [{"workers": 0}, {"workers": 257}, {"max_jobs": 0},
                                      {"deadline_ms": 2**40}, {"lookup_threads": -1}])
def test_settings_out_of_range_are_invalid(settings):
    with pytest.raises(cogmig.Invalid):
        cogmig.Engine(**settings)
