import json
import os
import sys
import time

config = json.loads(os.environ["TF_CONFIG"])
task = config["task"]
sizes = {kind: len(hosts) for kind, hosts in sorted(config["cluster"].items())}
with open(f"{sys.argv[1]}/{task['type']}_{task['index']}", "w", encoding="utf-8") as file:
    file.write(f"{task['type']} {task['index']} of {sizes}, {config['environment']}\n")
# Servers are ended as soon as all workers are done: those wait for it.
while task["type"] == "worker" and not (os.path.exists(f"{sys.argv[1]}/ps_0") and os.path.getsize(f"{sys.argv[1]}/ps_0")):
    time.sleep(0.02)
