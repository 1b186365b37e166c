"""The bundled data is found from a clone, from a wheel's layout and from a chosen folder."""

from pathlib import Path

import pytest

from bme_bayes import library
from bme_bayes.errors import InputError

TOP = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _no_chosen_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(library.VARIABLE, raising=False)


def make_data(folder: Path) -> Path:
    for name in library.FOLDERS:
        (folder / name).mkdir(parents=True)
    return folder


def test_clone_uses_the_top_of_the_repository() -> None:
    assert library.data_folder() == TOP
    assert library.networks_folder() == TOP / "networks"
    assert library.priors_folder() == TOP / "priors"
    assert library.app_path() == TOP / "app.py"


def test_does_not_depend_on_the_working_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make_data(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert library.data_folder() == TOP


def test_package_data_comes_before_the_repository(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "bme_bayes"
    data = make_data(package / "data")
    (data / "app.py").touch()
    make_data(tmp_path / "other")
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(library, "PACKAGE", package)
    assert library.data_folder() == data
    assert library.app_path() == data / "app.py"


def test_chosen_folder_comes_first_and_leaves_the_app_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(library.VARIABLE, str(make_data(tmp_path)))
    assert library.data_folder() == tmp_path
    assert library.app_path() == TOP / "app.py"


def test_chosen_folder_without_data_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "networks").mkdir()
    monkeypatch.setenv(library.VARIABLE, str(tmp_path))
    with pytest.raises(InputError, match=r"BME_BAYES_DATA names .* which has no priors/"):
        library.data_folder()


def test_neighbours_of_an_installed_package_are_not_taken_for_its_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make_data(tmp_path)
    monkeypatch.setattr(library, "PACKAGE", tmp_path / "bme_bayes")
    with pytest.raises(InputError, match="set the environment variable BME_BAYES_DATA"):
        library.networks_folder()
    with pytest.raises(InputError, match="app is not part"):
        library.app_path()
