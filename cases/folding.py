"""Folds the spellings of a word to keys that can be compared: one sound, one letter, whatever the script.

Russian, Kazakh, Kyrgyz, Tajik, Turkmen, Uzbek (Cyrillic and Latin) and English spellings of a name give the same
key, or share one of several where a spelling can be read in more than one way. Serial numbers and references are no
words: they fold by the look and by the sound of their letters, with dashes and spaces left out. Nothing is read or
written here.

A key is for finding. It never says that two people, or two weapons, are the same.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import chain

# What is longer than this was not written by hand: the rest of the word, or of the record, is not searched.
LONGEST_WORD = 64
# What a folded number may take in an index; a journal's number has at most 60 letters as typed.
LONGEST_NUMBER = 120
LONGEST_TEXT = 400_000

# Dashes that Unicode does not call dashes, and slashes that it does not take for one.
_DASHES = dict.fromkeys("\u2212\u2043\u02d7\u2500\u30fc", "-")
_SLASHES = dict.fromkeys("\\\u2044\u2215\u29f8\u2571", "/")
_STRAIGHT = str.maketrans(dict.fromkeys("’‘ʻʼ`´′ʹʿʾ＇", "'") | dict.fromkeys("‐‑‒–—―−", "-") | {"№": " "})


def _table(rows: str) -> dict[str, str]:
    """Pairs of a spelling and its sound, as a dictionary. A spelling alone has no sound."""
    return {spelling: sound for spelling, _, sound in (pair.partition("=") for pair in rows.split())}


# The alphabet of keys: the vowels; b v g d z k l m n p r s t f h as they sound; j for zh and dj, c for ch, w for sh.
CYRILLIC = _table(
    "а=a б=b в=v г=g д=d е=e ё=e ж=j з=z и=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=h ц=ts ч=c ш=w щ=wc"
    " ъ= ы=i ь= э=e ю=iu я=ia ә=a ғ=g қ=k ң=n ө=o ұ=u ү=u һ=h і=i ӣ=i ӯ=u ҳ=h ҷ=j ў=u җ=j ї=i є=e '="
    " дж=j йо=e йе=e йё=e"
)
LATIN = _table(
    "a=a b=b c=k d=d e=e f=f g=g h=h i=i j=j k=k l=l m=m n=n o=o p=p q=k r=r s=s t=t u=u v=v w=v x=h y=i z=z '="
    " ä=a ə=e ç=c č=c ğ=g ı=i ñ=n ň=n ŋ=n ö=o š=w ş=w ū=u ü=u ý=i ž=j"
    " shch=wc tsch=c tch=c sch=w dzh=j zh=j dj=j dž=j kh=h gh=g ch=c sh=w ph=f ck=k"
    " yo'=iu yo=e ye=e o'=u g'=g"
)
# Other readings of a spelling: who wrote x, ch or j may have meant something else. Each is tried on the whole word.
CYRILLIC_READINGS = ((("ң", "нг"),), (("ў", "о"),))
LATIN_READINGS = (
    (("x", "ks"),),
    # Passports of the Soviet time spell as in French: IOUNOUSSOV CHAMIL, TCHORIEV.
    (("tch", "č"), ("ch", "š"), ("ou", "u")),
    # ISO 9 and German: Sergej, Jurij, Pancyr.
    (("j", "y"),),
    (("c", "ts"),),
    (("o'", "o"),),
    (("ñ", "ng"), ("ň", "ng")),
)
# Cyrillic letters that look like a Latin one on paper, as capitals; within a number also O and zero, I, L and one.
LOOKALIKES = dict(zip("АВЕЁКМНОРСТУҮХҺІЈЅ", "ABEEKMHOPCTYYXHIJS", strict=True))
TO_LATIN = str.maketrans({letter.lower(): latin.lower() for letter, latin in LOOKALIKES.items()})
TO_CYRILLIC = str.maketrans("aekmopctyxbhi", "аекморстухвні")
SAME_FIGURE = str.maketrans("oil", "011")
# How passports and clerks write a Cyrillic letter of a number.
LATIN_IN_NUMBERS = (("shch", "wc"), ("zh", "j"), ("kh", "h"), ("ch", "c"), ("sh", "w"), ("yu", "iu"), ("ya", "ia"))

_ONE_SIGN = str.maketrans({**_DASHES, **_SLASHES, **LOOKALIKES, "№": "", "#": ""})

_CYRILLIC_LETTERS = re.compile("[\u0400-\u052f]")
_LATIN_LETTERS = re.compile("[a-zà-ɏ]")
# A word with figures in it, or one of letters, in which apostrophes may be letters.
_TOKEN = re.compile(r"[^\W_]*\d[^\W_]*|[^\W\d_]+(?:'[^\W\d_]+)*'?")
_TWICE = re.compile(r"(.)\1+")
# A number as people write it: up to four letters, perhaps apart, then figures with letters, dashes, dots, strokes.
_NUMBER = re.compile(r"(?<![^\W_])(?:[^\W\d_]{1,4}[ .-]{0,2})?(\d(?:[\w./-]*\w)?)")
_NUMBER_SIGN = re.compile(r"^no?\b\.?\s*(?=\S*\d)")
_SIGNS = re.compile(r"[\W_]+")
_ENDING = re.compile(r"(?<=.{4})[aeiou]+$")


def _pattern(table: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, table), key=len, reverse=True)) + "|.", re.DOTALL)


_PATTERNS = {"cyrillic": _pattern(CYRILLIC), "latin": _pattern(LATIN)}
_TABLES = {"cyrillic": CYRILLIC, "latin": LATIN}
_READINGS = {"cyrillic": CYRILLIC_READINGS, "latin": LATIN_READINGS}


def plain(text: str) -> str:
    """A text in small letters, with one kind of apostrophe and one kind of dash."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text.translate(_STRAIGHT)).casefold())


