"""Runs a command beside a Trino that answers with what nobody asked for, and prints one JSON object: the command's
status, its output, and the most memory that it had, in MiB.

Arguments: the kind of answer, then the command. Kinds:
  endless  a body without an end
  dense    the answer that takes the most memory of all that are short enough to be read: rows of one number
  pages    such rows on page after page
"""

import http.server
import itertools
import json
import os
import resource
import subprocess
import sys
import threading

KIND = sys.argv[1]
NUMBERS = itertools.count()
ROWS = {"endless": 0, "dense": 255_000, "pages": 10_000}[KIND]


class Hostile(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200)
        try:
            if KIND == "endless":
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                part = b"x" * (1 << 20)
                while True:
                    self.wfile.write(b"%x\r\n" % len(part) + part + b"\r\n")
            page = '{"columns":[{"name":"fixture"}],"data":[%s]' % ",".join(["[0]"] * ROWS)
            if KIND == "pages":
                # Each names another, since one that names itself is refused for that.
                page += ',"nextUri":"http://127.0.0.1:%d/v1/statement/%d"' % (
                    self.server.server_address[1], next(NUMBERS))
            body = (page + "}").encode()
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    do_GET = do_POST = do_DELETE = answer


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
environment = dict(os.environ, CONCORD_TRINO_URL="http://127.0.0.1:%d" % server.server_address[1],
                   CONCORD_TRINO_USER="test", CONCORD_ENGINE_TIMEOUT="600")
done = subprocess.run(sys.argv[2:], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({
    "status": done.returncode, "output": done.stdout.decode(errors="replace"),
    # In bytes on macOS, in KiB elsewhere.
    "peak": peak >> 20 if sys.platform == "darwin" else peak >> 10,
}))
