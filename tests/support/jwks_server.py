#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A JWKS endpoint that misbehaves on request.

    jwks_server.py COMMAND...

Runs COMMAND with these variables set, and ends with its exit code:

    JWKS_HTTP         http://127.0.0.1:PORT
    JWKS_HTTPS        https://localhost:PORT, certificate valid for localhost
    JWKS_HTTPS_OTHER  https://localhost:PORT, certificate valid for another name
    JWKS_CA           the certificate authority of both
    JWKS_CLOSED       http://127.0.0.1:PORT where nobody listens
    JWKS_FOLDER       what lies in it is served under /files/
"""

import http.server
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

# Any odd number of 2048 bits will do: nothing is verified with it.
MODULUS = "_" * 341 + "w"
KEYS = ('{"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"served","e":"AQAB","n":"%s"}]}'
        % MODULUS).encode()
HTML = b"<!DOCTYPE html><html><body>Sign in to the hotel network</body></html>"


class Handler(http.server.BaseHTTPRequestHandler):
    disable_nagle_algorithm = True  # headers and body are two writes; the second would wait 40 ms

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, **headers):
        self.send_response(status)
        headers.setdefault("Content_Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        try:
            if self.path.startswith("/files/"):
                self.play_file(self.path[len("/files/"):])
                return
            getattr(self, "play_" + self.path.split("?")[0].strip("/").replace("-", "_"))()
        except (ConnectionError, ssl.SSLError):
            pass

    def play_file(self, name):
        path = os.path.join(os.environ["JWKS_FOLDER"], os.path.basename(name))
        if os.path.exists(path):
            with open(path, "rb") as file:
                self.answer(200, file.read(), Cache_Control="max-age=86400")
        else:
            self.answer(404, HTML)

    def play_good(self):
        self.answer(200, KEYS, Content_Type="application/json")

    def play_echo(self):
        """The request's headers as the first kid, for the test to look at."""
        text = str(self.headers).lower().replace("\r", "").replace("\n", " ").replace('"', "'")
        self.answer(200, KEYS.replace(b'"served"', b'"' + text.encode()[:250] + b'"'))

    def play_wrong_content_type(self):
        self.answer(200, KEYS, Content_Type="text/html")

    def play_html(self):
        self.answer(200, HTML, Content_Type="text/html")

    def play_no_keys(self):
        self.answer(200, b'{"keys":[]}')

    def play_empty(self):
        self.answer(200, b"")

    def play_error_500(self):
        self.answer(500, KEYS)

    def play_error_403_large(self):
        self.answer(403, HTML * 20000)

    def play_redirect(self):
        self.answer(301, b"", Location="/good")

    def play_cached(self):
        """As long as the client has it already, 304."""
        if self.headers.get("If-None-Match") == 'W/"v1"':
            self.answer(304, b"", Cache_Control="max-age=700", Content_Length="0")
        else:
            self.answer(200, KEYS, Cache_Control="public, Max-Age=3600, must-revalidate",
                        ETag='W/"v1"')

    def play_hints_and_trailers(self):
        """Headers before and behind the response's own."""
        self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nETag: \"hint\"\r\nCache-Control: no-store\r\n\r\n"
                         b"HTTP/1.1 200 OK\r\nCache-Control: max-age=700\r\nTransfer-Encoding: chunked\r\n"
                         b"Connection: close\r\n\r\n%x\r\n%b\r\n0\r\n"
                         b"ETag: \"trailer\"\r\nAge: 600\r\n\r\n" % (len(KEYS), KEYS))

    def play_max_age_too_large(self):
        self.answer(200, KEYS, Cache_Control="max-age=99999999999999999999999")

    def play_max_age_twice(self):
        self.answer(200, KEYS, Cache_Control="max-age=120, max-age=5000")

    def play_max_age_in_two_lines(self):
        self.answer(200, KEYS, Cache_Control="public, max-age=120", cache_control="max-age=5000")

    def play_max_age_quoted(self):
        self.answer(200, KEYS, Cache_Control='max-age="3600"')

    def play_max_age_within_quotes(self):
        self.answer(200, KEYS, Cache_Control='other="a\\", max-age=5", max-age=700')

    def play_no_store(self):
        self.answer(200, KEYS, Cache_Control="No-Store, max-age=3600")

    def play_no_cache(self):
        self.answer(200, KEYS, Cache_Control="no-cache")

    def play_no_cache_of_a_field(self):
        self.answer(200, KEYS, Cache_Control='no-cache="set-cookie", max-age=700')

    def play_aged(self):
        self.answer(200, KEYS, Age="3000", Cache_Control="max-age=3600")

    def play_aged_twice(self):
        self.answer(200, KEYS, Age="3000, 1", Cache_Control="max-age=3600")

    def play_aged_too_long(self):
        self.answer(200, KEYS, Cache_Control="max-age=3600", Age="99999999999999999999")

    def play_expired(self):
        self.answer(200, KEYS, Expires="Thu, 01 Jan 1970 00:00:00 GMT", Age="20")

    def play_max_age_no_number(self):
        self.answer(200, KEYS, Cache_Control="max-age=-1")

    def play_etag_too_long(self):
        self.answer(200, KEYS, ETag='"' + "x" * 300 + '"')

    def play_not_modified(self):
        self.answer(304, b"")

    def play_10_mb(self):
        self.answer(200, b" " * 10_000_000 + KEYS)

    def play_10_mb_unannounced(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(10_000):
            self.wfile.write(b" " * 1000)

    def play_shorter_than_announced(self):
        self.answer(200, KEYS, Content_Length=str(len(KEYS) + 100))

    def play_longer_than_announced(self):
        self.answer(200, KEYS, Content_Length=str(len(KEYS) - 100))

    def play_gzip(self):
        self.answer(200, b"\x1f\x8b\x08\x00" + b"\x00" * 64, Content_Encoding="gzip")

    def play_drip(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(KEYS)))
        self.end_headers()
        for byte in KEYS:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.05)

    def play_silence(self):
        time.sleep(5)

    def play_header_flood(self):
        self.send_response(200)
        for number in range(20_000):
            self.send_header("X-%d" % number, "x" * 100)
        self.end_headers()

    def play_garbage(self):
        self.wfile.write(b"\x00\xff not HTTP at all\r\n\r\n")

    def play_hang_up(self):
        self.connection.shutdown(socket.SHUT_RDWR)


