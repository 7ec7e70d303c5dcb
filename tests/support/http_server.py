#!/usr/bin/env python3
"""A web server on loopback for tests, with the ways a server can misbehave.

  http_server.py FOLDER     prints "PORT N" when it listens; ends when its stdin does

  /files/NAME      what FOLDER holds under NAME, with ETag and Last-Modified
  /slow/NAME       the same in ten pieces, each after FOLDER/.go has appeared
  /status/N        an answer of this status
  /short           says 1000 bytes, sends 10, and closes the connection
  /loop            redirects to itself
  /to?URL          redirects to URL, whatever it is
  /stall           sends half of what it says, then nothing more, until it ends
  /name/ANYTHING   "named": for the names of files
  POST /hook…      takes what is posted: a line of FOLDER/.posted
  POST /hook-N…    the same, but answers N; /hook-never: does not answer until it ends; /hook-go: once
                   FOLDER/.go has appeared; /hook-twice: 500 to the first two, then 200
Each request is a line "PATH" in FOLDER/.requests.
"""
import http.server
import os
import socketserver
import sys
import threading
import time
import urllib.parse

folder = sys.argv[1]
ended = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def answer(self, body, length=None, headers=()):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def redirect(self, to):
        self.send_response(302)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def wait_for(self, name):
        while not os.path.exists(os.path.join(folder, name)) and not ended.is_set():
            time.sleep(0.01)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Type"] != "application/json":
            return self.send_error(415)
        with open(os.path.join(folder, ".posted"), "ab") as posted:
            posted.write(body + b"\n")
        with open(os.path.join(folder, ".requests"), "a+") as requests:
            requests.write(self.path + "\n")
            requests.seek(0)
            count = requests.read().count("\n")
        kind = self.path[1:].split("/")[0].partition("-")[2]
        if kind == "never":
            ended.wait()
            return None
        if kind == "go":
            self.wait_for(".go")
        if kind.isdigit():
            return self.send_error(int(kind))
        if kind == "twice" and count <= 2:
            return self.send_error(500)
        return self.answer(b"ok")

    def do_GET(self):
        with open(os.path.join(folder, ".requests"), "a") as requests:
            requests.write(self.path + "\n")
        path, _, query = self.path.partition("?")
        kind, _, rest = path[1:].partition("/")
        if kind in ("files", "slow"):
            file = os.path.join(folder, urllib.parse.unquote(rest))
            if not os.path.isfile(file):
                return self.send_error(404)
            with open(file, "rb") as content:
                body = content.read()
            if kind == "files":
                return self.answer(body, headers=[("ETag", '"of-%d"' % len(body)),
                                                  ("Last-Modified", "Wed, 25 Nov 2026 10:00:00 GMT")])
            size = max(1, (len(body) + 9) // 10)
            self.answer(body[:size], length=len(body))
            self.wait_for(".go")
            for at in range(size, len(body), size):
                self.wfile.write(body[at:at + size])
            return None
        if kind == "status":
            return self.send_error(int(rest))
        if kind == "short":
            self.answer(b"0123456789", length=1000)
            self.close_connection = True
            return None
        if kind == "loop":
            return self.redirect("/loop")
        if kind == "to":
            return self.redirect(urllib.parse.unquote(query))
        if kind == "stall":
            self.answer(b"half", length=8)
            ended.wait()
            return None
        if kind == "name":
            return self.answer(b"named")
        return self.send_error(404)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that left


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("PORT", server.server_address[1], flush=True)
sys.stdin.read()
ended.set()
server.shutdown()
