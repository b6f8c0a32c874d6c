"""Writes the reference pages of docs/ from the code they describe: events, errors, settings, metrics.

Usage: python scripts/reference.py     (a test compares the pages with what this would write)
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MESSAGES = (
    "common",
    "life",
    "customers",
    "history",
    "attention",
    "speech",
    "signals",
    "experiments",
    "selling",
    "pitch",
    "advice",
    "heard",
    "judged",
    "wrapup",
    "notifications",
    "remarks",
    "reviews",
)
"""Modules of assist/messages/, in the order of the page."""
PACKAGES = ("assist", "asr", "nlp", "models", "gateway", "bench")
FIELDS_BEGIN, FIELDS_END = "<!-- fields: written by `make reference` -->", "<!-- /fields -->"
GENERATED = "<!-- Written by `make reference`; edit the code instead. -->"


def main() -> None:
    """Bring every page up to date."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


def pages() -> dict[Path, str]:
    """Every reference page and what belongs in it."""
    docs = ROOT / "docs"
    return {
        docs / "events.md": events_page(),
        docs / "errors.md": errors_page(),
        docs / "settings.md": settings_page(),
        docs / "metrics.md": metrics_page(),
        docs / "reports.md": reports_page(docs / "reports.md"),
    }


# --- reports -------------------------------------------------------------------------------------------------------


def reports_page(path: Path) -> str:
    """The page as it is, with the dictionary of figures anew."""
    before, _, rest = path.read_text(encoding="utf-8").partition(FIELDS_BEGIN)
    _, _, after = rest.partition(FIELDS_END)
    return f"{before}{FIELDS_BEGIN}\n{''.join(fields_table())}{FIELDS_END}{after}"


def fields_table() -> Iterator[str]:
    """A row a figure, from assist/reports/fields.py."""
    sys.path.insert(0, str(ROOT))
    from assist.reports.fields import FIELDS

    yield "| figure | what it is | left out | from events |\n| --- | --- | --- | --- |\n"
    for one in FIELDS.values():
        events = ", ".join(f"`{source}`" for source in one.sources)
        name = f"{one.en.name} {one.zh.name}<br>`{one.field_id}`, {one.unit}"
        yield f"| {name} | {one.en.formula} | {one.en.left_out} | {events} |\n"


# --- events --------------------------------------------------------------------------------------------------------


def events_page() -> str:
    """Every event and its parts, from assist/messages/."""
    folder = ROOT / "assist" / "messages"
    module = ast.Module([node for name in MESSAGES for node in parsed(folder / f"{name}.py").body], type_ignores=[])
    classes = {node.name: node for node in module.body if isinstance(node, ast.ClassDef)}
    events = [node for node in classes.values() if event_type(node)]
    parts = [node for node in classes.values() if is_message(node, classes) and not event_type(node)]
    parts = [node for node in parts if node.name not in ("Message", "TextSignal", "Envelope")]
    lines = [
        "# Events",
        GENERATED,
        "What can be in an envelope's `event`, told apart by `type`. Positions (`…_ms`) are milliseconds on the call\n"
        "clock: audio received plus declared gaps.",
    ]
    for node in events:
        lines += [f"## `{event_type(node)}`", *explanation(node), field_table(node, classes)]
    lines.append("# Parts of events")
    for node in parts:
        lines += [f"## {node.name}", *explanation(node), field_table(node, classes)]
    lines += ["# Values", table(("name", "values"), value_rows(module))]
    return "\n\n".join(lines) + "\n"


def event_type(node: ast.ClassDef) -> str:
    """The value of ``type``, or nothing if the class is not an event."""
    for field in node.body:
        if isinstance(field, ast.AnnAssign) and ast.unparse(field.target) == "type":
            return str(ast.literal_eval(field.value)) if field.value else ""
    return ""


