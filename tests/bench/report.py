# SPDX-License-Identifier: Apache-2.0
"""docs/benchmarks.md and its plots, from the rows that a run left in docs/benchmarks/rows.ndjson."""

import datetime
import json
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

import plot

ROOT = Path(__file__).parents[2]
PAGE, FOLDER = Path("docs/benchmarks.md"), Path("docs/benchmarks")
ROWS = FOLDER / "rows.ndjson"

# What a row is about: what is done, and beside what.
ABOUT = {
    "tokens.cold": ("verify a token not seen before", "OpenSSL's `EVP_PKEY_verify` and SHA-256 alone"),
    "tokens.repeat": ("verify a token again", "one SHA-256 over the token"),
    "tokens.threads.cold": ("two threads, tokens not seen before", "one thread"),
    "tokens.threads.openssl": ("two threads, signatures by bare OpenSSL", "one thread"),
    "tokens.threads.repeat": ("two threads, tokens seen before", "one thread"),
    "tokens.rotating": ("verify while keys rotate", "verify while no keys change"),
    "passwords.many": ("bcrypt, many pending, per core", "libxcrypt"),
    "passwords.mixed": ("bcrypt of mixed costs, many pending", "libxcrypt"),
    "passwords.one": ("bcrypt, one pending", "libxcrypt"),
    "passwords.engine": ("sign-ins through the engine", "a thread for each sign-in, with libxcrypt"),
    "passwords.engine.p99": ("99th percentile of a sign-in at half load", "a thread for each sign-in"),
    "store.lookup": ("find a user by address", "a loop of `PQexecPrepared`, all on one processor"),
    "store.pool": ("find users from 16 threads over 8 connections", "8 threads with a connection each"),
    "export.json": ("export a million users as JSON", "`psql \\copy` of the same columns"),
    "export.rss": ("memory of that export", "of an export of 10,000 users"),
    "idmap.lookup": ("find a link", "a loop of `PQexecPrepared`, all on one processor"),
    "idmap.cached": ("find a link that is remembered", "finding it in the database"),
    "reconcile.time": ("compare a million users", "`COPY` of the rows and parsing Cognito's pages alone"),
    "reconcile.rss": ("memory of that comparison", "of one of 10,000 users"),
    "lambda.cold": ("from exec to the first poll", "node that has loaded pg and bcrypt"),
    "lambda.rss": ("memory after a thousand events", "the same function for node"),
    "lambda.event": ("answer a migration event", "look-up and bcrypt alone"),
    "lambda.zip": ("size of the package", "10 MiB"),
    "python.cold": ("Python: verify a token not seen before", "PyJWT with its key client"),
    "python.cold.key_given": ("Python: verify a token not seen before", "PyJWT with the key in hand"),
    "python.repeat": ("Python: verify a token again", "PyJWT"),
    "python.engine": ("Python: passwords through the engine", "pyca/bcrypt in a thread pool, without a look-up"),
    "tokens.peer.libjwt": ("verify a token not seen before", "libjwt"),
    "tokens.peer.aws-jwt-verify": ("verify a token not seen before", "aws-jwt-verify"),
    "tokens.peer.fast-jwt": ("verify a token not seen before", "fast-jwt"),
    "tokens.peer.fast-jwt-cache": ("verify a token again", "fast-jwt with its cache"),
    "tokens.peer.jose": ("verify a token not seen before", "jose"),
    "tokens.peer.pyjwt": ("verify a token not seen before", "PyJWT"),
    "passwords.peer.bcrypt": ("bcrypt, many pending", "node's bcrypt"),
    "passwords.peer.node-rs": ("bcrypt, many pending", "@node-rs/bcrypt"),
    "passwords.peer.bcryptjs": ("bcrypt, many pending", "bcryptjs"),
    "passwords.peer.pyca": ("bcrypt, many pending", "pyca/bcrypt"),
    "export.peer.node-postgres": ("export a million users", "a script with node-postgres"),
}
SUITES = {"tokens": "Tokens", "passwords": "Passwords", "store": "Store", "idmap": "Identity map",
          "export": "Export", "reconcile": "Reconciliation", "lambda": "Lambda", "python": "Python"}
OF_AMOUNT = {"export.rss", "reconcile.rss"}  # their target is one of MiB, not of the ratio


# ---- where it was measured ----

def first_line(*command):
    if not shutil.which(command[0]):
        return None
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip().split("\n")[0] or None if done.returncode == 0 else None


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        return next((line.split(":", 1)[1].strip() for line in lines
                     if line.startswith("model name")), platform.machine())


def versions():
    found = {name: first_line("pkg-config", "--modversion", package) for name, package in (
        ("OpenSSL", "libcrypto"), ("libcurl", "libcurl"), ("libpq", "libpq"), ("SQLite", "sqlite3"),
        ("libxcrypt", "libxcrypt"), ("jansson", "jansson"), ("libjwt", "libjwt"))}
    servers = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    found["compiler"] = first_line("cc", "--version")
    found["PostgreSQL"] = first_line(str(servers[-1]), "--version") if servers else None
    found["node"] = first_line("node", "--version")
    debian = first_line("/usr/bin/python3", "-c", "import jwt, bcrypt, cryptography as c;"
                        "print(f'PyJWT {jwt.__version__}, bcrypt {bcrypt.__version__},"
                        " cryptography {c.__version__}')")
    found["Debian's Python packages"] = debian
    with open(ROOT / "tests/bench/peers/package.json", encoding="utf-8") as file:
        packages = json.load(file)["dependencies"]
    found["npm packages"] = ", ".join(f"{name} {version}" for name, version in packages.items())
    return {name: version for name, version in found.items() if version}


