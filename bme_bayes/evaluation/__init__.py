"""How good the answers are on patients whose diagnosis is known."""
