"""The inspector's table twin: the same page as rows of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.view.inspector_fields import field_rows
from ui.view.inspector_page import Caption, Pair, Twin

if TYPE_CHECKING:
    from foviz import Field
    from ui.view.inspector_page import Asked, Page, Row


def page_table(page: Page, tree: Field | None) -> list[list[str]]:
    """Return the head, the fields or rows, *why* and the causes; the heading first."""
    rows = [["part", "what", "value"]]
    rows.append(["head", page.head.capsule or page.head.text, page.head.words])
    if tree is not None:
        fields = field_rows(tree, frozenset(), everything=True)
        rows += [["field", f"{row.code} {row.name}".strip(), row.full] for row in fields]
    rows += [["row", *_row_texts(row)] for row in page.rows]
    if page.asked is not None:
        rows += _why_rows(page.asked)
    rows += [["cause", node.title, node.detail] for node in page.nodes]
    return rows


def _why_rows(asked: Asked) -> list[list[str]]:
    rows = [["why", asked.question, asked.text]]
    if asked.tag:
        rows.append(["why", "rule", asked.tag])
    if asked.source:
        rows.append(["why", "source", asked.source])
    rows += [["why", fact.name, fact.value] for fact in asked.facts]
    if asked.result is not None:
        rows.append(["why", asked.result.name, asked.result.value])
    return rows


def _row_texts(row: Row) -> tuple[str, str]:
    """Return a row's name and its value as text."""
    if isinstance(row, Pair):
        return row.name, row.value
    if isinstance(row, Twin):
        return row.name, " · ".join(row.values)
    return ("", " · ".join(row.names)) if isinstance(row, Caption) else (row.event, row.words)
