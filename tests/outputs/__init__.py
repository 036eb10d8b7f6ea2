"""Record what forty commands write, and say later what has changed.

    python -m tests.outputs record FOLDER
    python -m tests.outputs compare FOLDER

The program that is run is the one that `python -m edgewise` finds: PYTHONPATH picks it.
"""
