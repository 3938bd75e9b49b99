"""What a set of manifests must keep to, beyond being valid. Each rule gives texts of what is wrong."""

import re

from manifests import of_kind

_NEVER = ("hostNetwork", "hostPID", "hostIPC")


def _pods(objects):
    for kind in ("StatefulSet", "Deployment", "DaemonSet", "Job"):
        for each in of_kind(objects, kind):
            yield each, each["spec"]["template"]


def _containers(pod):
    return pod["spec"].get("initContainers", []) + pod["spec"]["containers"]


def restricted(objects):
    """The restricted level of pod security, and a root that cannot be written."""
    for owner, pod in _pods(objects):
        spec = pod["spec"]
        name = owner["metadata"]["name"]
        own = spec.get("securityContext", {})
        for key in _NEVER:
            if spec.get(key):
                yield f"{name}: {key}"
        if own.get("runAsNonRoot") is not True or own.get("runAsUser", 0) == 0:
            yield f"{name}: may run as root"
        if own.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            yield f"{name}: no seccomp profile"
        if any("hostPath" in volume for volume in spec.get("volumes", [])):
            yield f"{name}: mounts the host"
        for container in _containers(pod):
            context = container.get("securityContext", {})
            if context.get("allowPrivilegeEscalation") is not False or context.get("privileged"):
                yield f"{name}: may gain privileges"
            if context.get("capabilities", {}).get("drop") != ["ALL"] or context["capabilities"].get("add"):
                yield f"{name}: keeps capabilities"
            if context.get("readOnlyRootFilesystem") is not True:
                yield f"{name}: may write to its root"


def no_token(objects):
    for owner, pod in _pods(objects):
        if pod["spec"].get("automountServiceAccountToken") is not False:
            yield f"{owner['metadata']['name']}: mounts a token"
        if pod["spec"].get("serviceAccountName", "default") == "default":
            yield f"{owner['metadata']['name']}: uses the default account"
    for account in of_kind(objects, "ServiceAccount"):
        if account.get("automountServiceAccountToken") is not False:
            yield f"{account['metadata']['name']}: hands its token out"
    for kind in ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"):
        for each in of_kind(objects, kind):
            yield f"{kind} {each['metadata']['name']}: Takt needs no rights"


def bounded(objects):
    """Requests, limits and probes; an image that stays the same."""
    for owner, pod in _pods(objects):
        name = owner["metadata"]["name"]
        for container in _containers(pod):
            for part in ("requests", "limits"):
                for what in ("cpu", "memory"):
                    if what not in container.get("resources", {}).get(part, {}):
                        yield f"{name}: no {part} of {what}"
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                if "httpGet" not in container.get(probe, {}):
                    yield f"{name}: no {probe}"
            image = container["image"].rsplit("/", 1)[-1]
            if not re.search(r"(@sha256:[0-9a-f]{64}|:[^@]+)$", image) or image.endswith(":latest"):
                yield f"{name}: the image {container['image']} may change"


def no_secret_in_clear(objects):
    """Secrets are mounted as files: not made by the manifests, not in the environment, not in a configuration."""
    for each in of_kind(objects, "Secret"):
        yield f"Secret {each['metadata']['name']} is written out"
    for owner, pod in _pods(objects):
        for container in _containers(pod):
            if container.get("env") or container.get("envFrom"):
                yield f"{owner['metadata']['name']}: has an environment, which crash texts show"
    for each in of_kind(objects, "ConfigMap"):
        for text in each["data"].values():
            for found in re.findall(r"\b[\w.]*(?:password|secret)\b *: *\S+", text):
                yield f"ConfigMap {each['metadata']['name']}: {found.split(':')[0]} in clear"


def selectors_match(objects):
    """Everything that selects pods selects these; ports that are named are there."""
    for owner, pod in _pods(objects):
        labels = pod["metadata"]["labels"]
        ports = {port["name"]: port["containerPort"]
                 for container in _containers(pod) for port in container.get("ports", [])}
        selects = [(owner["kind"], owner["spec"]["selector"]["matchLabels"])]
        for kind in ("Service",):
            selects += [(f"{kind} {each['metadata']['name']}", each["spec"]["selector"])
                        for each in of_kind(objects, kind)]
        for kind in ("PodDisruptionBudget", "PodMonitor"):
            selects += [(kind, each["spec"]["selector"]["matchLabels"]) for each in of_kind(objects, kind)]
        selects += [("NetworkPolicy", each["spec"]["podSelector"]["matchLabels"])
                    for each in of_kind(objects, "NetworkPolicy")]
        for what, selector in selects:
            if not selector or any(labels.get(key) != value for key, value in selector.items()):
                yield f"{what} does not select the pods"
        yield from _ports_agree(objects, pod, ports)
        if owner["kind"] == "StatefulSet":
            headless = [each["metadata"]["name"] for each in of_kind(objects, "Service")
                        if each["spec"].get("clusterIP") == "None"]
            if owner["spec"]["serviceName"] not in headless:
                yield f"there is no headless Service {owner['spec']['serviceName']}"


def _ports_agree(objects, pod, ports):
    for service in of_kind(objects, "Service"):
        for port in service["spec"]["ports"]:
            if ports.get(port["targetPort"]) != port["port"]:
                yield f"Service {service['metadata']['name']}: port {port}"
    for container in _containers(pod):
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            if container.get(probe, {}).get("httpGet", {}).get("port") not in ports:
                yield f"{probe}: its port is not one of {sorted(ports)}"
    for policy in of_kind(objects, "NetworkPolicy"):
        for rule in policy["spec"]["ingress"]:
            for port in rule["ports"]:
                if port["port"] not in ports:
                    yield f"NetworkPolicy: port {port['port']} is not one of {sorted(ports)}"
    for monitor in of_kind(objects, "PodMonitor"):
        for end in monitor["spec"]["podMetricsEndpoints"]:
            if end["port"] not in ports:
                yield f"PodMonitor: port {end['port']} is not one of {sorted(ports)}"


def mounts_match(objects):
    """Every mount has its volume and every volume its mount; what is named and ought to be here is."""
    maps = {each["metadata"]["name"] for each in of_kind(objects, "ConfigMap")}
    for owner, pod in _pods(objects):
        volumes = {each["name"]: each for each in pod["spec"].get("volumes", [])}
        claims = {each["metadata"]["name"] for each in owner["spec"].get("volumeClaimTemplates", [])}
        mounted = {each["name"] for container in _containers(pod) for each in container.get("volumeMounts", [])}
        for name in mounted ^ (set(volumes) | claims):
            yield f"{name} is only mounted, or only a volume"
        for name, volume in volumes.items():
            made = volume.get("configMap", {}).get("name", "")
            if made.startswith(owner["metadata"]["name"]) and made not in maps:
                yield f"volume {name}: there is no ConfigMap {made}"


RULES = (restricted, no_token, bounded, no_secret_in_clear, selectors_match, mounts_match)


def broken(objects):
    return [f"{rule.__name__}: {text}" for rule in RULES for text in rule(objects)]
