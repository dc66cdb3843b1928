"""Reads a scenario folder into a `ScenarioModel` and checks that its parts fit together.

Every fault names the file and the entry it stands in. `problems_in` lists all of them, for a check of the corpus;
`load_model` raises on the first and says how many more there are.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import ValidationError

from assistant.errors import ScenarioError
from assistant.records import Record
from assistant.worldlines.crosscheck import problems
from assistant.worldlines.model import Driver, Hinge, Lever, Outcome, Premise, ScenarioModel, Thesis

__all__ = ["Problem", "load_model", "problems_in"]

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Problem(NamedTuple):
    """One fault: where it stands (file and entry) and what it is."""

    where: str
    what: str


# PyYAML's loaders are untyped to mypy.
class _Loader(_Base):  # type: ignore[misc]
    """YAML without its guesses about dates, and with a mapping's doubled key refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Build the mapping; raise where a key stands twice, for YAML would drop the first one silently."""
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice", node.start_mark)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


# 1945-05-11 stays the text that was written: partial dates are text, and YAML would make some of them dates.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}

Made = TypeVar("Made", bound=Record)


def load_model(folder: Path, *, paragraphs: Collection[str] | None = None) -> ScenarioModel:
    """Return the scenario in `folder`, checked.

    Args:
        folder: holds scenario.yaml, drivers, hinges, outcomes, and where there are any levers and theses.
        paragraphs: ids of all paragraphs of notes (`note-id#2`); where given, what sentences rest on must be among them.

    Raises:
        ScenarioError: a file is missing or unreadable, or entries break the format or do not fit together.
    """
    model, found = _read(folder, paragraphs)
    if found or model is None:
        first = found[0]
        more = f"; {len(found) - 1} more like it were found" if len(found) > 1 else ""
        raise ScenarioError(first.what, where=first.where, hint=f"Correct the entry and try again{more}")
    return model


def problems_in(folder: Path, *, paragraphs: Collection[str] | None = None) -> list[Problem]:
    """Return every fault of the scenario in `folder`; empty where it loads. Arguments as for `load_model`."""
    return _read(folder, paragraphs)[1]


def _read(folder: Path, paragraphs: Collection[str] | None) -> tuple[ScenarioModel | None, list[Problem]]:
    reader = _Reader(folder)
    premise = reader.premise()
    drivers = reader.entries(Driver, "drivers", needed=True)
    hinges = reader.entries(Hinge, "hinges", needed=True)
    levers = reader.entries(Lever, "levers")
    outcomes = reader.entries(Outcome, "outcomes", needed=True)
    theses = reader.entries(Thesis, "theses")
    if premise is None or reader.found:
        return None, reader.found
    model = ScenarioModel(
        scenario=premise, drivers=drivers, hinges=hinges, levers=levers, outcomes=outcomes, theses=theses
    )
    found = [Problem(reader.place(kind, name), what) for kind, name, what in problems(model, paragraphs)]
    return model, found


class _Reader:
    """Collects entries and faults while it goes through a scenario's files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.found: list[Problem] = []
        self.files: dict[tuple[str, str], str] = {}

    def place(self, kind: str, name: str) -> str:
        """Say where an entry stands: its file, then its id."""
        return f"{self.files.get((kind, name), self.folder.name)}: {name}"

    def premise(self) -> Premise | None:
        """Read scenario.yaml."""
        path = self.folder / "scenario.yaml"
        if not path.is_file():
            self.found.append(Problem(str(path), "The scenario has no such file"))
            return None
        data = self._yaml(path)
        made = self._made(Premise, data, path.name) if data is not None else None
        if made is not None:
            self.files["scenario", made.id] = path.name
        return made

    def entries(self, kind: type[Made], name: str, *, needed: bool = False) -> list[Made]:
        """Read `name`.yaml and `name`/*.yaml."""
        paths = [path for path in (self.folder / f"{name}.yaml",) if path.is_file()]
        paths += sorted((self.folder / name).glob("*.yaml"))
        if needed and not paths:
            self.found.append(Problem(str(self.folder / f"{name}.yaml"), f"The scenario has no {name}"))
        return [entry for path in paths for entry in self._entries_of(kind, name, path)]

    def _entries_of(self, kind: type[Made], name: str, path: Path) -> Iterator[Made]:
        file = path.relative_to(self.folder).as_posix()
        data = self._yaml(path)
        if data is None:
            return
        if not isinstance(data, list):
            self.found.append(Problem(file, f"The file must hold a list of {name}"))
            return
        for number, item in enumerate(data, start=1):
            label = item.get("id") if isinstance(item, dict) else None
            entry = self._made(kind, item, f"{file}: {label or f'entry {number}'}")
            if entry is None:
                continue
            known = self.files.setdefault((name, str(label)), file)
            self.files[name, str(label)] = file if known == file else f"{known} and {file}"
            yield entry

    def _made(self, kind: type[Made], data: object, where: str) -> Made | None:
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                field = ".".join(str(part) for part in fault["loc"])
                message = fault["msg"].removeprefix("Value error, ")
                self.found.append(Problem(f"{where}: {field}" if field else where, message))
            return None

    def _yaml(self, path: Path) -> object:
        try:
            return yaml.load(path.read_text("utf-8"), Loader=_Loader)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            self.found.append(Problem(str(path), f"The file cannot be read as YAML: {error}"))
            return None
