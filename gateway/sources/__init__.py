"""Phone protocols: one sans-I/O codec per protocol, no sockets and no clocks."""
