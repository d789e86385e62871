# SPDX-License-Identifier: Apache-2.0
"""A FastAPI service whose routes want a token.

    COGNITO_USER_POOL_ID=… COGNITO_CLIENT_ID=… uvicorn fastapi_app:app
"""

import functools

import cogmig
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

app = FastAPI()
bearer = HTTPBearer(auto_error=False)


@functools.lru_cache
def verifier() -> cogmig.Verifier:
    """Made with the first request, so after the server has forked its workers."""
    return cogmig.Verifier.from_env("access")


async def signed_in(given: HTTPAuthorizationCredentials = Depends(bearer),
                    judge: cogmig.Verifier = Depends(verifier)) -> cogmig.Claims:
    """The claims of the caller's token. An outage is 503, never 401."""
    if given is None:
        raise HTTPException(401, "a token is needed", {"WWW-Authenticate": "Bearer"})
    try:
        return await judge.verify_async(given.credentials)
    except cogmig.Denied as error:
        raise HTTPException(401, error.reason, {
            "WWW-Authenticate": 'Bearer error="invalid_token"'}) from error
    except cogmig.Unavailable as error:
        raise HTTPException(503, "try again later", {"Retry-After": "5"}) from error


@app.get("/me")
async def me(claims: cogmig.Claims = Depends(signed_in)):
    return {"sub": claims.sub, "groups": claims.groups}
