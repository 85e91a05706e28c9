"""One kind of swap per file."""
