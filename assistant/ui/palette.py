"""Okabe and Ito's colours, which people with every kind of colour vision tell apart, and which stand on light and dark."""

from __future__ import annotations

__all__ = ["AXIS", "BLUE", "GREEN", "GREY", "ORANGE", "SKY", "VERMILION"]

BLUE = "#0072B2"
SKY = "#56B4E9"
ORANGE = "#E69F00"
VERMILION = "#D55E00"
GREEN = "#009E73"
GREY = "#8c8c8c"
AXIS = "#7f7f7f"
