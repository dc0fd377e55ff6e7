"""The code that draws: digits, house numbers, shoes, faces, and points in the plane."""
