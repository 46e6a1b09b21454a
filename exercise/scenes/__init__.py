"""The stories of the exercise: "Saffron Crate", "Caspian Manifest", and what goes on beside them."""

from exercise.scenes import beside, crate, manifest, secretariat

SCENES = (*crate.SCENES, *manifest.SCENES, *beside.SCENES, *secretariat.SCENES)
