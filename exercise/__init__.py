"""An invented story of five states, played through the services; whose part one can take in it: docs/exercise.md."""
