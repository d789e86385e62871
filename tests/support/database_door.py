# SPDX-License-Identifier: Apache-2.0
"""A TCP port of 127.0.0.1 in front of a PostgreSQL that listens on a socket in a folder."""

import os
import socket
import threading
import urllib.parse


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        source.close()
        target.close()


class DatabaseDoor:
    """Open while the `with` block runs."""

    def __init__(self, folder):
        self.path = os.path.join(folder, ".s.PGSQL.5432")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def url(self, host="127.0.0.1", **parameters):
        return f"postgresql://postgres@{host}:{self.port}/postgres?{urllib.parse.urlencode(parameters)}"

    def __enter__(self):
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connect(client)

    def connect(self, client):
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self.path)
        except OSError:
            client.close()
            return
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=copy, args=(source, target), daemon=True).start()
