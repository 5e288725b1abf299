"""The account: coming in, going out, and what keeps it safe."""
