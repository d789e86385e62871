# SPDX-License-Identifier: Apache-2.0
"""A Flask service whose routes want a token.

    COGNITO_USER_POOL_ID=… COGNITO_CLIENT_ID=… flask --app flask_app run
"""

import functools

import cogmig
from flask import Flask, current_app, g, jsonify, request

app = Flask(__name__)


def verifier() -> cogmig.Verifier:
    """Made with the first request, so after the server has forked its workers."""
    made = current_app.extensions.get("cogmig")
    return made or current_app.extensions.setdefault("cogmig", cogmig.Verifier.from_env("access"))


def signed_in(view):
    """A decorator: the view runs for callers with a good token, whose claims are in `g.claims`."""

    @functools.wraps(view)
    def judged(*arguments, **named):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return "a token is needed\n", 401, {"WWW-Authenticate": "Bearer"}
        try:
            g.claims = verifier().verify(token.strip())
        except cogmig.Denied:
            return "the token is not accepted\n", 401, {
                "WWW-Authenticate": 'Bearer error="invalid_token"'}
        except cogmig.Unavailable:
            return "try again later\n", 503, {"Retry-After": "5"}
        return view(*arguments, **named)

    return judged


@app.get("/me")
@signed_in
def me():
    return jsonify(sub=g.claims.sub, groups=g.claims.groups)
