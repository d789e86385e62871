# SPDX-License-Identifier: Apache-2.0
"""Cognito's own API, as far as a migration needs it."""

import contextlib
import json
import os
from typing import (Any, Callable, Dict, Generator, Iterator, List, Mapping, NamedTuple,
                    Optional, Union)

from . import _native, errors
from ._ahead import read_ahead

__all__ = ["AwsCredentials", "Cognito", "CognitoUser", "Tokens", "UserPage"]

_lib = _native.lib


class AwsCredentials(NamedTuple):
    """AWS credentials, in place of those that are found as the AWS CLI finds them."""

    access_key_id: str
    secret_access_key: _native.Octets
    #: Of temporary ones.
    session_token: Optional[_native.Octets] = None

    def __repr__(self) -> str:
        return f"<AwsCredentials access_key_id={self.access_key_id!r}>"


class CognitoUser(NamedTuple):
    """A user of the pool."""

    #: The user name; where users sign in with an e-mail address it is the sub.
    username: str
    #: ``"CONFIRMED"``, ``"RESET_REQUIRED"`` or what else Cognito says.
    status: str
    #: May the user sign in?
    enabled: bool
    #: All attributes, e.g. ``"email_verified"``, which is a text: ``"true"``.
    attributes: Mapping[str, str]

    @property
    def sub(self) -> str:
        """Cognito's id of the user."""
        return self.attributes.get("sub") or self.username

    @property
    def email(self) -> Optional[str]:
        """The e-mail address."""
        return self.attributes.get("email")

    @property
    def email_verified(self) -> bool:
        """Has the address been verified?"""
        return self.attributes.get("email_verified") == "true"

    @property
    def legacy_id(self) -> Optional[str]:
        """``custom:legacy_id``, if it is set."""
        return self.attributes.get("custom:legacy_id") or None

    def __repr__(self) -> str:
        return f"<CognitoUser username={self.username!r} status={self.status!r}>"


class UserPage(NamedTuple):
    """Some users of the pool."""

    #: May be empty although more pages follow.
    users: List[CognitoUser]
    #: Where the next page begins, for ``resume_at``; None on the last one. Good for a while only.
    next: Optional[str]


class Tokens(_native.Shared):
    """What a sign-in or a refresh brought: tokens, or a challenge. Nothing of it is verified: give a
    token to a `cogmig.Verifier` before you believe it. Its memory is wiped with it."""

    __slots__ = ("_owned",)

    def __init__(self, owned: Any) -> None:
        self._owned = owned

    @property
    def challenge(self) -> Optional[str]:
        """What Cognito asks for before it gives tokens, e.g. ``"NEW_PASSWORD_REQUIRED"``; None when
        the user is signed in. Answering it is yours."""
        return _native.optional_text(_lib.cognito_tokens_challenge(self._owned))

    @property
    def session(self) -> Optional[str]:
        """What the answer to the challenge has to carry."""
        return _native.optional_text(_lib.cognito_tokens_session(self._owned))

    @property
    def id_token(self) -> Optional[str]:
        """The ID token."""
        return _native.optional_text(_lib.cognito_tokens_id(self._owned))

    @property
    def access_token(self) -> Optional[str]:
        """The access token."""
        return _native.optional_text(_lib.cognito_tokens_access(self._owned))

    @property
    def refresh_token(self) -> Optional[str]:
        """The refresh token; None where the old one stays."""
        return _native.optional_text(_lib.cognito_tokens_refresh(self._owned))

    @property
    def expires_in_s(self) -> int:
        """Seconds that the access token lives; 0 when there is none."""
        return int(_lib.cognito_tokens_expires_in_s(self._owned))

    def __repr__(self) -> str:
        return f"<Tokens challenge={self.challenge!r}>"


