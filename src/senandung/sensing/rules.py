"""How negation, degree, marks, clauses, sarcasm and repetition change the words that were found.

The sizes of the changes are judgement, set on the project's own lines (tests/sensing/lines.tsv), not learned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from senandung.sensing import cues
from senandung.sensing.hits import Hit, Line, Marks

NEGATION_REACH = 3
"""Words of content between a negation and the word that it turns."""


def apply_rules(line: Line) -> list[Hit]:
    """The hits of a line as the words around them change them; those that no longer count are left out."""
    hits = [_marked(_graded(_negated(hit, line), line), line) for hit in line.hits]
    for rule in (_sarcastic, _weighed_by_clause, _joyful_tears, _laughed_away):
        hits = rule(hits, line)
    return [hit for hit in _once_each(hits) if hit.strength > 0]


def _negated(hit: Hit, line: Line) -> Hit:
    """The hit turned and damped if an odd number of negations reaches it.

    A negated feeling is weaker than its opposite: "not sad" is not glad, so .4 of the distance and half neutral.
    """
    if line.tokens[hit.start].kind != "word" or _turns_before(hit, line) % 2 == 0:
        return hit
    if hit.entry.valence > 0.15:
        glad = {"sedih": 0.6, "netral": 0.4}
        return hit.changed(
            "negated", valence=-0.5 * hit.valence, arousal=-0.2, shares=glad, strength=0.8 * hit.strength
        )
    if hit.entry.valence < -0.15:
        sad = {"senang": 0.5, "netral": 0.5}
        arousal = 0.3 * hit.arousal - 0.1
        return hit.changed(
            "negated", valence=-0.4 * hit.valence, arousal=arousal, shares=sad, strength=0.7 * hit.strength
        )
    none = {"netral": 1.0}
    return hit.changed("negated", valence=-0.3 * hit.valence, arousal=-0.1, shares=none, strength=0.7 * hit.strength)


def _turns_before(hit: Hit, line: Line) -> int:
    """How many negations and reversing verbs reach a hit from the left."""
    turns = content = 0
    for at in range(hit.start - 1, max(-1, hit.start - 9), -1):
        word = line.tokens[at].plain
        if line.tokens[at].kind == "mark" or word in cues.CONTRASTS or word in cues.CONCESSIONS:
            break
        other = line.taken.get(at)
        if other is not None:
            joined = any(line.tokens[between].plain in cues.JOINERS for between in range(at + 1, hit.start))
            if not joined and not other.entry.weak:
                break
        elif cues.negates(word) or word in cues.REVERSERS:
            turns += 1
            continue
        if word not in cues.FUNCTION_WORDS and word not in cues.JOINERS:
            content += 1
            if content > NEGATION_REACH:
                break
    return turns


def _graded(hit: Hit, line: Line) -> Hit:
    """The hit made stronger or weaker by words of degree beside it and by stretched letters."""
    if line.tokens[hit.start].kind == "emoji":
        repeats = line.tokens[hit.start].repeats
        if repeats > 1:
            return hit.changed(
                "emoji, repeated",
                valence=1.15 * hit.valence,
                arousal=hit.arousal + 0.1,
                strength=hit.strength * min(1.5, 1 + 0.15 * repeats),
            )
        return hit.changed("emoji")
    words = _degrees_around(hit, line)
    if any(word in cues.DIMINISHERS for word in words):
        return hit.changed(
            "diminished", valence=0.6 * hit.valence, arousal=0.8 * hit.arousal, strength=0.8 * hit.strength
        )
    stretched = any(token.stretched for token in line.tokens[hit.start : hit.end])
    if words or stretched:
        note = "laughter" if line.tokens[hit.start].kind == "laughter" else "intensified"
        return hit.changed(note, valence=1.25 * hit.valence, arousal=hit.arousal + 0.1, strength=1.3 * hit.strength)
    return hit.changed("laughter") if line.tokens[hit.start].kind == "laughter" else hit


def _degrees_around(hit: Hit, line: Line) -> list[str]:
    """The words of degree that belong to a hit: up to two words before it, up to three after it."""
    found: list[str] = []
    for at in range(hit.start - 1, max(-1, hit.start - 3), -1):
        token = line.tokens[at]
        if token.kind == "mark" or at in line.taken:
            break
        if token.plain in cues.INTENSIFIERS_BEFORE or token.plain in cues.DIMINISHERS:
            found.append(token.plain)
    for at in range(hit.end, min(len(line.tokens), hit.end + 4)):
        token = line.tokens[at]
        if token.kind == "mark" or at in line.taken or token.plain in cues.CONTRASTS:
            break
        after_english = token.plain in cues.INTENSIFIERS_AFTER_ENGLISH and hit.entry.language in ("en", "both")
        once_more = at + 1 < len(line.tokens) and line.tokens[at + 1].plain in ("lagi", "saja")
        after_any = token.plain in cues.INTENSIFIERS_AFTER and not once_more
        a_little = token.plain in ("sedikit", "dikit") and at == hit.end
        if after_english or after_any or a_little:
            found.append(token.plain)
    return found


def _marked(hit: Hit, line: Line) -> Hit:
    """The hit's arousal moved by capitals, "!!!" and "…"; a question weighs less."""
    marks = line.marks.get(line.sentence(hit), Marks())
    shouts = min(3, marks.shouts)
    if any(token.caps for token in line.tokens[hit.start : hit.end]):
        hit = hit.changed("capitals", arousal=hit.arousal + 0.2)
    if shouts:
        hit = hit.changed("!" * shouts, arousal=hit.arousal + 0.1 * shouts)
    if marks.trails_off:
        hit = hit.changed("…", arousal=hit.arousal - 0.1)
    if marks.asks and not shouts and line.tokens[hit.start].kind == "word":
        hit = hit.changed("question", strength=0.6 * hit.strength)
    return hit


