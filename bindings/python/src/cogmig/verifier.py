# SPDX-License-Identifier: Apache-2.0
"""Is this token good? Signature, issuer, token use, client, time."""

import asyncio
import inspect
import json
import os
from typing import (Any, Awaitable, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional,
                    Set, Tuple, Union)

from . import _native, errors
from .claims import Claims
from .keyset import Jwks, document
from .status import Status

__all__ = ["Fetch", "JwksReply", "KeyFetch", "LoadBalancer", "TrustedIssuer", "Verifier"]

_lib = _native.lib
_verify = _lib.verifier_verify
_OwnedClaims = _native.OwnedClaims
_take_box = _native.Boxes.take
_give_box_back = _native.Boxes.give_back

_TOKEN_USES = {"id": 1, "access": 2, "any": 3}
_ALGORITHMS = {"RS256": 1, "RS384": 2, "RS512": 4, "PS256": 8, "PS384": 16, "PS512": 32,
               "ES256": 64, "ES384": 128, "ES512": 256, "EdDSA": 512}
_COUNTERS = {"fetches": 1, "fetch_failures": 2, "not_modified": 3, "key_set_changes": 4,
             "unknown_kids": 5, "stale_key_uses": 6, "fetches_withheld": 7, "cache_hits": 8,
             "cache_misses": 9, "key_file_reads": 10, "key_file_refusals": 11,
             "key_file_writes": 12, "key_file_write_failures": 13}
_PATIENCE_S = 0.01


class TrustedIssuer(NamedTuple):
    """An issuer by its URL, for emulators and for pools whose issuer differs from the rule."""

    #: Exactly what ``iss`` says.
    url: str
    #: None for the URL and ``/.well-known/jwks.json``.
    jwks_url: Optional[str] = None
    #: What it signs with.
    algorithms: Tuple[str, ...] = ("RS256",)


class LoadBalancer(NamedTuple):
    """An Application Load Balancer that signs users in."""

    #: Exactly what ``signer`` says.
    arn: str
    #: Of its authenticate action, exactly what ``iss`` says.
    issuer: str
    #: To which a slash and the kid are added; None for the region's own.
    keys_url: Optional[str] = None


class JwksReply(NamedTuple):
    """What a fetch function of yours received."""

    body: bytes
    http_status: int = 200
    max_age_s: Optional[int] = None
    etag: Optional[str] = None


#: Gets a JWKS document: URL, time-out in seconds, the ETag to be sent as If-None-Match if any. An
#: OSError that it raises is an outage. A coroutine function makes a verifier that never blocks.
Fetch = Callable[[str, float, Optional[str]],
                 Union[bytes, JwksReply, Awaitable[Union[bytes, JwksReply]]]]
#: One, or several.
Texts = Union[str, Iterable[str]]


class KeyFetch(_native.Handle):
    """A JWKS document that a verifier wants to have. Get it without following redirects, and hand it
    over with `end`. Closed before, it counts as a fetch that failed.

    >>> from cogmig.testing import Issuer
    >>> issuer = Issuer()
    >>> verifier = Verifier(pool_id=issuer.pool_id, client_id=issuer.client_id, token_use="id",
    ...                     non_blocking=True)
    >>> token = issuer.token("id")
    >>> verifier.verify(token)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    cogmig.Unavailable: ...
    >>> verifier.begin_fetch().end(issuer.jwks)  # in earnest, what is found at its url
    >>> verifier.verify(token).token_use
    'id'
    """

    __slots__ = ()

    def __init__(self, owned: Any) -> None:
        self._owned = owned

    @property
    def url(self) -> str:
        """The address to get it from."""
        return _native.known_text(_lib.key_fetch_url(self._handle))

    @property
    def timeout_s(self) -> float:
        """How long it may take from the begin."""
        return int(_lib.key_fetch_timeout_ms(self._handle)) / 1000

    @property
    def etag(self) -> Optional[str]:
        """What to send as If-None-Match, if anything."""
        return _native.optional_text(_lib.jwks_reply_if_none_match(
            _lib.key_fetch_reply(self._handle)))

    def end(self, received: Union[bytes, JwksReply]) -> None:
        """Hand over what was received, a response of any HTTP status; `cogmig.Unavailable` when it is
        no set of keys."""
        handle = self._handle
        reply = received if isinstance(received, JwksReply) else JwksReply(received)
        _hand_over(reply, _lib.key_fetch_reply(handle))
        self._end(handle, Status.OK)

    def fail(self, failure: Optional[BaseException] = None) -> None:
        """There was no response. After `end` it does nothing."""
        if self._owned is None:
            return
        status = Status.JWKS_UNREACHABLE if failure is None else _native.status_of_fetch(failure)
        try:
            self._end(self._handle, status)
        except errors.Error:
            pass  # that is what was to be said

    def _end(self, handle: Any, outcome: int) -> None:
        self._owned = None
        _native.call(_lib.key_fetch_end, handle, outcome)


