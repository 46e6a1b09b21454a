"""Figures between states for observers: totals of at least five, made once a day."""
