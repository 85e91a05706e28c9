"""Definitions of metrics as functions of arrays: no model, no data set, no pytest."""
