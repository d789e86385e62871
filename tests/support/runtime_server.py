# SPDX-License-Identifier: Apache-2.0
"""Lambda's runtime API, played by a script: good and bad replies in turn.

Each reply to .../invocation/next is a function that is given the handler; when there are no more,
the function waits, as it does in Lambda.
"""

import json
import os
import socket
import struct
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WAIT_S = 30


def headers_of(request_id, length, left_ms=60000):
    # Names of headers are the same in any case.
    return (f"HTTP/1.1 200 OK\r\nlambda-runtime-AWS-request-id: {request_id}\r\n"
            f"LAMBDA-RUNTIME-DEADLINE-MS: {int(time.time() * 1000) + left_ms}\r\n"
            f"Content-Length: {length}\r\n\r\n").encode()


def deliver(event, request_id="good", left_ms=60000):
    return lambda handler: handler.write(headers_of(request_id, len(event), left_ms) + event)


def status(number):
    return lambda handler: handler.write(
        f"HTTP/1.1 {number} Unfortunate\r\nContent-Length: 5\r\n\r\nsorry".encode())


def cut_off(event, request_id="half"):
    """Half of the event, and the connection ends."""
    def play(handler):
        handler.write(headers_of(request_id, len(event)) + event[:len(event) // 2])
        handler.hang_up()
    return play


def drip(event, request_id="drip"):
    def play(handler):
        handler.write(headers_of(request_id, len(event)))
        for start in range(0, len(event), 16):
            handler.write(event[start:start + 16])
            time.sleep(0.01)
    return play


def stall(event, request_id="stall"):
    """Half of the event, and then nothing."""
    def play(handler):
        handler.write(headers_of(request_id, len(event), left_ms=300) + event[:len(event) // 2])
        handler.server.over.wait(WAIT_S)
    return play


def reset(handler):
    handler.reset()


def garbage(handler):
    handler.write(b"\x00\xff this is not HTTP\r\n\r\n")
    handler.hang_up()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def write(self, data):
        self.wfile.write(data)
        self.wfile.flush()

    def hang_up(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def reset(self):
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def do_GET(self):
        play = self.server.next_play()
        try:
            play(self)
        except OSError:
            self.close_connection = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.take_post(self.path, dict(self.headers), body)
        try:
            (self.server.replies.pop(0) if self.server.replies else status(202))(self)
        except OSError:
            self.close_connection = True

    def log_message(self, *_):
        pass


class RuntimeServer(ThreadingHTTPServer):
    """Serves while the `with` block runs."""

    daemon_threads = True

    def __init__(self, *plays, replies=()):
        super().__init__(("127.0.0.1", 0), Handler)
        self.plays = list(plays)
        self.replies = list(replies)
        self.changed = threading.Condition()
        self.over = threading.Event()
        self.polls = 0
        self.posts = []

    def handle_error(self, *_):
        pass

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.shutdown()
        self.server_close()

    def next_play(self):
        with self.changed:
            self.polls += 1
            self.changed.notify_all()
            if self.plays:
                return self.plays.pop(0)
        self.over.wait(WAIT_S)
        return reset

    def take_post(self, path, headers, body):
        with self.changed:
            self.posts.append((path, headers, body))
            self.changed.notify_all()

    def wait_until(self, holds):
        with self.changed:
            if not self.changed.wait_for(holds, WAIT_S):
                raise AssertionError(f"{self.polls} polls, {[post[0] for post in self.posts]}")

    def wait_for_polls(self, count):
        self.wait_until(lambda: self.polls >= count)

    def wait_for_posts(self, count):
        self.wait_until(lambda: len(self.posts) >= count)

    def answers(self):
        """What was said of each invocation: (id, "response" or "error", body)."""
        for path, _, body in self.posts:
            *_, request_id, word = path.split("/")
            yield request_id, word, body

    def words(self):
        return [(request_id, word) for request_id, word, _ in self.answers()]


class Function:
    """A function's process while the `with` block runs."""

    def __init__(self, command, **environment):
        self.command = command
        self.environment = environment
        self.said = tempfile.TemporaryFile()
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen(self.command, env=self.environment, stdout=self.said,
                                        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def wait(self):
        return self.process.wait(WAIT_S)

    def text(self):
        return os.pread(self.said.fileno(), 1 << 20, 0).decode()

    def lines(self):
        return [json.loads(line) for line in self.text().splitlines()]

    def wait_for_text(self, text, count=1):
        give_up_at = time.monotonic() + WAIT_S
        while self.text().count(text) < count:
            if time.monotonic() > give_up_at or self.process.poll() is not None:
                raise AssertionError(self.text())
            time.sleep(0.01)

    def wait_for_lines(self, count):
        self.wait_for_text("\n", count)
        return self.lines()
