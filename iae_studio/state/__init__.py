"""What the window shows, as data with signals. No torch, no threads."""
