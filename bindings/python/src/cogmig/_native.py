# SPDX-License-Identifier: Apache-2.0
"""The only file that knows ctypes: the library, its functions, pointers and error boxes."""

import ctypes
import inspect
import os
import sys
import threading
from pathlib import Path
from typing import (Any, Callable, Dict, Iterable, List, Mapping, NoReturn, Optional, Sequence, Tuple,
                    Type, TypeVar, Union)

from . import errors
from .status import Status

ABI = 1
SONAME = "libcogmig.so.1"
TESTING_SONAME = "libcogmig-testing.so.1"
BUNDLED = Path(__file__).resolve().parent / "_lib"

# One line for each function: its name without cogmig_, what it returns, what it takes. A test
# compares them with the headers.
#
#   r  cogmig_status     i  int32_t    u  uint32_t   l  int64_t   q  uint64_t   n  size_t   b  bool
#   s  const char *      p  a handle   f  callback   v  void
#
# A capital letter is a pointer to that: an out-parameter, or an array.
PROTOTYPES = """
abi_version i
version s

status_kind i r
status_name s r
status_sentence s r

error_new r P
error_free v P
error_set v prs
error_status r p
error_message s p
error_upstream i p
error_upstream_code s p
error_failed_claims u p

free v p

claims_free v P
claims_sub s p
claims_legacy_id s p
claims_username s p
claims_email s p
claims_email_verified b p
claims_phone_number s p
claims_phone_number_verified b p
claims_name s p
claims_issuer s p
claims_client_id s p
claims_token_use i p
claims_expires_at_s l p
claims_issued_at_s l p
claims_auth_time_s l p
claims_jti s p
claims_origin_jti s p
claims_event_id s p
claims_device_key s p
claims_nonce s p
claims_version l p
claims_scope s p
claims_has_scope b ps
claims_in_group b ps
claims_json s pN

keyset_parse r snPp
keyset_parse_file r sPp
keyset_free v P
keyset_size n p
keyset_kid s pn
keyset_verify_jws r psnPNp

jwks_reply_if_none_match s p
jwks_reply_set_max_age_s v pl
jwks_reply_set_etag v ps
jwks_reply_set_http_status v pi
jwks_reply_append r psn

verifier_config_new r Pp
verifier_config_free v P
verifier_config_add_pool r psp
verifier_config_add_pool_region r pssp
verifier_config_add_issuer r pssp
verifier_config_add_load_balancer r psssp
verifier_config_set_issuer_algorithms r psup
verifier_config_add_client r psp
verifier_config_allow_any_client r pp
verifier_config_set_token_use r pip
verifier_config_require_any_group r psp
verifier_config_require_group r psp
verifier_config_require_any_scope r psp
verifier_config_require_scope r psp
verifier_config_require_claim r psp
verifier_config_require_claim_text r pssp
verifier_config_set_check r pfpp
verifier_config_set_leeway_s r pip
verifier_config_set_max_age_s r pip
verifier_config_set_min_remaining_s r pip
verifier_config_set_clock r pfpp
verifier_config_set_fetch r pfpp
verifier_config_set_fetch_timeout_ms r pip
verifier_config_set_non_blocking r pp
verifier_config_allow_any_issuer r psp
verifier_config_set_ca_file r psp
verifier_config_set_key_file r psp
verifier_config_allow_plain_http r pp
verifier_config_set_cache_bytes r pnp
verifier_new r pPp
verifier_new_from_env r iPp
verifier_free v P
verifier_seed_keys r pssnp
verifier_seed_keys_from_file r pssp
verifier_export_keys r psPNp
verifier_check_key_file r pp
verifier_hydrate r pp
verifier_get_counter q pi
verifier_verify r psnPp
verifier_verify_with_nonce r psnsPp
verifier_explain_refusal r psnPNp
verifier_begin_fetch r pPp
verifier_forget_token r psnp
verifier_forget_all r pp
verifier_resize_cache r pnp

key_fetch_url s p
key_fetch_timeout_ms i p
key_fetch_reply p p
key_fetch_end r Prp
key_fetch_free v P

password_verify_dummy r snip
password_rules_new r Pp
password_rules_free v P
password_rules_set_max_cost r pip
password_rules_set_strict_length r pbp
password_rules_allow_2x r pp
password_rules_allow_2 r pp
password_rules_set_pepper r psnp
password_rules_set_prehash r pfpp
password_rules_verify r psnsBp
password_rules_verify_many r pSNSnRBp
password_scheme s s
password_cost i s

user_free v P
user_id s p
user_email s p
user_name s p
user_password_hash s p
user_email_verified b p
user_disabled b p
user_attribute s ps
user_created_at s p
user_updated_at s p

store_config_new r Pp
store_config_new_from_env r Pp
store_config_free v P
store_config_set_url r psp
store_config_set_schema r psp
store_config_set_table r psp
store_config_set_id_column r psp
store_config_set_email_column r psp
store_config_set_name_column r psp
store_config_set_password_column r psp
store_config_set_email_verified_column r psp
store_config_set_created_at_column r psp
store_config_set_updated_at_column r psp
store_config_set_timeout_ms r pip
store_config_set_preset r psp
store_preset_name s i
store_config_set_sql r pssp
store_config_add_disabled_column r psip
store_config_clear_disabled_columns r pp
store_config_set_password_table r pssssp
store_config_add_attribute r pssp
store_config_set_max_connections r pip
store_config_set_min_connections r pip
store_config_set_acquire_timeout_ms r pip
store_config_set_max_lifetime_s r pip
store_config_set_max_idle_s r pip
store_config_set_ping_after_idle_ms r pip
store_config_set_pooler r pip
store_config_set_password_callback r pfpp
store_config_set_callback r pfpp
store_answer_add_user r psssbp
store_answer_set_name r psp
store_answer_set_times r pssp
store_answer_set_disabled r pbp
store_answer_set_attribute r pssp
store_inspect r pPNp
store_open r pPp
store_free v P
store_find_by_email r psPp
store_find_by_id r psPp
store_get_counter q pi

migration_config_new r Pp
migration_config_new_from_env r Pp
migration_config_free v P
migration_config_set_deadline_ms r pip
migration_config_set_password_rules r ppp
migration_config_set_legacy_id_attribute r psp
migration_config_add_attribute r psp
migration_config_set_reset_long_passwords r pbp
migration_config_set_password_policy r piip
migration_config_add_pool r psp
migration_config_add_client r psp
migration_config_set_username_from_legacy_id r pbp
migration_config_set_hook r pfpp
migration_answer_add_attribute r pssp
migration_config_set_idmap r ppp
migration_config_set_linked_users r pip
migration_config_set_fail_closed r pbp
migration_config_set_sign_up_guard r pip
migration_config_set_sign_up_open_in_outage r pbp
migration_config_set_sign_up_refusal r psp
migration_config_set_claim_tokens r pip
migration_new r ppPp
migration_new_from_env r pPp
migration_free v P
migration_handle r psnPNp
migration_handle_within r psniPNp
migration_get_counter q pi

idmap_config_new r Pp
idmap_config_new_from_env r Pp
idmap_config_free v P
idmap_config_set_url r psp
idmap_config_set_schema r psp
idmap_config_set_table r psp
idmap_config_set_pool r psp
idmap_config_set_timeout_ms r pip
idmap_config_set_cache_entries r pip
idmap_config_set_link_ttl_ms r pip
idmap_config_set_miss_ttl_ms r pip
idmap_config_require_uuid r pp
idmap_config_require_link r pp
idmap_config_allow_outage r pp
idmap_install r pp
idmap_install_sql r pPp
idmap_open r pPp
idmap_free v P
idmap_link r pssp
idmap_unlink r pssp
idmap_find_sub r psPp
idmap_find_legacy_id r psPp
idmap_find_subs r pSnfpp
idmap_find_legacy_ids r pSnfpp
idmap_list_links r psfpp
idmap_count_days r pfpp
idmap_find_user r pppPp
idmap_get_counter q pi

export_config_new r Pp
export_config_free v P
export_config_set_format r pip
export_config_add_column r pssp
export_config_set_limit r plp
export_config_set_after r psp
export_config_set_shard r piip
export_config_set_part_rows r plp
export_config_set_cognito_header r psp
export_config_set_cognito_mfa r pbp
export_config_set_formula_guard r pbp
export_config_set_progress r pfpp
export_config_set_report r pfpp
export_count_users r pLp
export_to_file r ppsPp
export_to_descriptor r ppiPp
export_to_callback r ppfpPp
export_verify r sPp
export_result_rows l p
export_result_left_out l p
export_result_bytes l p
export_result_part i p
export_result_is_last_part b p
export_result_sha256 s p
export_result_snapshot_at s p
export_result_last_id s p
export_result_free v P

audit_read r pssfpp
audit_row_id s p
audit_row_email s p
audit_row_repeats_email b p
audit_row_email_verified b p
audit_row_name s p
audit_row_phone s p
audit_row_refused_attribute s p
audit_row_disabled b p
audit_row_hash_kind s p
audit_row_hash_length l p

cognito_config_new r Pp
cognito_config_free v P
cognito_config_set_pool r psp
cognito_config_set_client r pssp
cognito_config_set_endpoint r psp
cognito_config_set_lambda_endpoint r psp
cognito_config_allow_plain_http r pp
cognito_config_set_ca_file r psp
cognito_config_set_credentials r psssp
cognito_config_set_timeout_ms r pip
cognito_config_set_list_rate r pip
cognito_config_set_from_env r pp
cognito_new r pPp
cognito_free v P
cognito_sign_in r pssnPp
cognito_refresh r pssPp
cognito_get_tokens r psPp
cognito_revoke_token r psp
cognito_forgot_password r psPp
cognito_get_user r psPp
cognito_list_users r pssfpp
cognito_update_user r psSSnp
cognito_describe_pool r pPNp
cognito_describe_client r pPNp
cognito_get_function_policy r psPNp
cognito_secret_hash r sssPp
cognito_tokens_free v P
cognito_tokens_challenge s p
cognito_tokens_session s p
cognito_tokens_id s p
cognito_tokens_access s p
cognito_tokens_refresh s p
cognito_tokens_expires_in_s l p
cognito_user_free v P
cognito_user_name s p
cognito_user_status s p
cognito_user_enabled b p
cognito_user_attribute s ps
cognito_user_attribute_count n p
cognito_user_attribute_name s pn
cognito_page_size n p
cognito_page_user p pn
cognito_page_next s p

reconcile_config_new r Pp
reconcile_config_free v P
reconcile_config_set_work_folder r psp
reconcile_config_set_legacy_id_attribute r psp
reconcile_config_compare_names r pbp
reconcile_config_without_map r pp
reconcile_config_set_on_difference r pfpp
reconcile_config_set_on_progress r pfpp
reconcile_new r pPp
reconcile_free v P
reconcile_add_cognito_user r psssbsbp
reconcile_add_store_user r pssbsbp
reconcile_add_link r pssp
reconcile_read_cognito r ppsp
reconcile_read_store r ppp
reconcile_read_idmap r ppp
reconcile_compare r pp
reconcile_count q pi
difference_kind i p
difference_kind_name s i
difference_legacy_id s p
difference_sub s p
difference_other_sub s p
difference_other_legacy_id s p
difference_attribute s p
difference_cognito_value s p
difference_store_value s p
difference_is_linked b p

engine_config_new r Pp
engine_config_free v P
engine_config_set_workers r pip
engine_config_set_lookup_threads r pip
engine_config_set_max_jobs r pip
engine_config_set_deadline_ms r pip
engine_config_set_password_rules r ppp
engine_new r pPp
engine_free v P
engine_submit_password r psnsipLp
engine_submit_sign_in r ppssnipLp
engine_submit_event r ppsnipLp
engine_cancel r plp
engine_fd i p
engine_poll r pPp

verdict_free v P
verdict_job l p
verdict_status r p
verdict_error p p
verdict_user p p
verdict_password_cut b p
verdict_response s pN
"""

