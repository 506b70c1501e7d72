"""docs/performance/history.ndjson: one line a run, so that a change of speed has a date."""

import datetime
import json
import os
import subprocess

import figures as book
from machine import ROOT

PATH = os.path.join(ROOT, "docs", "performance", "history.ndjson")


def line(found, quick, parts):
    """The run as it is kept."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "revision": _revision(), "machine": shape(), "quick": quick, "parts": parts,
        # What else the machine did: a run of its own leaves some 3.
        "load": round(os.getloadavg()[2], 1),
        "figures": {key: float("%.5g" % value) for key, value in found.values.items()},
    }


def shape():
    """What makes two runs comparable: cores and memory; no name of any machine."""
    gibibytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return "%d cores, %d GiB" % (os.cpu_count(), round(gibibytes))


def _revision():
    """The commit that was measured; `+` when the tree had changes besides."""
    def git(*words):
        done = subprocess.run(["git", *words], cwd=ROOT, text=True, capture_output=True)
        return done.stdout.strip() if done.returncode == 0 else ""
    changed = git("status", "--porcelain", "--", "Sources", "Package.swift")
    return (git("rev-parse", "--short=12", "HEAD") or "unknown") + ("+" if changed else "")


def append(entry, path=PATH):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(entry, sort_keys=True) + "\n")


def read(path=PATH):
    """All runs, oldest first."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [json.loads(each) for each in file if each.strip()]


def before(entry, key, runs):
    """The last earlier value of a figure on a machine of the same shape, as (run, value)."""
    for run in reversed(runs):
        same = run["machine"] == entry["machine"] and run["quick"] == entry["quick"]
        if same and run["date"] < entry["date"] and key in run["figures"]:
            return run, run["figures"][key]
    return None


def comparison(entry, runs=None):
    """Each figure beside its last value, as text."""
    runs = read() if runs is None else runs
    lines = ["%-49s %10s %10s %8s  %s" % ("figure", "before", "now", "change", "before at")]
    for key, (label, *_) in book.DEFINITIONS.items():
        if key not in entry["figures"]:
            continue
        now, found = entry["figures"][key], before(entry, key, runs)
        if found is None:
            lines.append("%-49s %10s %10s" % (label, "-", book.number_text(now)))
            continue
        run, old = found
        change = "%+.0f %%" % ((now / old - 1) * 100) if old else ""
        lines.append("%-49s %10s %10s %8s  %s %s" % (
            label, book.number_text(old), book.number_text(now), change, run["date"][:16],
            run["revision"]))
    return "\n".join(lines)
