import re
from itertools import pairwise

from agent.briefing.profile import Profile, Tone
from agent.briefing.template import write_template
from agent.claims.claim import Claim, SectionKey
from tests.agent.briefing.write.ground import AS_OF, CLAIMS, ENTITIES, change_claim

MARKET = tuple(
    change_claim(f"c{number}", "asset:1", "1.5", SectionKey.MARKET, window=f"{number + 2}d", salience=number / 100)
    for number in range(20)
)


def texts(claims: tuple[Claim, ...], profile: Profile) -> list[str]:
    sections = write_template(claims, ENTITIES, AS_OF, {}, {}, profile)
    return [sentence.text for section in sections for sentence in section.sentences]


def test_a_section_keeps_its_most_salient_claims_in_their_given_order() -> None:
    written = texts(MARKET, Profile(length="short"))
    assert [re.findall(r"(\d+) days", text) for text in written] == [["20"], ["21"]]


def test_mandatory_claims_are_in_the_shortest_briefing_too() -> None:
    must = tuple(
        change_claim(f"m{number}", "asset:2", "-2.5", SectionKey.MARKET, window=f"{number + 2}d", mandatory=True)
        for number in range(5)
    )
    assert len(texts((*MARKET, *must), Profile(length="short"))) == 5


def test_neighbouring_sentences_begin_differently_where_there_are_other_wordings() -> None:
    written = texts(MARKET, Profile())
    assert all(first.split()[:2] != second.split()[:2] for first, second in pairwise(written))


def test_the_sections_of_a_researcher_come_in_another_order() -> None:
    written = texts(CLAIMS, Profile("researcher"))
    assert written[0].startswith("Solana")
    assert "52,310.22" in written[-1]


def test_the_same_claims_give_the_same_text_in_every_tone_and_a_brisk_one_is_shortest() -> None:
    lengths = {}
    tones: tuple[Tone, ...] = ("neutral", "brisk", "conversational")
    for tone in tones:
        first, again = (texts(CLAIMS, Profile(tone=tone)) for _ in range(2))
        assert first == again
        lengths[tone] = len(" ".join(first))
    assert lengths["brisk"] <= min(lengths.values())