class Verifier(_native.Handle):
    """Judges tokens. Make one when the service starts, keep it, use it from any thread.

    TrustedIssuer, client and token use have no default: name them, or say ``allow_any_client=True`` or
    ``token_use="any"``.

    :param pool_id: a user pool, or several
    :param client_id: an app client, or several
    :param token_use: ``"id"``, ``"access"`` or ``"any"``
    :param issuer: issuers by URL, each a text or an `TrustedIssuer`
    :param replicas: pairs of a pool id and a region that has its replica
    :param any_issuer: in place of issuers, the address of a JWKS document: tokens signed with its
        keys are accepted whatever their ``iss`` says
    :param load_balancers: in place of issuers, Application Load Balancers whose ``x-amzn-oidc-data``
        is to be judged; there is no token use then
    :param allow_any_client: accept tokens for any app client of the issuers
    :param require_groups: all of these must be there
    :param require_any_group: one of these must be there
    :param require_scopes: all of these must be there
    :param require_any_scope: one of these must be there
    :param require_claims: names that must be there, or a mapping of names to the text that they must
        have (None for any)
    :param check: a question of your own about a token that passed all others. It refuses by raising
        `cogmig.Denied` or `cogmig.Unavailable`, which are passed on; what it returns is nothing to
        us, but False is a mistake (`cogmig.Stopped`), and no yes
    :param leeway_s: how far the clocks may differ, 0 to 300
    :param max_age_s: refuse tokens that were issued longer ago; 0 for any age
    :param min_remaining_s: refuse tokens that expire sooner; 0 for any
    :param clock: seconds since 1970, in place of the system's clock
    :param fetch: gets JWKS documents, in place of libcurl. A coroutine function is awaited by
        `verify_async`, no thread ever waits, and `verify` says ``KEYS_NEEDED`` where it would have to
    :param non_blocking: never wait for keys: `verify` says ``KEYS_NEEDED``, and `begin_fetch` what
        your program is to fetch in a way of its own
    :param fetch_timeout_ms: how long one fetch may take
    :param ca_file: certificates to trust (PEM) in place of the system's
    :param key_file: keep the keys that are fetched in this file too, for the next start and for
        other processes
    :param allow_plain_http: allow JWKS addresses with http://, for emulators
    :param cache_bytes: memory for tokens already verified; 0 for none

    >>> from cogmig.testing import Issuer
    >>> issuer = Issuer()
    >>> verifier = Verifier(pool_id=issuer.pool_id, client_id=issuer.client_id, token_use="access")
    >>> verifier.seed_keys(issuer.jwks)  # in production the first token fetches them
    >>> verifier.verify(issuer.token("access", scope="orders:read")).has_scope("orders:read")
    True
    >>> verifier.verify(issuer.token("id"))
    Traceback (most recent call last):
        ...
    cogmig.Denied: The token is an id token where an access token is wanted.
    """

    __slots__ = ("_calls_back", "_fetch", "_fetches")

    _fetch: "Optional[Callable[..., Awaitable[Any]]]"
    _fetches: "Set[asyncio.Task[Optional[BaseException]]]"

    def __init__(self, *, pool_id: Texts = (), client_id: Texts = (),
                 token_use: Optional[str] = None,
                 issuer: "Union[str, TrustedIssuer, Iterable[Union[str, TrustedIssuer]]]" = (),
                 replicas: Iterable[Tuple[str, str]] = (), any_issuer: Optional[str] = None,
                 load_balancers: "Union[LoadBalancer, Iterable[LoadBalancer]]" = (),
                 allow_any_client: bool = False,
                 require_groups: Texts = (), require_any_group: Texts = (),
                 require_scopes: Texts = (), require_any_scope: Texts = (),
                 require_claims: "Union[Texts, Mapping[str, Optional[str]]]" = (),
                 check: Optional[Callable[[Claims], object]] = None,
                 leeway_s: int = 0, max_age_s: int = 0, min_remaining_s: int = 0,
                 clock: Optional[Callable[[], float]] = None, fetch: Optional[Fetch] = None,
                 fetch_timeout_ms: Optional[int] = None,
                 ca_file: "Union[str, os.PathLike[str], None]" = None,
                 key_file: "Union[str, os.PathLike[str], None]" = None,
                 allow_plain_http: bool = False, cache_bytes: Optional[int] = None,
                 non_blocking: bool = False) -> None:
        config = _native.make(_native.OwnedVerifierConfig, _lib.verifier_config_new)
        _add_issuers(config, pool_id, replicas, issuer)
        if allow_plain_http:
            _native.call(_lib.verifier_config_allow_plain_http, config)
        _add_load_balancers(config, load_balancers)
        if any_issuer is not None:
            _native.call(_lib.verifier_config_allow_any_issuer, config,
                         _native.text(any_issuer, "any_issuer"))
        _add_texts(config, _lib.verifier_config_add_client, client_id, "client_id")
        if allow_any_client:
            _native.call(_lib.verifier_config_allow_any_client, config)
        if token_use is not None:
            _native.call(_lib.verifier_config_set_token_use, config, _use(token_use))
        _add_texts(config, _lib.verifier_config_require_group, require_groups, "require_groups")
        _add_texts(config, _lib.verifier_config_require_any_group, require_any_group,
                   "require_any_group")
        _add_texts(config, _lib.verifier_config_require_scope, require_scopes, "require_scopes")
        _add_texts(config, _lib.verifier_config_require_any_scope, require_any_scope,
                   "require_any_scope")
        _add_claims(config, require_claims)
        _set_times(config, leeway_s, max_age_s, min_remaining_s, fetch_timeout_ms)
        if ca_file is not None:
            _native.call(_lib.verifier_config_set_ca_file, config, _native.path(ca_file, "ca_file"))
        if key_file is not None:
            _native.call(_lib.verifier_config_set_key_file, config,
                         _native.path(key_file, "key_file"))
        if cache_bytes is not None:
            _native.call(_lib.verifier_config_set_cache_bytes, config,
                         _native.size(cache_bytes, "cache_bytes"))
        awaited: Any = fetch if _is_awaited(fetch) else None
        if non_blocking or awaited is not None:
            _native.call(_lib.verifier_config_set_non_blocking, config)
        kept = _set_callbacks(config, check, clock, fetch if awaited is None else None)
        self._keep(_native.make(_native.OwnedVerifier, _lib.verifier_new, config), kept, awaited)

    def _keep(self, owned: Any, kept: List[Any],
              awaited: "Optional[Callable[..., Awaitable[Any]]]" = None) -> None:
        owned.kept = kept
        self._owned = owned
        self._calls_back = bool(kept)
        self._fetch = awaited
        self._fetches = set()

    @classmethod
    def from_env(cls, token_use: str) -> "Verifier":
        """From ``COGNITO_USER_POOL_ID`` or ``COGNITO_ISSUER``, ``COGNITO_CLIENT_ID`` (several with
        commas) and, for emulators, ``COGMIG_ALLOW_PLAIN_HTTP=1``."""
        verifier = cls.__new__(cls)
        verifier._keep(_native.make(_native.OwnedVerifier, _lib.verifier_new_from_env,
                                    _use(token_use)), [])
        return verifier

    # ---- judging ----

    def verify(self, token: Union[str, bytes], *, nonce: Optional[str] = None) -> Claims:
        """The claims of a good token; `cogmig.Denied` for one that is not, `cogmig.Unavailable`
        when its issuer's keys cannot be had.

        :param token: what stands after ``Bearer``
        :param nonce: what this sign-in sent along; the token must carry it
        """
        if type(token) is str:
            token = token.encode("utf-8", "surrogatepass")
        elif type(token) is not bytes:
            token = _native.octets(token, "token")
        handle = self._handle
        if nonce is not None or self._calls_back:
            return self._verify_with(handle, token, nonce)
        claims, box = _OwnedClaims(), _take_box()
        try:
            status = _verify(handle, token, len(token), claims, box)
            if status:
                raise _native.failure(status, box)
        finally:
            _give_box_back(box)
        return Claims(claims)

    def _verify_with(self, handle: Any, token: bytes, nonce: Optional[str]) -> Claims:
        with _native.Calling():
            if nonce is None:
                return Claims(_native.make(_OwnedClaims, _verify, handle, token, len(token)))
            return Claims(_native.make(_OwnedClaims, _lib.verifier_verify_with_nonce, handle, token,
                                       len(token), _native.text(nonce, "nonce")))

    async def verify_async(self, token: Union[str, bytes], *, nonce: Optional[str] = None) -> Claims:
        """`verify` for event loops. A ``fetch`` that is a coroutine function is awaited when keys are
        needed; otherwise a thread of the loop's executor judges the token, and waits for them."""
        if self._fetch is None:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(None, lambda: self.verify(token, nonce=nonce))
        failure: Optional[BaseException] = None
        while True:
            try:
                return self.verify(token, nonce=nonce)
            except errors.Denied:
                raise
            except errors.Error as error:
                if error.status != Status.KEYS_NEEDED:
                    if failure is not None and str(failure) != str(error):
                        error.__cause__ = failure
                    raise
            failure = await self._fetch_keys()

    async def _fetch_keys(self) -> Optional[BaseException]:
        """Have all keys fetched that are needed; what went wrong with the last of them."""
        loop = asyncio.get_running_loop()
        fetch = self.begin_fetch()
        while fetch is not None:
            task = loop.create_task(self._run_fetch(fetch))
            self._fetches.add(task)
            task.add_done_callback(self._fetches.discard)
            fetch = self.begin_fetch()
        running = [task for task in list(self._fetches) if task.get_loop() is loop]
        if not running:  # another loop or thread is at it
            await asyncio.sleep(_PATIENCE_S)
            return None
        # Whoever waits may be cancelled; the others still want the keys.
        done, _ = await asyncio.wait(running)
        return next((task.result() for task in done if task.result() is not None), None)

    async def _run_fetch(self, fetch: "KeyFetch") -> Optional[BaseException]:
        assert self._fetch is not None
        try:
            fetch.end(await asyncio.wait_for(
                self._fetch(fetch.url, fetch.timeout_s, fetch.etag), fetch.timeout_s))
            return None
        except asyncio.TimeoutError:  # which is a TimeoutError since Python 3.11 only
            failure: Exception = TimeoutError("the fetch took too long")
        except Exception as raised:
            failure = raised
        fetch.fail(failure)
        return failure

    def begin_fetch(self) -> "Optional[KeyFetch]":
        """The next fetch that a verifier with ``non_blocking`` needs, after tokens were answered
        ``KEYS_NEEDED``; None when there is none, or another is on its way. Afterwards judge the
        tokens again."""
        handle = self._handle
        owned = _native.make(_native.OwnedKeyFetch, _lib.verifier_begin_fetch, handle)
        owned.kept = handle.kept  # a fetch may outlive the verifier, and asks its clock
        return KeyFetch(owned) if owned else None

    def explain_refusal(self, token: Union[str, bytes]) -> Optional[Dict[str, Any]]:
        """For logs and support: the payload of a token that is refused although its signature is
        good. Nothing in it may be acted upon. None for a token that is accepted, or whose signature
        is not good."""
        content = _native.octets(token, "token")
        buffer, length = _native.Pointer(), _native.Length()
        try:
            with _native.Calling():
                _native.call(_lib.verifier_explain_refusal, self._handle, content, len(content),
                             buffer, length)
        except errors.Denied:
            pass
        payload = _native.taken(buffer, length)
        refused: Optional[Dict[str, Any]] = None if payload is None else json.loads(payload)
        return refused

    def forget(self, token: Union[str, bytes]) -> None:
        """Verify this token anew next time. This is no revocation: for that there is ``check``."""
        content = _native.octets(token, "token")
        _native.call(_lib.verifier_forget_token, self._handle, content, len(content))

    def forget_all(self) -> None:
        """Verify every token anew next time."""
        _native.call(_lib.verifier_forget_all, self._handle)

    def resize_cache(self, cache_bytes: int) -> None:
        """Give the tokens already verified more memory or less; all are forgotten."""
        _native.call(_lib.verifier_resize_cache, self._handle,
                     _native.size(cache_bytes, "cache_bytes"))

    # ---- keys ----

    def seed_keys(self, jwks: Jwks, issuer: Optional[str] = None) -> None:
        """Give the keys of an issuer from memory: nothing is fetched for it until a token names a
        kid that they do not have."""
        content = document(jwks)
        _native.call(_lib.verifier_seed_keys, self._handle, _native.text_or_null(issuer, "issuer"),
                     content, len(content))

    def seed_keys_from_file(self, path: "Union[str, os.PathLike[str]]",
                            issuer: Optional[str] = None) -> None:
        """Give the keys of an issuer from a file."""
        _native.call(_lib.verifier_seed_keys_from_file, self._handle,
                     _native.text_or_null(issuer, "issuer"), _native.path(path, "path"))

    def export_keys(self, issuer: Optional[str] = None) -> bytes:
        """The keys of an issuer, as a document that `seed_keys` reads again."""
        return _native.raw(_lib.verifier_export_keys, self._handle,
                           _native.text_or_null(issuer, "issuer")) or b""

    def check_key_file(self) -> None:
        """Raises what was wrong with the key file when it was last written, or else read. Tokens are
        judged all the same."""
        _native.call(_lib.verifier_check_key_file, self._handle)

    def hydrate(self) -> None:
        """Fetch the keys of all issuers now, so that no token has to wait for them."""
        with _native.Calling():
            _native.call(_lib.verifier_hydrate, self._handle)

    @property
    def counters(self) -> Dict[str, int]:
        """What was counted since the verifier was made, for your monitoring."""
        handle = self._handle
        return {name: int(_lib.verifier_get_counter(handle, number))
                for name, number in _COUNTERS.items()}


