"""Serves an app on loopback, sends it a refresh, and prints the answer as an entry of ../frameworks.json."""
import http.client, importlib.metadata, json, threading, urllib.parse
from wsgiref.simple_server import WSGIRequestHandler, make_server

HEADERS = ("content-type", "www-authenticate", "retry-after")


class Silent(WSGIRequestHandler):
    def log_message(self, *args):
        pass


def serve(app):
    server = make_server("127.0.0.1", 0, app, handler_class=Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def post(port, path, form=None, json_body=None, headers=()):
    """One request; status, headers and text of its answer."""
    if form is not None:
        body, kind = urllib.parse.urlencode(form), "application/x-www-form-urlencoded"
    else:
        body, kind = json.dumps(json_body), "application/json"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", path, body, {"content-type": kind, **dict(headers)})
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read().decode()


def print_entry(name, package, when, answer):
    status, headers, body = answer
    chosen = {key.lower(): value for key, value in headers.items() if key.lower() in HEADERS}
    print(json.dumps({"name": name, "version": importlib.metadata.version(package), "when": when, "status": status,
                      "headers": chosen, "body": body, "source": {"package": "pypi:" + package}, "asked": True},
                     ensure_ascii=False))