def _sarcastic(hits: list[Hit], line: Line) -> list[Hit]:
    """Praise beside a nuisance, with a cue ("ya", "makasih", "pak"), is anger; so are thanks for a hurt."""
    by_sentence: dict[int, list[Hit]] = {}
    for hit in hits:
        by_sentence.setdefault(line.sentence(hit), []).append(hit)
    mocking = {sentence for sentence, beside in by_sentence.items() if _mocks(beside, line)}
    by_start = {hit.start: hit for hit in hits}
    turned: list[Hit] = []
    for hit in hits:
        praise = hit.entry.form in cues.PRAISE or hit.entry.form in cues.THANKS
        meant = line.sentence(hit) not in mocking and not _thanks_for_hurt(hit, by_start, line)
        if not praise or meant or "negated" in hit.notes:
            turned.append(hit)
        else:
            strength = 1.2 * hit.strength
            turned.append(hit.changed("sarcasm", valence=-0.6, arousal=0.45, shares={"marah": 1.0}, strength=strength))
    return turned


def _mocks(beside: Sequence[Hit], line: Line) -> bool:
    """Whether a sentence's hits hold praise and a nuisance, with a cue around them and no contrast."""
    around = [token.plain for token in line.tokens[max(0, beside[0].start - 3) : beside[-1].end + 4]]
    if any(word in cues.CONTRASTS or word in cues.CONCESSIONS or word in cues.WHEN for word in around):
        return False
    nuisance = any(_is_nuisance(other) and "negated" not in other.notes for other in beside)
    praise = any(other.entry.form in cues.PRAISE and "negated" not in other.notes for other in beside)
    return nuisance and praise and any(word in cues.SARCASM_CUES for word in around)


def _is_nuisance(hit: Hit) -> bool:
    return hit.entry.basic == "marah" and hit.entry.weight == cues.NUISANCE_WEIGHT


def _thanks_for_hurt(hit: Hit, by_start: Mapping[int, Hit], line: Line) -> bool:
    """Whether thanks are followed within five words of the same clause by a hurt that they are given for."""
    if hit.entry.form not in cues.THANKS:
        return False
    for at in range(hit.end, min(len(line.tokens), hit.end + 6)):
        token = line.tokens[at]
        if token.kind != "word" or token.plain in cues.WHEN or token.plain in cues.CONTRASTS:
            return False
        other = by_start.get(at)
        if other is not None and other.entry.valence < -0.35:
            return "negated" not in other.notes
    return False


def _weighed_by_clause(hits: list[Hit], line: Line) -> list[Hit]:
    """The clause after "tapi" outweighs the one before; the clause of "meski" is outweighed by the other."""
    contrast = max((at for at, token in enumerate(line.tokens) if token.plain in cues.CONTRASTS), default=None)
    if contrast is not None:
        lesser = {hit.start for hit in hits if hit.start < contrast}
        notes = ("before tapi", "after tapi")
    else:
        lesser = _conceded(line)
        notes = ("conceded", "main clause")
    inside = [hit.start in lesser for hit in hits]
    if all(inside) or not any(inside):
        return hits
    small, large = (2 * share for share in cues.CONTRAST_SHARES)
    return [
        hit.changed(notes[0], strength=small * hit.strength)
        if within
        else hit.changed(notes[1], strength=large * hit.strength)
        for hit, within in zip(hits, inside, strict=True)
    ]


def _conceded(line: Line) -> set[int]:
    """The tokens of clauses that "meski" opens, or "saat" after thanks, each up to the next mark."""
    within = thanked = False
    found: set[int] = set()
    for at, token in enumerate(line.tokens):
        thanked = thanked or (at in line.taken and line.taken[at].entry.form in cues.THANKS)
        opened = token.plain in cues.CONCESSIONS or (thanked and token.plain in cues.WHEN)
        within = (within and token.kind != "mark") or opened
        if within:
            found.add(at)
    return found


def _joyful_tears(hits: list[Hit], line: Line) -> list[Hit]:
    """Crying emoji beside glad words alone are tears of joy."""
    words = [hit for hit in hits if line.tokens[hit.start].kind == "word" and hit.strength > 0]
    if not words or any(hit.valence < 0.15 for hit in words) or not any(hit.valence > 0.3 for hit in words):
        return hits
    shares = {"senang": 0.5, "cinta": 0.5}
    return [
        hit.changed("tears of joy", valence=0.3, arousal=0.3, shares=shares, strength=0.3 * hit.strength)
        if hit.entry.form in cues.TEARS
        else hit
        for hit in hits
    ]


def _laughed_away(hits: list[Hit], line: Line) -> list[Hit]:
    """Laughter beside bad words masks them and says little itself."""
    if not any(hit.valence < -0.3 and line.tokens[hit.start].kind == "word" for hit in hits):
        return hits
    return [
        hit.changed("beside bad words", strength=0.4 * hit.strength)
        if line.tokens[hit.start].kind == "laughter"
        else hit
        for hit in hits
    ]


def _once_each(hits: list[Hit]) -> list[Hit]:
    """Each repetition of a form weighs half of the one before, so that a refrain does not drown the rest."""
    seen: Counter[str] = Counter()
    counted: list[Hit] = []
    for hit in hits:
        earlier = seen[hit.entry.form]
        seen[hit.entry.form] += 1
        counted.append(hit.changed("repeated", strength=hit.strength * 0.5 ** min(earlier, 60)) if earlier else hit)
    return counted
