"""What PhotoShelter's searches find: images by words in their file names and texts.

`terms` holds words parted by blanks, or a JSON array of them. An image is found by all of them,
each a part of a word is enough, in any case. Without terms, all images are.
"""

from __future__ import annotations

import json
from typing import Any

from . import photoshelter_records as records

_TEXTS = ("title", "headline", "author", "caption", "keyword", "credit")


def found_by(terms: str, image_id: str) -> bool:
    texts = records.part("Iptc", image_id, "")
    text = " ".join((records.file_name(image_id), *(texts[name] for name in _TEXTS))).casefold()
    return all(word.casefold() in text for word in _words(terms))


def _words(terms: str) -> list[str]:
    try:
        given: Any = json.loads(terms)
    except ValueError:
        given = None
    # What is JSON only by chance, such as a number, is a word.
    if isinstance(given, list) and all(isinstance(word, str) for word in given):
        return given
    return terms.split()
