"""The network as files of other programs, and back, through pgmpy.

BIF, XMLBIF, XDSL (GeNIe) and NET (Hugin) hold the tables and names alone: sources, intervals and
settings stay here. Helper nodes have two underscores in their names. A query is about patients
only with the evidence `referred = present` (see `bme_bayes.pgm`).
"""

from bme_bayes.exchange.formats import FORMATS, export_network, read_model, write_model

__all__ = ["FORMATS", "export_network", "read_model", "write_model"]
