"""docs/performance.md: the marked block of tables, and the pictures, come from a run."""

import os

import figures as book
import history
import pictures
from machine import ROOT

PAGE = os.path.join(ROOT, "docs", "performance.md")
PICTURES = os.path.join(ROOT, "docs", "performance")
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"


def write(found, line):
    """Replaces the block and the pictures that this run has figures for."""
    os.makedirs(PICTURES, exist_ok=True)
    for name, svg in pictures.all_of(found, history.read()).items():
        with open(os.path.join(PICTURES, name + ".svg"), "w", encoding="utf-8") as file:
            file.write(svg)
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(replaced(text, block(found, line)))


def replaced(text, content):
    """The page with another block; an error when the marks are not there."""
    begin, end = text.find(BEGIN), text.find(END)
    if begin < 0 or end < begin:
        raise RuntimeError("docs/performance.md has no %s ... %s" % (BEGIN, END))
    return text[:begin + len(BEGIN)] + "\n" + content + text[end:]


def block(found, line):
    rows = ["| figure | measured | first goal | goal now | `holdfast-bench` |",
            "|---|---:|---|---|---|"]
    for _, label, _, value, first, goal, measured_by in found.rows():
        cells = ["%s %s" % (book.goal_text(each), _mark(value, each)) for each in (first, goal)]
        rows.append("| %s | %s | %s | %s | %s |" % (
            label, book.number_text(value), cells[0].strip(), cells[1].strip(), measured_by))
    missed = [row for row in found.rows() if book.reached(row[3], row[5]) is False]
    told = ("Missed of the goals now: %s." % "; ".join(
        "%s %s instead of %s" % (row[1], book.number_text(row[3]), book.goal_text(row[5]))
        for row in missed)) if missed else "All goals are reached."
    head = "Run of %s, revision `%s`, %s (load %g)%s; parts: %s." % (
        line["date"], line["revision"], line["machine"], line["load"],
        ", quick form" if line["quick"] else "", ", ".join(line["parts"]))
    return "\n".join([head, "", *rows, "", told, ""])


def _mark(value, goal):
    return {None: "", True: "✓", False: "**missed**"}[book.reached(value, goal)]
