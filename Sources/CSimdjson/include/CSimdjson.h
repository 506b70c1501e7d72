// The C face of simdjson; replaced by the real one.