TESTING_PROTOTYPES = """
test_issuer_new r sPp
test_issuer_free v P
test_issuer_rotate_keys r pp
test_issuer_jwks s pN
test_token_new r pissPp
test_token_free v P
test_token_set_json r pssp
test_token_remove r psp
test_token_set_header r pssp
test_token_remove_header r psp
test_token_sign r pSNp
test_token_sign_badly r pSNp
"""

_LETTERS: Dict[str, Any] = {
    "r": ctypes.c_int32, "i": ctypes.c_int32, "u": ctypes.c_uint32, "l": ctypes.c_int64,
    "q": ctypes.c_uint64, "n": ctypes.c_size_t, "b": ctypes.c_bool, "s": ctypes.c_char_p,
    "p": ctypes.c_void_p, "f": ctypes.c_void_p, "v": None,
}
_LETTERS.update({letter.upper(): ctypes.POINTER(_LETTERS[letter]) for letter in "rilnbsp"})

# Getters are over before another thread could make use of the interpreter; whatever can wait (every
# call that returns a status, the end of an engine or a store) lets the others run meanwhile.
_OVER_AT_ONCE = {"error_free", "error_set", "free", "claims_free", "user_free", "verdict_free",
                 "error_status", "verdict_status", "jwks_reply_set_max_age_s", "jwks_reply_set_etag",
                 "jwks_reply_set_http_status"}


