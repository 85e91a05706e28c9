"""Prediction without padding: the texts of a batch stand in one row, one after the other.

A model of transformers reads such a row through the library's own attention interface: for the
length of a forward pass its configuration names an attention of ours (`attention.py`), which keeps
texts apart. Hooks on the body of the model (`row.py`) turn the padded batch that it is given into a
row, and the row that it answers with into a padded batch, so that any head works as it is. Which
models that is right for is a question of their configuration (`packable.py`) and of trying
(`packing.py`).
"""
