"""The web pages: Streamlit over the workbench. `state` alone owns what a browser session remembers."""
