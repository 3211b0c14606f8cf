"""Numbers as people write them: English 1,234.5 and 71.2%, Spanish 12 345,6 and 71,2 %."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "es"]

_THIN_SPACE = "\u202f"  # no line break inside a number
_SPACE = "\u00a0"
NOTHING = "–"


@dataclass(frozen=True)
class Numbers:
    """Formats numbers in one language; None becomes a dash and a value that is no number says so.

    >>> Numbers("en").integer(2117962), Numbers("en").percent(0.7124)
    ('2,117,962', '71.24%')
    >>> Numbers("es").decimal(0.0082, 4), Numbers("es").integer(1290)
    ('0,0082', '1290')
    """

    lang: Language

    def integer(self, value: int | None) -> str:
        if value is None:
            return NOTHING
        if self.lang == "en":
            return f"{value:,}"
        # The Spanish academies group from five digits on.
        return str(value) if abs(value) < 10_000 else f"{value:,}".replace(",", _THIN_SPACE)

    def decimal(self, value: float | None, digits: int = 2) -> str:
        """Fixed number of decimals; a minus sign as typographers write it."""
        if value is None:
            return NOTHING
        if math.isnan(value):
            return "NaN"
        sign = "−" if value < 0 else ""
        if math.isinf(value):
            return f"{sign}∞"
        whole, _, fraction = f"{abs(value):.{digits}f}".partition(".")
        if float(f"{whole}.{fraction or 0}") == 0:
            sign = ""
        point = "," if self.lang == "es" else "."
        return sign + self.integer(int(whole)) + (point + fraction if fraction else "")

    def loss(self, value: float | None) -> str:
        """Four decimals, or as many as two significant digits need when the value is smaller.

        >>> Numbers("en").loss(0.86312), Numbers("en").loss(0.00002178), Numbers("en").loss(12345.678)
        ('0.8631', '0.000022', '12,345.7')
        """
        if value is None or not math.isfinite(value) or value == 0:
            return self.decimal(value, 4)
        if abs(value) >= 1000:
            return self.decimal(value, 1)
        return self.decimal(value, max(4, min(12, 1 - math.floor(math.log10(abs(value))))))

    def percent(self, fraction: float | None, digits: int = 2) -> str:
        """A fraction in [0, 1] as a percentage."""
        if fraction is None or not math.isfinite(fraction):
            return self.decimal(fraction, digits)
        return self.decimal(100 * fraction, digits) + ("%" if self.lang == "en" else _SPACE + "%")

    def quantity(self, value: float | None, unit: str) -> str:
        """A published figure in its own unit: "%" is already times 100, "s" is seconds, "" is a plain number.

        >>> Numbers("en").quantity(71.24, "%"), Numbers("es").quantity(0.0082, "")
        ('71.24%', '0,0082')
        """
        if value is None:
            return NOTHING
        if unit == "%":
            return self.percent(value / 100)
        if unit == "s":
            return self.duration(value)
        return self.integer(int(value)) if float(value).is_integer() else self.loss(value)

    def duration(self, seconds: float | None) -> str:
        """Seconds in the two units that a reader would say.

        >>> [Numbers("es").duration(s).replace(chr(160), " ") for s in (0.0123, 9.46, 210.0, 3725.0)]
        ['12 ms', '9,5 s', '3 min 30 s', '1 h 2 min']
        """
        if seconds is None or not math.isfinite(seconds):
            return self.decimal(seconds)
        if seconds < 0.9995:
            return f"{self.decimal(seconds * 1000, 0)}{_SPACE}ms"
        if seconds < 59.95:
            return f"{self.decimal(seconds, 1)}{_SPACE}s"
        minutes, rest = divmod(round(seconds), 60)
        if minutes < 60:
            tail = f"{rest}{_SPACE}s" if rest else ""
            return f"{minutes}{_SPACE}min{_SPACE if tail else ''}{tail}"
        hours, minutes = divmod(minutes, 60)
        tail = f"{minutes}{_SPACE}min" if minutes else ""
        return f"{self.integer(hours)}{_SPACE}h{_SPACE if tail else ''}{tail}"

    def memory(self, size: int | None) -> str:
        """Bytes in MB or GB, decimal as disks and operating systems print them.

        >>> Numbers("es").memory(1_480_000_000)
        '1,48\\xa0GB'
        """
        if size is None:
            return NOTHING
        if size >= 1_000_000_000:
            return f"{self.decimal(size / 1e9)}{_SPACE}GB"
        if size >= 1_000_000:
            return f"{self.decimal(size / 1e6, 0)}{_SPACE}MB"
        return f"{self.decimal(size / 1e3, 0)}{_SPACE}kB"

    def compact(self, value: float) -> str:
        """A tick on an axis: no more decimals than the value has.

        >>> Numbers("es").compact(0.25), Numbers("en").compact(2000.0)
        ('0,25', '2,000')
        """
        if not math.isfinite(value):
            return self.decimal(value)
        text = f"{abs(value):.10f}".rstrip("0").rstrip(".")
        return self.decimal(value, len(text.partition(".")[2]))

    def shape(self, shape: Sequence[int | None]) -> str:
        """The sizes of one sample, "28 × 28 × 1"; the batch axis is left out by the caller."""
        return " × ".join("?" if size is None else self.integer(size) for size in shape)
