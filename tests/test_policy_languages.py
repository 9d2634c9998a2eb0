"""Published texts in other languages: sentences and quotes hold as in English, and no English word list is held
against them."""

from __future__ import annotations

from pathlib import Path

import pytest

from privlint.cli import run
from privlint.diagnostics import Diagnostic
from privlint.knowledge.load import load_review
from privlint.policy.language import ENGLISH, language_of
from privlint.policy.prose import normalise
from privlint.policy.sentences import cut_sentences, sentences
from tests.analysed import judge_text
from tests.projects import write_files

GERMAN = """\
# Datenschutzerklärung

## Wofür wir Ihre Daten verwenden

Wir verwenden Ihren Namen bzw. Ihre Anschrift, um Bestellungen zu liefern. Die Lieferung übernimmt z. B. Die Post.
Vor Vollendung des 16. Lebensjahres fragen wir die Eltern. Das gilt ab dem 3. Mai 2026 für alle Bestellungen.

## Weitergabe

Wir geben Daten an einen Anbieter in den Vereinigten Staaten weiter, sog. „Auftragsverarbeiter“. Sie dürfen der
Werbung nicht nur aus wichtigem Grund widersprechen.

## Ihre Rechte

Sie können von uns Auskunft verlangen und der Verarbeitung widersprechen. Ihr Konto hat dafür einen Link.
"""
FRENCH = """\
# Politique de confidentialité

## Pourquoi nous utilisons vos données

Nous utilisons votre nom et votre adresse pour livrer vos commandes. La livraison est faite par « la poste », p. ex.
Dans ce cas nous lui donnons l'adresse. Vos données sont gardées sept ans et sont ensuite effacées, sauf si une loi
nous oblige à les garder plus longtemps.

## Vos droits

Vous pouvez demander de voir vos données ou de les corriger. C'est gratuit !
"""
POLICY = """\
[policy]
prose = "PRIVACY.md"
[controller]
name = "Acme GmbH"
country = "DE"
contact = "x"
[groups.kunden]
label = "Kundendaten"
contains = ["identity.name"]
[purposes.lieferung]
label = "Lieferung"
categories = ["kunden"]
direct_marketing = true
[[purposes.lieferung.basis]]
kind = "legitimate_interest"
interest = "Werbung"
[rights.portability]
[rights.objection]
clause = "Ihre Rechte"
[rights.marketing_opt_out]
clause = "Weitergabe"
channels = ["Konto"]
[recipient_classes.post]
label = "Anbieter"
role = "processor"
clause = "Weitergabe"
[recipients.anbieter]
class = "post"
country = "US"
safeguard = "scc"
assessment = "x"
agreement = "x"
"""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (GERMAN, "German"),
        (FRENCH, "French"),
        ("Wij verwerken uw gegevens en die van anderen voor het leveren van een dienst.", "Dutch"),
        ("We keep what you give us, and we delete it when you ask.", ENGLISH),
        ("Prices", ENGLISH),
        ("", ENGLISH),
        ("\u6211\u4eec\u6536\u96c6\u60a8\u7684\u6570\u636e\u3002", ""),
        (
            "\u041c\u044b \u0441\u043e\u0431\u0438\u0440\u0430\u0435\u043c \u0434\u0430\u043d\u043d\u044b\u0435. " * 30,
            "",
        ),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert language_of(normalise(text), load_review().common_words) == language


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Namen bzw. Anschriften. Danach l\u00f6schen wir sie.", 2),
        ("Die Post, z. B. Die deutsche, d. h. Die DHL.", 1),
        ("Ab dem 3. Mai gilt das. Vor Vollendung des 16. Lebensjahres nicht.", 2),
        ("Sie sagt \u201eJa.\u201c Dann geht sie.", 2),
        ("\u00bbNein\u00ab, sagt er. \u00bbDoch.\u00ab Und so fort.", 3),
        ("Il dit \u00ab oui. \u00bb Puis il part.", 2),
        ("Vos donn\u00e9es, p. ex. Votre nom, etc. \u00e9galement. \u00c0 bient\u00f4t.", 2),
        ("Uw naam, o.a. Uw voornaam, bijv. Jan. Daarna niet.", 2),
        ("\u00bfQu\u00e9 datos? Su nombre. \u00a1Gracias! Adi\u00f3s.", 4),
        ("I dati, ad es. Il nome, ecc. Non altri.", 1),
        ("\u6211\u4eec\u6536\u96c6\u6570\u636e\u3002\u6211\u4eec\u5220\u9664\u5b83\u3002", 2),
        ("\u041c\u044b \u0445\u0440\u0430\u043d\u0438\u043c. \u0418 \u0443\u0434\u0430\u043b\u044f\u0435\u043c.", 2),
        ("We ask those under 16. We ask nobody else.", 2),
        ('He says "yes." Then he leaves (at once). And so on.', 3),
    ],
)
def test_where_sentences_end(text: str, number: int) -> None:
    found = cut_sentences(normalise(text))
    assert len(found) == number, found
    assert " ".join(found).replace(" ", "") == normalise(text).replace(" ", "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u00ab oui \u00bb", '"oui"'),
        ("(\u00ab\u00a0a b\u00a0\u00bb)", "(\u201ea b\u201c)"),
        ("sagt \u00bbJa\u00ab und geht", 'sagt "Ja" und geht'),
        ("das \u00abHaus\u00bb ist", 'das "Haus" ist'),
        ("l\u2019adresse", "l'adresse"),
        ("\u2039a\u203a", "'a'"),
    ],
)
def test_quotation_marks_are_all_alike(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


def test_quotes_and_drift_hold_in_german(tmp_path: Path) -> None:
    quote = "Die Lieferung \u00fcbernimmt z. B. Die Post."
    policy = f'{POLICY}[sharing]\nclause = "Wof\u00fcr wir Ihre Daten verwenden"\nquote = "{quote}"\n'
    write_files(tmp_path, {"privlint.toml": policy, "PRIVACY.md": GERMAN})
    assert run(["policy", "accept", str(tmp_path), "-q"]) == 0
    assert [each.message for each in drift(policy, GERMAN, tmp_path)] == []
    silent = GERMAN.replace("\u201eAuftragsverarbeiter\u201c", "\u00bbAuftragsverarbeiter\u00ab")
    assert [each.message for each in drift(policy, silent, tmp_path)] == []
    (found,) = drift(policy, GERMAN.replace("z. B. Die Post", "z. B. Die Bahn"), tmp_path)
    assert "Bahn" in found.message


def drift(policy: str, text: str, folder: Path) -> list[Diagnostic]:
    lock = (folder / "privlint.lock").read_text("utf-8")
    found = judge_text({"privlint.toml": policy, "PRIVACY.md": text, "privlint.lock": lock})
    return [each for each in found if each.code in ("PRV003", "PRV004")]


@pytest.mark.parametrize("text", [GERMAN, FRENCH])
def test_no_english_words_are_held_against_it(text: str) -> None:
    found = judge_text({"privlint.toml": POLICY, "PRIVACY.md": text})
    (note,) = [each for each in found if each.expression == "language"]
    assert note.severity.value == "info"
    assert note.message.startswith("as far as its common words tell, the text is in ")
    words = ("unknown-words", "two-words", "names-vary", "examples", "opt-out-apart", "narrow-objection")
    assert not [each for each in found if each.expression.startswith((*words, "one-channel", "unlimited", "question "))]
    assert not [each.message for each in found if "does not name the third countries" in each.message]


def test_the_same_in_english_is_searched() -> None:
    text = "# Policy\n\n" + "We keep the data of you and of your company for as long as you are with us. " * 5
    found = judge_text({"privlint.toml": POLICY, "PRIVACY.md": text})
    assert not [each for each in found if each.expression == "language"]
    assert [each for each in found if "does not name the third countries" in each.message]


def test_a_first_policy_from_a_german_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(tmp_path, {"PRIVACY.md": GERMAN})
    assert run(["policy", "init", str(tmp_path), "--from", str(tmp_path / "PRIVACY.md")]) == 0
    assert "privlint knows headings in English only" in capsys.readouterr().err
    policy = (tmp_path / "privlint.toml").read_text("utf-8")
    found = judge_text({"privlint.toml": policy, "PRIVACY.md": GERMAN})
    assert not [each.message for each in found if each.code in ("PRV001", "PRV003", "PRV004")]
    assert sum(policy.count(each.text.replace('"', '\\"')) for each in sentences(GERMAN)) == len(sentences(GERMAN))
