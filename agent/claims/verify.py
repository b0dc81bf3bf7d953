"""The last reader: a text is published only if every word of it can be read and is backed by a cited fact.

Pure: text, claims, names and a day in, violations out. The same check serves the template, the model and stored text.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from agent.claims.backing import backings, faults, holdings
from agent.claims.citations import mislabelled_figures, unknown_citations, unstated_claims
from agent.claims.claim import Claim, Sentence
from agent.claims.consistency import contradictions, one_sided
from agent.claims.evidence import Difference, figure_of, written
from agent.claims.extract import Reading, extract
from agent.claims.fact import Entity, Fact, Metric, State, Unit
from agent.claims.grammar.assertions import Style
from agent.claims.violation import Violation

__all__ = ["VERSION", "Violation", "verify_document", "verify_figure", "verify_sentence", "verify_text"]

VERSION = "3"


def verify_text(
    text: str,
    facts: Sequence[Fact],
    entities: Mapping[str, Entity],
    as_of: date,
    *,
    safe: frozenset[str] = frozenset(),
    held: frozenset[str] = frozenset(),
) -> tuple[Violation, ...]:
    """Why a text of one or more sentences may not be published; empty if all it says is backed by these facts.

    `safe` are the sentences of `SAFE_SENTENCES` that hold now; `held` are subjects known to be holdings beside those
    that a weight, a contribution or a rank among holdings in `facts` shows to be.
    """
    reading = extract(text, entities)
    known = holdings(facts) | held
    found = (*_unread(reading, safe), *faults(backings(reading, facts, as_of), facts, entities, known))
    return _violations(found, text)


def verify_sentence(
    sentence: Sentence,
    claims: Mapping[str, Claim],
    entities: Mapping[str, Entity],
    as_of: date,
    *,
    safe: frozenset[str] = frozenset(),
    held: frozenset[str] = frozenset(),
) -> tuple[Violation, ...]:
    """Why a sentence may not be published; empty if it states its cited claims, all of them, and nothing else."""
    cited = [claims[claim_id] for claim_id in dict.fromkeys(sentence.claim_ids) if claim_id in claims]
    facts = list({fact.fact_id: fact for claim in cited for fact in claim.facts}.values())
    every_fact = [fact for claim in claims.values() for fact in claim.facts]
    reading = extract(sentence.text, entities)
    backed = backings(reading, facts, as_of, every_fact)
    found = [*unknown_citations(sentence, claims), *_unread(reading, safe)]
    found += faults(backed, every_fact, entities, holdings(every_fact) | held)
    if not reading.problems:
        found += [*_one_sentence(reading), *unstated_claims(cited, backed)]
        found += mislabelled_figures(sentence, facts, backed)
    return _violations(found, sentence.text)


def verify_document(
    sentences: Sequence[Sentence],
    claims: Mapping[str, Claim],
    entities: Mapping[str, Entity],
    as_of: date,
    *,
    safe: frozenset[str] = frozenset(),
    held: frozenset[str] = frozenset(),
    headline: Sentence | None = None,
) -> tuple[Violation, ...]:
    """Why a briefing's sentences may not be published together.

    Each has to pass `verify_sentence`, no claim and no text may come twice, no two may contradict each other, every
    mandatory claim has to be stated by a sentence that passes, and the largest loss has to be told where the largest
    gain is. A headline may repeat a sentence; it has to be true by itself and must not contradict one.
    """
    found = [verify_sentence(sentence, claims, entities, as_of, safe=safe, held=held) for sentence in sentences]
    heading = [] if headline is None else [headline]
    headed = [
        fault for head in heading for fault in verify_sentence(head, claims, entities, as_of, safe=safe, held=held)
    ]
    passed = {
        claim_id
        for sentence, faults in zip(sentences, found, strict=True)
        if not faults
        for claim_id in sentence.claim_ids
    }
    return (
        *headed,
        *(fault for faults in found for fault in faults),
        *_repeated(sentences),
        *contradictions((*heading, *sentences), claims),
        *_incomplete(claims, passed),
        *one_sided(claims, passed),
    )


def verify_figure(text: str, fact: Fact) -> bool:
    """Whether a table cell shows exactly this fact; signs may be shown, a missing value never is one."""
    if fact.unit is Unit.TEXT:
        label = fact.label or ""
        return label != "" and text in (label, label[:1].upper() + label[1:])
    if fact.unit is Unit.DATE:
        return fact.label is not None and text in (fact.label, written(date.fromisoformat(fact.label)))
    if fact.value is None or fact.state is State.MISSING:
        return False
    styles = [Style.PLAIN, Style.SIGNED]
    if fact.metric is Metric.MAX_DRAWDOWN:
        styles.append(Style.MAGNITUDE)
    shown = {figure_of(fact, style) for style in styles}
    return text in shown or (fact.metric is Metric.FEAR_GREED and text == f"{figure_of(fact)} ({fact.label})")


def _violations(found: Iterable[Difference], text: str) -> tuple[Violation, ...]:
    return tuple(Violation(difference.code, difference.detail, text) for difference in found)


def _unread(reading: Reading, safe: frozenset[str]) -> Iterator[Difference]:
    for problem in reading.problems:
        yield Difference(problem.code, problem.detail)
    for sentence in reading.safe:
        if sentence not in safe:
            yield Difference("safe", f"{sentence!r} was not named as holding for this document")


def _one_sentence(reading: Reading) -> Iterator[Difference]:
    sentences = len(reading.sentences) + len(reading.safe)
    if sentences != 1:
        yield Difference("unread", f"is {sentences} sentences, not one")


def _repeated(sentences: Sequence[Sentence]) -> Iterator[Violation]:
    claim_ids = Counter(claim_id for sentence in sentences for claim_id in set(sentence.claim_ids))
    for sentence in sentences:
        for claim_id in dict.fromkeys(sentence.claim_ids):
            if claim_ids[claim_id] > 1:
                yield Violation(
                    "duplicate", f"claim {claim_id!r} is stated by {claim_ids[claim_id]} sentences", sentence.text
                )
    texts = Counter(sentence.text for sentence in sentences)
    for text, times in texts.items():
        if times > 1:
            yield Violation("duplicate", f"the sentence comes {times} times", text)


def _incomplete(claims: Mapping[str, Claim], passed: set[str]) -> Iterator[Violation]:
    for claim in claims.values():
        if claim.mandatory and claim.claim_id not in passed:
            yield Violation("incomplete", f"no true sentence states the mandatory claim {claim.claim_id!r}", "")
