"""pytest's side of acceptance tests."""
