"""The kinds of perturbations, one per file, each named like its function."""
