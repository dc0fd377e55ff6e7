"""What `import trainer` offers: models to load and use, and trainings to go through."""
