"""``python -m livecue``: the same as the ``livecue`` command."""

from livecue.launcher import main

if __name__ == "__main__":
    main()
