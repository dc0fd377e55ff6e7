"""The panels that dock around the images, each in a file of its own, which registers it."""
