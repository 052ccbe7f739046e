"""Days and numbers in words: those of a year stand in several tables and plots of a page."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language

#: Several pages' worth of them.
_KEPT = 16_384


def day_in_words(day: date) -> str:
    return _day(day, get_language())


def number_in_words(value: float | Decimal, decimals: int) -> str:
    return _number(value, decimals, get_language())


@lru_cache(_KEPT)
def _day(day: date, language: str | None) -> str:
    return date_format(day, "j M Y")


@lru_cache(_KEPT, typed=True)
def _number(value: float | Decimal, decimals: int, language: str | None) -> str:
    return number_format(value, decimals)
