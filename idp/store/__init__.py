"""The only SQL: tables, statements and migrations.

Owns every statement the provider runs, as functions over one SQLAlchemy Core connection. Never imports Flask (the
read-only list pages in ``pages`` excepted, through Flask-SQLAlchemy), nor any rule of the protocol.

Invariant: a transaction writes rows of one half of the schema only (person or site), so that not even a transaction id
joins a person to a pseudonym.
"""
