"""Nothing dies silently: one log, and every way in which something may fail ends in it."""
