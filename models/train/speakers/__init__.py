"""Where the vectors of voices come from: CAM++ of others' training, exported once to the graph that ships."""