# ---- configuring ----


def _use(token_use: str) -> int:
    if not isinstance(token_use, str) or token_use not in _TOKEN_USES:
        raise errors.invalid(f'token_use is "id", "access" or "any", not {token_use!r}')
    return _TOKEN_USES[token_use]


def _add_texts(config: Any, function: Any, values: Texts, name: str) -> None:
    for value in _native.several(values, name):
        _native.call(function, config, _native.text(value, name))


def _add_issuers(config: Any, pool_id: Texts, replicas: Iterable[Tuple[str, str]],
                 issuer: Any) -> None:
    _add_texts(config, _lib.verifier_config_add_pool, pool_id, "pool_id")
    for pool, region in replicas:
        _native.call(_lib.verifier_config_add_pool_region, config, _native.text(pool, "pool_id"),
                     _native.text(region, "region"))
    for one in [issuer] if isinstance(issuer, (str, TrustedIssuer)) else issuer:
        _add_issuer(config, one if isinstance(one, TrustedIssuer) else TrustedIssuer(one))


def _add_issuer(config: Any, issuer: TrustedIssuer) -> None:
    url = _native.text(issuer.url, "issuer")
    _native.call(_lib.verifier_config_add_issuer, config, url,
                 _native.text_or_null(issuer.jwks_url, "jwks_url"))
    unknown = set(issuer.algorithms) - set(_ALGORITHMS)
    if unknown:
        raise errors.invalid(f"unknown algorithms: {', '.join(sorted(map(repr, unknown)))}")
    _native.call(_lib.verifier_config_set_issuer_algorithms, config, url,
                 sum(_ALGORITHMS[name] for name in set(issuer.algorithms)))


