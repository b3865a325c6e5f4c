"""Prints the name of the spool that a logger finds beside itself, for each argument as application.properties."""
import os
import shutil
import sys
import tempfile

import tac_logger

del os.environ["TAC8_SPOOL_DIR"]
with tempfile.TemporaryDirectory() as home:
    os.mkdir(os.path.join(home, "clients"))
    tac_logger.__file__ = shutil.copy(tac_logger.__file__, os.path.join(home, "clients"))
    for properties in sys.argv[1:]:
        with open(os.path.join(home, "application.properties"), "w") as file:
            file.write(properties)
        print(os.path.relpath(tac_logger._default_spool(), os.path.realpath(home)))
