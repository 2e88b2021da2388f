"""What several rules ask."""

PIPELINES = {"deploy", "backup"}


def is_success(event):
    return not event.get("errorCode") and not event.get("errorMessage")


def is_pipeline(event):
    name = event.deep_get("userIdentity", "userName", default="")
    return name.lower() in PIPELINES or name.startswith("svc-")
