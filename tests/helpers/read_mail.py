"""Reads messages the way Python does: with its strict policy, which raises at any defect, and with dkimpy where it is.

stdin: JSON, {"record": the TXT record of the DKIM key, "name": where it is published, "messages": [base64]}
stdout: JSON, for each message {"defects", "headers", "from", "to", "text", "html", "types", "dkim"}; "dkim" is null
without dkimpy. Nothing is asked of any DNS.
"""

import base64
import email
import email.policy
import json
import sys

try:
    import dkim
except ImportError:
    dkim = None


def read(raw, record, name):
    message = email.message_from_bytes(raw, policy=email.policy.strict)
    headers = [(key, str(value)) for key, value in message.items()]
    defects = [str(defect) for part in message.walk() for defect in part.defects]
    defects += [f"{key}: {defect}" for key, value in message.items() for defect in getattr(value, "defects", ())]
    part_of = lambda kind: message.get_body((kind,))
    content = lambda part: None if part is None else part.get_content()
    return {
        "defects": defects,
        "headers": headers,
        "from": [(a.display_name, a.addr_spec) for a in message["From"].addresses],
        "to": [(a.display_name, a.addr_spec) for a in message["To"].addresses],
        "text": content(part_of("plain")),
        "html": content(part_of("html")),
        "types": [[part.get_content_type(), part.get_content_charset()] for part in message.walk()],
        "dkim": dkim and dkim.verify(raw, dnsfunc=lambda asked, timeout=5: record if asked == name else None),
    }


given = json.load(sys.stdin)
record, name = given["record"].encode(), given["name"].encode()
json.dump([read(base64.b64decode(raw), record, name) for raw in given["messages"]], sys.stdout)
