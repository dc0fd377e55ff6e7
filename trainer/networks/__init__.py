"""The networks, by the name a recipe gives them. Importing this loads no torch."""
