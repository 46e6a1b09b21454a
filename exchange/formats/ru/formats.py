"""Russian: 4 декабря 2026 г., 14:05 in sentences and letters; 4 дек. 2026 г. in rows, strips and the timeline.

The names of the months in short are ours: see exchange/formats. No line ends between the year and its «г.».
"""

DATE_FORMAT = "j E Y\u00a0г."
DATETIME_FORMAT = "j E Y\u00a0г., H:i"
TIME_FORMAT = "H:i"
MONTH_DAY_FORMAT = "j N"
SHORT_DATE_FORMAT = "j N Y\u00a0г."
SHORT_DATETIME_FORMAT = "j N Y\u00a0г., H:i"
FIRST_DAY_OF_WEEK = 1
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]
