"""Acceptance questions, one kind per file: which predictions, which metric, which verdict.

Importing this layer is cheap: numpy and everything above it load when a question is asked, so that
collecting a suite costs nothing.
"""
