"""Checks: what a drafted sentence may say. Pure functions: no model, no store, no network."""
