"""A built page asks for its words first, and keeps everything else."""

from pathlib import Path

from portal.web.first_paint import WordsFirst

HEAD = '<link as="style" href="/assets/a.css" rel="preload"/><title>Accueil</title>'
HINTS = '<link rel="modulepreload" href="/assets/a.js"/><link rel="modulepreload" href="/assets/b.js" crossorigin=""/>'
BODY = '<main>Trente jours</main><script type="module">import "/assets/a.js";</script>'


def test_scripts_are_not_fetched_before_the_page_asks_for_them(tmp_path: Path) -> None:
    (tmp_path / "cgv").mkdir()
    pages = [tmp_path / "index.html", tmp_path / "cgv" / "index.html"]
    for page in pages:
        page.write_text(HEAD + HINTS + BODY, encoding="utf-8")
    WordsFirst().post_build(static_dir=tmp_path)
    assert [page.read_text(encoding="utf-8") for page in pages] == [HEAD + BODY, HEAD + BODY]


def test_what_is_not_a_page_is_left_alone(tmp_path: Path) -> None:
    script = tmp_path / "a.js"
    script.write_text(HINTS, encoding="utf-8")
    WordsFirst().post_build(static_dir=tmp_path)
    assert script.read_text(encoding="utf-8") == HINTS
