"""What a container of the chart sees, as Kubernetes makes it."""

import base64

SECRETS = "Secret"


def environment(chart, container, secrets=None):
    """The variables of a container; ``secrets`` has those that are not the chart's: name → key → value."""
    held = {(SECRETS, name): data for name, data in (secrets or {}).items()}
    held |= {(each["kind"], each["metadata"]["name"]): _data(each) for each in chart.all("ConfigMap", SECRETS)}
    told = {}
    for source in container.get("envFrom", []):
        for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", SECRETS)):
            if key in source and not (source[key].get("optional") and (kind, source[key]["name"]) not in held):
                told |= held[kind, source[key]["name"]]
    for variable in container.get("env", []):
        told |= {variable["name"]: _value(variable, held)}
    return {name: value for name, value in told.items() if value is not None}


def container(chart, role):
    """The container of a role's workers."""
    (found,) = [each for each in _pod(chart, role)["containers"] if each["name"] == "worker"]
    return found


def mounts(chart, role):
    """What is mounted where: path → the volume, or the claim."""
    claims = chart.role(role)["spec"].get("volumeClaimTemplates", [])
    volumes = {each["name"]: each for each in _pod(chart, role)["volumes"]}
    volumes |= {each["metadata"]["name"]: each for each in claims}
    return {mount["mountPath"]: volumes[mount["name"]] for mount in container(chart, role)["volumeMounts"]}


def _pod(chart, role):
    return chart.role(role)["spec"]["template"]["spec"]


def _value(variable, held):
    if "value" in variable:
        return variable["value"]
    source = variable["valueFrom"]
    if "secretKeyRef" in source:
        return held[SECRETS, source["secretKeyRef"]["name"]][source["secretKeyRef"]["key"]]
    if "configMapKeyRef" in source:
        return held["ConfigMap", source["configMapKeyRef"]["name"]][source["configMapKeyRef"]["key"]]
    return None  # told by the node


def _data(document):
    data = document.get("data", {})
    return data if document["kind"] == "ConfigMap" else {k: base64.b64decode(v).decode() for k, v in data.items()}
