"""A flame graph of the worker over a backlog: perf's samples, folded and drawn.

perf samples by the CPU's clock, so it works without hardware counters; stacks follow frame
pointers, which Swift keeps. What runs inside C libraries built without them hangs below the last
frame that had one.
"""

import os
import shutil
import subprocess
from collections import Counter

import svg
from machine import Missing

COLOURS = {"librdkafka": "#d9a23d", "sqlite": "#5b9bd5", "kernel": "#9a9a9a", "ours": "#e06b4c",
           "swift": "#e8a08c", "libc": "#b8b8a0"}
WIDTH, ROW, SMALLEST = 1200, 16, 0.0015


def record(machine, folder):
    """Measures, draws, and answers the path of the picture."""
    if shutil.which("perf") is None:
        raise Missing("no perf on PATH (linux-perf)")
    events = 2_000_000
    prefix = machine.topics("flame.")
    machine.measure("load", prefix=prefix, events=events)
    data = machine.path("perf.data")
    machine.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "499", "--call-graph", "fp",
                 "-o", data, "--", *machine.words(
                     "work", prefix=prefix, events=events, state=machine.fresh("state"),
                     bootstrap=machine.broker.bootstrap)])
    script = machine.run(["perf", "script", "-i", data, "--no-inline", "-F", "comm,tid,ip,sym,dso"])
    stacks = fold(script)
    picture = draw(stacks, "One stream thread and librdkafka's, over a backlog: %s samples" % (
        "{:,}".format(sum(stacks.values()))))
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "flame.svg")
    with open(path, "w", encoding="utf-8") as file:
        file.write(picture)
    return path


def fold(script):
    """perf script's text -> {(thread, frame, ...): samples}, outermost first."""
    stacks, frames, thread = Counter(), [], None
    for line in script.splitlines() + [""]:
        if not line.strip():
            if thread is not None:
                stacks[(thread, *reversed(frames))] += 1
            frames, thread = [], None
        elif not line[0].isspace():
            thread = _thread(line)
        elif thread is None:
            # perf indents a thread's name that is short.
            thread = _thread(line.strip())
        else:
            frames.append(_frame(line.strip()))
    return _named(stacks)


def _thread(line):
    name = line.rsplit(None, 1)[0].strip()
    return "librdkafka's threads" if name.startswith("rdk:") else "stream thread"


def _frame(text):
    """address symbol (file) -> (symbol, kind)"""
    _, _, rest = text.partition(" ")
    symbol, _, dso = rest.rpartition(" (")
    dso = dso.rstrip(")")
    name = os.path.basename(dso)
    if "kernel" in dso or name.startswith("["):
        kind = "kernel"
    elif "rdkafka" in name:
        kind = "librdkafka"
    elif "sqlite" in name:
        kind = "sqlite"
    elif name.startswith("holdfast"):
        kind = "swift" if symbol.startswith(("swift_", "$ss", "_swift")) else "ours"
    else:
        kind = "libc"
    if symbol in ("", "[unknown]"):
        symbol = "[%s]" % (name.strip("[]") or "unknown")
    return symbol, kind


def _named(stacks):
    """Swift's names as written in the source."""
    symbols = sorted({frame[0] for stack in stacks for frame in stack[1:]
                      if frame[0].startswith("$s")})
    names = {}
    if symbols and shutil.which("swift"):
        done = subprocess.run(["swift", "demangle", "--simplified", "--compact"], text=True,
                              input="\n".join(symbols), capture_output=True)
        names = {symbol: _short(name) for symbol, name in zip(symbols, done.stdout.splitlines())}
    named = Counter()
    for stack, count in stacks.items():
        frames = [(names.get(symbol, symbol), kind) for symbol, kind in stack[1:]]
        named[(stack[0], *_joined(frames))] += count
    return named


def _short(name):
    """Without arguments and the words of the compiler around a name."""
    for word in ("specialized ", "generic specialization ", "merged ", "implicit closure "):
        name = name.replace(word, "")
    depth, out = 0, []
    for character in name:
        depth += character in "(<"
        if depth == 0:
            out.append(character)
        depth -= character in ")>"
    return "".join(out).split(" -> ")[0].replace("  ", " ").strip() or name


def _joined(frames):
    """One frame for a function that stands on itself (a closure and its function)."""
    out = []
    for frame in frames:
        if not out or out[-1][0] != frame[0]:
            out.append(frame)
    return out


class _Node:
    def __init__(self, name, kind):
        self.name, self.kind, self.count, self.children = name, kind, 0, {}

    def add(self, frames, count):
        self.count += count
        if frames:
            name, kind = frames[0]
            if name not in self.children:
                self.children[name] = _Node(name, kind)
            self.children[name].add(frames[1:], count)


def draw(stacks, title):
    """Icicle: callers above, callees below; a box's width is its share of the samples."""
    root = _Node("all", "kernel")
    for stack, count in stacks.items():
        root.add([(stack[0], "libc"), *stack[1:]], count)
    body, deepest = [], [0]

    def place(node, x, depth):
        deepest[0] = max(deepest[0], depth)
        width = node.count / root.count * (WIDTH - 20)
        share = "%.1f %%" % (100 * node.count / root.count)
        shown = node.name if len(node.name) * 6.2 < width - 4 else (
            node.name[:max(0, int((width - 8) / 6.2))] + "…" if width > 40 else "")
        y = 44 + depth * ROW
        body.append('<g><title>%s: %s</title><rect x="%.1f" y="%d" width="%.1f" height="%d" '
                    'fill="%s"/>%s</g>' % (
                        svg.escape(node.name), share, x, y, max(width - 0.4, 0.3), ROW - 1,
                        COLOURS[node.kind],
                        '<text x="%.1f" y="%d">%s</text>' % (x + 3, y + 11, svg.escape(shown))
                        if shown else ""))
        for child in sorted(node.children.values(), key=lambda each: each.name):
            if child.count / root.count >= SMALLEST:
                place(child, x, depth + 1)
            x += child.count / root.count * (WIDTH - 20)
    place(root, 10, 0)
    key, x = [], 10
    for kind, colour in COLOURS.items():
        key.append('<rect x="%d" y="26" width="10" height="10" fill="%s"/>'
                   '<text x="%d" y="35" class="k">%s</text>' % (x, colour, x + 14, kind))
        x += 30 + 7 * len(kind)
    style = ("<style>text{font:11px ui-monospace,monospace;fill:#111}.t,.k{fill:#555}"
             ".t{font:600 14px system-ui,sans-serif}"
             "@media(prefers-color-scheme:dark){.t,.k{fill:#bbb}}</style>")
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" '
            'aria-label="%s">\n%s<text x="10" y="18" class="t">%s</text>\n%s\n%s\n</svg>\n' % (
                WIDTH, 60 + (deepest[0] + 1) * ROW, svg.escape(title), style, svg.escape(title),
                "".join(key), "\n".join(body)))
