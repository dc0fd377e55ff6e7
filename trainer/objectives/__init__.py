"""What is minimised: the adversarial games, and the penalties beside them."""
