# SPDX-License-Identifier: Apache-2.0
"""What a call can say: every status has a number that is never reused, a name and a kind."""

import enum


class Kind(enum.IntEnum):
    """What the caller has to do about it.

    >>> import cogmig
    >>> cogmig.Status.TOKEN_EXPIRED.kind
    <Kind.DENIED: 1>
    """

    OK = 0
    DENIED = 1
    NOT_FOUND = 2
    INVALID = 3
    CONFLICT = 4
    UNAVAILABLE = 5
    STOPPED = 6
    INTERNAL = 7


class Status(enum.IntEnum):
    """Why a call failed. docs/errors.md has an entry for each.

    A library newer than this package may know more of them: they come as numbers with the name
    that the library gives.

    >>> Status(313).name
    'TOKEN_EXPIRED'
    >>> Status.TOKEN_EXPIRED.sentence
    'The token has expired; refresh it.'
    """

    @property
    def kind(self) -> Kind:
        """What the caller has to do about it."""
        from . import _native

        return Kind(_native.lib.status_kind(self))

    @property
    def sentence(self) -> str:
        """One sentence for people."""
        from . import _native

        return _native.known_text(_native.lib.status_sentence(self))

    @classmethod
    def _missing_(cls, value: object) -> "Status | None":
        from . import _native

        if type(value) is not int:
            return None
        unknown = int.__new__(cls, value)
        unknown._name_ = _native.known_text(_native.lib.status_name(value))
        unknown._value_ = value
        return unknown

    OK = 0
    INVALID_ARGUMENT = 1
    OUT_OF_MEMORY = 2
    INTERNAL_ERROR = 3
    STOPPED_BY_CALLBACK = 4
    DEADLINE_EXCEEDED = 5
    NOT_BUILT_IN = 6
    CONFIG_INCOMPLETE = 7
    CONFIG_INVALID = 8
    FILE_UNREADABLE = 9
    FILE_UNWRITABLE = 10
    DISK_FULL = 11
    PASSWORD_MISMATCH = 100
    PASSWORD_NOT_SET = 101
    PASSWORD_LOCKED = 102
    PASSWORD_TOO_LONG = 103
    HASH_MALFORMED = 110
    HASH_UNSUPPORTED = 111
    HASH_COST_REFUSED = 112
    JWKS_MALFORMED = 200
    JWKS_NO_USABLE_KEY = 201
    JWKS_URL_INVALID = 202
    JWKS_UNREACHABLE = 203
    JWKS_HTTP_STATUS = 204
    JWKS_RESPONSE_INVALID = 205
    KEYS_NEEDED = 206
    KEY_FILE_REFUSED = 207
    KEY_FETCH_POSTPONED = 208
    TOKEN_MALFORMED = 300
    TOKEN_TOO_LARGE = 301
    TOKEN_ENCRYPTED = 302
    TOKEN_HEADER_INVALID = 303
    TOKEN_ALGORITHM_REFUSED = 304
    TOKEN_CRITICAL_REFUSED = 305
    TOKEN_TYPE_REFUSED = 306
    TOKEN_KEY_UNKNOWN = 307
    TOKEN_SIGNATURE_INVALID = 308
    TOKEN_PAYLOAD_INVALID = 309
    TOKEN_ISSUER_REFUSED = 310
    TOKEN_USE_REFUSED = 311
    TOKEN_CLIENT_REFUSED = 312
    TOKEN_EXPIRED = 313
    TOKEN_NOT_YET_VALID = 314
    TOKEN_CLAIM_MISSING = 315
    TOKEN_CLAIM_INVALID = 316
    TOKEN_GROUP_REFUSED = 317
    TOKEN_SCOPE_REFUSED = 318
    TOKEN_CLAIM_REFUSED = 319
    TOKEN_TOO_OLD = 320
    TOKEN_EXPIRES_TOO_SOON = 321
    TOKEN_NONCE_REFUSED = 322
    TOKEN_CHECK_REFUSED = 323
    TOKEN_SIGNER_REFUSED = 324
    CLAIM_NOT_FOUND = 330
    POOL_ID_INVALID = 340
    ISSUER_INVALID = 341
    ISSUER_UNKNOWN = 342
    USER_NOT_FOUND = 400
    USER_AMBIGUOUS = 401
    USER_DISABLED = 402
    STORE_URL_INVALID = 410
    STORE_UNREACHABLE = 411
    STORE_LOGIN_REFUSED = 412
    STORE_BUSY = 413
    STORE_QUERY_FAILED = 414
    STORE_SCHEMA_MISMATCH = 415
    STORE_ROW_INVALID = 416
    STORE_POOL_EXHAUSTED = 417
    EVENT_MALFORMED = 500
    EVENT_TOO_LARGE = 501
    TRIGGER_UNKNOWN = 502
    EMAIL_NOT_VERIFIED = 503
    SIGN_UP_REFUSED = 504
    CALLER_REFUSED = 505
    USER_MIGRATED = 506
    HOOK_REFUSED = 507
    PASSWORD_TOO_WEAK = 508
    ATTRIBUTE_RESERVED = 510
    ATTRIBUTE_INVALID = 511
    ENGINE_BUSY = 600
    ENGINE_DRAINING = 601
    ENGINE_FORKED = 602
    JOB_CANCELLED = 610
    JOB_NOT_FOUND = 611
    EXPORT_ROW_REFUSED = 700
    EXPORT_TOO_LARGE = 701
    EXPORT_DAMAGED = 702
    IDMAP_CONFLICT = 800
    IDMAP_NOT_LINKED = 801
    IDMAP_ID_INVALID = 802
    IDMAP_NOT_INSTALLED = 803
    COGNITO_UNREACHABLE = 900
    COGNITO_THROTTLED = 901
    COGNITO_FAILED = 902
    COGNITO_RESPONSE_INVALID = 903
    COGNITO_TRIGGER_FAILED = 904
    COGNITO_ACCESS_REFUSED = 905
    COGNITO_REQUEST_REFUSED = 906
    COGNITO_SIGN_IN_REFUSED = 910
    COGNITO_RESET_REQUIRED = 911
    COGNITO_NOT_CONFIRMED = 912
    COGNITO_USER_NOT_FOUND = 913
    COGNITO_ALIAS_TAKEN = 914
    AWS_CREDENTIALS_NOT_FOUND = 920
