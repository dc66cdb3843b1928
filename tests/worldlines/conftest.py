"""A tiny scenario of another time: the landing of 1588."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.worldlines.loading import load_model
from assistant.worldlines.model import ScenarioModel
from assistant.worldlines.validation import reduced

FOLDER = Path(__file__).parent.parent / "data" / "scenarios" / "armada"


@pytest.fixture(scope="session")
def armada_folder() -> Path:
    return FOLDER


@pytest.fixture(scope="session")
def armada() -> ScenarioModel:
    return load_model(FOLDER)


@pytest.fixture(scope="session")
def certain_armada(armada: ScenarioModel) -> ScenarioModel:
    """The same with every weight certain, so that its worlds can be enumerated."""
    hinges = reduced(armada).hinges
    assert len(hinges) == len(armada.hinges)
    return ScenarioModel.model_validate_json(armada.model_copy(update={"hinges": hinges}).model_dump_json())
