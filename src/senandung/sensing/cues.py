"""Words that change how a feeling word near them is read: negation, degree, contrast, sarcasm, loss.

Each is stated once, in the plain spelling that `senandung.sensing.tokens.tokenise` gives.
"""

from __future__ import annotations


def _forms(table: str) -> frozenset[str]:
    """The forms of a table, which commas part."""
    return frozenset(form.strip() for form in table.split(","))


NEGATORS = _forms("nggak, bukan, belum, jangan, tanpa, not, no, never, without, neither, nor, hardly, barely")
"""Words that turn the next feeling word; English words in -n't too (see `negates`)."""

REVERSERS = _forms("berhenti, stop, stopped, lupakan, lupain, melupakan, hilangkan, menghilangkan")
"""Verbs that turn what follows as a negation does, and cancel one before them ("can't stop crying")."""

FUNCTION_WORDS = _forms(
    """
    ada, yang, bisa, mau, akan, lagi, aku, kamu, dia, kita, kami, mereka, pernah, terlalu, begitu, sama, sekali,
    juga, pun, kok, sih, deh, dong, untuk, buat, bikin, jadi, membuat, dapat, boleh, perlu, harus, ingin, merasa,
    rasa, rasanya, di, ke, itu, ini, banget, sangat, orang, satu, the, a, an, to, be, is, am, are, was, were, i,
    you, he, she, it, we, they, my, your, feel, feeling, felt, really, very, so, any, anymore, that, this, me,
    make, makes, made, at, all, do, does, did, have, has, had, been
    """
)
"""Words that do not count against the reach of a negation."""

PARTICLES = _forms(
    """
    aja, saja, doang, nih, tuh, ya, lah, kok, sih, deh, dong, mah, teh, atuh, to, kan, kah, pun, rek, loh, lho, ah, eh,
    oh, wah, duh, nya, si, hari, malam, pagi, tadi, kemarin, besok, sekarang
    """
)
"""Words that add a tone or a time and no feeling."""

JOINERS = _forms("dan, atau, maupun, and, or, ataupun, lan, jeung")
"""Words over which a negation reaches on: "nggak sedih atau marah"."""

INTENSIFIERS_BEFORE = _forms(
    """
    sangat, amat, paling, terlalu, sungguh, bener-bener, benar-benar, bener, super, begitu, semakin, makin,
    kelewat, teramat, very, so, really, too, extremely, deeply, truly, totally, absolutely, incredibly,
    completely, such, most, fucking
    """
)
INTENSIFIERS_AFTER = _forms(
    """
    banget, sekali, amat, parah, pol, abis, habis, pisan, tenan, nian, sungguh, mampus, bingit, poll, temen, kali
    """
)
INTENSIFIERS_AFTER_ENGLISH = _forms("badly, deeply, much, hard, lot")
DIMINISHERS = _forms(
    """
    agak, sedikit, dikit, rada, lumayan, cukup, kinda, slightly, little, somewhat, bit, sorta, saeutik,
    rodo
    """
)

CONTRASTS = _forms("tapi, cuman, but, however, yet, nonetheless, ning")
"""What follows outweighs what came before."""
CONCESSIONS = _forms(
    """
    meski, meskipun, walau, walaupun, biarpun, kendati, padahal, sanajan, although, though, despite
    """
)
"""The clause that they open is outweighed by the other one."""
CONTRAST_SHARES = (0.3, 0.7)
"""Weight of the clause before and after a contrast (issue 2 and notes: the later clause outweighs)."""

PRAISE = _forms(
    """
    bagus, hebat, mantap, mantul, keren, pinter, pintar, asik, asyik, indah, enak, luar biasa, top, bangga,
    senang, nyaman, the best, great, nice, lovely, wonderful, brilliant, perfect, awesome, amazing, fantastic,
    love, good
    """
)
THANKS = _forms(
    """
    makasih, terima kasih, trims, thanks, thank you, thx, matur nuwun, hatur nuhun, suwun, nuhun, selamat, selamat
    ya, congrats
    """
)
SARCASM_CUES = _forms("ya, makasih, terima, thanks, thank, pak, bu, min, loh, lho, oh, wah, just, 🙃, 👏, 🙄")
NUISANCE_WEIGHT = 0.5
"""Lexicon forms of "marah" at this weight are nuisances: traffic, delays, power cuts."""
WHEN = _forms("saat, pas, ketika, waktu, kala, when, while, during, selama")
"""They part a sincere thanks from the hardship it names: "makasih udah ada saat aku sedih"."""

LOSS = _forms(
    """
    meninggal, meninggal dunia, wafat, almarhum, almarhumah, alm, mendiang, berpulang, tutup usia, telah tiada,
    sudah tiada, makam, kuburan, nyekar, died, passed away, lost you, rest in peace, rip
    """
)
MEMORY = _forms(
    """
    ingat, inget, mengingat, teringat, kenangan, kangen, rindu, kelingan, miss, missing, memories, miss you
    """
)
"""With a word of loss these mean longing."""

TEARS = _forms("😭, 😢, 🥺, 🥹, :'(")
"""Emoji that also mark tears of joy beside glad words."""


def is_cue(word: str) -> bool:
    """Whether a plain word only changes others and is no feeling itself.

    >>> is_cue("tapi"), is_cue("sedih")
    (True, False)
    """
    return negates(word) or word in CONTRASTS or word in CONCESSIONS or word in DIMINISHERS | INTENSIFIERS_BEFORE


def negates(word: str) -> bool:
    """Whether a plain word negates.

    >>> negates("nggak"), negates("don't"), negates("sangat")
    (True, True, False)
    """
    return word in NEGATORS or word.endswith("n't")
