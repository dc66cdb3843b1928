"""What all tests share. Test modules import helpers as `support.<module>`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

pytest_plugins = ["support.openai_server"]
