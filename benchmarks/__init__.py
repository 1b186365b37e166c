"""How fast the engine is, beside pgmpy and pyAgrum: `make bench` writes docs/performance.md."""
