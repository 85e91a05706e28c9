"""Which tests share models, as their fixtures say."""

from __future__ import annotations

import pytest

from pytest_accept.workers.groups import groups_of

CONFTEST = """
import pytest

@pytest.fixture(scope="session")
def model(load_model):
    return load_model("runs/new")

@pytest.fixture(scope="session")
def old(load_model):
    return load_model("runs/old")

@pytest.fixture(scope="session", params=["small", "large"])
def sized(load_model, request):
    return load_model(request.param)

@pytest.fixture
def named(load_model, accept_model):
    return load_model(accept_model)

@pytest.fixture(scope="session")
def tuned(fine_tune, base):
    return fine_tune(base, [])

@pytest.fixture(scope="session")
def base(load_model):
    return load_model("base")

@pytest.fixture(scope="session")
def probed(probe):
    return probe("base", [])

@pytest.fixture
def quantised(model):
    return model
"""


def collected(pytester: pytest.Pytester, **files: str) -> dict[str, set[str]]:
    """Return the tests of each group by the group's name."""
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(**files)
    items, _ = pytester.inline_genitems("-p", "no:cacheprovider")
    found: dict[str, set[str]] = {}
    for nodeid, group in groups_of(items).items():
        found.setdefault(group, set()).add(nodeid)
    return found


def test_tests_of_a_model_are_a_group_across_files(pytester: pytest.Pytester) -> None:
    found = collected(
        pytester,
        test_a="""
        def test_one(model): pass
        def test_through_another_fixture(quantised): pass
        def test_of_the_other(old): pass
        def test_ordinary(tmp_path): pass
        """,
        test_b="""
        def test_one(model): pass
        def test_probe(probed): pass
        """,
    )
    assert found == {
        "::model": {
            "test_a.py::test_one",
            "test_a.py::test_through_another_fixture",
            "test_b.py::test_one",
        },
        "::old": {"test_a.py::test_of_the_other"},
        "::probed": {"test_b.py::test_probe"},
    }


def test_parameters_tell_models_apart(pytester: pytest.Pytester) -> None:
    found = collected(
        pytester,
        test_a="""
        import pytest

        @pytest.mark.parametrize("source", ["shops", "tweets"])
        def test_sized(sized, source): pass

        @pytest.mark.accept_models("a", "b")
        def test_named(named): pass

        @pytest.mark.accept_models("b", "c")
        def test_named_too(named): pass

        @pytest.mark.parametrize("model", ["x", "y"], indirect=True)
        def test_given(model): pass
        """,
    )
    assert found == {
        "::sized[sized='small']": {
            "test_a.py::test_sized[small-shops]",
            "test_a.py::test_sized[small-tweets]",
        },
        "::sized[sized='large']": {
            "test_a.py::test_sized[large-shops]",
            "test_a.py::test_sized[large-tweets]",
        },
        "::named[accept_model='a']": {"test_a.py::test_named[a]"},
        "::named[accept_model='b']": {
            "test_a.py::test_named[b]",
            "test_a.py::test_named_too[b]",
        },
        "::named[accept_model='c']": {"test_a.py::test_named_too[c]"},
        "::model[model='x']": {"test_a.py::test_given[x]"},
        "::model[model='y']": {"test_a.py::test_given[y]"},
    }


def test_models_that_a_test_needs_together_are_one_group(pytester: pytest.Pytester) -> None:
    found = collected(
        pytester,
        test_a="""
        def test_old(old): pass
        def test_base(base): pass
        """,
        test_b="""
        def test_new(model): pass
        def test_drop(model, old): pass
        def test_tuned(tuned): pass
        """,
    )
    together = {"test_a.py::test_old", "test_b.py::test_new", "test_b.py::test_drop"}
    assert together in found.values()
    assert {"test_a.py::test_base", "test_b.py::test_tuned"} in found.values()
    assert len(found) == 2


def test_a_fixture_is_told_by_where_it_is_defined(pytester: pytest.Pytester) -> None:
    own = """
    import pytest

    @pytest.fixture(scope="module")
    def model({asks}):
        return None

    def test_own(model): pass
    """
    found = collected(
        pytester,
        test_a=own.format(asks="load_model"),
        test_b=own.format(asks="model"),  # the conftest's, which it overrides
        test_c="def test_shared(model): pass",
    )
    assert found == {
        "test_a.py::model": {"test_a.py::test_own"},
        "::model": {"test_b.py::test_own", "test_c.py::test_shared"},
    }


def test_what_fixtures_do_not_say_is_one_model_a_file(pytester: pytest.Pytester) -> None:
    found = collected(
        pytester,
        test_a="""
        import pytest, unittest

        def test_loads_itself(load_model): pass

        @pytest.mark.acceptance
        def test_has_it_from_elsewhere(): pass

        class TestOld(unittest.TestCase):
            @pytest.mark.acceptance
            def test_case(self): pass
            def test_ordinary(self): pass
        """,
        test_b="""
        import pytest
        @pytest.mark.usefixtures("fine_tune")
        def test_trains(): pass
        def test_ordinary(): pass
        """,
    )
    assert found == {
        "test_a.py::": {
            "test_a.py::test_loads_itself",
            "test_a.py::test_has_it_from_elsewhere",
            "test_a.py::TestOld::test_case",
        },
        "test_b.py::": {"test_b.py::test_trains"},
    }


def test_ordinary_tests_have_no_group(pytester: pytest.Pytester) -> None:
    assert collected(pytester, test_a="def test_one(tmp_path): pass") == {}
