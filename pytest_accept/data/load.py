"""`load_data`: read, check, and make Data of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pytest_accept.data.checked_tables import checked_table, drawn, sampled
from pytest_accept.data.columns import check_columns
from pytest_accept.data.data import Data
from pytest_accept.data.options import Options, group_columns, label_columns, text_columns
from pytest_accept.data.origins import origins_of
from pytest_accept.data.sources import is_stream, read_source
from pytest_accept.data.streamed import load_stream
from pytest_accept.data.table import Table
from pytest_accept.errors import SettingError, expected


def load_data(
    source: Any,
    *,
    split: str | None = None,
    text: str | Sequence[str] = "text",
    label: str | Sequence[str] | None = "label",
    group: str | Sequence[str] | None = None,
    cluster: str | None = None,
    limit: int | None = None,
    seed: int = 0,
    label_names: Sequence[str] | Mapping[Any, str] | None = None,
    scheme: str | None = None,
    name: str | None = None,
    delimiter: str | None = None,
    encoding: str = "utf-8",
    streaming: bool = False,
    **kwargs: Any,
) -> Data:
    """Load labelled examples, from a file, the hub, or memory.

    Args:
        source: One of

            - a path of a .csv, .tsv, .json, .jsonl, .parquet or .arrow file, or of a file with a
              word and its tag a line (.conll, .conllu, .bio, .iob, .iob2), or of plain text (.txt,
              without labels), or a list of such paths, read one after another (they must have the
              same columns);
            - a folder of parquet files, or one that `Dataset.save_to_disk` wrote;
            - the id of a dataset on the Hugging Face hub, read by `datasets.load_dataset`. A string
              is a path if it starts with ``./``, ``../``, ``/`` or ``~``, has one of the suffixes
              above, or exists here (itself or its first folder), else a hub id;
            - a `datasets.Dataset`, a `DatasetDict` with `split`, a pandas DataFrame, a list of
              dicts; or a `datasets.IterableDataset`, which is streamed;
            - a `Data`, which is returned as it is.
        split: Which split, where there are several: a DatasetDict, the hub, a folder whose parquet
            files are named by split.
        text: The column with the texts, or a pair of columns for sentence pairs. A column of lists
            of strings holds texts that are split into words.
        label: The column with the labels: strings, numbers, ClassLabel numbers (their names are
            used), lists of these (several labels per text), or dicts from label to probability. Or
            a list of columns, one per label and named like it, that hold 0/1 (several labels per
            text) or probabilities that sum to 1. None: the examples have no labels. For texts that
            are split into words: the column with a list of tags each, one a word.
        group: The column, or columns, that say which group an example belongs to.
        cluster: The column that says which examples are not independent of each other (the same
            author, template, document); "text" counts repeated texts once.
        limit: At most this many examples, drawn at random by `seed`, in their order.
        seed: Starts the draw.
        label_names: What the labels in the data mean to the model: a list (the i-th name for the
            number i), or a dict from label in the data to label of the model. In a dict, names that
            it lacks stand for themselves. Of tags it may name whole tags or types of entities:
            ``{"person": "PER", "product": "O"}`` renames one type and leaves out another.
        scheme: How tags say entities: "IOB1", "IOB2" (BIO), "BILOU", "IOBES", "BMES" or "IO".
            Default: the one that fits, see `tag_schemes.detect`. "conlleval" takes the one that
            fits best and lets tags out of place begin an entity, which is otherwise an error.
        name: What reports call the data. Default: the file's stem, the last part of a hub id, or
            "data".
        delimiter: What separates the fields of a .csv (default ",") or .tsv (default tab).
        encoding: How text files were written. A byte order mark is dropped.
        streaming: Read the examples in chunks and forget them, for data larger than memory: files
            (.parquet, .csv, .tsv, .jsonl, .arrow), a folder of them, a hub id. Always so for a
            `datasets.IterableDataset`. The result is a `StreamedData`, of which the metrics take
            one pass that `StreamedData` names; with `limit`, an ordinary Data of a random sample.
        **kwargs: For the hub: `revision`, `data_files`, `token`, … go to `datasets.load_dataset`,
            and `config` is the configuration's name. For csv and tsv: `quotechar`, by default '"';
            None for files that quote nothing. For .conll and its like, and to read a .txt or .tsv
            as one: `word_column` and `tag_column`, numbers counted from 0, or from the end if
            negative; by default the first and the last, in .conllu the form and the universal part
            of speech. For .txt:
            `documents`, which says what an example is: a "paragraph" (parted by blank lines, the
            default), a "line" or the whole "file". Of several files, cluster="file" says that
            what comes from one is alike.

    In csv and tsv files every text stays as it is written ("NA", "null", "007"); other columns are
    numbers if all their cells are (leading zeros make a name of it), and their empty cells are
    missing values.

    Files of words and tags give the columns "text", "label" and, if they mark documents
    (-DOCSTART-, "# newdoc"), "document", which `cluster="document"` uses. A line that begins with
    "#" is a word if it has the columns of the other lines and a tag that occurs in one.

    Raises:
        DataError: The source cannot be found or read, is empty, lacks a column, or has texts that
            are missing or no strings. The message says where and what to do.
        LabelError: Labels are missing or of no known form.
        SettingError: An argument is not of the form above.

    >>> data = load_data([{"text": "Fine.", "label": "pos"}, {"text": "Bad.", "label": "neg"}])
    >>> data
    <Data 'data': 2 examples, 2 labels ('pos', 'neg'), columns 'text', 'label'>
    >>> data.label_ids(["neg", "pos"])
    array([1, 0])
    """
    options = Options(
        split=split,
        text=text_columns(text),
        label=label_columns(label),
        group=group_columns(group),
        cluster=cluster,
        limit=limit,
        seed=seed,
        label_names=label_names,
        scheme=scheme,
        name=name,
        delimiter=delimiter,
        encoding=encoding,
        extra=kwargs,
    )
    if not isinstance(streaming, bool):
        raise SettingError(expected("streaming", "True or False", streaming))
    if isinstance(source, Data):
        if options != Options() or streaming:
            message = "This Data is loaded already, so no other argument can be given with it."
            raise SettingError(f"{message} Use data.where(...) for a part of it.")
        return source
    if streaming or is_stream(source):
        return load_stream(source, options)
    table = _table(source, options)
    return Data(table, np.arange(len(table), dtype=np.int64))


def _table(source: Any, options: Options) -> Table:
    read = read_source(source, options)
    if read.unlabelled and options.label == Options.label:
        options = replace(options, label=None)
    name = options.name or read.name
    called = repr(name if read.origin == "memory" else read.origin)
    check_columns(read.table, options, called)
    files = read.files if read.origin != "memory" else ((name, read.table.num_rows),)
    origins = origins_of(files, read.lines)
    arrow = read.table
    notes: tuple[str, ...] = ()
    if options.limit is not None and options.limit < arrow.num_rows:
        kept = drawn(options, arrow.num_rows)
        notes = (sampled(options, arrow.num_rows),)
        arrow, origins = arrow.take(kept), origins.keep(kept)
    return checked_table(arrow, options, origins, name=name, source=read.origin, notes=notes)
