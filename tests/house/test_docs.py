"""What the repository says of itself is true: generated pages are fresh, the README's commands and links exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.cli import mailtrend

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_generated_pages_are_up_to_date():
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"], capture_output=True, encoding="utf-8", check=False
    )
    assert done.stdout.strip() == "docs are up to date"


def test_the_two_set_up_commands_stand_first():
    blocks = re.findall(r"```\w*\n(.*?)```", README, re.DOTALL)
    assert blocks[0].strip() == "pip install uv && uv run mailtrend run sample_logs --report report.html"
    assert blocks[1].strip() == "pip install uv && uv run pytest"


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/settings.md"])
def test_links_into_the_repository_lead_somewhere(name):
    page = ROOT / name
    links = [link for link in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^mailtrend (\w+)", README, re.MULTILINE))))
def test_every_command_of_the_readme_exists(command):
    assert mailtrend(command, "--help").code == 0
