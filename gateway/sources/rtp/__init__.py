"""RTP (RFC 3550) with G.711: packets to the sound of parties, and captures of packets as recordings."""
