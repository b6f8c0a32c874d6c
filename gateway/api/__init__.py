"""The REST API: what browsers and integrators ask for outside the live stream."""
