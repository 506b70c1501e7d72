"""Plain charts as SVG text: bars against goals, lines over an axis. Readable on white and black:
the colours follow the reader's scheme."""

from xml.sax.saxutils import escape

STYLE = """<style>
text{font:12px system-ui,sans-serif;fill:#333}.t{font-size:14px;font-weight:600}
.s{fill:#777;font-size:11px}.g{stroke:#8886;stroke-width:1}.a{stroke:#888;stroke-width:1}
.c0{fill:#1f77b4;stroke:#1f77b4}.c1{fill:#d9730d;stroke:#d9730d}.c2{fill:#2a8f4d;stroke:#2a8f4d}
.c3{fill:#8e5bb5;stroke:#8e5bb5}.bad{fill:#c8403a;stroke:#c8403a}.goal{stroke:#333;stroke-width:2}
.first{stroke:#333;stroke-width:2;stroke-dasharray:3 3}.l{fill:none;stroke-width:2}
@media(prefers-color-scheme:dark){text{fill:#ddd}.s{fill:#aaa}.goal,.first{stroke:#eee}
.c0{fill:#58a6ff;stroke:#58a6ff}.c1{fill:#f0994a;stroke:#f0994a}.c2{fill:#56c27b;stroke:#56c27b}
.c3{fill:#bf92e4;stroke:#bf92e4}.bad{fill:#f0716a;stroke:#f0716a}.l{fill:none}}
</style>"""


def document(width, height, body, title):
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" '
            'role="img" aria-label="%s">\n%s\n%s\n</svg>\n' % (
                width, height, width, height, escape(title, {'"': "&quot;"}), STYLE,
                "\n".join(body)))


def text(x, y, words, kind="", anchor="start"):
    return '<text x="%.1f" y="%.1f" class="%s" text-anchor="%s">%s</text>' % (
        x, y, kind, anchor, escape(words))


def line(x1, y1, x2, y2, kind):
    return '<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>' % (x1, y1, x2, y2, kind)


def box(x, y, width, height, kind, title=""):
    told = "<title>%s</title>" % escape(title) if title else ""
    return '<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" class="%s">%s</rect>' % (
        x, y, max(width, 0.5), height, kind, told)


def bars(title, rows, note=""):
    """Horizontal bars: (label, value, first goal, goal, is fine, shown), each on a scale of its
    own where 1 is the goal now, or the first one."""
    left, width, step, top = 300, 330, 26, 52
    body = [text(10, 20, title, "t"), text(10, 38, note, "s")]
    for index, (label, value, first, goal, fine, shown) in enumerate(rows):
        y = top + index * step
        scale = width / max(2.0, min(6.0, value / (goal or first or value) * 1.1))
        unit = scale / (goal or first or value)
        body.append(text(left - 8, y + 14, label, "", "end"))
        body.append(box(left, y + 3, min(value * unit, width), 14, "c2" if fine else "bad",
                        "%s: %s" % (label, shown)))
        for mark, kind in ((first, "first"), (goal, "goal")):
            if mark is not None and mark * unit <= width:
                body.append(line(left + mark * unit, y, left + mark * unit, y + 20, kind))
        body.append(text(left + width + 10, y + 14, shown, "s"))
    return document(left + width + 150, top + len(rows) * step + 12, body, title)


def ticks(low, high):
    """Some four round numbers between two."""
    span = max(high - low, 1e-9)
    step = 10 ** len(str(int(span))) / 100 if span >= 1 else 0.01
    while span / step > 6:
        for factor in (2, 2.5, 2):
            if span / step > 6:
                step *= factor
    first = int(low / step) * step
    return [first + number * step for number in range(int(span / step) + 2)
            if low <= first + number * step <= high * 1.0001]


def lines(title, series, x_marks, note="", unit="", low=0.0):
    """Lines over numbers: series are (name, [(x, y)], class); x_marks are (x, shown)."""
    left, top, width, height = 60, 66, 560, 220
    ys = [y for _, points, _ in series for _, y in points]
    xs = [x for x, _ in x_marks] + [x for _, points, _ in series for x, _ in points]
    high = max(ys) * 1.08
    x0, x1 = min(xs), max(max(xs), min(xs) + 1e-9)

    def place(x, y):
        return (left + (x - x0) / (x1 - x0) * width,
                top + height - (y - low) / (high - low) * height)

    body = [text(10, 20, title, "t"), text(10, 38, note, "s")]
    for value in ticks(low, high):
        _, y = place(x0, value)
        body += [line(left, y, left + width, y, "g"), text(left - 6, y + 4, "%g" % value, "s",
                                                           "end")]
    body.append(text(left - 6, top - 8, unit, "s", "end"))
    for x, shown in x_marks:
        px, _ = place(x, low)
        body += [line(px, top + height, px, top + height + 4, "a"),
                 text(px, top + height + 17, shown, "s", "middle")]
    for index, (name, points, kind) in enumerate(series):
        path = " ".join("%.1f,%.1f" % place(x, y) for x, y in points)
        body.append('<polyline points="%s" class="%s l"/>' % (path, kind))
        if len(points) < 40:
            body += ['<circle cx="%.1f" cy="%.1f" r="2.5" class="%s"><title>%s: %g</title>'
                     '</circle>' % (*place(x, y), kind, escape(name), y) for x, y in points]
        body += [box(left + width + 14, top + index * 20, 10, 10, kind),
                 text(left + width + 30, top + 9 + index * 20, name)]
    return document(left + width + 190, top + height + 30, body, title)
