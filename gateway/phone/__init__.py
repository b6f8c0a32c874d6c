"""Drives the codecs of phone platforms: connections, and the calls that they bring together."""
