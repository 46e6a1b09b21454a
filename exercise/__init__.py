"""The exercise "Saffron Crate": invented services of two states, and what they work on. Plain data."""
