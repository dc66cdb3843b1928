"""Exports: a draft as Markdown, BBCode, HTML or JSON, each carrying its evidence, and `verify`, which checks them again."""
