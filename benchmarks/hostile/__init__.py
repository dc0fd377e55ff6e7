"""Bad files of every kind, given to what reads them."""