# ---- finding and opening the libraries ----


def _find_library(variable: str, soname: str, beside: str = "") -> str:
    """The one that the environment names, the bundled one, or the system's. One that was found and
    cannot be loaded is an error, and no other is tried."""
    chosen = os.environ.get(variable)
    if chosen:
        return chosen
    for place in (BUNDLED / soname, Path(beside).parent / soname):
        if place.is_absolute() and place.exists():
            return str(place)
    return soname


def _open(path: str, variable: str, soname: str) -> Tuple[ctypes.CDLL, ctypes.PyDLL]:
    try:
        return ctypes.CDLL(path), ctypes.PyDLL(path)
    except OSError as error:
        raise ImportError(
            f"{soname} cannot be loaded: {error}. Set {variable} to the path of one that can, "
            f"install a wheel that bundles it (./dev wheel), or install the library for the whole "
            f"system (meson install, ldconfig). It needs libcurl, libpq, OpenSSL 3 and SQLite 3; on "
            f"Debian: apt-get install libcurl4 libpq5 libssl3 libsqlite3-0") from error


class Functions:
    """The functions of one library, by their names without cogmig_."""

    def __init__(self, variable: str, soname: str, prototypes: str, beside: str = "") -> None:
        self.path = _find_library(variable, soname, beside)
        waiting, at_once = _open(self.path, variable, soname)
        for line in prototypes.split("\n"):
            if line:
                name, result, *takes = line.split(" ")
                quick = name in _OVER_AT_ONCE or result not in "rv"
                function = self._find(at_once if quick else waiting, "cogmig_" + name)
                function.restype = _LETTERS[result]
                function.argtypes = [_LETTERS[letter] for letter in "".join(takes)]
                setattr(self, name, function)

    def _find(self, opened: ctypes.CDLL, name: str) -> Any:
        try:
            return opened[name]
        except AttributeError:
            raise ImportError(
                f"{self.path} has no {name}: it is older than this package. Upgrade the library, or "
                f"install the version of the package that came with it.") from None

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


