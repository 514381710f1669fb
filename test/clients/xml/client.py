"""A client of its own: it signs by itself (names sorted without case, ~ left alone), and reads XML with ElementTree."""

import base64
import hashlib
import hmac
import os
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

ENDPOINT = os.environ["CLOUDSTACK_ENDPOINT"]
KEY = os.environ["CLOUDSTACK_KEY"]
SECRET = os.environ["CLOUDSTACK_SECRET"]


class Refused(Exception):
    def __init__(self, status, root):
        super().__init__(f"{status} {root.tag}: {root.findtext('errortext')}")
        self.status = status
        self.root = root


def signed(params):
    names = sorted(params, key=str.lower)
    text = "&".join(f"{name}={urllib.parse.quote(params[name], safe='~')}" for name in names).lower()
    digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).digest()
    return urllib.parse.urlencode({**params, "signature": base64.b64encode(digest).decode()})


def call(command, **params):
    """The root element of the answer. XML is what the API speaks unless told otherwise."""
    query = signed({"command": command, "apiKey": KEY, **{name: str(value) for name, value in params.items()}})
    try:
        with urllib.request.urlopen(f"{ENDPOINT}?{query}", timeout=60) as answer:
            assert answer.headers.get_content_type() == "text/xml", answer.headers
            return ElementTree.fromstring(answer.read())
    except urllib.error.HTTPError as refusal:
        raise Refused(refusal.code, ElementTree.fromstring(refusal.read())) from None


def run(command, **params):
    """Waits for the job; the element under its result."""
    root = call(command, **params)
    while True:
        job = call("queryAsyncJobResult", jobid=root.findtext("jobid"))
        if job.findtext("jobstatus") != "0":
            break
        time.sleep(0.2)
    result = job.find("jobresult")
    assert job.findtext("jobstatus") == "1", ElementTree.tostring(job)
    return result[0]


def tree(element):
    """Without a schema an element is text, or lists of what it holds by name."""
    if len(element) == 0:
        return element.text or ""
    names = {}
    for child in element:
        names.setdefault(child.tag, []).append(tree(child))
    return names
