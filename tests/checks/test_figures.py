import pytest

from assistant.checks.figures import names_in, numbers_in, unsupported

CITED = [
    "On 3 January 1945 Vyacheslav Molotov asked Averell Harriman for a credit of 6 billion dollars at 2¼ per cent, over thirty years."
]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("six billion dollars", [6e9]),
        ("2.3 million tons in 277,000 flights", [2.3e6, 277_000]),
        ("twenty-five men", [25]),
        ("a fifty-year treaty", [50]),
        ("nine votes on 4 April 1946", [9, 4, 1946]),
        ("1945 six billion", [1945, 6e9]),
        ("three hundred thousand", [300_000]),
        ("one of the two powers", []),
    ],
)
def test_numbers_are_read_by_value(text: str, values: list[float]) -> None:
    assert [value for value, _ in numbers_in(text)] == values


@pytest.mark.parametrize(
    "sentence",
    [
        "In January 1945 Molotov asked for six billion dollars.",
        "Harriman was asked by Molotov for 6,000,000,000 dollars over 30 years.",
        "The request to Harriman’s embassy came on 3 January.",
    ],
)
def test_what_the_cited_words_hold_passes(sentence: str) -> None:
    assert unsupported(sentence, CITED) == []


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("In January 1946 Molotov asked for six billion dollars.", ["1946"]),
        ("In 1945 Molotov asked for ten billion dollars.", ["ten billion"]),
        ("In 1945 Molotov asked Morgenthau for six billion dollars.", ["Morgenthau"]),
        ("On 30 January 1945 the request came.", []),  # thirty stands in the cited words, as years of the loan
        ("The credit of 1945 was for Poland.", ["Poland"]),
    ],
)
def test_another_year_sum_or_name_is_caught(sentence: str, missing: list[str]) -> None:
    assert unsupported(sentence, CITED) == missing


def test_names_by_other_spellings_and_powers() -> None:
    assert (
        unsupported(
            "Mikolajczyk spoke to the Russians of Poles in Britain.",
            ["Mikołajczyk told Moscow of Poland and the British"],
        )
        == []
    )
    assert names_in("The Poles met Winston Churchill at Potsdam. Moscow said no.") == [
        "Poles",
        "Winston",
        "Churchill",
        "Potsdam",
    ]
