"""Which part of which sound of a bank is heard when: the pieces of a phrase, laid over each other where they meet.

A syllable is one sound with its vowel (`ka`, or `a ka` after a vowel), the vowel then goes on as long as the note does,
and what follows it is a sound of vowel and consonant (`a n`). Where a bank has no such sound, a consonant is taken from
the beginning of another syllable. A vowel begins at its time exactly: the preutterance of oto.ini is laid there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from senandung.domain.errors import FileError
from senandung.domain.phonemes import PHONEMES
from senandung.domain.singing import FRAME, Curve, SungPhoneme
from senandung.domain.time import Second
from senandung.singing.banks.aliases import ALLOPHONES, SUBSTITUTES, VOWELS, spellings, variants, written, written_after
from senandung.singing.banks.bank import Bank, Sound

GAP: Second = 0.05
"""A rest longer than this parts two phrases."""

HEAD: Second = 0.08
"""What is left of a vowel's beginning as it is, at most."""

SHORTEST_FADE, LONGEST_FADE = 0.012, 0.06
"""Seconds over which a sound takes over from the one before."""

VOWEL_FADE: Second = 0.06
"""The same from vowel to vowel."""

BURST: Second = 0.045
"""The end of a consonant, which is not stretched."""

STRETCHED = 2.0
"""A consonant is made at most so many times as long."""

CLOSED: Second = 0.035
"""How much of another stop's closure is heard for a glottal stop."""

RELEASE: Second = 0.04
"""How long a phrase's last sound goes on, dying away."""


@dataclass(frozen=True)
class Piece:
    """A part of a sound in a phrase.

    Parameters
    ----------
    sound : what is heard.
    at, source : moments in the song and in the recording that belong together, in seconds; between them it is straight.
    rises : from when to when it takes over from the piece before.
    steady : moments in the song between which its vowel is held.
    """

    sound: Sound
    at: tuple[Second, ...]
    source: tuple[Second, ...]
    rises: tuple[Second, Second]
    steady: tuple[Second, Second] = (0.0, 0.0)


@dataclass(frozen=True)
class PhrasePieces:
    """A phrase: its pieces in order, each fading into the next; when it begins and ends."""

    pieces: tuple[Piece, ...]
    start: Second
    end: Second


@dataclass
class Gaps:
    """What a bank lacks, gathered while a part is planned."""

    replaced: dict[tuple[str, str], int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)

    def sentence(self, name: str) -> str:
        """One sentence for the person, or "" where nothing is missing.

        >>> Gaps({("ə", "e"): 3}, {"x": 1}).sentence("sari")
        'the voice sari has no sound for ə (sung as e, 3 times), x (left out, once)'
        """
        parts = [f"{one} (sung as {two}, {_times(n)})" for (one, two), n in self.replaced.items()]
        parts += [f"{one} (left out, {_times(n)})" for one, n in self.left_out.items()]
        return f"the voice {name} has no sound for {', '.join(parts)}" if parts else ""


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


@dataclass(frozen=True)
class _Syllable:
    head: tuple[SungPhoneme, ...]
    vowel: SungPhoneme
    tail: tuple[SungPhoneme, ...]


def plan_pieces(bank: Bank, phonemes: Sequence[SungPhoneme], pitch: Curve) -> tuple[list[PhrasePieces], Gaps]:
    """The pieces of every phrase, and what the bank lacks.

    Raises `FileError` where it has no sound at all for a vowel that is sung.

    Parameters
    ----------
    phonemes : of a singing.
    pitch : its curve of MIDI numbers, a value every `FRAME` seconds.
    """
    gaps = Gaps()
    phrases = []
    for phrase in _phrases(phonemes):
        planner = _Planner(bank, pitch, gaps)
        for syllable in _syllables(phrase):
            planner.add(syllable)
        phrases.append(PhrasePieces(tuple(planner.pieces), phrase[0].start - 0.03, phrase[-1].end + RELEASE))
    return phrases, gaps


