# SPDX-License-Identifier: Apache-2.0
"""The Python in the documentation: the guide is run from top to bottom, and each README."""

import re
import sys
from pathlib import Path

import cogmig
import cognito_server
import pytest
import sigv4
from test_cognito import PASSWORD
from test_migrate import event

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import markdown  # noqa: E402

OFFLINE = "verifier.seed_keys(issuer.jwks)\n"
GUIDE, READMES = "docs/guide/use-from-python.md", ("README.md", "bindings/python/README.md")


def blocks(page=GUIDE):
    return [block.text for block in markdown.blocks()
            if block.page == page and block.language == "python"]


def test_no_other_page_has_python():
    pages = {block.page for block in markdown.blocks() if block.language == "python"}
    assert pages == {GUIDE, *READMES}


@pytest.fixture
def world(issuer, token, sqlite_url, tmp_path, monkeypatch):
    """What the guide takes for granted."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", sqlite_url)

    async def app(scope, receive, send):
        raise AssertionError

    row = {"custom:legacy_id": "cm1a0verified000exampleu1"}
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", sigv4.KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", sigv4.SECRET)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    return {
        "issuer": issuer, "token": token(groups=["staff"]), "expired": token(exp=1), "app": app,
        "event": event("verified@example.com", "Correct-Horse-10"), "database_url": sqlite_url,
        "map_url": f"file:{tmp_path}/map.db", "pytest": pytest,
        "endpoint": f"http://127.0.0.1:{cognito_server.serve()}", "password": PASSWORD,
        "id_claims": issuer.verifier("id").verify(token("id", **row)),
    }


def test_the_guide_runs(world, capsys):
    for code in blocks():
        if "Verifier(pool_id" in code:  # its keys come from here, not from the network
            code = code.replace("claims = verifier", OFFLINE + "claims = verifier", 1)
        exec(compile(code, "use-from-python.md", "exec"), world)
    said = capsys.readouterr().out
    for expected in ("('staff',)", "TOKEN_EXPIRED", "True None", "cm1a0verified000exampleu1", "\nde\n",
                     "verified@example.com", "None 3600", "CONFIRMED u\u00ebser7@example.com legacy-7",
                     "13 of 15", "NOT_MIGRATED cm1a0verified000exampleu1 None",
                     "0 of 15 are there False", "15 "):
        assert expected in said, said
    assert (world["response"]["response"]["userAttributes"]["name"]) == "Verified User"
    assert callable(world["handler"]) and world["app"].verifier is world["verifier"]


def test_the_guides_test_passes(issuer, token):
    [code] = [code for code in blocks() if "def test_orders" in code]
    scope = {"cogmig": cogmig, "pytest": pytest}
    exec(code, scope)
    scope["test_orders"](issuer, token)


def test_the_guides_table_of_exceptions_is_true(source):
    text = (source / "docs/guide/use-from-python.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|([^|]*)\|", text, re.M)
    told = {name: set(re.findall(r"`(\w+)`", bases)) for name, bases in rows}
    assert told == {
        name: {base.__name__ for base in getattr(cogmig, name).__bases__} - {"Error"}
        for name in cogmig.__all__
        if isinstance(getattr(cogmig, name), type) and issubclass(getattr(cogmig, name), cogmig.Error)
        and name != "Error"}


@pytest.mark.parametrize("page", READMES)
def test_a_readmes_program_runs(issuer, token, page):
    [code] = blocks(page)
    scope = {"issuer": issuer, "token": token(groups=["a"])}
    exec(code.replace("claims = verifier", OFFLINE + "claims = verifier"), scope)
    assert scope["claims"].groups == ("a",)


def test_what_the_packages_readme_names_is_there(source):
    text = (source / READMES[1]).read_text(encoding="utf-8")
    for name in re.findall(r"`(?:cogmig\.)?([A-Z]\w+)`", text):
        assert hasattr(cogmig, name), name
