"""Words that decide where a line may be cut: Indonesian (with everyday and Javanese forms) and English together.

One list for both languages, by judgement, because people mix them in one line.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a list that is written as one string.

    >>> sorted(words("dan tapi"))
    ['dan', 'tapi']
    """
    return frozenset(text.split())


COORDINATORS = words("dan tapi tetapi namun atau lalu kemudian terus trus tp karo lan and but or so then yet")
SUBORDINATORS = words(
    "karena karna krn sebab ketika saat kala kalau kalo klo jika bila walau walaupun meski meskipun biarpun sampai "
    "hingga agar supaya biar sejak setelah sebelum sementara padahal seperti bagai bagaikan seakan seolah selama "
    "because 'cause cause cuz when while if though although until till since before after unless"
)
MANNERS = words("seperti bagai sampai hingga selama biar before after until till since")
"""Subordinators that make a whole phrase with one word (seperti dulu)."""
RELATIVES = words("yang yg sing that which who whose where")
PLACES = words(
    "di ke dari tanpa dengan dgn demi untuk pada dalam antara sepanjang ing ning neng nang "
    "in at on under over through without with beneath beyond across into behind beside between from for"
)
DAY_TIMES = words("malam pagi siang sore senja hari minggu bulan tahun detik wengi bengi night day morning evening")
POINTERS = words("ini itu nanti tadi lalu iki kuwi")
EACH = words("setiap tiap saban sepanjang every this last each")
TIME_WORDS = words("kini besok esok kemarin sekarang tonight today tomorrow yesterday")
NEGATORS = words(
    "tidak tak bukan jangan belum gak nggak ngga enggak ga gk "
    "ora dudu not no never don't can't won't didn't doesn't isn't "
    "ain't cannot couldn't wouldn't aren't wasn't weren't haven't hasn't tanpa without nothing nobody"
)
SUBJECTS = words("aku saya gue gua gw kau kamu lo lu dia ia kita kami mereka i you we they")
COMPOUNDS = frozenset(
    (
        "terima kasih", "jatuh cinta", "patah hati", "sakit hati", "air mata", "orang tua", "minta maaf", "rumah sakit",
        "ulang tahun", "kereta api", "sepeda motor", "apa kabar", "kasih sayang", "masa lalu", "masa depan",
        "putus asa", "belahan jiwa", "selamat pagi", "selamat malam", "selamat jalan", "selamat tinggal", "baik saja",
    )
)  # fmt: skip
"""Pairs of words that are not parted."""
NOT_LAST = (
    COORDINATORS | SUBORDINATORS | RELATIVES | PLACES | EACH
    | (NEGATORS - {"nothing", "nobody"})
    | words(
        "mau ingin akan harus bisa dapat sudah udah telah sedang "
        "masih pernah para sang si bagi oleh serta maupun adalah "
        "ialah kian makin semakin paling sangat terlalu begitu amat sebuah seorang hanya cuma sekadar bahwa tentang "
        "terhadap per se apalagi bahkan malah justru sungguh hendak boleh perlu tetap selalu "
        "a an the my your our their his her its i "
        "i'm i'll i've i'd you're you'll we're we'll they're he's she's it's "
        "of to by as is are was were am be been will would can could should may might must has have had do does did "
        "than like very too such some any more most just only even about let's there's that's what's"
    )
)  # fmt: skip
"""Words after which no line is cut: something is mostly owed after them."""
OPEN_ENDS = words(
    "dan tapi tetapi namun atau karena karna krn sebab kalau kalo klo jika bila walau walaupun meski meskipun agar "
    "supaya "
    "yang yg sing di ke dari dengan dgn untuk pada oleh bahwa tentang para sang si bagaikan seakan "
    "and but or because cause if although that's a an the my your our their its of i i'm i'll i've i'd you're we're "
    "than"
)
"""Words that leave even a person's own line unfinished; "how I am" and "atau tidak" are finished."""
NOT_FIRST = (
    RELATIVES | POINTERS | COORDINATORS
    | words(
        "lagi juga saja aja doang pun lah kah nya sih "
        "deh dong kok banget sekali belas puluh ratus ribu persen "
        "rupiah of am is are was were be been me him us them too also again ago than"
    )
)  # fmt: skip
"""Words that lean on what stands before them, so no piece begins with them."""
