"""Files of a pledge in languages whose letters come from fonts beside ours: other programs read
their words as they are written.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pledging.publishing import CAMPAIGN, NOW, publish, publishing

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]


@dataclass(frozen=True)
class Written:
    """What is published in a language, and what has its letters."""

    language: str
    fonts: Path
    package: str
    maker: str
    name: str


ARABIC = Written(
    "ar",
    Path("/usr/share/fonts/opentype/fonts-hosny-amiri"),
    "fonts-hosny-amiri",
    "جمعية الأطفال أولًا (لبنان)",
    "إعادة 120 طفلة وطفلًا إلى المدرسة بحلول 12 يونيو: لا عمل، بل تعليم #EndChildLabour2021",
)
CHINESE = Written(
    "zh",
    Path("/usr/share/fonts/opentype/noto"),
    "fonts-noto-cjk",
    "绿河乡村教师协会（云南）",
    "到6月12日让“失学”的120名儿童重返校园……只读书，不做工 #EndChildLabour2021",
)


@pytest.fixture(params=[ARABIC, CHINESE], ids=lambda written: written.language)
def written(request):
    if not request.param.fonts.is_dir():
        pytest.skip(
            f"no file in {request.param.language} was made: Debian has a font for it in the package"
            f" {request.param.package}"
        )
    if shutil.which("pdftotext") is None:
        pytest.skip("no file was read out: Debian has pdftotext in the package poppler-utils")
    return request.param


@pytest.fixture
def services(tmp_path, library, written):
    with publishing(tmp_path, library) as made:
        yield replace(made, settings=replace(made.settings, fonts=(written.fonts,)))


def letters(text):
    """Letters and digits in their order: pdftotext sets signs and vowel marks as it sees fit."""
    return "".join(re.findall(r"[^\W_]", text))


def read_out(content):
    """What a program that reads a PDF to people finds in it."""
    command = ["pdftotext", "-enc", "UTF-8", "-", "-"]
    said = subprocess.run(command, input=content, stdout=subprocess.PIPE, check=True, timeout=60)
    return said.stdout.decode()


@pytest.mark.parametrize("file", ["/certificate.pdf", ".pdf"])
async def test_a_file_is_read_out_as_it_is_written(services, asked, written, file):
    """Many an Arabic font has the letters of lam-alef swapped there, or others twice."""
    number = publish(services, written.maker, name=written.name)
    table = services.renderer.table("public", language=written.language, fallback="en")["pledges"]
    async with asked(services, NOW) as ask:
        answer = await ask(f"/{written.language}/{CAMPAIGN}/pledges/{number}{file}")
    said = read_out(answer.content)
    for words in (written.maker, written.name, table["verified"]["staff"]):
        assert letters(words) in letters(said)
    if written is CHINESE:  # no blanks beside figures and words in Latin letters
        assert written.name in said.replace("\n", "")
