"""The command distillstream-device."""

from __future__ import annotations

import argparse
import io
import logging
import os
import signal
import ssl
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from .device import Device
from .errors import DeviceError
from .folder import ModelFolder
from .model import Answer, Classifier

_KEY_VARIABLE = "DISTILLSTREAM_API_KEY"


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; every failure is one line."""
    options = _parser().parse_args(arguments)
    warnings = logging.StreamHandler()
    warnings.setFormatter(logging.Formatter("warning: %(message)s"))
    own = logging.getLogger("distillstream_device")
    own.addHandler(warnings)
    own.propagate = False
    logging.getLogger().addHandler(logging.NullHandler())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        options.run(options)
        return 0
    except BrokenPipeError:
        # Whoever read the answers has gone; what is still buffered must not be told of either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as e:
        expected = isinstance(e, (DeviceError, OSError))
        print(f"error: {' '.join((str(e) if expected else repr(e)).split())}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    place = argparse.ArgumentParser(add_help=False)
    place.add_argument("--id", default="python", help="the device's id (default: %(default)s)")
    place.add_argument(
        "--folder",
        type=Path,
        help="where the installed model is kept (default: distillstream-device/<id>)",
    )
    parser = argparse.ArgumentParser(
        prog="distillstream-device",
        description="A device of a Distillstream pipeline, over HTTP.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    follow = commands.add_parser(
        "follow",
        parents=[place],
        help="follow a model's updates and answer lines of standard input",
        description="Follow a model's updates: verify, load and swap each artifact; answer the"
        " lines typed on standard input with label, probability and version.",
    )
    follow.set_defaults(run=_follow)
    follow.add_argument(
        "--gateway", required=True, metavar="URL", help="such as http://127.0.0.1:8070"
    )
    trust = follow.add_mutually_exclusive_group(required=True)
    trust.add_argument(
        "--root",
        type=Path,
        metavar="FILE",
        help="a root of the pipeline's repository: take only updates that are signed as it says",
    )
    trust.add_argument(
        "--insecure-no-root",
        action="store_true",
        help="believe whoever can write the pipeline's topic or sits on the way",
    )
    follow.add_argument(
        "--api-key-file",
        "--token-file",
        dest="key_file",
        type=Path,
        metavar="FILE",
        help="file with the key or token that the gateway asks for (default: the environment"
        " variable DISTILLSTREAM_API_KEY)",
    )
    follow.add_argument(
        "--ca",
        type=Path,
        metavar="FILE",
        help="PEM file with the authorities that vouch for the gateway's certificate (default:"
        " those of the system)",
    )
    follow.add_argument(
        "--client-certificate",
        type=Path,
        metavar="FILE",
        help="PEM file with the certificate that is shown to a gateway that asks for one",
    )
    follow.add_argument(
        "--client-key", type=Path, metavar="FILE", help="PEM file with its private key"
    )
    follow.add_argument(
        "--model", default="student", help="the model to run (default: %(default)s)"
    )
    follow.add_argument("--channel", default="stable", help="its channel (default: %(default)s)")
    follow.add_argument(
        "--tolerance",
        type=float,
        default=0.0,
        metavar="DIFFERENCE",
        help="largest logit difference to the quantizer's probes; 0 demands identity, other"
        " processors may need 0.25 (default: %(default)s)",
    )
    follow.add_argument(
        "--wait",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="how long to wait for a first model (default: %(default)s)",
    )
    follow.add_argument(
        "--keep-following",
        action="store_true",
        help="go on when standard input ends, until interrupted",
    )
    predict = commands.add_parser(
        "predict",
        parents=[place],
        help="answer texts with what is installed, without a network",
        description="Answer texts, or else the lines of standard input, with the model that is"
        " installed in the folder. Needs no network.",
    )
    predict.set_defaults(run=_predict)
    predict.add_argument("texts", nargs="*", metavar="TEXT")
    return parser


def _follow(options: argparse.Namespace) -> None:
    with Device(
        options.gateway,
        options.model,
        options.channel,
        _folder(options),
        root=options.root,
        insecure_no_root=options.insecure_no_root,
        token=_key(options.key_file),
        tls=_tls(options),
        device_id=options.id,
        tolerance=options.tolerance,
        installed=lambda version: _tell(f"version {version} installed"),
        refused=lambda version, reason: _tell(f"version {version} refused: {reason}"),
    ) as device:
        if device.version:
            _tell(f"version {device.version} was installed before")
        device.start()
        if not device.version and not device.await_version(1, options.wait):
            raise DeviceError(
                f"No update of {options.model}/{options.channel} within {options.wait:g} s on"
                f" {options.gateway}"
            )
        for line in _lines():
            answer = device.predict(line)
            if answer:
                _print(answer)
        if options.keep_following:
            threading.Event().wait()


def _predict(options: argparse.Namespace) -> None:
    folder = ModelFolder(_folder(options))
    installed = folder.installed()
    if installed is None:
        raise DeviceError(f"Nothing is installed in {folder.path}; the command follow does that")
    version = installed["version"]
    classifier = Classifier(folder.artifact(version, installed["sha256"]))
    for text in options.texts or _lines():
        _print(Answer.of(classifier, text, version))


def _folder(options: argparse.Namespace) -> Path:
    folder: Path = options.folder or Path("distillstream-device", options.id)
    return folder


def _lines() -> Iterator[str]:
    """The lines of standard input that are not blank."""
    text = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
    return (line.rstrip("\n") for line in text if line.strip())


def _print(answer: Answer) -> None:
    print(f"{answer.label}\t{answer.probability:.4f}\tv{answer.version}", flush=True)


def _tell(line: str) -> None:
    """On standard error, so that answers can be piped."""
    print(line, file=sys.stderr, flush=True)


def _key(file: Path | None) -> str | None:
    """The key in the file, or else in the environment: on a command line others would see it."""
    where = _KEY_VARIABLE if file is None else f"--api-key-file {file}"
    try:
        key = (os.environ.get(_KEY_VARIABLE) or "") if file is None else file.read_text("ascii")
    except (OSError, ValueError) as e:
        raise DeviceError(f"{where} cannot be read: {e}") from e
    key = key.strip()
    if file is None and not key:
        return None
    if not key or not all("!" <= c <= "~" for c in key):
        raise DeviceError(f"{where}: expected one line of visible ASCII characters")
    return key


def _tls(options: argparse.Namespace) -> ssl.SSLContext | None:
    if options.client_key and not options.client_certificate:
        raise DeviceError("--client-key is of use with --client-certificate alone")
    if not options.ca and not options.client_certificate:
        return None
    file = options.ca
    try:
        context = ssl.create_default_context(cafile=file)
        file = options.client_certificate
        if file:
            context.load_cert_chain(file, options.client_key)
    except (OSError, ValueError) as e:  # SSLError is an OSError.
        raise DeviceError(f"'{file}' cannot be used: {e}") from e
    return context


if __name__ == "__main__":
    sys.exit(main())
