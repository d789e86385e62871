# SPDX-License-Identifier: Apache-2.0
"""The table of prototypes and the enumerations against the C headers."""

import os
import re
from pathlib import Path

import pytest

os.environ.setdefault("COGMIG_BUILD_DIR", "")
import source as tree
from cogmig import Kind, Status, _native
from cogmig import DifferenceKind, export, idmap, migration, reconciliation, store, verifier

# Public functions that Python has no use for, and why.
NOT_BOUND = {
    "version_number": "the ABI says what fits",
    "status_count": "Status is written out",
    "status_at": "Status is written out",
    "kind_name": "Kind is written out",
    "error_clear": "every call empties the box",
    "verifier_new_for_pool": "Verifier(pool_id=…) is as short",
    "store_open_from_env": "Store.from_env() makes the configuration and opens it",
    "idmap_open_from_env": "IdentityMap.from_env() is idmap_config_new_from_env() and more",
    "cognito_new_from_env": "Cognito.from_env() is cognito_config_set_from_env() and more",
    "claims_group_count": "Claims.groups reads the mapping",
    "claims_group_at": "Claims.groups reads the mapping",
    "claims_get_string": "Claims is a mapping of every claim",
    "claims_get_integer": "Claims is a mapping of every claim",
    "claims_get_bool": "Claims is a mapping of every claim",
    "claims_get_count": "Claims is a mapping of every claim",
    "claims_get_string_at": "Claims is a mapping of every claim",
    "password_verify": "verify_password() is password_rules_verify() with the default rules",
    "password_verify_up_to_cost": "PasswordRules(max_cost=…)",
    "password_verify_many": "verify_passwords() is password_rules_verify_many()",
    "migration_config_set_max_cost": "PasswordRules(max_cost=…)",
    "engine_config_set_on_verdict": "an event loop polls",
    "engine_drain": "it blocks; Engine.drain() waits for the futures",
    "verdict_job_data": "jobs are found by their number",
    "test_token_set_string": "test_token_set_json() sets any claim",
    "test_token_set_integer": "test_token_set_json() sets any claim",
}

SIMPLE = {"cogmig_status": "r", "cogmig_kind": "i", "int32_t": "i", "uint32_t": "u",
          "int64_t": "l", "uint64_t": "q", "size_t": "n", "bool": "b", "void": "v"}


def letter(declared):
    """A C type by the letter of the table."""
    name = re.sub(r"\bconst\b|\s|COGMIG_MUST_CHECK", "", declared)
    stars = name.count("*")
    base = name.rstrip("*")
    if base.endswith("_fn"):
        return "f"
    if base == "char":
        return "s" if stars == 1 else "S" if "const" in declared else "P"
    if base in SIMPLE and base != "void":
        return SIMPLE[base].upper() if stars else SIMPLE[base]
    return {0: "v", 1: "p", 2: "P"}[stars]


def prototype(text):
    """The line of the table for a declaration."""
    result, name, parameters = re.match(r"(.*?)\bcogmig_(\w+) ?\((.*)\);", text).groups()
    takes = []
    for parameter in [] if parameters.strip() == "void" else parameters.split(","):
        pointer = "*" if parameter.endswith("[]") else ""
        takes.append(letter(re.sub(r"\w+(\[\])?$", "", parameter.strip()) + pointer))
    return " ".join([name, letter(result), *(["".join(takes)] if takes else [])])


def declared(testing):
    return [prototype(function.text) for header in tree.public_headers()
            if (header == "testing.h") == testing
            for function in tree.functions(tree.read("include/cogmig", header))]


def lines(table):
    return [line for line in table.split("\n") if line]


def constants(header, prefix):
    found = re.findall(rf"\bCOGMIG_{prefix}_([A-Z0-9_]+) = (\d+)",
                       tree.read("include/cogmig", header))
    return {name: int(number) for name, number in found}


@pytest.mark.parametrize("testing, table", [(False, _native.PROTOTYPES),
                                            (True, _native.TESTING_PROTOTYPES)],
                         ids=["libcogmig", "libcogmig-testing"])
