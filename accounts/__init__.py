"""People who sign in, their language, and forms that count once."""
