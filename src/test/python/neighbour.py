"""Another user of the spool's group, who plants links, pipes, folders and files of holes under every name, and takes them away again."""
import os
import random
import shutil
import sys
import time

spool, canary, stash, seed, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
chance = random.Random(seed)
OWN = [".tac8", "done", "quarantine", ".lock", ".status.json", ".status.json.new", ".external-volume", ".external-volume.part", ".local-volume",
       ".archive-requests", ".archive-answer.json.new", ".20261122T100000000Z-logger-1-aaaaaaaa-000001.part", "zzz.jsonl", ".zzz.jsonl.part"]


def plant(path):
    kind = chance.randrange(6)
    if kind == 0:
        os.symlink(canary, path)
    elif kind == 1:
        os.mkfifo(path)
    elif kind == 2:
        os.mkdir(path)
        os.symlink(canary, os.path.join(path, "lock"))
    elif kind == 3:
        with open(path, "wb") as file:
            file.truncate(1 << 40)
    elif kind == 4:
        os.symlink(os.path.dirname(canary), path)
    else:
        os.symlink(os.path.join(os.path.dirname(canary), "nothing"), path)


def clear(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)


swaps = 0
for i in range(count):
    waiting = [name for name in os.listdir(spool) if name.endswith(".jsonl") and name != "zzz.jsonl"]
    name = chance.choice(waiting) if waiting and chance.random() < 0.4 else chance.choice(OWN)
    path = os.path.join(spool, name)
    kept = os.path.join(stash, str(i))
    try:
        moved = os.path.lexists(path)
        if moved:
            os.rename(path, kept)
        plant(path)
        swaps += 1
        time.sleep(chance.random() * 0.01)
        clear(path)
        if moved:
            os.rename(kept, path)
    except OSError as e:
        # The service was quicker, or will not have it.
        if os.path.lexists(kept) and not os.path.lexists(path):
            os.rename(kept, path)
        elif os.path.lexists(kept) and name.endswith(".jsonl"):
            os.rename(kept, os.path.join(spool, "again-%d-%s" % (i, name)))
    time.sleep(chance.random() * 0.01)
print(swaps)
