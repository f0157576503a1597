#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A CASE/UCO export as a JSON-LD parser that is not ours reads it (rdflib): case_check.py FILE

Every term has to resolve to one of the ontologies, every node that is spoken of has to be there, and
every hash has to be 32 bytes. Prints the number of triples and of nodes.
"""
import sys

import rdflib

ONTOLOGIES = ("https://ontology.caseontology.org/case/", "https://ontology.unifiedcyberontology.org/uco/",
              "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2001/XMLSchema#")
TYPES = rdflib.Namespace("https://ontology.unifiedcyberontology.org/uco/types/")

graph = rdflib.Graph()
graph.parse(sys.argv[1], format="json-ld")
assert len(graph) > 20, len(graph)
nodes = set(graph.subjects())
for subject, predicate, value in graph:
    assert str(predicate).startswith(ONTOLOGIES), predicate
    if predicate == rdflib.RDF.type:
        assert str(value).startswith(ONTOLOGIES), value
    elif not isinstance(value, rdflib.Literal):
        assert value in nodes, f"{predicate} of {subject} leads to {value}, which is not there"
    elif value.datatype is not None:
        assert value.value is not None, (predicate, value)  # Not of its datatype.
hashes = list(graph.objects(None, TYPES.hashValue))
assert hashes, "no hash"
for value in hashes:
    assert len(bytes(value.value)) == 32, value
print(len(graph), len(nodes))