def _add_load_balancers(config: Any, balancers: Any) -> None:
    for balancer in [balancers] if isinstance(balancers, LoadBalancer) else balancers:
        if not isinstance(balancer, LoadBalancer):
            raise TypeError(f"load_balancers must be LoadBalancer, not {type(balancer).__name__}")
        _native.call(_lib.verifier_config_add_load_balancer, config,
                     _native.text(balancer.arn, "arn"), _native.text(balancer.issuer, "issuer"),
                     _native.text_or_null(balancer.keys_url, "keys_url"))


def _add_claims(config: Any, claims: Any) -> None:
    if not isinstance(claims, Mapping):
        claims = dict.fromkeys(_native.several(claims, "require_claims"))
    for name, wanted in claims.items():
        claim = _native.text(name, "require_claims")
        if wanted is None:
            _native.call(_lib.verifier_config_require_claim, config, claim)
        else:
            _native.call(_lib.verifier_config_require_claim_text, config, claim,
                         _native.text(wanted, "require_claims"))


def _set_times(config: Any, leeway_s: int, max_age_s: int, min_remaining_s: int,
               fetch_timeout_ms: Optional[int]) -> None:
    int32, call = _native.int32, _native.call
    call(_lib.verifier_config_set_leeway_s, config, int32(leeway_s, "leeway_s"))
    call(_lib.verifier_config_set_max_age_s, config, int32(max_age_s, "max_age_s"))
    call(_lib.verifier_config_set_min_remaining_s, config, int32(min_remaining_s, "min_remaining_s"))
    if fetch_timeout_ms is not None:
        call(_lib.verifier_config_set_fetch_timeout_ms, config,
             int32(fetch_timeout_ms, "fetch_timeout_ms"))


