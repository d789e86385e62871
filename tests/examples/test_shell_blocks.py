# SPDX-License-Identifier: Apache-2.0
"""The shell in the documentation, run page by page from top to bottom, and what is run by hand looked
at: its syntax, and whether `cogmig` and `./dev` have what it says.

    test_shell_blocks.py COGMIG"""

import functools
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import markdown  # noqa: E402
from event_cases import event_named  # noqa: E402
from keys_endpoint import KeysEndpoint  # noqa: E402
from program import SOURCE  # noqa: E402
from tap import equal, nothing, run, test  # noqa: E402
from user_pool import UserPool  # noqa: E402

COGMIG, BUILD = Path(sys.argv[1]).resolve(), Path(os.environ["COGMIG_BUILD_DIR"])
POSTGRESQL = os.environ["COGMIG_TEST_DATABASE_URL"]
POOL, CLIENT = "eu-central-1_AbCdEfGhI", "1example23456789"
LEGACY_ID, SUB = "cm1a0verified000exampleu1", "3c1d5f0e-1111-4222-8333-444455556666"
SHELL = ["sh", "-eu"]

# What would leave this machine, or change it, is never run.
NEVER_RUN = ("apt-get", "aws", "docker", "pip", "sudo")

# A page whose commands look at another model than the examples'.
SCHEMAS = {"docs/guide/presets.md": "devise.sql"}

# Users who move without a word: the others are there to be told of.
TIDY = """
DELETE FROM "User" WHERE id ~ '(twin|argontwo|truncated|costsixteen)';
UPDATE "User" SET email = 'someone@example.com' WHERE email = 'prefix-2a@example.com';
UPDATE "User" SET email = 'ann@example.com' WHERE email = 'prefix-2y@example.com';
ALTER TABLE "User" ADD COLUMN phone text, ADD COLUMN banned boolean;
ALTER TABLE "User" ADD COLUMN "hashedPassword" text;
CREATE VIEW users AS SELECT * FROM "User";
CREATE INDEX ON "User" (lower(email));
"""


