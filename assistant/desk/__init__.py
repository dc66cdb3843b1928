"""The desk: projects, drafts with every revision, the canon of a timeline with undo, and work in progress (SQLite)."""
