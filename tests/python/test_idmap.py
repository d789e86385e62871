# SPDX-License-Identifier: Apache-2.0
"""The identity map, in SQLite and in PostgreSQL: from a token to the row and back."""

import cogmig
import pytest

SUB = "1754aa68-d041-7034-8fb2-000000000001"
OTHER = "1754aa68-d041-7034-8fb2-000000000002"
POOL = "eu-central-1_AbCdEfGhI"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"file:{tmp_path}/map.db"
    return request.getfixturevalue("postgresql_url")


@pytest.fixture
def idmap(url, request):
    table = f"map of {request.node.name}"[:60]
    cogmig.IdentityMap.install(url, table=table)
    cogmig.IdentityMap.install(url, table=table)
    with cogmig.IdentityMap(url, pool_id=POOL, table=table) as opened:
        yield opened


def test_a_map_that_is_not_installed_says_so(url):
    cogmig.IdentityMap.install(url, table="this one")
    with pytest.raises(cogmig.Invalid) as caught:
        cogmig.IdentityMap(url, pool_id=POOL, table="that one")
    assert caught.value.reason == "IDMAP_NOT_INSTALLED"


def test_a_link_leads_both_ways(idmap):
    idmap.link("row-7", SUB)
    idmap.link("row-7", SUB)
    assert idmap.find_sub("row-7") == SUB and idmap.find_legacy_id(SUB) == "row-7"
    with pytest.raises(cogmig.Conflict) as caught:
        idmap.link("row-8", SUB)
    assert caught.value.reason == "IDMAP_CONFLICT"
    idmap.unlink("row-7", SUB)
    for missing in (lambda: idmap.find_sub("row-7"), lambda: idmap.find_legacy_id(SUB),
                    lambda: idmap.unlink("row-7", SUB)):
        with pytest.raises(LookupError) as caught:
            missing()
        assert caught.value.reason == "IDMAP_NOT_LINKED"
    assert idmap.counters["links"] == 1 and idmap.counters["conflicts"] == 1


def test_many_are_found_and_listed(idmap):
    pairs = [(f"row-{number:05}", f"sub-{number}") for number in range(2005)]
    for pair in pairs:
        idmap.link(*pair)
    assert list(idmap.links()) == pairs
    assert list(idmap.links(after="row-02002")) == pairs[2003:]
    assert sum(idmap.links_per_day().values()) == 2005
    assert idmap.find_subs(["row-00001", "none", "row-02004"]) == {
        "row-00001": "sub-1", "none": None, "row-02004": "sub-2004"}
    assert idmap.find_legacy_ids(iter(["sub-7"])) == {"sub-7": "row-00007"}
    assert idmap.find_subs([]) == {}


def test_claims_lead_to_the_row(idmap, sqlite_url, issuer, token):
    store, verifier = cogmig.Store(sqlite_url), issuer.verifier()
    row = "cm1a0verified000exampleu1"
    by_claim = verifier.verify(token("id", **{"custom:legacy_id": row}))
    assert idmap.find_user(store, by_claim).email == "verified@example.com"
    access = verifier.verify(token("access"))
    with pytest.raises(cogmig.NotFound):
        idmap.find_user(store, access)
    idmap.link(row, access.sub)
    assert idmap.find_user(store, access).id == row
    tampered = verifier.verify(token("id", **{"custom:legacy_id": "cm1a0costtwelve0exampleu2"}))
    with pytest.raises(cogmig.Conflict):
        idmap.find_user(store, tampered)


def test_a_map_comes_from_the_environment(url, monkeypatch):
    monkeypatch.setenv("COGMIG_IDMAP_URL", url)
    monkeypatch.setenv("COGNITO_USER_POOL_ID", POOL)
    cogmig.IdentityMap.install(url)
    with cogmig.IdentityMap.from_env(require_uuid=True, require_link=True) as idmap:
        with pytest.raises(cogmig.Invalid) as caught:
            idmap.link("row-7", SUB)
        assert caught.value.reason == "IDMAP_ID_INVALID"
        idmap.link(OTHER, SUB)
        assert idmap.find_sub(OTHER) == SUB
    monkeypatch.delenv("COGNITO_USER_POOL_ID")
    with pytest.raises(cogmig.Invalid):
        cogmig.IdentityMap.from_env()


def test_the_statement_can_be_had():
    assert "CREATE TABLE" in cogmig.IdentityMap.install_sql(table="my map")
    assert '"my map"' in cogmig.IdentityMap.install_sql(table="my map")


def test_what_cannot_be_is_refused(idmap):
    for use in (lambda: idmap.find_sub(7), lambda: idmap.find_subs("row-7"),
                lambda: idmap.find_user(None, None), lambda: idmap.link("a", None)):
        with pytest.raises(TypeError):
            use()
    with pytest.raises(cogmig.Invalid, match="NUL"):
        idmap.find_sub("row-7\0")
    with pytest.raises(cogmig.Invalid):
        idmap.find_sub("")
    idmap.close()
    with pytest.raises(cogmig.Invalid, match="this IdentityMap is closed"):
        idmap.find_sub("row-7")
