"""What is known of language: words, names, sentences, links and slips, for the kinds to use."""
