"""The domain core: messages, ports, session, journal, playbooks, view, stores, buses."""
