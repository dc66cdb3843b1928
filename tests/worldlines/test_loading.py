from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import ScenarioError
from assistant.worldlines.loading import load_model, problems_in
from assistant.worldlines.model import ScenarioModel


@pytest.fixture
def folder(armada_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(armada_folder, tmp_path / "armada"))


def change(path: Path, edit: Callable[[Any], None]) -> None:
    data = yaml.safe_load(path.read_text("utf-8"))
    edit(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")


def test_loads_in_date_order_with_our_timeline_first(armada: ScenarioModel) -> None:
    assert [hinge.id for hinge in armada.hinges] == [
        "storm-1588-06", "plymouth-1588-07", "calais-1588-08", "gravelines-1588-08", "crossing-1588-08", "peace-1589",
    ]  # fmt: skip
    assert all(hinge.outcomes[0].kind == "otl" for hinge in armada.hinges)
    assert armada.hinge("peace-1589").date == "1589"
    assert armada.scenario.end == "1590"
    assert armada.hinge("storm-1588-06").date == "1588-06-19"


def test_another_order_of_entries_is_the_same_model(armada: ScenarioModel) -> None:
    data = armada.model_dump(mode="json")

    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(st.integers(0, 2**32))
    def shuffled(seed: int) -> None:
        turned = _shuffled(data, random.Random(seed))
        assert ScenarioModel.model_validate_json(ScenarioModel.model_validate(turned).model_dump_json()) == armada
        assert ScenarioModel.model_validate(turned).model_hash == armada.model_hash

    shuffled()


def _shuffled(data: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    def mixed(items: list[Any]) -> list[Any]:
        return dice.sample(items, len(items))

    hinges = [
        {**hinge, "outcomes": mixed(hinge["outcomes"]), "weights": mixed(hinge["weights"])} for hinge in data["hinges"]
    ]
    lists = {name: mixed(data[name]) for name in ("drivers", "levers", "outcomes", "theses")}
    return {**data, **lists, "hinges": mixed(hinges)}


def test_the_hash_follows_every_number(armada: ScenarioModel) -> None:
    data = armada.model_dump(mode="json")
    data["hinges"][1]["weights"][0]["spread"] += 0.01
    assert ScenarioModel.model_validate(data).model_hash != armada.model_hash


CHANNEL, STRAITS = "hinges/channel.yaml", "hinges/straits.yaml"
FAULTS = [
    (CHANNEL, lambda h: h[0]["outcomes"][0].update(base=0.7), "storm-1588-06", "sum to 1.1"),
    (CHANNEL, lambda h: h[0]["outcomes"][1].update(kind="otl"), "storm-1588-06", "exactly one outcome"),
    (CHANNEL, lambda h: h[0]["outcomes"][0].update(kind="documented"), "storm-1588-06", "exactly one outcome"),
    (CHANNEL, lambda h: h[0]["outcomes"][0].update(base=0.0), "storm-1588-06", "greater than 0"),
    (
        CHANNEL,
        lambda h: h[0]["outcomes"][0].update(tellings=h[0]["outcomes"][0]["tellings"][:1]),
        "storm-1588-06",
        "at least 2",
    ),
    (CHANNEL, lambda h: h[0]["outcomes"][0]["effects"][0].update(driver="weather"), "storm-1588-06", "moves weather"),
    (
        CHANNEL,
        lambda h: h[0]["outcomes"][0]["effects"].append(h[0]["outcomes"][0]["effects"][0]),
        "storm-1588-06",
        "twice",
    ),
    (CHANNEL, lambda h: h[0].update(date="1587"), "storm-1588-06", "outside the scenario"),
    (CHANNEL, lambda h: h[0].update(date="1588-02-30"), "storm-1588-06", "not a possible date"),
    (CHANNEL, lambda h: h[0].update(mood="grim"), "storm-1588-06", "Extra inputs"),
    (CHANNEL, lambda h: h[0].update(arises={"peace-1589": ["war-goes-on"]}), "storm-1588-06", "not an earlier hinge"),
    (CHANNEL, lambda h: h[0].update(arises={"nowhere": ["x"]}), "storm-1588-06", "is no hinge"),
    (CHANNEL, lambda h: h[1]["weights"][0].update(driver="weather"), "plymouth-1588-07", "weather"),
    (CHANNEL, lambda h: h[1]["weights"][0].update(outcome="won"), "plymouth-1588-07", "no outcome of this hinge"),
    (CHANNEL, lambda h: h[1]["weights"][0].update(spread=-0.1), "plymouth-1588-07", "greater than or equal to 0"),
    (CHANNEL, lambda h: h.append(h[0]), "storm-1588-06", "ids are unique"),
    (
        STRAITS,
        lambda h: h[0].update(arises={"calais-1588-08": ["anchors-hold"]}),
        "gravelines-1588-08",
        "did not come up",
    ),
    (STRAITS, lambda h: h[0].update(arises={"calais-1588-08": ["sunk", "broken"]}), "gravelines-1588-08", "names sunk"),
    ("drivers.yaml", lambda d: d[0]["brief"]["for"][0].update(rests_on=["armada 2"]), "fleet-strength", "pattern"),
    ("drivers.yaml", lambda d: d[0]["brief"]["for"][0].update(rests_on=[]), "fleet-strength", "must rest on"),
    ("drivers.yaml", lambda d: d[0].update(start=1.5), "fleet-strength", "less than or equal to 1"),
    ("levers.yaml", lambda v: v[2]["sets"].update(hinges={"calais-1588-08": "sunk"}), "harbour-attack", "names sunk"),
    (
        "levers.yaml",
        lambda v: v[2]["sets"].update(hinges={"storm-1588-06": "holds-course"}),
        "harbour-attack",
        "cause after",
    ),
    ("levers.yaml", lambda v: v[1]["sets"]["drivers"][0].update(driver="x"), "deep-port", "x, which is no driver"),
    ("levers.yaml", lambda v: v[2].update(sets={}), "harbour-attack", "sets nothing"),
    ("levers.yaml", lambda v: v[0]["plausibility"].update(low=0.9), "santa-cruz-lives", "above the high end"),
    ("outcomes.yaml", lambda o: o[0]["test"].update(hinge="x"), "landing", "x, which is no hinge"),
    ("outcomes.yaml", lambda o: o[0].update(test={"driver": "x", "at": 1588, "at_least": 0}), "landing", "no driver"),
    ("outcomes.yaml", lambda o: o[0].update(test={"driver": "x", "at": 1588}), "landing", "needs at_least"),
    ("outcomes.yaml", lambda o: o[0].update(test={"sometimes": []}), "landing", "tag"),
    ("outcomes.yaml", lambda o: o[0]["test"].update(unless=["stays-in-flanders"]), "landing", "exactly one of"),
    ("theses.yaml", lambda t: t[0].update(driver="weather"), "weather-won", "weather, which is no driver"),
]


@pytest.mark.parametrize(("file", "edit", "entry", "said"), FAULTS)
def test_each_fault_is_named_with_its_file_and_entry(
    folder: Path, file: str, edit: Callable[[Any], None], entry: str, said: str
) -> None:
    change(folder / file, edit)
    with pytest.raises(ScenarioError) as caught:
        load_model(folder)
    assert file in str(caught.value.where)
    assert entry in str(caught.value.where)
    assert said in str(caught.value)


def test_all_faults_are_listed(folder: Path) -> None:
    change(folder / CHANNEL, lambda h: h[0]["outcomes"][0]["effects"][0].update(driver="weather"))
    change(folder / "theses.yaml", lambda t: t[0].update(driver="weather"))
    assert [problem.where for problem in problems_in(folder)] == [
        f"{CHANNEL}: storm-1588-06",
        "theses.yaml: weather-won",
    ]
    with pytest.raises(ScenarioError, match="1 more"):
        load_model(folder)


def test_a_doubled_key_is_refused(folder: Path) -> None:
    path = folder / "scenario.yaml"
    path.write_text(path.read_text("utf-8") + "title: Again\n", "utf-8")
    with pytest.raises(ScenarioError, match="'title' stands twice"):
        load_model(folder)


@pytest.mark.parametrize("name", ["scenario.yaml", "drivers.yaml", "outcomes.yaml"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ScenarioError, match=name):
        load_model(folder)


def test_levers_and_theses_may_be_missing(folder: Path) -> None:
    (folder / "levers.yaml").unlink()
    (folder / "theses.yaml").unlink()
    assert load_model(folder).levers == []


def test_a_file_that_is_no_list_is_named(folder: Path) -> None:
    (folder / "drivers.yaml").write_text("a: b\n", "utf-8")
    with pytest.raises(ScenarioError, match="must hold a list of drivers"):
        load_model(folder)


def test_broken_yaml_is_named(folder: Path) -> None:
    (folder / "drivers.yaml").write_text("- id: [", "utf-8")
    with pytest.raises(ScenarioError, match="cannot be read as YAML"):
        load_model(folder)


def test_paragraphs_rested_on_must_exist(armada_folder: Path) -> None:
    known = {"armada#1", "armada#2", "armada#3"}
    assert problems_in(armada_folder, paragraphs=known) == []
    found = problems_in(armada_folder, paragraphs=known - {"armada#3"})
    assert found
    assert all("armada#3" in problem.what for problem in found)
