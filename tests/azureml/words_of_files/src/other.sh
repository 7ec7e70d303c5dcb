not seen
