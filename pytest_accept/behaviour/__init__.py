"""Behavioural tests: cases from templates and word lists, and suites of cases kept in files."""
