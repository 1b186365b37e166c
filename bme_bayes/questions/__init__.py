"""What users ask of a posterior; one module a question, each pure."""
