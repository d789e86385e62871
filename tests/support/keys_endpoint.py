# SPDX-License-Identifier: Apache-2.0
"""An issuer and its JWKS endpoint, which can be made to fail or to keep whoever asks waiting."""

import http.server
import threading
from pathlib import Path

from issuer import Issuer

PATH = "/pool_1"


class KeysEndpoint:
    def __init__(self, folder):
        self.down = False
        self.asked = threading.Semaphore(0)  # released once for each request that came
        self.open = threading.Event()        # as long as it is not set, requests are kept waiting
        self.open.set()
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *arguments):
                pass

            def do_GET(self):
                endpoint.asked.release()
                endpoint.open.wait()
                good = not endpoint.down and self.path == PATH + "/.well-known/jwks.json"
                body = endpoint.issuer.jwks.encode() if good else b"no"
                self.send_response(200 if good else 500)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.issuer = Issuer(f"http://127.0.0.1:{server.server_address[1]}{PATH}", Path(folder))
        self.environment = {"COGNITO_ISSUER": self.issuer.url, "COGMIG_ALLOW_PLAIN_HTTP": "1",
                            "COGNITO_CLIENT_ID": "1example23456789"}

    def token(self, use="access", client="1example23456789", **claims):
        make = self.issuer.access_token if use == "access" else self.issuer.id_token
        return make(client, **claims)
