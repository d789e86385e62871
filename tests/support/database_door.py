# SPDX-License-Identifier: Apache-2.0
"""A TCP port of 127.0.0.1 in front of a PostgreSQL that listens on a socket in a folder."""

import os
import socket
import threading
import urllib.parse

SSL_REQUEST = bytes.fromhex("0000000804d2162f")  # PostgreSQL, "Message Formats"


class Line:
    """A client's connection and its way to the server."""

    def __init__(self, client, server):
        self.ends = (client, server)
        self.dead = False
        self.said = b""  # by the client

    def start(self):
        client, server = self.ends
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=self.copy, args=(source, target), daemon=True).start()

    def copy(self, source, target):
        try:
            while data := source.recv(65536):
                if source is self.ends[0]:
                    self.said += data
                if not self.dead:
                    target.sendall(data)
            if not self.dead:
                target.shutdown(socket.SHUT_WR)
        except OSError:
            for end in self.ends:
                end.close()


class DatabaseDoor:
    """Open while the `with` block runs; with an ssl.SSLContext for clients that ask for TLS."""

    def __init__(self, folder, context=None):
        self.path = os.path.join(folder, ".s.PGSQL.5432")
        self.context = context
        self.lines = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def url(self, host="127.0.0.1", **parameters):
        return f"postgresql://postgres@{host}:{self.port}/postgres?{urllib.parse.urlencode(parameters)}"

    def __enter__(self):
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def kill_lines(self):
        """From now on nothing passes on the lines that there are, and nobody is told: what a
        network does to a connection that nobody used for long."""
        for line in self.lines:
            line.dead = True

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.connect, args=(client,), daemon=True).start()

    def connect(self, client):
        server = socket.socket(socket.AF_UNIX)
        try:
            client = self.secured(client)
            server.connect(self.path)
        except OSError:
            client.close()
            return
        self.lines.append(Line(client, server))
        self.lines[-1].start()

    def secured(self, client):
        if self.context is None or client.recv(len(SSL_REQUEST)) != SSL_REQUEST:
            return client
        client.sendall(b"S")
        return self.context.wrap_socket(client, server_side=True)