# ---- functions of the user's ----


def _is_awaited(fetch: Any) -> bool:
    return any(map(inspect.iscoroutinefunction, (fetch, getattr(fetch, "__call__", None))))


def _set_callbacks(config: Any, check: Optional[Callable[[Claims], object]],
                   clock: Optional[Callable[[], float]], fetch: Optional[Fetch]) -> List[Any]:
    kept: List[Any] = []
    for function, wrap, setter, name in (
            (check, _checking, _lib.verifier_config_set_check, "check"),
            (clock, _native.clock_callback, _lib.verifier_config_set_clock, "clock"),
            (fetch, _fetching, _lib.verifier_config_set_fetch, "fetch")):
        if function is not None:
            if not callable(function):
                raise TypeError(f"{name} must be callable, not {type(function).__name__}")
            wrap_any: Any = wrap  # each wraps a function of its own type
            kept.append(wrap_any(function))
            _native.call(setter, config, kept[-1], None)
    return kept


def _checking(check: Callable[[Claims], object]) -> Any:
    def asked(borrowed: int) -> None:
        claims = Claims(borrowed)
        try:
            answer = check(claims)
            _native.ended(answer, "check")
            if answer is False:
                raise TypeError("check returned False, which refuses nothing: raise cogmig.Denied")
        finally:
            claims._end_of_loan()

    return _native.check_callback(asked)


def _fetching(fetch: Fetch) -> Any:
    def asked(url: str, timeout_s: float, reply: Any) -> None:
        etag = _native.optional_text(_lib.jwks_reply_if_none_match(reply))
        received: Any = fetch(url, timeout_s, etag)
        _hand_over(received if isinstance(received, JwksReply) else JwksReply(received), reply)

    return _native.fetch_callback(asked)


def _hand_over(received: JwksReply, reply: Any) -> None:
    body = _native.octets(received.body, "what fetch returns")
    _lib.jwks_reply_set_http_status(reply, _native.int32(received.http_status, "http_status"))
    if received.max_age_s is not None:
        _lib.jwks_reply_set_max_age_s(reply, _native.int64(received.max_age_s, "max_age_s"))
    if received.etag is not None:
        _lib.jwks_reply_set_etag(reply, _native.text(received.etag, "etag"))
    # An answer that is too large is refused by the library, which says so itself.
    _lib.jwks_reply_append(reply, body, len(body))
