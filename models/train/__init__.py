"""Training of Livecue's own models; never imported by the service."""
