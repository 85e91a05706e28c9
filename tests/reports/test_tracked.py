"""Names that tracking tools know criteria by."""

from pytest_accept.reports.tracked import unlike


def test_names_that_repeat_are_numbered_and_no_two_are_alike() -> None:
    assert unlike(["a", "a", "b", "a"]) == ["a", "a (2)", "b", "a (3)"]
    assert unlike(["a", "a (2)", "a", "a (2)"]) == ["a", "a (2)", "a (3)", "a (2) (2)"]


def test_each_number_is_tried_once() -> None:
    class Form(str):
        tried = 0

        def format(self, *args: object, **kwargs: object) -> str:
            Form.tried += 1
            return super().format(*args, **kwargs)

    names = unlike(["a"] * 500, Form("{} {}"))
    assert len(set(names)) == 500
    assert Form.tried == 499
