"""The models: which end of the autoencoder is which. Importing this loads no torch."""
