"""pytest's own plugin tester, for the tests of what a user sees."""

pytest_plugins = ["pytester"]
