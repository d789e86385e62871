# SPDX-License-Identifier: Apache-2.0
"""Move users from PostgreSQL to Amazon Cognito without a password reset, and validate Cognito's
tokens.

>>> import cogmig
>>> from cogmig.testing import Issuer  # a stand-in for a user pool
>>> issuer = Issuer()
>>> verifier = cogmig.Verifier(pool_id=issuer.pool_id, client_id=issuer.client_id, token_use="id")
>>> verifier.seed_keys(issuer.jwks)
>>> verifier.verify(issuer.token("id", **{"custom:legacy_id": "row-7"})).legacy_id
'row-7'
"""

from ._native import known_text as _known_text
from ._native import lib as _lib
from .auditing import AuditRow, audit
from .claims import Claims
from .cognito import AwsCredentials, Cognito, CognitoUser, Tokens, UserPage
from .engine import Engine
from .errors import (Conflict, DeadlineExceeded, Denied, Error, InternalError, Invalid, NotFound,
                     Stopped, Unavailable, Upstream)
from .export import ExportResult, count_users, export_users, export_users_to_file, verify_export
from .idmap import IdentityMap
from .keyset import KeySet
from .migration import Answer, Migration, PasswordPolicy
from .password import (PasswordMatch, PasswordRules, PasswordVerdict, dummy_verification,
                       password_cost, password_scheme, verify_password, verify_passwords)
from .reconciliation import Difference, DifferenceKind, Reconciliation, reconcile
from .status import Kind, Status
from .store import FoundUser, PasswordTable, Sql, Store, store_presets
from .user import User
from .verifier import JwksReply, KeyFetch, LoadBalancer, TrustedIssuer, Verifier

__all__ = [
    "Answer", "AuditRow", "AwsCredentials", "Claims", "Cognito", "CognitoUser", "Conflict",
    "DeadlineExceeded", "Denied", "Difference", "DifferenceKind", "Engine", "Error",
    "ExportResult", "FoundUser", "IdentityMap", "InternalError", "Invalid", "JwksReply",
    "KeyFetch", "KeySet", "Kind", "LoadBalancer", "Migration", "NotFound", "PasswordMatch",
    "PasswordPolicy", "PasswordRules", "PasswordTable", "PasswordVerdict", "Reconciliation",
    "Sql", "Status", "Stopped", "Store", "Tokens", "TrustedIssuer", "Unavailable", "Upstream",
    "User", "UserPage", "Verifier", "audit", "count_users", "dummy_verification",
    "export_users", "export_users_to_file", "library_path", "library_version", "password_cost",
    "password_scheme", "reconcile", "store_presets", "verify_export", "verify_password",
    "verify_passwords",
]

__version__ = "1.0.0"

#: The version of the C library that was loaded.
library_version: str = _known_text(_lib.version())
#: Where it was loaded from.
library_path: str = _lib.path
