"""IAE Studio: a window that trains implicit autoencoders and lets you explore them."""
