"""Random input for every reader: `make fuzz`. Whatever comes, only the reader's own error may come out, and soon."""
