"""A child that is forked while another thread compiles or links a loop does not hang."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FORK = """
import os, sys, threading, time
import numpy as np
from edgewise.compiled import {module}
from tiny_loops import double

held = threading.Event()

def hold():
    with {module}.{lock}:
        held.set()
        time.sleep(0.3)

threading.Thread(target=hold).start()
held.wait()
child = os.fork()
out = np.zeros(2)
double(np.ones(2), out)
if not child:
    os._exit(0 if out.tolist() == [2, 2] else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
LOCKS = {"compiling": "global_compiler_lock", "native": "_lock"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
@pytest.mark.parametrize("module", LOCKS)
def test_a_child_works(module, tmp_path):
    # In its own empty cache it has to compile, and then to link.
    settings = {"PYTHONWARNINGS": "", "EDGEWISE_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", FORK.format(module=module, lock=LOCKS[module])]
    done = subprocess.run(
        command, cwd=Path(__file__).parent, env={**os.environ, **settings}, timeout=120
    )
    assert done.returncode == 0