def _phrases(phonemes: Sequence[SungPhoneme]) -> Iterator[list[SungPhoneme]]:
    current: list[SungPhoneme] = []
    for each in phonemes:
        if current and each.start - current[-1].end > GAP:
            yield current
            current = []
        current.append(each)
    if current:
        yield current


def _syllables(phrase: Sequence[SungPhoneme]) -> Iterator[_Syllable]:
    """The phonemes gathered around their vowels; consonants belong to the vowel of their own syllable."""
    vowels = [index for index, each in enumerate(phrase) if PHONEMES[each.symbol].vowel]
    if not vowels:
        return
    ends = []
    for one, two in pairwise(vowels):
        own = [at for at in range(one + 1, two) if phrase[at].syllable == phrase[one].syllable]
        ends.append(own[-1] + 1 if own and phrase[one].syllable != phrase[two].syllable else one + 1)
    for vowel, first, end in zip(vowels, [0, *ends], [*ends, len(phrase)], strict=True):
        yield _Syllable(tuple(phrase[first:vowel]), phrase[vowel], tuple(phrase[vowel + 1 : end]))


@dataclass
class _Planner:
    bank: Bank
    pitch: Curve
    gaps: Gaps
    pieces: list[Piece] = field(default_factory=list)
    before: str = ""
    """The vowel that sounds until here, "" at a phrase's beginning and after a consonant."""
    free: Second = -1.0
    """Until when the last piece is needed whole."""

    def add(self, syllable: _Syllable) -> None:
        """Lay a syllable's pieces."""
        vowel = syllable.vowel
        tone = self._tone(vowel)
        head = [each for each in syllable.head if self._heard(each)]
        sound, joined, sung = self._beginning(head, vowel, tone)
        for each in head[: len(head) - len(sung)]:
            self._consonant(each, vowel.symbol, tone)
        first = head[len(head) - len(sung)].start if sung else vowel.start
        connected = self.before and not joined and len(sung) == 1
        link = self._after(self.before, head[-1].symbol, tone) if connected else None
        if link is not None:
            self._link(link, first, vowel.start)
        self._open(sound, first, vowel, joined=joined)
        self.before = vowel.symbol
        for number, each in enumerate(syllable.tail):
            following = syllable.tail[number + 1].start if number + 1 < len(syllable.tail) else None
            self._follow(each, vowel.symbol if number == 0 else "", tone, last=following is None)

    def _tone(self, vowel: SungPhoneme) -> float:
        low = round(vowel.start / FRAME)
        part = self.pitch[low : max(round(vowel.end / FRAME), low + 1)]
        return float(np.median(part)) if len(part) else 60.0

    def _heard(self, each: SungPhoneme) -> bool:
        """Whether a consonant is a sound of its own: a glottal stop before a vowel is the vowel's hard onset."""
        return each.symbol != "ʔ"

    def _beginning(
        self, head: Sequence[SungPhoneme], vowel: SungPhoneme, tone: float
    ) -> tuple[Sound, bool, tuple[str, ...]]:
        """The sound of a vowel with what goes before it, whether it has the vowel before in it, its consonants."""
        symbols = tuple(each.symbol for each in head)
        for count in range(len(symbols), -1, -1):
            wanted = symbols[len(symbols) - count :]
            for variant in variants(wanted, vowel.symbol):
                names = list(written(variant.head, variant.vowel))
                if self.before and count == len(symbols):
                    befores = (self.before, *SUBSTITUTES.get(self.before, ()))
                    vowels = [one for symbol in befores for one in spellings(symbol)]
                    linked = self.bank.find([f"{one} {name}" for one in vowels for name in names], tone)
                    if linked is not None:
                        self._said(variant.replaced)
                        return linked, True, variant.head
                begun = [f"- {name}" for name in names]
                order = [*begun, *names] if not self.pieces else [*names, *begun]
                cut = [f"{one} {name}" for one in VOWELS for name in names]  # after another vowel, which is cut off
                sound = self.bank.find([*order, *cut], tone)
                if sound is not None:
                    self._said(variant.replaced)
                    return sound, False, variant.head
        raise FileError(
            self.bank.folder,
            f"this voicebank has no sound for the vowel {vowel.symbol}: {' or '.join(written((), vowel.symbol))}",
        )

    def _said(self, replaced: Sequence[tuple[str, str]]) -> None:
        for pair in dict.fromkeys(replaced):
            if pair in ALLOPHONES:
                continue
            self.gaps.replaced[pair] = self.gaps.replaced.get(pair, 0) + 1

    def _after(self, vowel: str, consonant: str, tone: float) -> Sound | None:
        for one in (vowel, *SUBSTITUTES.get(vowel, ())):
            sound = self.bank.find(written_after(one, consonant), tone)
            if sound is not None:
                return sound
        return None

    def _open(self, sound: Sound, first: Second, vowel: SungPhoneme, *, joined: bool) -> None:
        """A sound whose vowel begins at the vowel's time; what is before it as long as there is time for."""
        lead = max(sound.onset - max(sound.overlap, sound.start), 0.0)
        begin = vowel.start
        at, source = [vowel.start], [sound.onset]
        bare = first >= vowel.start
        if joined:
            begin = max(vowel.start - lead, self.free, first - 0.15)
            at, source = [begin, vowel.start], [sound.onset - (vowel.start - begin), sound.onset]
        elif not bare:
            wanted = vowel.start - first
            if lead >= wanted or lead < 0.01:
                begin = first
                at, source = [begin, vowel.start], [sound.onset - wanted, sound.onset]
            else:
                begin = max(first, vowel.start - STRETCHED * lead)
                burst = min(BURST, 0.5 * lead)
                at = [begin, vowel.start - burst, vowel.start]
                source = [sound.onset - lead, sound.onset - burst, sound.onset]
        elif self.pieces and not self._quiet():
            source = [min(sound.onset + 0.04, sound.end - 0.03)]
        if bare and self.pieces and not joined:
            rises = (vowel.start - 0.5 * VOWEL_FADE, vowel.start + 0.5 * VOWEL_FADE)
        else:
            room = max(vowel.start - begin, 0.02)
            wide = min(max(sound.overlap - sound.start, SHORTEST_FADE), LONGEST_FADE, 0.5 * room)
            rises = (begin - 0.5 * wide, begin + 0.5 * wide)
        held = vowel.end + LONGEST_FADE
        steady = self._hold(sound, at, source, vowel.end - vowel.start, held)
        self.pieces.append(Piece(sound, tuple(at), tuple(source), rises, (steady, vowel.end)))
        self.free = vowel.start + 0.5 * (vowel.end - vowel.start)

    def _quiet(self) -> bool:
        return not self.before

    def _hold(self, sound: Sound, at: list[Second], source: list[Second], length: Second, until: Second) -> Second:
        """Let the vowel of a sound go on: its beginning as it is, then there and back over its middle."""
        begin = min(max(sound.fixed - sound.onset, 0.03), HEAD, 0.4 * length)
        here, there = at[-1] + begin, min(source[-1] + begin, sound.end)
        at.append(here)
        source.append(there)
        room = sound.end - 0.02 - there
        if room < 0.06:
            at.append(until)
            source.append(max(sound.end, there))
            return here
        forth = True
        low = there
        while at[-1] < until:
            target = sound.end - 0.02 if forth else low + 0.3 * room
            at.append(at[-1] + max(abs(target - source[-1]), 0.02))
            source.append(target)
            forth = not forth
        return here

    def _link(self, sound: Sound, consonant: Second, vowel: Second) -> None:
        """A vowel going over into a consonant, laid before the sound that has the consonant and the next vowel."""
        lead = min(sound.onset - sound.start, 0.09, max(consonant - self.free, 0.02))
        begin = consonant - lead
        end = max(vowel, consonant + 0.02)
        rises = (begin, begin + 0.7 * lead)
        at = (begin, consonant, consonant + max(sound.end - sound.onset, 0.01), end + 1.0)
        source = (sound.onset - lead, sound.onset, sound.end, sound.end)
        self.pieces.append(Piece(sound, at, source, rises))
        self.free = consonant

    def _follow(self, each: SungPhoneme, vowel: str, tone: float, *, last: bool) -> None:
        """What follows a vowel: the glide of a diphthong, a consonant."""
        sound = self._after(vowel, each.symbol, tone) if vowel else None
        if sound is None and PHONEMES[each.symbol].manner == "glide":
            self._glide(each, tone)
            return
        if sound is None and each.symbol == "ʔ":
            for like in ("k", "t", "p"):
                sound = sound or (self._after(vowel, like, tone) if vowel else None)
            if sound is None:  # a vowel that is stopped short
                self.before = ""
                return
        if sound is None:
            self._consonant(each, vowel or self.before or "a", tone, last=last)
            return
        lead = min(sound.onset - sound.start, 0.1, max(each.start - self.free, 0.02))
        begin = each.start - lead
        own = max(sound.end - sound.onset, 0.02)
        wanted = each.end - each.start + (RELEASE if last else 0.0)
        share = min(max(wanted / own, 0.5), STRETCHED)
        until = sound.end if each.symbol != "ʔ" else min(sound.onset + CLOSED, sound.end)  # it has no release
        at = (begin, each.start, each.start + (until - sound.onset) * share, each.end + 1.0)
        source = (sound.onset - lead, sound.onset, until, until)
        self.pieces.append(Piece(sound, at, source, (begin, begin + 0.7 * lead)))
        self.before, self.free = "", each.start

    def _glide(self, each: SungPhoneme, tone: float) -> None:
        """The end of a diphthong where the bank has no sound for it: over into i or u."""
        symbol = "i" if each.symbol == "j" else "u"
        sound = self.bank.find(written((), symbol), tone) or self.bank.find(
            (f"- {s}" for s in written((), symbol)), tone
        )
        if sound is None:
            self._missing(each.symbol)
            return
        middle = sound.fixed + 0.3 * max(sound.end - sound.fixed, 0.0)
        at, source = [each.start], [middle]
        steady = self._hold(sound, at, source, each.end - each.start, each.end + LONGEST_FADE)
        rises = (each.start, each.start + 0.7 * (each.end - each.start))
        self.pieces.append(Piece(sound, tuple(at), tuple(source), rises, (steady, each.end)))
        self.before, self.free = symbol, each.start

    def _consonant(self, each: SungPhoneme, vowel: str, tone: float, *, last: bool = False) -> None:
        """A consonant by itself: the beginning of a syllable, as far as its vowel's onset."""
        kana = ("ん", "n", "N") if PHONEMES[each.symbol].manner == "nasal" and last else ()
        sound = self.bank.find((*kana, *(f"- {k}" for k in kana)), tone)
        if sound is not None:
            held, heard = [each.start], [sound.onset]
            self._hold(sound, held, heard, each.end - each.start, each.end + LONGEST_FADE)
            self.pieces.append(Piece(sound, tuple(held), tuple(heard), (each.start - 0.02, each.start + 0.02)))
            self.before, self.free = "", each.start
            return
        for symbol in (each.symbol, *SUBSTITUTES.get(each.symbol, ())):
            for other in dict.fromkeys((vowel, "a", "u", "i", "e", "o")):
                names = list(written((symbol,), other))
                sound = sound or self.bank.find([*names, *(f"- {name}" for name in names)], tone)
            if sound is not None:
                if symbol != each.symbol:
                    self._said([(each.symbol, symbol)])
                break
        if sound is None:
            self._missing(each.symbol)
            return
        length = each.end - each.start
        lead = sound.onset - max(sound.overlap, sound.start)
        lead = lead if lead > 0.02 else sound.onset - sound.start
        own = min(lead, length)
        end = sound.onset - (0.008 if PHONEMES[each.symbol].manner != "stop" else 0.0)
        wide = min(0.4 * length, 0.03)
        at = (each.start, each.end, each.end + 1.0)
        source = (max(end - own, sound.start), end, end)
        self.pieces.append(Piece(sound, at, source, (each.start - 0.5 * wide, each.start + 0.5 * wide)))
        self.before, self.free = "", each.end - 0.5 * length

    def _missing(self, symbol: str) -> None:
        self.gaps.left_out[symbol] = self.gaps.left_out.get(symbol, 0) + 1
