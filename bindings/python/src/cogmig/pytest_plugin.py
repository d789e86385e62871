# SPDX-License-Identifier: Apache-2.0
"""Fixtures for the tests of services that check Cognito's tokens, without Cognito or a network::

    def test_orders(issuer, token, client):
        app.verifier = issuer.verifier("access")
        good = token(scope="orders:read")
        assert client.get("/orders", headers={"Authorization": f"Bearer {good}"}).status_code == 200
        late = token(exp=1)
        assert client.get("/orders", headers={"Authorization": f"Bearer {late}"}).status_code == 401
"""

from typing import Callable

import pytest

from .testing import Issuer


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    """A stand-in for a user pool: `cogmig.testing.Issuer`. One for the whole run, because keys take
    a while to make; a test that rotates them makes its own."""
    return Issuer()


@pytest.fixture
def token(issuer: Issuer) -> Callable[..., str]:
    """Makes tokens: `cogmig.testing.Issuer.token`."""
    return issuer.token
