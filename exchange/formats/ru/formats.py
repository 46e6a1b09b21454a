"""Russian: 4 дек. 2026 г., 14:05. N, because M writes the month with a capital letter."""

DATE_FORMAT = "j N Y г."
DATETIME_FORMAT = "j N Y г., H:i"
TIME_FORMAT = "H:i"
MONTH_DAY_FORMAT = "j N"
SHORT_DATE_FORMAT = "j N Y г."
SHORT_DATETIME_FORMAT = "j N Y г., H:i"
FIRST_DAY_OF_WEEK = 1
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]
