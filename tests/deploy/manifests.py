"""Manifests as documents, and schemas that let no unknown field pass."""

import copy
import glob
import os

import jsonschema
import kubernetes_validate
import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOLS = os.environ.get("TAKT_DEPLOY_TOOLS", os.path.join(ROOT, "build", "deploy"))
# Versions of Kubernetes between which the chart's objects must be valid: preStop.sleep begins with the first.
KUBERNETES = ("1.30", "1.31", "1.34", "1.37")


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice, of which YAML readers keep the last; takes "=" as a word."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"keys stand twice: {twice}", node.start_mark)
        return super().construct_mapping(node, deep)


_Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: node.value)


def documents(text):
    return [each for each in yaml.load_all(text, _Loader) if each is not None]


def load(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return yaml.load(file, _Loader)


def of_kind(objects, kind):
    return [each for each in objects if each["kind"] == kind]


def _closed(schema):
    """The schema with additionalProperties: false wherever an object says which fields it has."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    known = isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
    if known and not schema.get("x-kubernetes-preserve-unknown-fields"):
        closed.setdefault("additionalProperties", False)
    return closed


def custom_schemas():
    """{(apiVersion, kind): strict schema} of the definitions that were fetched."""
    schemas = {}
    for file in sorted(glob.glob(os.path.join(TOOLS, "schemas", "*.yaml"))):
        with open(file, encoding="utf-8") as text:
            definition = yaml.load(text, _Loader)["spec"]
        for version in definition["versions"]:
            schema = _closed(version["schema"]["openAPIV3Schema"])
            # What every object has; the API server checks it and definitions only say that it is an object.
            schema["properties"]["metadata"] = {"type": "object"}
            schemas[(f"{definition['group']}/{version['name']}", definition["names"]["kind"])] = schema
    return schemas


def problems(manifest, custom):
    """What strict schemas find wrong with one object: a list of texts. None: no schema knows its kind."""
    api, kind = manifest["apiVersion"], manifest["kind"]
    if (api, kind) in custom:
        found = jsonschema.Draft202012Validator(custom[(api, kind)]).iter_errors(manifest)
        return [f"{'.'.join(map(str, each.path))}: {each.message}" for each in found]
    if "." in api.split("/")[0] and not api.split("/")[0].endswith(".k8s.io"):
        return None
    for version in KUBERNETES:
        try:
            kubernetes_validate.validate(copy.deepcopy(manifest), version, strict=True)
        except kubernetes_validate.ValidationError as error:
            return [f"Kubernetes {version}: {'.'.join(map(str, error.path))}: {error.message}"]
    return []
