"""Torgau: a writing assistant for alternate history."""
