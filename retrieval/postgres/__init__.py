"""The index in PostgreSQL with pgvector, behind the same ports as the folder. The only package of `retrieval` that imports psycopg."""
