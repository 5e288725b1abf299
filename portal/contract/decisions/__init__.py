"""What each act brings about, by chapter of the terms; `decide` is the way in."""