lib = Functions("COGMIG_LIBRARY", SONAME, PROTOTYPES)


def _check_abi(found: int, path: str) -> None:
    if found != ABI:
        raise ImportError(f"{path} has ABI {found}, and this package speaks ABI {ABI}: install the "
                          f"package that belongs to it, or set COGMIG_LIBRARY to a {SONAME}.")


_check_abi(lib.abi_version(), lib.path)

_testing: Optional[Functions] = None


def testing() -> Functions:
    """libcogmig-testing, which is looked for only when a test asks for it."""
    global _testing
    if _testing is None:
        _testing = Functions("COGMIG_TESTING_LIBRARY", TESTING_SONAME, TESTING_PROTOTYPES,
                             lib.path)
    return _testing


# ---- forks ----

_generation = 0


def _after_fork() -> None:
    global _generation
    _generation += 1


os.register_at_fork(after_in_child=_after_fork)


def generation() -> int:
    """How many forks lie between the first process and this one."""
    return _generation


# ---- what the library hands out ----

Pointer = ctypes.c_void_p
Integer = ctypes.c_int64
Flag = ctypes.c_bool
Length = ctypes.c_size_t
Text = ctypes.c_char_p


class Owned(ctypes.c_void_p):
    """One handle. It is released with the last reference to it, so a call under way in another
    thread, which has a reference of its own, never loses it."""

    _release: Any
    #: Python objects that the handle calls or borrows.
    kept: Any = None

    def __del__(self) -> None:
        self._release(self)

    def __reduce__(self) -> NoReturn:
        """A copy would be released a second time; ctypes would make one."""
        raise TypeError("what holds a handle of libcogmig can be neither copied nor pickled; make one "
                        "where it is needed")


class _Process(Owned):
    """A handle with threads, connections or locks, which stay with the process that made it."""

    generation: int

    def __init__(self) -> None:
        super().__init__()
        self.generation = _generation

    def __del__(self) -> None:
        if self.generation == _generation:
            self._release(self)


def _owned(release: Any, base: Type[Owned] = Owned) -> Type[Any]:
    # A function of ctypes does not become a method, as one of Python would.
    return type("Owned_" + release.__name__, (base,), {"_release": release})


OwnedError = _owned(lib.error_free)
OwnedClaims = _owned(lib.claims_free)
OwnedKeySet = _owned(lib.keyset_free)
OwnedVerifierConfig = _owned(lib.verifier_config_free)
OwnedVerifier = _owned(lib.verifier_free, _Process)
OwnedPasswordRules = _owned(lib.password_rules_free)
OwnedUser = _owned(lib.user_free)
OwnedStoreConfig = _owned(lib.store_config_free)
OwnedStore = _owned(lib.store_free, _Process)
OwnedMigrationConfig = _owned(lib.migration_config_free)
OwnedMigration = _owned(lib.migration_free, _Process)
OwnedIdmapConfig = _owned(lib.idmap_config_free)
OwnedIdmap = _owned(lib.idmap_free, _Process)
OwnedExportConfig = _owned(lib.export_config_free)
OwnedExportResult = _owned(lib.export_result_free)
OwnedEngineConfig = _owned(lib.engine_config_free)
OwnedEngine = _owned(lib.engine_free, _Process)
OwnedVerdict = _owned(lib.verdict_free)
OwnedKeyFetch = _owned(lib.key_fetch_free, _Process)
OwnedCognitoConfig = _owned(lib.cognito_config_free)
OwnedCognito = _owned(lib.cognito_free, _Process)
OwnedCognitoTokens = _owned(lib.cognito_tokens_free)
OwnedCognitoUser = _owned(lib.cognito_user_free)
OwnedReconcileConfig = _owned(lib.reconcile_config_free)
OwnedReconcile = _owned(lib.reconcile_free)


_Same = TypeVar("_Same")


def owned_for_testing(release: Any) -> Type[Any]:
    """A handle of libcogmig-testing."""
    return _owned(release)


class Shared:
    """What never changes. Its copy is the thing itself, and so has no handle and no loan of its own."""

    __slots__ = ()

    def __copy__(self: _Same) -> _Same:
        return self

    def __deepcopy__(self: _Same, _: object) -> _Same:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be pickled; what it says can")


_Self = TypeVar("_Self", bound="Handle")