def serve(context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *arguments: None
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def make_authority(folder):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", f"{folder}/ca.key", "-out", f"{folder}/ca.pem", "-days", "2",
            "-subj", "/CN=Test authority")


def make_context(folder, name):
    stem = f"{folder}/{name}"
    with open(f"{stem}.ext", "w") as extensions:
        extensions.write(f"subjectAltName=DNS:{name}\n")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", f"{stem}.key", "-out", f"{stem}.csr", "-subj", f"/CN={name}")
    openssl("x509", "-req", "-in", f"{stem}.csr", "-CA", f"{folder}/ca.pem",
            "-CAkey", f"{folder}/ca.key", "-CAcreateserial", "-out", f"{stem}.pem", "-days", "2",
            "-extfile", f"{stem}.ext")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{stem}.pem", f"{stem}.key")
    return context


def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    with tempfile.TemporaryDirectory() as folder:
        make_authority(folder)
        environment = {name: value for name, value in os.environ.items()
                       if not name.lower().endswith("_proxy")}
        environment.update(
            JWKS_HTTP=f"http://127.0.0.1:{serve()}",
            JWKS_HTTPS=f"https://localhost:{serve(make_context(folder, 'localhost'))}",
            JWKS_HTTPS_OTHER=f"https://localhost:{serve(make_context(folder, 'other.example'))}",
            JWKS_CA=f"{folder}/ca.pem",
            JWKS_CLOSED=f"http://127.0.0.1:{closed_port()}",
            JWKS_FOLDER=f"{folder}/files")
        os.mkdir(environment["JWKS_FOLDER"])
        os.environ["JWKS_FOLDER"] = environment["JWKS_FOLDER"]
        return subprocess.run(sys.argv[1:], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
