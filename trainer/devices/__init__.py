"""What a computer can compute on: which device there is, whether it works, and its memory."""
