# SPDX-License-Identifier: Apache-2.0
"""The Invoke call of the Lambda API in front of `cogmig migrate`.

Events hold passwords: nothing of a body is ever written anywhere.
"""

import json
import re
import subprocess
import threading
from collections import namedtuple
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATH = re.compile(r"/2015-03-31/functions/[^/]+/invocations")
EVENT_MAX_BYTES = 6 * 1024 * 1024
MIGRATE_TIMEOUT_S = 10

# outcome: "yes", "no" (the event came back as it went in) or "failed" (no answer at all).
Call = namedtuple("Call", "trigger outcome exit_code reason")
Reply = namedtuple("Reply", "function_error payload")


def function_error():
    """What a crashed function looks like; says nothing of why."""
    payload = {"errorMessage": "no answer", "errorType": "NoAnswer"}
    return Reply("Unhandled", json.dumps(payload).encode())


def as_lambda(outcome, response):
    return function_error() if outcome == "failed" else Reply(None, response)


class InvokeEndpoint:
    """Serves while the `with` block runs; `calls` tells what it was asked."""

    def __init__(self, command, environment, reply=as_lambda):
        self.command = command
        self.environment = environment
        self.reply = reply
        self.calls = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(self))

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def triggers(self):
        return [call.trigger for call in self.calls]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def invoke(self, event):
        done = subprocess.run(
            self.command, input=event, env=self.environment, capture_output=True,
            timeout=MIGRATE_TIMEOUT_S, check=False)
        outcome = outcome_of(event, done.stdout)
        trigger = json.loads(event).get("triggerSource")
        self.calls.append(Call(trigger, outcome, done.returncode, done.stderr.decode()))
        return self.reply(outcome, done.stdout)


def outcome_of(event, response):
    if not response:
        return "failed"
    return "no" if response == event else "yes"


def handler_for(endpoint):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            length = int(self.headers.get("Content-Length", 0))
            if not PATH.fullmatch(self.path) or length > EVENT_MAX_BYTES:
                self.close_connection = True
                self.send_error(404)
                return
            self.answer(endpoint.invoke(self.rfile.read(length)))

        def answer(self, reply):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply.payload)))
            if reply.function_error:
                self.send_header("X-Amz-Function-Error", reply.function_error)
            self.end_headers()
            self.wfile.write(reply.payload)

        def log_message(self, *_):
            pass

    return Handler
