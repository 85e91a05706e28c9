"""Which backend a name means: ours and those of a small package, found alike."""

from pathlib import Path

import pytest

from pytest_accept import BackendError, SettingError, load_model, settings
from pytest_accept.backends import Chosen, find, names
from pytest_accept.loading import ModelCache

PACKAGE = """
from pytest_accept import load_model

def load(source, asked, chosen):
    chosen.check(("label",))
    labels = ("neg", "pos")
    column = labels.index(chosen.options.get("label", "pos"))
    always = [float(column == i) for i in range(2)]
    return load_model(
        lambda texts: [always] * len(texts), labels=labels, name=asked.name or f"served {source}"
    )

def lacks(source, asked, chosen):
    raise AssertionError("its extra is not installed")
"""


@pytest.fixture
def small_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out what pip lays out of a distribution `small-backends` with an extra `lacks`."""
    site = tmp_path / "site"
    info = site / "small_backends-1.dist-info"
    info.mkdir(parents=True)
    (site / "small_backends.py").write_text(PACKAGE)
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: small-backends\nVersion: 1\nProvides-Extra: lacks\n"
        "Requires-Dist: a-package-that-nobody-has; extra == 'lacks'\n"
    )
    (info / "entry_points.txt").write_text(
        "[pytest_accept.backends]\nsmall = small_backends:load\nlacks = small_backends:lacks\n"
        "gone = small_backends_that_are_gone:load\n"
    )
    monkeypatch.syspath_prepend(site)
    return site


def test_ours_are_found_by_entry_point() -> None:
    assert {"onnxruntime", "ray", "torch"} <= set(names())
    assert find(Chosen.of("ray:auto")).value == "pytest_accept.loading.ray_models:load"


@pytest.mark.parametrize(
    ("text", "address", "options"),
    [
        ("ray", None, {}),
        ("ray:auto", "auto", {}),
        ("ray:ray://head:10001, gpus=0.5", "ray://head:10001", {"gpus": "0.5"}),
        ("ray,workers=4,cpus=2", None, {"workers": "4", "cpus": "2"}),
    ],
)
def test_a_name_may_have_an_address_and_options(
    text: str, address: str | None, options: dict[str, str]
) -> None:
    assert Chosen.of(text) == Chosen(name="ray", address=address, options=options)


@pytest.mark.parametrize("text", ["", ":auto", "ray,", "ray,workers", "ray,cpus=1,cpus=2", 3])
def test_what_names_no_backend_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="Expected `backend` to be NAME, NAME:ADDRESS"):
        Chosen.of(text)


def test_numbers_of_options_are_checked() -> None:
    chosen = Chosen.of("ray,workers=1.5,cpus=-1,gpus=two")
    with pytest.raises(SettingError, match="Expected `ray: workers` to be an integer of 1 or"):
        chosen.number("workers", least=1, whole=True)
    with pytest.raises(SettingError, match="Expected `ray: cpus` to be a number of 0 or more"):
        chosen.number("cpus")
    with pytest.raises(SettingError, match="but got 'two'"):
        chosen.number("gpus")
    assert chosen.number("other") is None


def test_an_unknown_backend_is_an_error_with_the_nearest(tiny_model_folder: Path) -> None:
    with pytest.raises(SettingError, match=r"no backend 'rai'. Did you mean 'ray'\?"):
        load_model(tiny_model_folder, backend="rai")


def test_unknown_options_and_addresses_are_refused(tiny_model_folder: Path) -> None:
    with pytest.raises(SettingError, match=r"no option of the backend 'ray' 'wokers'. Did you"):
        load_model(tiny_model_folder, backend="ray,wokers=2")
    with pytest.raises(SettingError, match="'torch' runs in this process, so it takes no address"):
        load_model(tiny_model_folder, backend="torch:auto")


@pytest.mark.usefixtures("small_package")
def test_backends_of_others_are_found_beside_ours(tiny_model_folder: Path) -> None:
    model = load_model(tiny_model_folder, backend="small,label=neg", name="mine")
    assert (model.name, model.label("a good film")) == ("mine", "neg")
    assert load_model("nowhere/at-all", backend="small").label("x") == "pos"


@pytest.mark.usefixtures("small_package")
def test_the_settings_name_one_for_all_that_is_loaded_by_name(tiny_model_folder: Path) -> None:
    cache = ModelCache()
    with settings.using(backend="small"):
        served = cache.get(tiny_model_folder)
        assert served.name.startswith("served")
        assert load_model(tiny_model_folder, backend="torch").fingerprint
        assert load_model(lambda texts: [[1, 0]] * len(texts), labels=("a", "b")).label("x") == "a"
    assert cache.get(tiny_model_folder) is not served


def test_an_object_in_memory_has_no_backend() -> None:
    with pytest.raises(SettingError, match="backend='torch' is for saved models"):
        load_model(lambda texts: texts, labels=("a", "b"), backend="torch")


@pytest.mark.usefixtures("small_package")
def test_a_missing_extra_is_an_error_that_says_how_to_install_it() -> None:
    with pytest.raises(BackendError) as caught:
        load_model("any", backend="lacks")
    assert str(caught.value) == (
        "The backend 'lacks' needs a-package-that-nobody-has, not installed here. "
        "Install it with: pip install 'small-backends[lacks]'"
    )
    with pytest.raises(BackendError, match="cannot be imported: No module named 'small_backends_"):
        load_model("any", backend="gone")


def test_our_extras_are_called_as_their_backends() -> None:
    for name in ("onnxruntime", "ray"):
        entry = find(Chosen.of(name))
        assert entry.dist is not None
        assert name in (entry.dist.metadata.get_all("Provides-Extra") or [])
