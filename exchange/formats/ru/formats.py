"""Russian: 4 дек. 2026 г., 14:05."""

DATE_FORMAT = "j M Y г."
DATETIME_FORMAT = "j M Y г., H:i"
TIME_FORMAT = "H:i"
SHORT_DATE_FORMAT = "j M Y г."
SHORT_DATETIME_FORMAT = "j M Y г., H:i"
FIRST_DAY_OF_WEEK = 1
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]