class Handle:
    """A thing that can be closed, and must not cross a fork."""

    __slots__ = ("_owned", "__weakref__")

    _owned: Any
    _status_after_fork = Status.INVALID_ARGUMENT

    def close(self) -> None:
        """Let go of it now rather than with the last reference. Calls under way end as they would;
        later ones raise `cogmig.Invalid`. Closing twice is fine."""
        self._owned = None

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _handle(self) -> Any:
        owned = self._owned
        if owned is None:
            raise errors.invalid(f"this {type(self).__name__} is closed")
        if owned.generation != _generation:
            raise errors.Invalid(
                f"this {type(self).__name__} was made before a fork, and its locks, threads and "
                f"connections belong to the parent process; make one in the child (in gunicorn's "
                f"post_fork, Celery's worker_process_init, or on first use)",
                self._status_after_fork)
        return owned


# ---- calls and their errors ----

_boxes: List[Any] = []
_SOURCES = {1: "PostgreSQL", 2: "SQLite", 3: "curl", 4: "HTTP", 5: "system", 6: "callback",
            7: "AWS"}
_FAILED_CLAIMS = ("ISSUER", "TOKEN_USE", "CLIENT", "SUB", "EXPIRY", "NOT_BEFORE", "ISSUED_AT",
                  "GROUPS", "SCOPE", "DEMANDED_CLAIM", "NONCE")


def _new_box() -> Any:
    box = OwnedError()
    status = lib.error_new(box)
    if status:
        raise MemoryError("libcogmig: memory was refused")
    return box


class Boxes:
    """Error boxes are used over and over: as many are made as calls run at a time."""

    @staticmethod
    def take() -> Any:
        try:
            return _boxes.pop()
        except IndexError:
            return _new_box()

    give_back = _boxes.append


def known_text(value: Optional[bytes]) -> str:
    """Text that is never NULL."""
    return "" if value is None else value.decode("utf-8", "replace")


def optional_text(value: Optional[bytes]) -> Optional[str]:
    """Text, or None for NULL."""
    return None if value is None else value.decode("utf-8", "replace")


def failure(status: int, box: Any) -> errors.Error:
    """The exception for a status and what the box says of it."""
    source = _SOURCES.get(lib.error_upstream(box))
    code = known_text(lib.error_upstream_code(box))
    bits = lib.error_failed_claims(box)
    return errors.class_of(status, lib.status_kind(status))(
        known_text(lib.error_message(box)) or known_text(lib.status_sentence(status)), status,
        errors.Upstream(source, code) if source else None,
        frozenset(name for bit, name in enumerate(_FAILED_CLAIMS) if bits >> bit & 1))


def failure_in(box: Any) -> Optional[errors.Error]:
    """What a box holds after a call that did not fail, e.g. why an event was answered with no."""
    status = lib.error_status(box)
    return failure(status, box) if status else None


def call(function: Any, *arguments: Any) -> None:
    """Call a function whose last parameter is the error box."""
    box = Boxes.take()
    try:
        status = function(*arguments, box)
        if status:
            raise failure(status, box)
    finally:
        Boxes.give_back(box)


def make(owned: Type[Any], function: Any, *arguments: Any) -> Any:
    """Call a function that makes something: its last parameters are ret_* and the error box."""
    made = owned()
    call(function, *arguments, made)
    return made


def raw(function: Any, *arguments: Any) -> Optional[bytes]:
    """Call a function that fills a raw buffer: its last parameters are ret_*, ret_len and the box."""
    buffer, length = Pointer(), Length()
    call(function, *arguments, buffer, length)
    return taken(buffer, length)


def taken(buffer: Any, length: Any) -> Optional[bytes]:
    """A copy of a raw buffer, which is wiped and released."""
    if not buffer:
        return None
    try:
        return ctypes.string_at(buffer, length.value)
    finally:
        lib.free(buffer)


def raw_text(function: Any, *arguments: Any) -> str:
    """Call a function that makes a text: its last parameters are ret_* and the error box."""
    buffer = Pointer()
    call(function, *arguments, buffer)
    try:
        return known_text(ctypes.string_at(buffer))
    finally:
        lib.free(buffer)


def sized(getter: Any, *arguments: Any) -> Optional[bytes]:
    """A getter that tells the length too, because its text may be long."""
    length = Length()
    text: Optional[bytes] = getter(*arguments, length)
    return text


# ---- arguments ----

Bytes = Union[bytes, bytearray, memoryview]
Octets = Union[str, Bytes]
_INT32_MAX = 2**31 - 1
_INT64_MAX = 2**63 - 1
_SIZE_MAX = 2**(8 * ctypes.sizeof(ctypes.c_size_t)) - 1


def _wrong_type(name: str, expected: str, value: object) -> TypeError:
    return TypeError(f"{name} must be {expected}, not {type(value).__name__}")


