"""The way to a machine, slow while a file is there: slow_way.py HOST PORT FILE, as ssh's ProxyCommand.

So that a test can meet what is on the way, on a machine of any speed: 20 MB a second, each way, while FILE exists.
"""

import os
import socket
import sys
import threading
import time

PIECE = 1 << 16
SECONDS_A_PIECE = PIECE / 20e6


def relay(read, write, slow_file):
    while piece := read(PIECE):
        if len(piece) > 1 << 12 and os.path.exists(slow_file):
            time.sleep(SECONDS_A_PIECE)
        write(piece)


def write_all(descriptor, piece):
    while piece:
        piece = piece[os.write(descriptor, piece) :]


def main():
    host, port, slow_file = sys.argv[1:]
    way = socket.create_connection((host, int(port)))
    back = threading.Thread(
        target=lambda: (relay(way.recv, lambda piece: write_all(1, piece), slow_file), os._exit(0)), daemon=True
    )
    back.start()
    relay(lambda size: os.read(0, size), way.sendall, slow_file)
    way.shutdown(socket.SHUT_WR)
    back.join()


main()
