"""Themes of the phrase bank: the words by which a person's lines are known to be about one, and what goes with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from senandung.domain.feeling import Feeling
from senandung.language.letters import words_of

THEME_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        theme: frozenset(words.split())
        for theme, words in {
            "rindu": "rindu kangen merindu merindukan rinduin ldr jauh jarak menunggu tresno miss missing longing far",
            "hujan": "hujan gerimis mendung badai basah payung rintik udan rain raining rainy storm umbrella wet",
            "malam": "malam bulan bintang gelap begadang insomnia tidur "
            "wengi bengi night tonight moon star stars midnight",
            "rumah": "rumah pulang mudik omah home house",
            "ibu": "ibu mama bunda emak mak mamah ummi umi ibuk simbok mother mom mum mama",
            "ayah": "ayah bapak papa abah abi bapa papah father dad daddy",
            "jalan": "jalan perjalanan kereta motor stasiun terminal pergi "
            "berangkat langkah road train walk journey travel",
            "laut": "laut pantai ombak pasir pelabuhan perahu kapal sea ocean beach wave waves shore",
            "teman": "teman sahabat kawan bestie konco kanca geng friend friends buddy",
            "cinta": "cinta sayang kekasih pacar jatuh naksir mencintai "
            "mencintaimu suka peluk love loving kiss darling baby",
            "pisah": "pisah putus mantan perpisahan ditinggal ninggalin selingkuh berakhir selesai pamit ambyar "
            "goodbye left leaving leave breakup ex apart over",
            "harap": "harap harapan semoga bangkit percaya kuat bertahan sembuh hope believe strong heal better",
            "marah": "marah benci muak bohong pembohong dusta kesal jengkel emosi khianat bangsat brengsek anjing "
            "angry hate liar lie lies furious betrayed mad",
            "kerja": "kerja kerjaan lembur bos kantor gaji senin deadline "
            "tugas skripsi capek lelah work job boss office monday",
            "kota": "kota jakarta surabaya bandung macet gedung kos trotoar angkot city town street streets traffic",
            "kampung": "kampung desa sawah ladang nenek kakek simbah kali village farm field fields grandma grandpa",
            "doa": "doa tuhan allah berdoa sujud gusti amin yesus ilahi pray prayer god lord",
            "tawa": "tawa senang bahagia pesta joget menari seru gembira ketawa "
            "asik asyik haha happy party dance laugh fun joy",
            "pagi": "pagi fajar mentari matahari embun subuh kopi morning sunrise dawn sun coffee",
            "waktu": "waktu tahun dulu lama usia umur menit jam detik time year years clock age",
            "kenangan": "kenangan ingat mengenang teringat lupa melupakan lagu "
            "foto remember memory memories forget song photo",
            "sendiri": "sendiri sepi sunyi hampa kosong kesepian dhewe jomblo alone lonely empty quiet silence",
            "mimpi": "mimpi impian cita bermimpi terbang bintang dream dreams fly",
            "takut": "takut cemas khawatir gelisah panik ngeri gemetar afraid scared fear anxious worry",
            "syukur": "syukur lulus wisuda menang berhasil terima kasih alhamdulillah akhirnya juara "
            "thank thanks grateful won graduated finally",
            "maaf": "maaf maafkan sesal menyesal salah ampun sorry forgive regret",
            "tenang": "tenang damai ikhlas pelan senja angin lega calm peace peaceful gentle breeze sunset",
        }.items()
    }
)
"""By judgement; a word may speak for two themes."""

COMPANIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "rindu": ("malam", "jalan", "kenangan", "waktu"),
        "hujan": ("malam", "kenangan"),
        "malam": ("sendiri", "mimpi"),
        "rumah": ("jalan", "kenangan"),
        "ibu": ("rumah", "waktu"),
        "ayah": ("rumah", "waktu"),
        "jalan": ("waktu", "mimpi"),
        "laut": ("tenang",),
        "teman": ("tawa", "kenangan"),
        "cinta": ("pagi", "mimpi"),
        "pisah": ("sendiri", "kenangan", "malam"),
        "harap": ("pagi", "mimpi"),
        "marah": (),
        "kerja": ("kota", "mimpi"),
        "kota": ("malam", "jalan"),
        "kampung": ("rumah", "kenangan"),
        "doa": ("harap", "tenang"),
        "tawa": ("pagi",),
        "pagi": ("harap",),
        "waktu": ("kenangan",),
        "kenangan": ("waktu",),
        "sendiri": ("malam", "waktu"),
        "mimpi": ("harap", "jalan"),
        "takut": ("malam", "harap"),
        "syukur": ("pagi", "harap"),
        "maaf": ("waktu",),
        "tenang": ("pagi", "malam"),
    }
)
"""Themes that can stand beside one without telling another story (no mother and no parting comes in unasked)."""

FEELING_THEMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cinta": ("cinta", "pagi"),
        "senang": ("tawa", "pagi"),
        "marah": ("marah",),
        "takut": ("takut", "malam"),
        "sedih": ("sendiri", "malam", "hujan"),
        "netral": ("jalan", "waktu", "tenang"),
    }
)
"""The themes of a song whose words name none, by its strongest basic feeling."""


def find_themes(lines: Iterable[str], feeling: Feeling) -> dict[str, float]:
    """The themes of a person's lines with a share in 0..1: 1 for the strongest, less for those beside it.

    >>> find_themes(("aku rindu kamu", "malam ini hujan turun lagi"), Feeling.named("rindu"))["hujan"]
    1.0
    >>> list(find_themes((), Feeling.named("marah")))
    ['marah']
    """
    found: Counter[str] = Counter()
    for line in lines:
        for word in words_of(line):
            forms = _forms(word.lower())
            for theme, words in THEME_WORDS.items():
                if forms & words:
                    found[theme] += 1
    if not found:
        return dict.fromkeys(FEELING_THEMES[feeling.strongest], 1.0)
    most = max(found.values())
    shares = {theme: 0.5 + 0.5 * count / most for theme, count in found.items()}
    for theme in found:
        for companion in COMPANIONS[theme]:
            shares.setdefault(companion, 0.25)
    return shares


def _forms(word: str) -> set[str]:
    """A word as it stands, not drawn out, and without a clitic (rinduuu, rinduku → rindu)."""
    short = re.sub(r"(.)\1{2,}", r"\1", word)
    return {word, short, re.sub(r"(?:ku|mu|nya|lah)$", "", short)}
