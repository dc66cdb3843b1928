"""The workbench: the one door between the faces and the house. It reads the settings and wires adapters and steps."""

from assistant.workbench.door import Demonstration, Workbench

__all__ = ["Demonstration", "Workbench"]
