"""Files of a pledge in Arabic, with the font whose words other programs read as they are written."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from pledging.publishing import CAMPAIGN, NOW, publish, publishing

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]
AMIRI = Path("/usr/share/fonts/opentype/fonts-hosny-amiri")
MAKER = "جمعية الأطفال أولًا (لبنان)"
NAME = "إعادة 120 طفلة وطفلًا إلى المدرسة بحلول 12 يونيو: لا عمل، بل تعليم #EndChildLabour2021"


@pytest.fixture
def services(tmp_path, library):
    if not AMIRI.is_dir():
        pytest.skip("no Arabic file was made: Debian has its font in the package fonts-hosny-amiri")
    if shutil.which("pdftotext") is None:
        pytest.skip("no Arabic file was read: Debian has pdftotext in the package poppler-utils")
    with publishing(tmp_path, library) as made:
        yield replace(made, settings=replace(made.settings, fonts=(AMIRI,)))


def letters(text):
    """Letters and digits in their order: pdftotext sets signs and vowel marks as it sees fit."""
    return "".join(re.findall(r"[^\W_]", text))


def read_out(content):
    """What a program that reads a PDF to people finds in it."""
    command = ["pdftotext", "-enc", "UTF-8", "-", "-"]
    said = subprocess.run(command, input=content, stdout=subprocess.PIPE, check=True, timeout=60)
    return said.stdout.decode()


@pytest.mark.parametrize("file", ["/certificate.pdf", ".pdf"])
async def test_a_file_is_read_out_as_it_is_written(services, asked, file):
    """Many a font has the letters of lam-alef swapped there, or others twice."""
    number = publish(services, MAKER, name=NAME)
    table = services.renderer.table("public", language="ar", fallback="en")["pledges"]
    async with asked(services, NOW) as ask:
        answer = await ask(f"/ar/{CAMPAIGN}/pledges/{number}{file}")
    said = letters(read_out(answer.content))
    for words in (MAKER, NAME, table["verified"]["staff"]):
        assert letters(words) in said