def text(value: object, name: str) -> bytes:
    """Text for a parameter that ends with a NUL, and so must not hold one: what stands behind it
    would be cut off in silence. Half a surrogate pair becomes bytes that the library refuses."""
    if not isinstance(value, str):
        raise _wrong_type(name, "str", value)
    encoded = value.encode("utf-8", "surrogatepass")
    if b"\0" in encoded:
        raise errors.invalid(f"{name} holds a NUL character")
    return encoded


def text_or_null(value: object, name: str) -> Optional[bytes]:
    return None if value is None else text(value, name)


def several(values: Any, name: str) -> Sequence[Any]:
    """One text, or several."""
    if isinstance(values, str):
        return [values]
    if isinstance(values, (bytes, Mapping)) or not isinstance(values, Iterable):
        raise _wrong_type(name, "str or several", values)
    return list(values)


def stored_hash(value: object) -> Optional[bytes]:
    """The column's content, as a driver gives it. A NUL is kept, to be refused by its name."""
    if value is None:
        return None
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogatepass")
    elif not isinstance(value, (bytes, bytearray, memoryview)):
        raise _wrong_type("stored", "str, bytes or None", value)
    content = bytes(value)
    return content if b"\0" not in content else content.replace(b"\0", b"\xff")


def path(value: "Union[str, os.PathLike[str]]", name: str) -> bytes:
    encoded = os.fsencode(value)
    if b"\0" in encoded:
        raise errors.invalid(f"{name} holds a NUL character")
    return encoded


def octets(value: object, name: str) -> bytes:
    """Bytes that go with their length. A str is encoded; nothing of it is left out or replaced."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    raise _wrong_type(name, "str or bytes", value)


def _integer(value: object, name: str, lowest: int, highest: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong_type(name, "int", value)
    if not lowest <= value <= highest:
        raise errors.invalid(f"{name} is out of its range")
    return value


def int32(value: object, name: str) -> int:
    """ctypes would cut a larger one to its lower bits."""
    return _integer(value, name, -_INT32_MAX - 1, _INT32_MAX)


def int64(value: object, name: str) -> int:
    return _integer(value, name, -_INT64_MAX - 1, _INT64_MAX)


def size(value: object, name: str) -> int:
    return _integer(value, name, 0, _SIZE_MAX)


class Secret:
    """A password as bytes and length. What was made here is wiped on leaving; what the caller gave
    as a bytearray is read in place, and is the caller's to wipe."""

    __slots__ = ("bytes", "len", "_made")

    bytes: Any
    len: int

    def __init__(self, value: object, name: str = "password") -> None:
        made: Optional[bytearray] = None
        if isinstance(value, str):
            value = made = bytearray(value, "utf-8", "surrogatepass")
        if isinstance(value, memoryview):
            value = made = bytearray(value)
        if not isinstance(value, (bytes, bytearray)):
            raise _wrong_type(name, "str or bytes", value)
        self._made = made
        self.len = len(value)
        self.bytes = value if isinstance(value, bytes) else (
            (ctypes.c_char * self.len).from_buffer(value))

    def __enter__(self) -> "Secret":
        return self

    def __exit__(self, *_: object) -> None:
        if self._made is not None:
            ctypes.memset(self.bytes, 0, self.len)
        self.bytes = None  # so that the caller's bytearray can be resized again


class SecretText:
    """A secret for a parameter that ends with a NUL: a copy, which is wiped on leaving. None for NULL."""

    __slots__ = ("text",)

    text: Any

    def __init__(self, value: Optional[Octets], name: str) -> None:
        self.text = None
        if value is None:
            return
        with Secret(value, name) as secret:
            self.text = ctypes.create_string_buffer(secret.len + 1)
            ctypes.memmove(self.text, secret.bytes, secret.len)
            length = len(self.text.value)
        if length != len(self.text) - 1:
            self.__exit__()
            raise errors.invalid(f"{name} holds a NUL character")

    def __enter__(self) -> "SecretText":
        return self

    def __exit__(self, *_: object) -> None:
        if self.text is not None:
            ctypes.memset(self.text, 0, len(self.text))


def batch(passwords: List[Secret], stored: List[Optional[bytes]]) -> Tuple[Any, Any, Any, Any, Any]:
    """The arrays of cogmig_password_rules_verify_many(): in, in, in, out, out."""
    count = len(passwords)
    texts = (ctypes.c_char_p * count)()
    for place, secret in enumerate(passwords):
        texts[place] = ctypes.cast(secret.bytes, ctypes.c_char_p)
    return (texts, (ctypes.c_size_t * count)(*(secret.len for secret in passwords)),
            (ctypes.c_char_p * count)(*stored), (ctypes.c_int32 * count)(),
            (ctypes.c_bool * count)())


def texts(values: List[bytes]) -> Any:
    """An array of texts."""
    return (ctypes.c_char_p * len(values))(*values)


# ---- callbacks ----

_FIND = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_int32, ctypes.c_void_p,
                         ctypes.c_size_t, ctypes.c_int32, ctypes.c_void_p)
_CHECK = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
_CLOCK = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)
_FETCH = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32,
                          ctypes.c_void_p)
