#!/usr/bin/env python3
"""Lays out JSON schemas as kubeconform reads them, so that it asks no server for any.

    schemas.py FOLDER WHEEL CRD...

WHEEL is the PyPI package kubernetes-validate, which holds the schemas of Kubernetes' releases; each CRD is a
CustomResourceDefinition of others. FOLDER gets a folder for each of RELEASES, and `custom`. Needs PyYAML.
"""

import json
import pathlib
import sys
import zipfile

import yaml

# The oldest that the chart takes, and the newest in the package.
RELEASES = ("v1.30.0", "v1.37.0")


def kubernetes(folder, wheel):
    """Copies the strict schemas of the releases, with references to files instead of to a server."""
    for release in RELEASES:
        inside = f"kubernetes_validate/kubernetes-json-schema/{release}-local-strict/"
        names = [name for name in wheel.namelist() if name.startswith(inside) and name.endswith(".json")]
        if not names:
            raise SystemExit(f"{wheel.filename} has no {inside}: it is another release of kubernetes-validate")
        target = folder / release
        target.mkdir(parents=True)
        for name in names:
            text = wheel.read(name).decode()
            text = text.replace('"$id": "', '"$comment": "').replace('"/api/_definitions.json', '"_definitions.json')
            (target / name.removeprefix(inside)).write_text(text)


def custom(folder, definition):
    """Writes a schema for each version of a CustomResourceDefinition."""
    spec = yaml.safe_load(definition.read_text())["spec"]
    for version in spec["versions"]:
        name = "-".join((spec["names"]["kind"].lower(), spec["group"].split(".")[0], version["name"]))
        schema = strict(version["schema"]["openAPIV3Schema"])
        (folder / f"{name}.json").write_text(json.dumps(schema))


def strict(node):
    """The same schema, which takes no field that it does not name."""
    if isinstance(node, list):
        return [strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: strict(value) for key, value in node.items()}
    open_ended = "additionalProperties" in node or node.get("x-kubernetes-preserve-unknown-fields")
    if node.get("type") == "object" and "properties" in node and not open_ended:
        node["additionalProperties"] = False
    return node


def main():
    folder, wheel, *definitions = map(pathlib.Path, sys.argv[1:])
    with zipfile.ZipFile(wheel) as archive:
        kubernetes(folder, archive)
    (folder / "custom").mkdir()
    for definition in definitions:
        custom(folder / "custom", definition)


if __name__ == "__main__":
    main()
