"""What models are measured by, a file each; every file registers its `MeasureSpec`."""
