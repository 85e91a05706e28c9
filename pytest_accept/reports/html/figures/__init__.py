"""Figures of the report, one kind a file: values in, an SVG to be put into a page out."""