def is_message(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> bool:
    """Whether the class descends from ``Message``."""
    bases = [ast.unparse(base) for base in node.bases]
    return "Message" in bases or any(base in classes and is_message(classes[base], classes) for base in bases)


def field_table(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> str:
    """Fields with type, default and meaning, inherited ones first."""
    return table(("field", "type", "meaning"), list(field_rows(node, classes)))


def field_rows(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Iterator[tuple[str, str, str]]:
    for base in node.bases:
        name = ast.unparse(base)
        if name in classes:
            yield from field_rows(classes[name], classes)
    for name, annotation, default, meaning in fields(node):
        if name not in ("type", "model_config"):
            known = f"{annotation} = {default}" if default and "Field(" not in default else annotation
            yield f"`{name}`", f"`{known}`", meaning


def value_rows(module: ast.Module) -> list[tuple[str, str]]:
    """Names that stand for a choice of strings."""
    rows: list[tuple[str, str]] = []
    for node in module.body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Subscript(value=ast.Name(id="Literal"), slice=values)
            ):
                rows.append((name, ", ".join(f"`{value}`" for value in ast.literal_eval(values))))
            case _:
                pass
    return rows


# --- errors --------------------------------------------------------------------------------------------------------


def errors_page() -> str:
    """Every error code that is written in the code, with its kind and message."""
    tree = (ast.get_docstring(parsed(ROOT / "assist" / "errors.py")) or "").split("\n\n")[1]
    rows: dict[str, tuple[str, str]] = dict(default_codes())
    for path in sources():
        for call in ast.walk(parsed(path)):
            if isinstance(call, ast.Call) and (code := code_of(call)):
                known = rows.get(code)
                if known is None or not known[1]:
                    rows[code] = (ast.unparse(call.func), message_of(call))
    lines = [
        "# Errors",
        GENERATED,
        "Every error has a stable `code` for programs and a message for people. Which codes close which socket, and\n"
        "how, is in [protocol.md](protocol.md).",
        f"```text\n{tree}\n```",
        table(("code", "kind", "message"), [(f"`{code}`", *rows[code]) for code in sorted(rows)]),
    ]
    return "\n\n".join(lines) + "\n"


def default_codes() -> Iterator[tuple[str, tuple[str, str]]]:
    """The code each class of the tree has unless told otherwise."""
    for node in parsed(ROOT / "assist" / "errors.py").body:
        if isinstance(node, ast.ClassDef):
            for field in node.body:
                if isinstance(field, ast.Assign) and ast.unparse(field.targets[0]) == "default_code":
                    yield str(ast.literal_eval(field.value)), (node.name, "")


def code_of(call: ast.Call) -> str:
    """The literal ``code`` of an error being made."""
    kind = ast.unparse(call.func)
    if not kind.endswith("Error") or kind == "Error":  # the wire message of that name is no exception
        return ""
    for keyword in call.keywords:
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return ""


def message_of(call: ast.Call) -> str:
    """The message as written, with what is filled in as ``…``."""
    match call.args:
        case [ast.Constant(value=str(text)), *_]:
            return text
        case [ast.JoinedStr(values=values), *_]:
            return "".join(str(value.value) if isinstance(value, ast.Constant) else "…" for value in values)
        case _:
            return ""


# --- settings ------------------------------------------------------------------------------------------------------


def settings_page() -> str:
    """Every setting as an environment variable, from gateway/settings.py and the groups beside it."""
    modules = [
        parsed(ROOT / "gateway" / f"{name}.py")
        for name in ("source_settings", "push_settings", "model_settings", "settings")
    ]
    classes = {node.name: node for module in modules for node in module.body if isinstance(node, ast.ClassDef)}
    lines = [
        "# Settings",
        GENERATED,
        "Environment variables, or the same names in a `.env` file in the working directory. Lists are JSON. The data\n"
        "directory is `var` in a checkout (`SOURCE_ROOT`), else the user's own data directory.",
        table(("variable", "default", "meaning"), setting_rows(classes["Settings"], "LIVECUE_", classes)),
    ]
    return "\n\n".join(lines) + "\n"


def setting_rows(node: ast.ClassDef, prefix: str, classes: dict[str, ast.ClassDef]) -> list[tuple[str, str, str]]:
    rows: list[tuple[str, str, str]] = []
    for name, annotation, default, meaning in all_fields(node, classes):
        if name == "model_config":
            continue
        if annotation in classes:
            rows += setting_rows(classes[annotation], f"{prefix}{name.upper()}__", classes)
        elif (kept := annotation.removeprefix("dict[str, ").removesuffix("]")) in classes:
            rows += setting_rows(classes[kept], f"{prefix}{name.upper()}__NAME__", classes)
        else:
            known = plain_default(default)
            rows.append((f"`{prefix}{name.upper()}`", f"`{known}`" if known else "", meaning))
    return rows


def all_fields(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> list[tuple[str, str, str, str]]:
    """Own fields and those of base classes, these first; a field that is declared again is the later one."""
    found: dict[str, tuple[str, str, str, str]] = {}
    for base in node.bases:
        if (known := classes.get(ast.unparse(base))) is not None:
            found |= {field[0]: field for field in all_fields(known, classes)}
    return list((found | {field[0]: field for field in fields(node)}).values())


def plain_default(default: str) -> str:
    """The default as it would be written in the environment, or the expression that gives it."""
    call = ast.parse(default, mode="eval").body
    if isinstance(call, ast.Call) and ast.unparse(call.func) == "Field":
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        value = named.get("default") or named["default_factory"]
        return ast.unparse(value.body if isinstance(value, ast.Lambda) else value)
    match call:
        case ast.Constant(value=None):
            return ""
        case ast.Constant(value=bool(value)):
            return str(value).lower()
        case ast.Constant(value=value):
            return str(value)
        case _:
            return default


# --- metrics -------------------------------------------------------------------------------------------------------


def metrics_page() -> str:
    """Every instrument, from gateway/metrics.py, and every value read at scrape time, from wherever it is."""
    calls = [node for path in sources() for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)]
    rows = sorted(row for call in calls if (row := instrument_row(call)))
    lines = [
        "# Metrics",
        GENERATED,
        "Served at `/metrics` for Prometheus.",
        table(("name", "kind", "labels", "meaning"), rows),
    ]
    return "\n\n".join(lines) + "\n"


def instrument_row(call: ast.Call) -> tuple[str, str, str, str] | None:
    """Name, kind, labels and meaning, if the call makes an instrument."""
    labelled = [keyword.value for keyword in call.keywords if keyword.arg == "label"]
    constants = [argument.value for argument in (*call.args, *labelled) if isinstance(argument, ast.Constant)]
    match [ast.unparse(call.func), *constants]:
        case ["self._counter" | "self._gauge" | "self._histogram" as made, str(name), str(meaning), *labels]:
            kind = made.removeprefix("self._")
            ending = "_total" if kind == "counter" else ""
            return f"`livecue_{name}{ending}`", kind, ", ".join(f"`{label}`" for label in labels), meaning
        case ["Reading", str(name), str(meaning), *labels]:
            kind = "counter" if name.endswith("_total") else "gauge"
            return f"`livecue_{name}`", kind, ", ".join(f"`{label}`" for label in labels), meaning
        case _:
            return None


# --- reading code and writing tables -------------------------------------------------------------------------------


def sources() -> Iterator[Path]:
    """Every module of the five packages and of the benchmarks, in a stable order."""
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def fields(node: ast.ClassDef) -> Iterator[tuple[str, str, str, str]]:
    """Name, type, default and the line of documentation under each field of a class."""
    for index, field in enumerate(node.body):
        if isinstance(field, ast.AnnAssign):
            default = ast.unparse(field.value) if field.value else ""
            yield ast.unparse(field.target), ast.unparse(field.annotation), default, text_under(node.body, index)


def text_under(body: Sequence[ast.stmt], index: int) -> str:
    match body[index + 1 : index + 2]:
        case [ast.Expr(value=ast.Constant(value=str(text)))]:
            return " ".join(text.split())
        case _:
            return ""


def explanation(node: ast.ClassDef) -> list[str]:
    text = ast.get_docstring(node)
    return [text] if text else []


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    main()
