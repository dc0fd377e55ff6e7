"""What a person asks of a trained model: its directions, its map, its neighbours, its data."""