def test_every_public_function_is_bound_as_declared_or_named_as_not_bound(testing, table):
    headers = {line.split()[0]: line for line in declared(testing)}
    bound = {line.split()[0]: line for line in lines(table)}
    assert len(headers) > 12 and len(bound) == len(lines(table))
    assert {name: headers.get(name) for name in bound} == bound
    assert set(headers) - set(bound) == set(headers) & set(NOT_BOUND)


def test_nothing_is_named_as_not_bound_that_is_bound_or_does_not_exist():
    everything = {line.split()[0] for line in declared(False) + declared(True)}
    bound = {line.split()[0] for line in lines(_native.PROTOTYPES + _native.TESTING_PROTOTYPES)}
    assert set(NOT_BOUND) <= everything - bound


def test_a_prototype_is_read_from_its_declaration():
    assert prototype("COGMIG_MUST_CHECK cogmig_status cogmig_x( const char *const a[], "
                     "const size_t b[], uint64_t c, cogmig_x_fn d, cogmig_x **ret_x);"
                     ) == "x r SNqfP"
    assert prototype("int32_t cogmig_y(void);") == "y i"


def test_every_function_of_the_table_is_called_somewhere():
    package = "".join(path.read_text(encoding="utf-8")
                      for path in Path(tree.path("bindings/python/src/cogmig")).glob("*.py"))
    for line in lines(_native.PROTOTYPES + _native.TESTING_PROTOTYPES):
        name = line.split()[0]
        used = re.search(rf"lib\.{name}\b", package)
        by_name = re.fullmatch(r"(export_config_set|store_config_set|engine_config_set|idmap_config_set)_\w+", name)
        assert used or by_name, name


def test_statuses_are_those_of_the_header():
    assert {status.name: status.value for status in Status} == tree.statuses()


def test_kinds_are_those_of_the_header():
    assert {kind.name: kind.value for kind in Kind} == constants("status.h", "KIND")


def test_numbers_of_enumerations_are_those_of_the_headers():
    assert {name.upper(): bit for name, bit in verifier._ALGORITHMS.items()} == constants(
        "verifier.h", "ALGORITHM")
    assert {name.upper(): number for name, number in verifier._COUNTERS.items()} == constants(
        "verifier.h", "COUNTER")
    assert {name.upper(): number for name, number in idmap._COUNTERS.items()} == constants(
        "idmap.h", "IDMAP")
    assert {name.upper(): number for name, number in migration._COUNTERS.items()} == constants(
        "migration.h", "MIGRATION")
    assert {name.upper(): number for name, number in export._FORMATS.items()} == constants(
        "export.h", "EXPORT")
    assert {kind.name: int(kind) for kind in DifferenceKind} == constants(
        "reconcile.h", "DIFFERENCE")
    assert {name.upper(): number for name, number in reconciliation._COUNTS.items()} == constants(
        "reconcile.h", "RECONCILE")
    assert {name.upper(): number for name, number in migration._LINKED_USERS.items()} == constants(
        "migration.h", "LINKED_USERS")
    assert {"BY_" + name.upper(): number for name, number in migration._SIGN_UPS.items()
            } == constants("migration.h", "SIGN_UP")
    assert {f"IN_{name.upper()}_TOKEN": number for name, number in migration._TOKENS.items()
            } == constants("migration.h", "CLAIM")
    assert {name.upper(): 1 << place
            for place, name in enumerate(migration.PasswordPolicy._fields[1:])} == constants(
        "migration.h", "PASSWORD")
    assert {name.upper(): number for name, number in store._POOLERS.items()} == constants(
        "store.h", "POOLER")
    assert {name.upper(): number for name, number in store._DISABLED_WHEN.items()} == constants(
        "store.h", "DISABLED_WHEN")
    assert {name.upper(): number for name, number in store._COUNTERS.items()} == constants(
        "store.h", "STORE")
    assert {name.upper(): number for name, number in verifier._TOKEN_USES.items()} == constants(
        "claims.h", "TOKEN_USE")
    assert {name: 1 << place for place, name in enumerate(_native._FAILED_CLAIMS)} == constants(
        "error.h", "FAILED")
    sources = constants("error.h", "UPSTREAM")
    assert {name.upper(): number for number, name in _native._SOURCES.items()} == {
        name: number for name, number in sources.items() if number}
