"""Nobody sees what is not theirs: every address, every kind of person, every way out."""
