"""Dates in English as every page of ours writes them, in the lists of the admin as well.

Django's own for "en" are those of the United States.
"""

DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
SHORT_DATE_FORMAT = DATE_FORMAT
SHORT_DATETIME_FORMAT = DATETIME_FORMAT
MONTH_DAY_FORMAT = "j F"
FIRST_DAY_OF_WEEK = 1