_PREHASH = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t,
                            ctypes.c_void_p, ctypes.c_size_t, ctypes.POINTER(ctypes.c_size_t))
_CLOCK_FAILED_S = 2**62


_PASSWORD = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p,
                             ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t)
_FOUND = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p)
_LINK = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p)
_DAY = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int64)


_PROGRESS = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
_REPORT = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p,
                           ctypes.c_char_p)
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_HOOK = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p,
                         ctypes.c_void_p)
#: cogmig_cognito_page_fn, cogmig_audit_row_fn, cogmig_difference_fn: something that is lent.
_LENT = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p)
_RECONCILE_PROGRESS = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_int32,
                                       ctypes.c_uint64)


class Raised(threading.local):
    """The exception of a callback, on its way through C to the call that it belongs to."""

    calls = 0
    exception: Optional[BaseException] = None
    decides = False


_raised = Raised()


class Calling:
    """Around a call that may call back. What a callback raised becomes the cause of the failure;
    KeyboardInterrupt and the like go on as they are, whatever the library made of them."""

    #: Known once the call is over.
    exception: Optional[BaseException] = None

    def __enter__(self) -> "Calling":
        self.outer = _raised.exception, _raised.decides
        _raised.exception, _raised.decides = None, False
        _raised.calls += 1
        return self

    def __exit__(self, _: object, failed: Optional[BaseException], __: object) -> None:
        _raised.calls -= 1
        exception, decides = self.exception, _ = _raised.exception, _raised.decides
        _raised.exception, _raised.decides = self.outer
        if exception is None:
            return
        if not isinstance(exception, Exception):
            raise exception
        if decides:
            raise errors.Stopped(f"a callback failed: {exception}",
                                 Status.STOPPED_BY_CALLBACK) from exception
        if isinstance(failed, errors.Error):
            failed.__cause__ = exception


def _status_of(exception: BaseException, outage: int) -> int:
    """What a callback's exception says to the library. An outage or a refusal of its own is passed
    on, a network that fails is an outage; an error of another sort is none of these. A status that
    is not of the exception's kind, as OK is of none, counts as the one that its class stands for."""
    kinds: Tuple[Type[errors.Error], ...] = (errors.Denied, errors.Unavailable, errors.Invalid)
    for of_kind in kinds:
        if isinstance(exception, of_kind):
            usual = of_kind.status
            said = exception.status
            fits = isinstance(said, int) and Status(said).kind == usual.kind
            return int(said if fits else usual)
    if isinstance(exception, TimeoutError):
        return int(Status.DEADLINE_EXCEEDED)
    return int(outage if isinstance(exception, OSError) else Status.STOPPED_BY_CALLBACK)


def status_of_fetch(exception: BaseException) -> int:
    """What became of a fetch that raised this."""
    return _status_of(exception, Status.JWKS_UNREACHABLE)


def _guarded(work: Callable[[], None], outage: int = Status.STOPPED_BY_CALLBACK,
             explain: Optional[Callable[[int, str], None]] = None) -> int:
    """Nothing that a callback raises may pass through C."""
    try:
        work()
        return 0
    except BaseException as exception:
        if _raised.calls:
            _raised.exception = exception
        elif not isinstance(exception, errors.Denied):  # a thread of the engine's: no call waits
            _Unwatched(exception)
        status = _status_of(exception, outage)
        if explain is not None:
            explain(status, str(exception))
        return status


class _Unwatched:
    """Tells sys.unraisablehook of an exception. What the hook takes cannot be made in Python, but
    the interpreter makes it of what is raised in here."""

    def __init__(self, exception: BaseException) -> None:
        self.exception = exception

    def __del__(self) -> None:
        raise self.exception


def _callback(prototype: Any, function: Callable[..., int],
              otherwise: int = int(Status.STOPPED_BY_CALLBACK)) -> Any:
    """A function for C. Whatever goes wrong in it, in an exception's own text for example, it
    answers: for one that raises, ctypes answers 0, which is yes, or anything else."""

    def answered(*arguments: Any) -> int:
        try:
            return function(*arguments)
        except BaseException as exception:
            _raised.exception = exception
            return otherwise

    return prototype(answered)


def ended(result: object, name: str) -> None:
    """What a function returned of which the result is nothing. A coroutine has done nothing yet."""
    if inspect.iscoroutine(result):
        result.close()
    if result is not None and inspect.isawaitable(result):
        raise TypeError(f"{name} must be a function that is no coroutine: nobody awaits it")


def find_callback(find: Callable[[int, str, float, Any], None]) -> Any:
    """cogmig_store_find_fn"""

    def called(_: Any, question: int, key: int, key_len: int, timeout_ms: int, answer: int) -> int:
        return _guarded(lambda: find(
            question, ctypes.string_at(key, key_len).decode("utf-8", "replace"),
            timeout_ms / 1000, answer), Status.STORE_UNREACHABLE)

    return _callback(_FIND, called)


