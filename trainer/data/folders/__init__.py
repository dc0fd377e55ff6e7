"""Folders and .zip files of images: what they hold, what becomes of it, and what was trained on."""
