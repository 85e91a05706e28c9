"""`load_data`: read, check, and make Data of it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pytest_accept.data.arrow_tables import class_names
from pytest_accept.data.columns import check_columns, check_members, check_texts, holds_words
from pytest_accept.data.data import Data
from pytest_accept.data.label_reading import LabelReader
from pytest_accept.data.labels import Labels
from pytest_accept.data.options import Options, group_columns, label_columns, text_columns
from pytest_accept.data.origins import Origins, origins_of
from pytest_accept.data.sources import read_source
from pytest_accept.data.table import Table
from pytest_accept.data.tag_reading import TagReader
from pytest_accept.data.tags import Tags
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
              dicts;
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
    if isinstance(source, Data):
        if options != Options():
            message = "This Data is loaded already, so no other argument can be given with it."
            raise SettingError(f"{message} Use data.where(...) for a part of it.")
        return source
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
        drawn = random.Random(options.seed).sample(range(arrow.num_rows), options.limit)
        kept = np.array(sorted(drawn), dtype=np.int64)
        notes = (_sampled(options, arrow.num_rows),)
        arrow, origins = arrow.take(kept), origins.keep(kept)
    check_texts(arrow, options, origins, called)
    check_members(arrow, options, origins, called)
    labels = _labels(arrow, options, origins, called)
    if isinstance(labels, Tags):
        notes = (*notes, *labels.notes)
    elif options.scheme is not None:
        what = "None for labels that are no list of tags for a list of words"
        raise SettingError(expected("scheme", what, options.scheme))
    return Table(
        arrow=arrow,
        name=name,
        source=read.origin,
        options=options,
        origins=origins,
        class_names=class_names(arrow),
        labels=labels,
        notes=notes,
    )


def _labels(arrow: Any, options: Options, origins: Origins, called: str) -> Labels | Tags | None:
    if options.label is None:
        return None
    names = class_names(arrow)
    if not isinstance(options.label, str):
        columns = {column: arrow.column(column).to_pylist() for column in options.label}
        reader = LabelReader(called=called, origins=origins, label_names=options.label_names)
        return reader.columns(columns)
    values = arrow.column(options.label).to_pylist()
    if _are_tags(arrow, options):
        tags = TagReader(
            called=called,
            origins=origins,
            label_names=options.label_names,
            class_names=names.get(options.label),
            scheme=options.scheme,
        )
        words = [tuple(each) for each in arrow.column(options.text[0]).to_pylist()]
        return tags.read(options.label, values, words)
    reader = LabelReader(
        called=called,
        origins=origins,
        label_names=options.label_names,
        class_names=names.get(options.label),
    )
    return reader.column(options.label, values)


def _are_tags(arrow: Any, options: Options) -> bool:
    import pyarrow as pa

    kind = arrow.column(options.label).type
    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    return bool(lists) and holds_words(arrow.column(options.text[0]).type)


def _sampled(options: Options, total: int) -> str:
    return f"a random {options.limit:,} of {total:,} examples (seed {options.seed})"
