"""grading: from fields and text to facts, from facts to a grade, with the clauses that say so."""