def psql(url, script):
    subprocess.run(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", url], check=True,
                   input=script.encode(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def schema_of(page):
    if page in SCHEMAS:
        return (SOURCE / "tests/data/schemas" / SCHEMAS[page]).read_text(encoding="utf-8")
    return (SOURCE / "examples/users/users.sql").read_text(encoding="utf-8") + TIDY


def new_database(name):
    psql(POSTGRESQL, f'CREATE DATABASE "{name}"')
    return POSTGRESQL.replace("/postgres?", f"/{name}?")


class World:
    """An empty folder for a page, and the files and settings that its commands take for granted."""

    def __init__(self, page):
        self.holder = tempfile.TemporaryDirectory(prefix="cogmig-page-")
        self.folder = Path(self.holder.name)
        self.url = new_database(re.sub(r"\W", "_", page.lower()))
        psql(self.url, schema_of(page))
        self.fill_folder()
        self.environment = self.settings()
        done = self.run("cogmig idmap install && cogmig idmap link " + LEGACY_ID + " " + SUB)
        equal(done.returncode, 0, done.stderr)

    def fill_folder(self):
        event = event_named("sign-in")
        one_line = json.dumps(json.loads(event)).encode() + b"\n"
        data = SOURCE / "tests/data/doctor"
        for name, content in (
                ("event.json", event), ("events.ndjson", one_line * 2),
                ("pool.json", (data / "good.pool.json").read_bytes()),
                ("client.json", (data / "good.client.json").read_bytes()),
                ("policy.json", (data / "good.lambda-policy.json").read_bytes()),
                ("header.json", json.dumps({"CSVHeader": [
                    "name", "email", "email_verified", "phone_number_verified", "cognito:mfa_enabled",
                    "cognito:username", "custom:legacy_id"]}).encode())):
            (self.folder / name).write_bytes(content)
        for name in ("hello/hello.c", "testing/orders.h", "testing/orders.c", "testing/test_orders.c"):
            path = SOURCE / "examples" / name
            (self.folder / path.name).write_bytes(path.read_bytes())
        (self.folder / "never").mkdir()
        for name in NEVER_RUN:
            (self.folder / "never" / name).write_text(f"#!/bin/sh\necho {name} is run by hand >&2\nexit 99\n")
            (self.folder / "never" / name).chmod(0o755)

    def settings(self):
        """Every user of the store is in the pool or is not, and the map agrees."""
        self.pool = UserPool(POOL, [{"sub": SUB, "enabled": True, "attributes": {
            "email": "verified@example.com", "email_verified": "true", "name": "Verified User",
            "custom:legacy_id": LEGACY_ID}}])
        self.keys = KeysEndpoint(self.folder)
        libraries = f"{BUILD}/lib:{BUILD}/lib/testing"
        inherited = {name: value for name, value in os.environ.items()
                     if name.startswith(("ASAN_", "UBSAN_", "LSAN_"))}
        return {**inherited, **self.pool.environment, **self.keys.environment,
                "PATH": f"{self.folder}/never:{COGMIG.parent}:{os.environ['PATH']}",
                "PKG_CONFIG_PATH": str(BUILD / "meson-uninstalled"), "HOME": str(self.folder),
                "CPATH": str(SOURCE / "include"), "LIBRARY_PATH": libraries,
                "LD_LIBRARY_PATH": libraries, "DATABASE_URL": self.url,
                "COGNITO_CLIENT_ID": CLIENT, "TOKEN": self.keys.token(),
                "LEGACY_ID": LEGACY_ID, "SUB": SUB}

    def run(self, script):
        return subprocess.run([*SHELL, "-c", script], cwd=self.folder, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)


def run_block(world, block):
    """What went wrong; empty when nothing did."""
    done = world.run(block.text)
    return "" if done.returncode == 0 else f"exit code {done.returncode}\n{done.stderr}{done.stdout}"


# ---- transcripts ----

def transcript(text):
    """Each command behind "$ ", and what it is said to print."""
    parts = re.split(r"(?m)^\$ ", text)
    if parts[0]:
        raise ValueError("a transcript begins with a command")
    return [part.split("\n", 1) for part in parts[1:]]


def run_transcript(world, block):
    for command, told in transcript(block.text):
        done = world.run(command)
        if done.returncode != 0 or done.stdout != told:
            return f"{command}\n{done.stderr}{done.stdout}"
    return ""


# ---- what is run by hand ----

@functools.lru_cache(maxsize=None)
def help_of(*verb):
    return subprocess.run([COGMIG, *verb, "--help"], capture_output=True, text=True).stdout


def known_verbs(program):
    if program == "cogmig":
        return set(re.findall(r"(?m)^  cogmig ([a-z]+)\b", help_of()))
    text = subprocess.run([SOURCE / "dev", "help"], capture_output=True, text=True).stdout
    return set(re.findall(r"(?m)^\./dev ([a-z]+)", text))


def commands(script):
    """The words of each `cogmig` and `./dev` in it."""
    script = re.sub(r"\\\n", " ", script)
    for line in script.splitlines():
        words = shlex.split(line.replace(";", " ; ").replace("&&", " && "), comments=True)
        for at, word in enumerate(words):
            if word in ("cogmig", "./dev") or word.endswith("/cogmig"):
                rest = words[at + 1:]
                ends = [i for i, each in enumerate(rest) if each in ("&&", "||", "|", ";", ">", "<")]
                yield [os.path.basename(word), *rest[:ends[0] if ends else None]]


def command_faults(words):
    program, verb = words[0], (words[1:] or [""])[0]
    if verb not in known_verbs(program):
        yield f"{program} has no verb \"{verb}\""
        return
    told = help_of(verb) if program == "cogmig" else (SOURCE / "dev").read_text(encoding="utf-8")
    for option in (word.partition("=")[0] for word in words[2:] if word.startswith("--")):
        if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", told):
            yield f"{program} {verb} has no option {option}"


def faults_by_hand(script):
    done = subprocess.run(["sh", "-n"], input=script, capture_output=True, text=True)
    if done.returncode != 0:
        yield done.stderr.strip()
    for words in commands(script):
        yield from command_faults(words)


# ---- the pages ----

def told_of(world, block):
    if block.by_hand:
        return "\n".join(faults_by_hand(block.text))
    return run_block(world, block) if block.language == "sh" else run_transcript(world, block)


def page_test(page, blocks):
    def page_runs():
        world = None if all(block.by_hand for block in blocks) else World(page)
        nothing(f"{block.at}: {textwrap.indent(told, '    ').strip()}" for block in blocks
                for told in [told_of(world, block)] if told)

    page_runs.__name__ = f"{page} runs"
    return page_runs


def shell_pages():
    found = {}
    for block in markdown.blocks():
        if block.language in ("sh", "console"):
            found.setdefault(block.page, []).append(block)
    return found


for each_page, its_blocks in shell_pages().items():
    test(page_test(each_page, its_blocks))


@test
def pages_with_shell_were_found():
    equal({"README.md", "docs/guide/export.md"} <= set(shell_pages()), True)


@test
def each_fault_by_hand_is_found():
    for script in ("cogmig exprot", "cogmig export --formt csv", "./dev tset", "./dev demo --mysql",
                   "x && cogmig export \\\n  --none", "if true", "build/cogmig user --mail x"):
        equal(list(faults_by_hand(script)) != [], True, script)
    for script in ("cogmig export --format csv # or --what", "./dev demo --postgres && ./dev test",
                   "sudo true", "cogmig reconcile --apply plan.ndjson"):
        equal(list(faults_by_hand(script)), [], script)


run()