def surroundings(remark):
    with open(ROOT / "meson.build", encoding="utf-8") as file:
        version = re.search(r"^ *version: '([^']+)'", file.read(), re.M).group(1)
    return {"measured": datetime.date.today().isoformat(), "remark": remark, "libcogmig": version,
            "commit": first_line("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD") or "unknown",
            "processor": processor(), "processors": os.cpu_count(),
            "system": platform.freedesktop_os_release().get("PRETTY_NAME", ""),
            "kernel": platform.release(), "versions": versions()}


# ---- rows ----

def read_rows(path):
    """Where it was measured, and the rows."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return lines[0], lines[1:]


def is_same_place(before, now):
    changes = {"measured": "", "commit": "", "remark": ""}
    return {**before, **changes} == {**now, **changes}


def keep(rows, remark):
    """Writes the rows down. Those of other suites stay when they are of the same surroundings."""
    path, now = ROOT / ROWS, surroundings(remark)
    known = {}
    if path.exists():
        before, former = read_rows(path)
        if is_same_place(before, now):
            known = {row["name"]: row for row in former}
    known.update({row["name"]: row for row in rows})
    ordered = sorted(known.values(), key=lambda row: list(ABOUT).index(row["name"]))
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in [now, *ordered]), "utf-8")


def target_of(row):
    """The sign of a target and its number; None for what is only printed."""
    found = re.match(r"([<>]=) ([\d.]+)", row["target"])
    return (found.group(1), float(found.group(2))) if found else None


def is_missed(row):
    target = target_of(row)
    if target is None:
        return False
    value = row["ours"] if row["name"] in OF_AMOUNT else row["ratio"]
    return value > target[1] if target[0] == "<=" else value < target[1]


# ---- the page ----

def table(rows):
    lines = ["| row | what is done | beside | ratio | target | |", "|---|---|---|---|---|---|"]
    for row in rows:
        done, beside = ABOUT[row["name"]]
        ratio = (f"{row['ours']:.1f} MiB" if row["name"] in OF_AMOUNT else f"{row['ratio']:.3g}")
        target = row["target"].replace("printed", "")
        verdict = "" if not target else "missed" if is_missed(row) else "met"
        lines.append(f"| `{row['name']}` | {done} | {beside} | {ratio} | {target} | {verdict} |")
    return "\n".join(lines) + "\n"


def plots(rows):
    """Name of a file to title, note and bars."""
    def bars(chosen):
        return [plot.Bar(row["name"], row["ratio"], (target_of(row) or (None, None))[1], is_missed(row))
                for row in chosen]
    ratios = [row for row in rows if row["name"] not in OF_AMOUNT and row["name"] != "lambda.zip"]
    peers = [row for row in ratios if ".peer." in row["name"] or row["name"].startswith("python.")]
    own = [row for row in ratios if row not in peers and target_of(row)]
    yield "cost.svg", "What it costs beside the reference", \
        "1 is the reference itself; left of it is less", \
        bars([row for row in own if target_of(row)[0] == "<="])
    yield "gain.svg", "What it gains beside the reference", \
        "1 is the reference itself; right of it is more", \
        bars([row for row in own if target_of(row)[0] == ">="])
    yield "peers.svg", "How much longer others take for the same", \
        "1 is libcogmig; right of it is slower", bars(peers)


def list_of_missed(rows):
    missed = [f"`{row['name']}`" for row in rows if is_missed(row)]
    return (f"This run missed the targets of {', '.join(missed)}." if missed
            else "This run met every target.")


def page(around, rows):
    text = f"""# Benchmarks

<!-- Written by ./dev bench --report from benchmarks/rows.ndjson. -->

Every figure is a ratio inside of one run: both sides do their part by turns in the same process or
side by side, and the median of the turns counts, so that it holds where a machine's speed drifts.
Absolute times are not compared. {list_of_missed(rows)}

```sh (by hand: it takes a quarter of an hour)
./dev bench --report                  # measure everything, write this page anew
./dev bench tokens --report           # measure one suite, keep the rows of the others
./dev bench --report --rows rows.json  # write the page from the rows of --json
```

| | |
|---|---|
| libcogmig | {around["libcogmig"]}, commit {around["commit"]} |
| measured | {around["measured"]}{", " * bool(around["remark"])}{around["remark"]} |
| machine | {around["processor"]}, {around["processors"]} processors |
| system | {around["system"]}, kernel {around["kernel"]} |
"""
    text += "".join(f"| {name} | {version} |\n" for name, version in around["versions"].items())
    titles = {name: title for name, title, _, bars in plots(rows) if bars}
    text += "".join(f"\n![{title}](benchmarks/{name})\n" for name, title in titles.items())
    for suite, title in SUITES.items():
        chosen = [row for row in rows if row["name"].split(".")[0] == suite]
        if chosen:
            text += f"\n## {title}\n\n{table(chosen)}"
    return text


def files(around, rows):
    """Path to content: what follows from the rows."""
    yield PAGE, page(around, rows)
    for name, title, note, bars in plots(rows):
        if bars:
            yield FOLDER / name, plot.svg(title, note, bars)


def write():
    for path, text in files(*read_rows(ROOT / ROWS)):
        (ROOT / path).write_text(text, "utf-8")
        print(f"written: {path}")
