"""Launcher of Livecue: the only name an installed copy adds to site-packages; the packages themselves are private."""
