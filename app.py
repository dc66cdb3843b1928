"""The web page: page set-up and navigation."""
