"""What a suite would show with the data at hand, before any model is asked."""