class Cognito(_native.Handle):
    """A client of one user pool. Any thread may use it. Nothing is asked when it is made.

    A refused password is `cogmig.Denied`, an unknown user `cogmig.NotFound`, and what Cognito cannot
    answer now `cogmig.Unavailable`; ``upstream`` has Cognito's own name for it. A throttled call is
    tried again while its time lasts.

    :param pool_id: the user pool; region and host follow from it
    :param client_id: the app client, for whatever a user does
    :param client_secret: of the app client, if it has one
    :param credentials: for what an administrator does; by default those that the AWS CLI would find
    :param endpoint: where the API is, where that does not follow from the pool: an emulator, FIPS
    :param lambda_endpoint: the same for Lambda's API, which `function_policy` asks
    :param allow_plain_http: let the endpoints be http://, for an emulator on this machine
    :param ca_file: certificates to trust (PEM) in place of the system's
    :param timeout_ms: how long one call may take, with all of its attempts; of a listing, one page
    :param pages_per_s: how many pages a listing asks for in a second, at most

    ::

        cognito = Cognito("eu-central-1_AbCdEfGhI", client_id="1example23456789")
        tokens = cognito.sign_in("ann@example.com", password)
        claims = verifier.verify(tokens.id_token)
    """

    __slots__ = ()

    def __init__(self, pool_id: str, *, client_id: Optional[str] = None,
                 client_secret: Optional[_native.Octets] = None,
                 credentials: Optional[AwsCredentials] = None, endpoint: Optional[str] = None,
                 lambda_endpoint: Optional[str] = None, allow_plain_http: bool = False,
                 ca_file: "Union[str, os.PathLike[str], None]" = None,
                 timeout_ms: Optional[int] = None, pages_per_s: Optional[int] = None) -> None:
        config = _native.make(_native.OwnedCognitoConfig, _lib.cognito_config_new)
        call = _native.call
        call(_lib.cognito_config_set_pool, config, _native.text(pool_id, "pool_id"))
        if client_id is not None:
            with _native.SecretText(client_secret, "client_secret") as secret:
                call(_lib.cognito_config_set_client, config, _native.text(client_id, "client_id"),
                     secret.text)
        elif client_secret is not None:
            raise errors.invalid("client_secret is that of a client_id, which is missing")
        if endpoint is not None:
            call(_lib.cognito_config_set_endpoint, config, _native.text(endpoint, "endpoint"))
        if lambda_endpoint is not None:
            call(_lib.cognito_config_set_lambda_endpoint, config,
                 _native.text(lambda_endpoint, "lambda_endpoint"))
        if allow_plain_http:
            call(_lib.cognito_config_allow_plain_http, config)
        self._open(config, credentials, ca_file, timeout_ms, pages_per_s)

    def _open(self, config: Any, credentials: Optional[AwsCredentials],
              ca_file: "Union[str, os.PathLike[str], None]", timeout_ms: Optional[int],
              pages_per_s: Optional[int]) -> None:
        call = _native.call
        if credentials is not None:
            _set_credentials(config, credentials)
        if ca_file is not None:
            call(_lib.cognito_config_set_ca_file, config, _native.path(ca_file, "ca_file"))
        if timeout_ms is not None:
            call(_lib.cognito_config_set_timeout_ms, config, _native.int32(timeout_ms, "timeout_ms"))
        if pages_per_s is not None:
            call(_lib.cognito_config_set_list_rate, config,
                 _native.int32(pages_per_s, "pages_per_s"))
        self._owned = _native.make(_native.OwnedCognito, _lib.cognito_new, config)

    @classmethod
    def from_env(cls, *, credentials: Optional[AwsCredentials] = None,
                 ca_file: "Union[str, os.PathLike[str], None]" = None,
                 timeout_ms: Optional[int] = None, pages_per_s: Optional[int] = None) -> "Cognito":
        """From ``COGNITO_USER_POOL_ID``, ``COGNITO_CLIENT_ID`` (the first of several),
        ``COGNITO_CLIENT_SECRET`` and, for an emulator, ``COGNITO_ENDPOINT`` and
        ``AWS_ENDPOINT_URL_LAMBDA`` with ``COGMIG_ALLOW_PLAIN_HTTP=1``."""
        config = _native.make(_native.OwnedCognitoConfig, _lib.cognito_config_new)
        _native.call(_lib.cognito_config_set_from_env, config)
        cognito = cls.__new__(cls)
        cognito._open(config, credentials, ca_file, timeout_ms, pages_per_s)
        return cognito

    # ---- what users do ----

    def sign_in(self, username: str, password: _native.Octets) -> Tokens:
        """Sign in with a password: the flow that calls the User Migration trigger. A challenge is a
        result like tokens are: look at `Tokens.challenge` first."""
        name = _native.text(username, "username")
        with _native.Secret(password) as secret:
            return Tokens(_native.make(_native.OwnedCognitoTokens, _lib.cognito_sign_in,
                                       self._handle, name, secret.bytes, secret.len))

    def refresh(self, refresh_token: _native.Octets, username: Optional[str] = None) -> Tokens:
        """New tokens for a refresh token. App clients that rotate them refuse this: `get_tokens`.

        :param username: where the app client has a secret, what the earlier tokens say: ``username``
            or ``cognito:username``, not the e-mail address
        """
        name = _native.text_or_null(username, "username")
        with _native.SecretText(_given(refresh_token), "refresh_token") as secret:
            return Tokens(_native.make(_native.OwnedCognitoTokens, _lib.cognito_refresh,
                                       self._handle, secret.text, name))

    def get_tokens(self, refresh_token: _native.Octets) -> Tokens:
        """New tokens for a refresh token, also where they rotate: then keep the new one."""
        with _native.SecretText(_given(refresh_token), "refresh_token") as secret:
            return Tokens(_native.make(_native.OwnedCognitoTokens, _lib.cognito_get_tokens,
                                       self._handle, secret.text))

    def revoke_token(self, refresh_token: _native.Octets) -> None:
        """Revoke a refresh token. Whoever validates access tokens offline accepts those that came
        from it until they expire."""
        with _native.SecretText(_given(refresh_token), "refresh_token") as secret:
            _native.call(_lib.cognito_revoke_token, self._handle, secret.text)

    def forgot_password(self, username: str) -> str:
        """Have a code sent; returns where it went, e.g. ``"j***@e***"``. For a name that is not in the
        pool it calls the User Migration trigger."""
        return _native.raw_text(_lib.cognito_forgot_password, self._handle,
                                _native.text(username, "username"))

    # ---- what administrators do ----

    def get_user(self, username: str) -> CognitoUser:
        """One user, by user name, sub or an alias such as the e-mail address."""
        return _user_of(_native.make(_native.OwnedCognitoUser, _lib.cognito_get_user, self._handle,
                                     _native.text(username, "username")))

    def users(self, filter: Optional[str] = None) -> Iterator[CognitoUser]:
        """All users, one by one, in flat memory; see `pages`."""
        with contextlib.closing(self._pages(filter, None)) as pages:
            for page in pages:
                yield from page.users

    def pages(self, filter: Optional[str] = None,
              resume_at: Optional[str] = None) -> Iterator[UserPage]:
        """All users in pages of up to 60, no faster than ``pages_per_s``. A thread asks ahead a
        little; it ends with the iterator. Cognito's order is its own, and a user who comes or goes
        meanwhile may be missed: to be sure of one, ask `get_user`.

        :param filter: Cognito's, e.g. ``'email ^= "ann"'``; custom attributes cannot be searched
        :param resume_at: `UserPage.next` of the last page that was dealt with
        """
        return self._pages(filter, resume_at)

    def _pages(self, filter: Optional[str],
               resume_at: Optional[str]) -> Generator[UserPage, None, None]:
        handle, wanted = self._handle, _native.text_or_null(filter, "filter")
        begin = _native.text_or_null(resume_at, "resume_at")

        def run(put: Callable[[UserPage], None]) -> None:
            with _native.Calling():
                _native.call(_lib.cognito_list_users, handle, wanted, begin,
                             _native.lent_callback(lambda page: put(_page_of(page))), None)

        return read_ahead(run)

    def update_user(self, username: str, attributes: Mapping[str, str]) -> None:
        """Set attributes, all or none of them. An address that is set without ``email_verified``
        becomes unverified."""
        name = _native.text(username, "username")
        names = [_native.text(key, "attributes") for key in attributes]
        values = [_native.text(value, "attributes") for value in attributes.values()]
        _native.call(_lib.cognito_update_user, self._handle, name, _native.texts(names),
                     _native.texts(values), len(names))

    def describe_pool(self) -> Dict[str, Any]:
        """How the pool is set up: what DescribeUserPool says."""
        return _described(_native.raw(_lib.cognito_describe_pool, self._handle), "UserPool")

    def describe_client(self) -> Dict[str, Any]:
        """How the app client is set up: what DescribeUserPoolClient says. It holds the client's
        secret."""
        return _described(_native.raw(_lib.cognito_describe_client, self._handle), "UserPoolClient")

    def function_policy(self, function_arn: str) -> Dict[str, Any]:
        """Who may invoke the function of a trigger: the policy that Lambda has of it. Where it has
        none, the ``upstream`` of the error says ``ResourceNotFoundException``.

        :param function_arn: as ``describe_pool()["LambdaConfig"]`` has it
        """
        answer = _native.raw(_lib.cognito_get_function_policy, self._handle,
                             _native.text(function_arn, "function_arn"))
        policy: Dict[str, Any] = json.loads(json.loads(answer or b"{}").get("Policy", "{}"))
        return policy

    @staticmethod
    def secret_hash(username: str, client_id: str, client_secret: _native.Octets) -> str:
        """``SECRET_HASH`` for a call that you make yourself.

        >>> Cognito.secret_hash("janedoe@example.com", "1example23456789",
        ...                     b"1example2secret3value4567890abcdef")
        'qH31KcUEg+DOEg6sjC0BKm+neLxSvJpYOtz/xPjqEAY='
        """
        name, client = _native.text(username, "username"), _native.text(client_id, "client_id")
        with _native.SecretText(_given(client_secret), "client_secret") as secret:
            return _native.raw_text(_lib.cognito_secret_hash, name, client, secret.text)