def word_keys(word: str) -> tuple[str, ...]:
    """The keys of one word: how it sounds, the likeliest way to read it first. None for a word without a sound."""
    word = _one_script(plain(word))
    script = "cyrillic" if _CYRILLIC_LETTERS.search(word) else "latin"
    readings = (word, *(reduce(_replaced, changes, word) for changes in _READINGS[script]))
    return _once(_sound(reading, script) for reading in readings)


def folded(number: str) -> str:
    """A number without what people write differently: kinds of dash and slash, spaces, script and case of letters.

    By this the numbers of a journal are compared: a dash in it still says something.
    """
    # № first: Unicode would make two letters of it.
    one = unicodedata.normalize("NFKC", number.replace("№", "")).upper().translate(_ONE_SIGN)
    kept = ("-" if unicodedata.category(sign) == "Pd" else sign for sign in one if not _is_nothing(sign))
    # A letter and a mark between which a blank stood are one now.
    return unicodedata.normalize("NFC", "".join(kept))[:LONGEST_NUMBER]


def number_keys(text: str) -> tuple[str, ...]:
    """The keys of a serial number or reference: folded and without its signs, and by the sound of its letters."""
    joined = _SIGNS.sub("", _NUMBER_SIGN.sub("", plain(text).strip()))
    looks = _SIGNS.sub("", folded(joined)).casefold()
    sounds = "".join(_sound(letter, "cyrillic") if _CYRILLIC_LETTERS.match(letter) else letter for letter in joined)
    # A letter that no Latin one looks like says that the number is Cyrillic: then its look is no other reading.
    found = (
        (sounds,) if _CYRILLIC_LETTERS.search(looks) else (looks, sounds, reduce(_replaced, LATIN_IN_NUMBERS, joined))
    )
    return _once(key.translate(SAME_FIGURE)[:LONGEST_WORD] for key in found)


def keys_of(texts: Iterable[str], numbers: Iterable[str] = ()) -> str:
    """The keys of some texts, and of numbers each of which is one whole: every key once, with spaces between them."""
    found: dict[str, None] = {}
    left = LONGEST_TEXT
    for key in chain(_whole(numbers), _each(texts)):
        if key not in found:
            left -= len(key) + 1
            if left < 0:
                break
            found[key] = None
    return " ".join(found)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what somebody looks for: one word in its readings, or a number, whole or word by word."""

    keys: tuple[str, ...]
    # Of a number written in pieces: the pieces, each with its keys.
    pieces: tuple[tuple[str, ...], ...] = ()


def parts_of(term: str) -> list[Part]:
    """What somebody looks for, part by part, all of which must be found; empty without any letter or figure."""
    text = plain(term)
    found, end = [], 0
    for match in _NUMBER.finditer(text):
        found += _words(text[end : match.start()])
        pieces = tuple(filter(None, map(_token_keys, _TOKEN.findall(match[0]))))
        found.append(Part(number_keys(match[0]), pieces if len(pieces) > 1 else ()))
        end = match.end()
    found += _words(text[end:])
    return [part for part in found if part.keys]


def _words(text: str) -> Iterator[Part]:
    for token in _TOKEN.findall(text):
        # The last vowels of a longer word are mostly its ending: 'kontrabanda' finds 'kontrabandy'.
        yield Part(_once(_ENDING.sub("", key) for key in _token_keys(token)))


def _whole(numbers: Iterable[str]) -> Iterator[str]:
    for number in numbers:
        yield from number_keys(number)


def _each(texts: Iterable[str]) -> Iterator[str]:
    """The keys of each number and each word; a word is folded once, however often it stands there."""
    known: set[str] = set()
    for text in map(plain, texts):
        for number in _NUMBER.finditer(text):
            # With the letters before it, which may be of the number or the word before.
            yield from _whole((number[0], number[1]))
        for token in _TOKEN.findall(text):
            if token not in known:
                known.add(token)
                yield from _token_keys(token)


def _is_nothing(letter: str) -> bool:
    """Whether a sign is a blank, or is not seen at all."""
    return unicodedata.category(letter)[0] in "ZC"


def _token_keys(token: str) -> tuple[str, ...]:
    if any(letter.isdecimal() for letter in token):
        return number_keys(token)
    return word_keys(token)


def _once(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, keys)))


def _replaced(word: str, change: tuple[str, str]) -> str:
    return word.replace(*change)


def _one_script(word: str) -> str:
    """A word of letters of two scripts in the one to which all of it can belong by its look."""
    if not (_CYRILLIC_LETTERS.search(word) and _LATIN_LETTERS.search(word)):
        return word
    cyrillic = word.translate(TO_CYRILLIC)
    return word.translate(TO_LATIN) if _LATIN_LETTERS.search(cyrillic) else cyrillic


def _sound(word: str, script: str) -> str:
    table = _TABLES[script]
    sounds = (table[part] if part in table else _bare(part, table) for part in _PATTERNS[script].findall(word))
    return _TWICE.sub(r"\1", "".join(sounds))[:LONGEST_WORD]


def _bare(letter: str, table: dict[str, str]) -> str:
    """A letter that the table does not know: without its marks, else as it is."""
    base = "".join(one for one in unicodedata.normalize("NFD", letter) if not unicodedata.combining(one))
    return table.get(base, base if base.isalnum() else "")
