"""FlatSpec -> Graph: names become edges, in order, without cycles."""
