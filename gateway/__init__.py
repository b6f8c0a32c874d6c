"""Every door: phone protocols, desk websocket, REST, authentication, metrics, command line, wiring."""