def _set_credentials(config: Any, credentials: AwsCredentials) -> None:
    if not isinstance(credentials, AwsCredentials):
        raise TypeError(f"credentials must be AwsCredentials, not {type(credentials).__name__}")
    key_id = _native.text(credentials.access_key_id, "access_key_id")
    with _native.SecretText(_given(credentials.secret_access_key), "secret_access_key") as secret:
        with _native.SecretText(credentials.session_token, "session_token") as token:
            _native.call(_lib.cognito_config_set_credentials, config, key_id, secret.text,
                         token.text)


def _given(secret: Any) -> Any:
    """None is no secret that could be left out here."""
    if secret is None:
        raise TypeError("a secret must be str or bytes, not NoneType")
    return secret


def _user_of(user: Any) -> CognitoUser:
    names = [_lib.cognito_user_attribute_name(user, place)
             for place in range(_lib.cognito_user_attribute_count(user))]
    return CognitoUser(
        _native.known_text(_lib.cognito_user_name(user)),
        _native.known_text(_lib.cognito_user_status(user)), bool(_lib.cognito_user_enabled(user)),
        {_native.known_text(name): _native.known_text(_lib.cognito_user_attribute(user, name))
         for name in names})


def _page_of(page: int) -> UserPage:
    return UserPage([_user_of(_lib.cognito_page_user(page, place))
                     for place in range(_lib.cognito_page_size(page))],
                    _native.optional_text(_lib.cognito_page_next(page)))


def _described(answer: Optional[bytes], member: str) -> Dict[str, Any]:
    described: Dict[str, Any] = json.loads(answer or b"{}")
    inner: Dict[str, Any] = described.get(member, described)
    return inner


def handle_of_cognito(cognito: Cognito) -> Any:
    return cognito._handle
