from example_helpers import is_pipeline, is_success

STOPPING = ("StopLogging", "DeleteTrail")


def rule(event):
    if event.get("eventSource") != "cloudtrail.amazonaws.com" or not is_success(event):
        return False
    return event.get("eventName") in STOPPING and not is_pipeline(event)


def title(event):
    return f"A trail was stopped by {event.deep_get('userIdentity', 'arn')}"
