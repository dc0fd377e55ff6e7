"""Pictures and models that come with IAE Studio; installed as the package `iae_studio_assets`."""
