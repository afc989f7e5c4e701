"""Finding environment files and reading them."""

import shutil
from pathlib import Path

import pytest

from smoke.environment import config_sha256
from smoke.environment.directory import root
from smoke.environment.loading import load, load_all, names
from smoke.errors import ConfigurationError, UsageError
from tests.environment.conftest import Write

PROJECT = Path(__file__).parents[2]
CHILD = 'extends = "_good.toml"\n'


def test_root_is_found_from_below(environments: Path) -> None:
    """The directory of environments is found from anywhere inside the project."""
    assert root(environments / "shop") == environments.resolve()


def test_root_is_missing(tmp_path: Path) -> None:
    """Outside of a project the remedy is to go there."""
    with pytest.raises(ConfigurationError, match=r"there is no directory 'environments' in .* go to the project"):
        root(tmp_path)


def test_chosen_directory_may_have_any_name(tmp_path: Path) -> None:
    """A directory named on the command line is taken as it is."""
    assert root(Path("/nowhere"), tmp_path) == tmp_path.resolve()


def test_chosen_directory_must_exist(tmp_path: Path) -> None:
    """A directory named on the command line that is not there is refused."""
    with pytest.raises(ConfigurationError, match=r"--environments: there is no directory .*gone"):
        root(tmp_path, tmp_path / "gone")


def test_names_are_sorted_and_leave_out_what_is_extended(environments: Path, write: Write) -> None:
    """Environments are named by system and file; files that start with an underscore are none."""
    for name in ("staging", "prod"):
        write(name, CHILD)
    (environments / "blog").mkdir()
    shutil.copy(environments / "shop" / "_good.toml", environments / "blog" / "prod.toml")
    assert names(environments) == ["blog/prod", "shop/prod", "shop/staging"]


def test_empty_directory_is_refused(environments: Path) -> None:
    """No environment at all is an error, since nothing verified is never green."""
    with pytest.raises(ConfigurationError, match=r"there is no environment; create <system>/<environment>.toml in it"):
        load_all(environments)


def test_odd_file_name_is_refused(environments: Path, write: Write) -> None:
    """A file name that could not be a mark is refused."""
    write("Prod 2", CHILD)
    with pytest.raises(ConfigurationError, match=r"shop/Prod 2\.toml: a name has lower-case letters"):
        names(environments)


def test_unknown_environment_names_the_nearest(environments: Path, write: Write) -> None:
    """A mistyped environment is wrong usage, and the nearest one is offered."""
    write("prod", CHILD)
    with pytest.raises(UsageError, match="unknown environment 'shop/prd'; did you mean 'shop/prod'"):
        load(environments, "shop/prd")


def test_unknown_environment_lists_all(environments: Path, write: Write) -> None:
    """When nothing is near, everything is listed."""
    write("prod", CHILD)
    with pytest.raises(UsageError, match="unknown environment 'x'; known here: shop/prod"):
        load(environments, "x")


@pytest.mark.parametrize("name", ["../shop/prod", "shop/_good", "shop/prod.toml", ""])
def test_only_listed_names_are_loaded(name: str, environments: Path, write: Write) -> None:
    """A name is never a path."""
    write("prod", CHILD)
    with pytest.raises(UsageError):
        load(environments, name)


def test_file_in_another_encoding_is_refused(environments: Path, write: Write) -> None:
    """A file that is not UTF-8 is refused in one sentence."""
    write("prod", "").write_bytes(b'description = "caf\xe9"\n')
    with pytest.raises(ConfigurationError, match=r"prod\.toml: byte 18 is not UTF-8; save the file as UTF-8"):
        load(environments, "shop/prod")


def test_directory_instead_of_a_file_is_refused(environments: Path) -> None:
    """A directory that ends like a file is refused in one sentence."""
    (environments / "shop" / "prod.toml").mkdir()
    with pytest.raises(ConfigurationError, match=r"prod\.toml: the file cannot be read"):
        load(environments, "shop/prod")


def test_windows_file_is_read(environments: Path, write: Write) -> None:
    """A byte order mark and carriage returns do no harm."""
    write("prod", "").write_bytes(b"\xef\xbb\xbf" + CHILD.replace("\n", "\r\n").encode() + b'tier = "prod"\r\n')
    assert load(environments, "shop/prod").tier == "prod"


def test_loader_names_the_environment(environments: Path, write: Write) -> None:
    """Name and system follow from the path."""
    write("prod", CHILD)
    environment = load(environments, "shop/prod")
    assert (environment.name, environment.system) == ("shop/prod", "shop")


def test_chain_of_files(environments: Path, write: Write) -> None:
    """A file may extend one that extends another."""
    write("_live", CHILD + "budget_s = 200\n[services.bff]\nreplicas = 3\n")
    write("prod", 'extends = "_live.toml"\n[services.bff]\nreplicas = 5\n')
    environment = load(environments, "shop/prod")
    assert (environment.budget_s, environment.services["bff"].replicas) == (200, 5)
    assert environment.services["bff"].url == "https://api.shop.test"


def test_circle_of_files(environments: Path, write: Write) -> None:
    """Files that extend each other are refused with the way around."""
    write("a", 'extends = "b.toml"\n')
    write("b", 'extends = "a.toml"\n')
    with pytest.raises(ConfigurationError, match=r"in a circle \(a\.toml -> b\.toml -> a\.toml\)"):
        load(environments, "shop/a")


def test_hash_tells_contents_apart(environments: Path, write: Write) -> None:
    """The hash follows what is effective: not comments or order, but every value, inherited ones too."""
    write("prod", CHILD + 'description = "a"\nbudget_s = 99\n')
    first = config_sha256(load(environments, "shop/prod"))
    write("prod", "# other words\nbudget_s = 99\n" + CHILD + 'description = "a"\n')
    assert config_sha256(load(environments, "shop/prod")) == first
    good = environments / "shop" / "_good.toml"
    good.write_text(good.read_text().replace("Welcome", "Hello"))
    assert config_sha256(load(environments, "shop/prod")) != first


def test_plain_http_is_right_on_this_machine(environments: Path, write: Write) -> None:
    """The production guard lets a loopback stand-in through."""
    write(
        "prod",
        CHILD + 'tier = "prod"\n[services.bff]\nurl = "http://127.0.0.1:4000"\n'
        '[services.web]\nurl = "http://[::1]:3000/"\n',
    )
    assert load(environments, "shop/prod").services["web"].url == "http://[::1]:3000"


def test_published_environments_are_right() -> None:
    """Every environment that ships with the product loads."""
    loaded = {environment.name: environment for environment in load_all(root(PROJECT))}
    assert {"portal/demo", "portal/dev", "portal/prod"} <= loaded.keys()
    assert not loaded["portal/prod"].writes


def test_default_times_give_way(environments: Path, write: Write) -> None:
    """A time that nobody wrote is no contradiction: it shrinks to what is written around it."""
    write("prod", 'extends = "_good.toml"\n[limits]\ntimeout_s = 4\n[converge]\nwithin_s = 0.5\n')
    environment = load(environments, "shop/prod")
    assert (environment.limits.connect_timeout_s, environment.limits.timeout_s) == (4, 4)
    assert (environment.converge.stuck_after_s, environment.converge.every_s) == (0.5, 0.5)
