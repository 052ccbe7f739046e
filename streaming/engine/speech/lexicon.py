"""What signs are called in some languages, where the library would spell them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Names = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A language's words for signs; what is empty is left to the library."""

    decimal: str = "."  #: between a number and its fraction
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    signs: Mapping[str, str] = field(default_factory=dict)
    units: Names = field(default_factory=dict)  #: (of one, of many)
    currencies: Names = field(default_factory=dict)
    subunits: Names = field(default_factory=dict)  #: of a currency
    subunit_after: str = ""  #: between the units and the subunits
    scales: tuple[str, ...] = ()  #: words that belong to the number before a currency
    months: tuple[str, ...] = ()
    until: str = ""  #: between the ends of a range
    dot: str = ""
    at: str = ""
    slash: str = ""
    hour: str = ""  #: between hours and minutes
    spells_years: bool = False  #: 1984 is nineteen eighty-four


_ENGLISH = Lexicon(
    abbreviations={
        "e.g.": "for example",
        "i.e.": "that is",
        "vs.": "versus",
        "approx.": "approximately",
        "Prof.": "Professor",
        "Jr.": "junior",
        "w/o": "without",
        "24/7": "24 7",
        "Ph.D.": "P H D",
        "and/or": "and or",
        "C#": "C sharp",
    },
    signs={
        "<": "less than",
        ">": "greater than",
        "→": "to",
        "≈": "about",
        "≤": "at most",
        "≥": "at least",
        "№": "number",
    },
    units={
        "km/h": ("kilometre per hour", "kilometres per hour"),
        "m/s": ("metre per second", "metres per second"),
        "mph": ("mile per hour", "miles per hour"),
        "km": ("kilometre", "kilometres"),
        "cm": ("centimetre", "centimetres"),
        "mm": ("millimetre", "millimetres"),
        "kg": ("kilogram", "kilograms"),
        "mg": ("milligram", "milligrams"),
        "ml": ("millilitre", "millilitres"),
        "ms": ("millisecond", "milliseconds"),
        "min": ("minute", "minutes"),
        "ft": ("foot", "feet"),
        "lb": ("pound", "pounds"),
        "lbs": ("pound", "pounds"),
        "oz": ("ounce", "ounces"),
        "kWh": ("kilowatt hour", "kilowatt hours"),
        "kW": ("kilowatt", "kilowatts"),
        "Hz": ("hertz", "hertz"),
        "kHz": ("kilohertz", "kilohertz"),
        "MHz": ("megahertz", "megahertz"),
        "GHz": ("gigahertz", "gigahertz"),
        "kB": ("kilobyte", "kilobytes"),
        "MB": ("megabyte", "megabytes"),
        "GB": ("gigabyte", "gigabytes"),
        "TB": ("terabyte", "terabytes"),
        "°C": ("degree Celsius", "degrees Celsius"),
        "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
        "m": ("metre", "metres"),
        "g": ("gram", "grams"),
        "l": ("litre", "litres"),
        "h": ("hour", "hours"),
        "s": ("second", "seconds"),
        "W": ("watt", "watts"),
        "V": ("volt", "volts"),
    },
    currencies={
        "$": ("dollar", "dollars"),
        "€": ("euro", "euros"),
        "£": ("pound", "pounds"),
        "¥": ("yen", "yen"),
    },
    subunits={
        "$": ("cent", "cents"),
        "€": ("cent", "cents"),
        "£": ("penny", "pence"),
    },
    subunit_after="and",
    scales=("thousand", "million", "billion", "trillion"),
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    until="to",
    dot="dot",
    at="at",
    slash="slash",
    spells_years=True,
)