def password_callback(password: Callable[[str, str, str], Octets]) -> Any:
    """cogmig_store_password_fn"""

    def fill(room: int, room_len: int, *login: bytes) -> None:
        with Secret(password(*map(known_text, login)), "what the password function returns") as secret:
            if secret.len >= room_len or b"\0" in bytes(secret.bytes):
                raise errors.invalid("the password is too long or holds a NUL")
            ctypes.memmove(room, secret.bytes, secret.len)
            ctypes.memset(room + secret.len, 0, 1)

    def called(_: Any, host: bytes, port: bytes, user: bytes, room: int, room_len: int) -> int:
        return _guarded(lambda: fill(room, room_len, host, port, user), Status.STORE_UNREACHABLE)

    return _callback(_PASSWORD, called)


def check_callback(check: Callable[[int], None]) -> Any:
    """cogmig_verifier_check_fn"""

    def called(_: Any, claims: int, error: int) -> int:
        def explain(status: int, message: str) -> None:
            lib.error_set(error, status, message.replace("\0", "").encode("utf-8", "replace"))

        return _guarded(lambda: check(claims), explain=explain)

    return _callback(_CHECK, called)


def clock_callback(clock: Callable[[], float]) -> Any:
    """cogmig_clock_fn: it cannot fail. A time at which every token has expired takes the place of
    one that does, and the call then tells of the clock."""

    def called(_: Any) -> int:
        now: List[int] = []
        if _guarded(lambda: now.append(int64(int(clock()), "what the clock says"))):
            _raised.decides = True
        return now[0] if now else _CLOCK_FAILED_S

    return _callback(_CLOCK, called, _CLOCK_FAILED_S)


def fetch_callback(fetch: Callable[[str, float, Any], None]) -> Any:
    """cogmig_jwks_fetch_fn"""

    def called(_: Any, url: bytes, timeout_ms: int, reply: int) -> int:
        return _guarded(lambda: fetch(known_text(url), timeout_ms / 1000, reply),
                        Status.JWKS_UNREACHABLE)

    return _callback(_FETCH, called)


def prehash_callback(prehash: Callable[[bytes], bytes]) -> Any:
    """cogmig_password_prehash_fn"""

    def fill(password: int, length: int, room: int, room_len: int, ret_len: Any) -> None:
        result = prehash(ctypes.string_at(password, length) if length else b"")
        if not isinstance(result, (bytes, bytearray)):
            raise _wrong_type("what the pre-hash returns", "bytes", result)
        if len(result) > room_len:
            raise errors.invalid(f"the pre-hash returned more than {room_len} bytes")
        ctypes.memmove(room, bytes(result), len(result))
        ret_len[0] = len(result)

    def called(_: Any, password: int, length: int, room: int, room_len: int, ret_len: Any) -> int:
        return _guarded(lambda: fill(password, length, room, room_len, ret_len))

    return _callback(_PREHASH, called)


def found_callback(tell: Callable[[int, Optional[bytes]], None]) -> Any:
    """cogmig_idmap_found_fn"""
    return _callback(_FOUND, lambda _, index, found: _guarded(lambda: tell(index, found)))


def link_callback(tell: Callable[[bytes, bytes], None]) -> Any:
    """cogmig_idmap_link_fn"""
    return _callback(_LINK, lambda _, legacy_id, sub: _guarded(lambda: tell(legacy_id, sub)))


def day_callback(tell: Callable[[bytes, int], None]) -> Any:
    """cogmig_idmap_day_fn"""
    return _callback(_DAY, lambda _, day, links: _guarded(lambda: tell(day, links)))


def progress_callback(tell: Callable[[int, int], None]) -> Any:
    """cogmig_export_progress_fn"""
    return _callback(_PROGRESS, lambda _, rows, estimate: _guarded(lambda: tell(rows, estimate)))


def report_callback(tell: Callable[[Optional[bytes], Optional[bytes], bytes], None]) -> Any:
    """cogmig_export_report_fn"""
    return _callback(_REPORT, lambda _, id, column, reason: _guarded(
        lambda: tell(id, column, reason)))


def write_callback(write: Callable[[bytes], None]) -> Any:
    """cogmig_export_write_fn"""
    return _callback(_WRITE, lambda _, chunk, length: _guarded(
        lambda: write(ctypes.string_at(chunk, length))))


def hook_callback(ask: Callable[[str, int, int], None]) -> Any:
    """cogmig_migration_hook_fn"""
    return _callback(_HOOK, lambda _, source, user, answer: _guarded(
        lambda: ask(known_text(source), user, answer)))


def lent_callback(take: Callable[[int], None]) -> Any:
    """A function that is given something for the time of the call."""
    return _callback(_LENT, lambda _, lent: _guarded(lambda: take(lent)))


def reconcile_progress_callback(tell: Callable[[int, int], None]) -> Any:
    """cogmig_reconcile_progress_fn"""
    return _callback(_RECONCILE_PROGRESS, lambda _, what, count: _guarded(
        lambda: tell(what, count)))