_GERMAN = Lexicon(
    decimal=",",
    abbreviations={
        "z. B.": "zum Beispiel",
        "z.B.": "zum Beispiel",
        "d. h.": "das heißt",
        "d.h.": "das heißt",
        "u. a.": "unter anderem",
        "u.a.": "unter anderem",
        "usw.": "und so weiter",
        "bzw.": "beziehungsweise",
        "ca.": "circa",
        "Dr.": "Doktor",
        "Prof.": "Professor",
        "Nr.": "Nummer",
        "Str.": "Straße",
    },
    signs={"<": "kleiner als", ">": "größer als", "→": "zu", "≈": "etwa"},
    units={
        "km/h": ("Stundenkilometer", "Stundenkilometer"),
        "km": ("Kilometer", "Kilometer"),
        "cm": ("Zentimeter", "Zentimeter"),
        "mm": ("Millimeter", "Millimeter"),
        "kg": ("Kilogramm", "Kilogramm"),
        "mg": ("Milligramm", "Milligramm"),
        "ml": ("Milliliter", "Milliliter"),
        "ms": ("Millisekunde", "Millisekunden"),
        "min": ("Minute", "Minuten"),
        "MB": ("Megabyte", "Megabyte"),
        "GB": ("Gigabyte", "Gigabyte"),
        "°C": ("Grad Celsius", "Grad Celsius"),
        "m": ("Meter", "Meter"),
        "g": ("Gramm", "Gramm"),
        "l": ("Liter", "Liter"),
        "h": ("Stunde", "Stunden"),
        "s": ("Sekunde", "Sekunden"),
    },
    currencies={
        "$": ("Dollar", "Dollar"),
        "€": ("Euro", "Euro"),
        "£": ("Pfund", "Pfund"),
        "¥": ("Yen", "Yen"),
    },
    scales=("Tausend", "Million", "Millionen", "Milliarde", "Milliarden"),
    months=(
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    until="bis",
    dot="Punkt",
    at="ät",
    slash="Schrägstrich",
    hour="Uhr",
)

_FRENCH = Lexicon(
    decimal=",",
    abbreviations={
        "p. ex.": "par exemple",
        "c.-à-d.": "c'est-à-dire",
        "n°": "numéro",
        "M.": "monsieur",
    },
    signs={"<": "inférieur à", ">": "supérieur à", "→": "vers", "≈": "environ"},
    units={
        "km/h": ("kilomètre heure", "kilomètres heure"),
        "km": ("kilomètre", "kilomètres"),
        "cm": ("centimètre", "centimètres"),
        "mm": ("millimètre", "millimètres"),
        "kg": ("kilogramme", "kilogrammes"),
        "ml": ("millilitre", "millilitres"),
        "min": ("minute", "minutes"),
        "Mo": ("mégaoctet", "mégaoctets"),
        "Go": ("gigaoctet", "gigaoctets"),
        "°C": ("degré Celsius", "degrés Celsius"),
        "m": ("mètre", "mètres"),
        "g": ("gramme", "grammes"),
        "l": ("litre", "litres"),
        "s": ("seconde", "secondes"),
    },
    currencies={
        "$": ("dollar", "dollars"),
        "€": ("euro", "euros"),
        "£": ("livre", "livres"),
        "¥": ("yen", "yens"),
    },
    scales=("mille", "million", "millions", "milliard", "milliards"),
    months=(
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    until="à",
    dot="point",
    at="arobase",
    slash="barre oblique",
    hour="heures",
)

_SPANISH = Lexicon(
    decimal=",",
    abbreviations={"p. ej.": "por ejemplo", "n.º": "número", "Ud.": "usted"},
    signs={"<": "menor que", ">": "mayor que", "→": "a", "≈": "aproximadamente"},
    units={
        "km/h": ("kilómetro por hora", "kilómetros por hora"),
        "km": ("kilómetro", "kilómetros"),
        "cm": ("centímetro", "centímetros"),
        "mm": ("milímetro", "milímetros"),
        "kg": ("kilogramo", "kilogramos"),
        "ml": ("mililitro", "mililitros"),
        "min": ("minuto", "minutos"),
        "MB": ("megabyte", "megabytes"),
        "GB": ("gigabyte", "gigabytes"),
        "°C": ("grado Celsius", "grados Celsius"),
        "m": ("metro", "metros"),
        "g": ("gramo", "gramos"),
        "l": ("litro", "litros"),
        "h": ("hora", "horas"),
        "s": ("segundo", "segundos"),
    },
    currencies={
        "$": ("dólar", "dólares"),
        "€": ("euro", "euros"),
        "£": ("libra", "libras"),
        "¥": ("yen", "yenes"),
    },
    subunit_after="con",
    scales=("mil", "millón", "millones"),
    months=(
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
    until="a",
    dot="punto",
    at="arroba",
    slash="barra",
)

_LEXICONS = {"en": _ENGLISH, "de": _GERMAN, "fr": _FRENCH, "es": _SPANISH}
_NO_WORDS = Lexicon()


def lexicon_for(language: str) -> Lexicon:
    """The words of "en-gb" or "de"; an empty lexicon for a language without one."""
    return _LEXICONS.get(language.partition("-")[0].lower(), _NO_WORDS)
